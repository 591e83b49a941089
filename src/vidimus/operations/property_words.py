"""What is told of a picture's light and colours, in the API's words."""

from collections.abc import Sequence

from vidimus.imaging.colours import DominantColour
from vidimus.vision.properties import PartProperties, PictureProperties
from vidimus.wire import shapes


def dominant_colors(colours: Sequence[DominantColour]) -> list[shapes.DominantColor]:
    """Return colours in the API's words."""
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


def image_properties(properties: PictureProperties) -> shapes.DetectLabelsImageProperties:
    """Return a picture's properties; parts that can't be told apart are left out."""
    whole = properties.whole
    words: shapes.DetectLabelsImageProperties = {
        "Quality": _quality(whole),
        "DominantColors": dominant_colors(whole.colours),
    }
    # Only the whole picture's contrast is told.
    words["Quality"]["Contrast"] = whole.quality.contrast
    if properties.foreground is not None:
        front = properties.foreground
        words["Foreground"] = {
            "Quality": _quality(front),
            "DominantColors": dominant_colors(front.colours),
        }
    if properties.background is not None:
        behind = properties.background
        words["Background"] = {
            "Quality": _quality(behind),
            "DominantColors": dominant_colors(behind.colours),
        }
    return words


def _quality(part: PartProperties) -> shapes.DetectLabelsImageQuality:
    return {"Brightness": part.quality.brightness, "Sharpness": part.quality.sharpness}
