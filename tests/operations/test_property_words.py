from dataclasses import replace

from vidimus.imaging.colours import DominantColour
from vidimus.imaging.picture_quality import PictureQuality
from vidimus.operations.property_words import dominant_colors, image_properties
from vidimus.vision.properties import PartProperties, PictureProperties

PART = PartProperties(PictureQuality(50, 80, 30), (DominantColour(245, 220, 98, 61.5),))
WHOLE = PictureProperties(PART, PART, PART)


def test_contrast_is_told_of_the_whole_alone() -> None:
    words = image_properties(WHOLE)
    assert words["Quality"] == {"Brightness": 50, "Sharpness": 80, "Contrast": 30}
    assert words["Foreground"]["Quality"] == {"Brightness": 50, "Sharpness": 80}
    assert words["Background"]["Quality"] == {"Brightness": 50, "Sharpness": 80}


def test_parts_that_are_not_told_apart_are_left_out() -> None:
    words = image_properties(replace(WHOLE, foreground=None, background=None))
    assert words.keys() == {"Quality", "DominantColors"}


def test_a_colour_has_all_its_names() -> None:
    assert dominant_colors(PART.colours) == [
        {
            "Red": 245,
            "Green": 220,
            "Blue": 98,
            "HexCode": "#f5dc62",
            "CSSColor": "khaki",
            "SimplifiedColor": "yellow",
            "PixelPercent": 61.5,
        }
    ]
