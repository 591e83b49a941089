"""Labels, light and colours of a picture, in the API's words."""

from collections.abc import Iterable, Sequence

from vidimus.imaging.colours import DominantColour
from vidimus.imaging.picture_quality import PictureQuality
from vidimus.operations.face_words import bounding_box
from vidimus.vision.label_types import LabelInstance, PictureLabel
from vidimus.vision.properties import PictureProperties
from vidimus.wire import shapes

Colours = Sequence[DominantColour]


def label(picture_label: PictureLabel, colours: Sequence[Colours] | None = None) -> shapes.Label:
    """Return a label; `colours` are those of each of its instances, where they are wanted."""
    each = colours if colours is not None else [None] * len(picture_label.instances)
    return {
        "Name": picture_label.name,
        "Confidence": picture_label.confidence,
        "Instances": [
            _instance(one, its) for one, its in zip(picture_label.instances, each, strict=True)
        ],
        "Parents": [{"Name": name} for name in picture_label.parents],
        "Aliases": [{"Name": name} for name in picture_label.aliases],
        "Categories": [{"Name": name} for name in picture_label.categories],
    }


def picture_properties_words(found: PictureProperties) -> shapes.DetectLabelsImageProperties:
    """Return light and colours; contrast is told of the whole picture alone."""
    words: shapes.DetectLabelsImageProperties = {
        "Quality": {**_quality(found.whole.quality), "Contrast": found.whole.quality.contrast},
        "DominantColors": _colours(found.whole.colours),
    }
    if found.foreground is not None:
        words["Foreground"] = {
            "Quality": _quality(found.foreground.quality),
            "DominantColors": _colours(found.foreground.colours),
        }
    if found.background is not None:
        words["Background"] = {
            "Quality": _quality(found.background.quality),
            "DominantColors": _colours(found.background.colours),
        }
    return words


def _instance(instance: LabelInstance, colours: Colours | None) -> shapes.Instance:
    words: shapes.Instance = {
        "BoundingBox": bounding_box(instance.box),
        "Confidence": instance.confidence,
    }
    if colours is not None:
        words["DominantColors"] = _colours(colours)
    return words


def _quality(quality: PictureQuality) -> shapes.DetectLabelsImageQuality:
    return {"Brightness": quality.brightness, "Sharpness": quality.sharpness}


def _colours(colours: Iterable[DominantColour]) -> list[shapes.DominantColor]:
    return [
        {
            "Red": colour.red,
            "Green": colour.green,
            "Blue": colour.blue,
            "HexCode": colour.hex_code,
            "CSSColor": colour.css_name,
            "SimplifiedColor": colour.simplified,
            "PixelPercent": colour.percent,
        }
        for colour in colours
    ]
