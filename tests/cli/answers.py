"""Answers as the operations give them, made by hand for tests of what shows them."""

from typing import Any

BOX = {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}
POLYGON = [{"X": x, "Y": y} for x, y in ((0.5, 0.1), (0.9, 0.1), (0.9, 0.2), (0.5, 0.2))]
LONG_BOX = {"Left": 0.5, "Top": 0.1, "Width": 0.4, "Height": 0.1}
FACE: dict[str, Any] = {
    "BoundingBox": BOX,
    "Confidence": 99.5,
    "Landmarks": [{"Type": "nose", "X": 0.2, "Y": 0.4}],
    "Pose": {"Roll": 1.0, "Yaw": 2.0, "Pitch": 3.0},
    "Quality": {"Brightness": 80.0, "Sharpness": 90.0},
    "Smile": {"Value": True, "Confidence": 98.0},
}
COLOUR = {
    "Red": 245,
    "Green": 220,
    "Blue": 98,
    "HexCode": "#f5dc62",
    "CSSColor": "khaki",
    "SimplifiedColor": "yellow",
    "PixelPercent": 61.5,
}


def label(name: str, confidence: float, *parents: str, boxes: int = 0) -> dict[str, Any]:
    return {
        "Name": name,
        "Confidence": confidence,
        "Instances": [{"BoundingBox": BOX, "Confidence": confidence}] * boxes,
        "Parents": [{"Name": parent} for parent in parents],
        "Aliases": [],
        "Categories": [],
    }


def line(text: str) -> list[dict[str, Any]]:
    geometry = {"BoundingBox": LONG_BOX, "Polygon": POLYGON}
    found = {"DetectedText": text, "Confidence": 97.0, "Geometry": geometry}
    return [{**found, "Type": "LINE", "Id": 0}, {**found, "Type": "WORD", "Id": 1, "ParentId": 0}]


def everything() -> dict[str, dict[str, Any]]:
    """Every operation's answer on one picture."""
    piece = {
        "BoundingBox": {"Left": 0.6, "Top": 0.6, "Width": 0.2, "Height": 0.2},
        "Confidence": 88.0,
        "Type": "HEAD_COVER",
        "CoversBodyPart": {"Value": True, "Confidence": 77.0},
    }
    part = {"Name": "HEAD", "Confidence": 99.0, "EquipmentDetections": [piece]}
    quality = {"Brightness": 40.0, "Sharpness": 80.0}
    return {
        "DetectLabels": {
            "Labels": [
                label("Animal", 97.0, boxes=1),
                label("Dog", 97.0, "Animal", boxes=1),
                label("Park", 60.0),
            ],
            "ImageProperties": {
                "Quality": {**quality, "Contrast": 30.0},
                "DominantColors": [COLOUR],
                "Foreground": {"Quality": quality, "DominantColors": [COLOUR]},
            },
        },
        "DetectText": {"TextDetections": line("MIND [bold]THE[/] <GAP>")},
        "DetectModerationLabels": {
            "ModerationLabels": [
                {
                    "Name": "Weapons",
                    "Confidence": 83.0,
                    "ParentName": "Violence",
                    "TaxonomyLevel": 2,
                },
                {"Name": "Violence", "Confidence": 83.0, "ParentName": "", "TaxonomyLevel": 1},
                {"Name": "Gambling", "Confidence": 20.0, "ParentName": "", "TaxonomyLevel": 1},
            ]
        },
        "DetectProtectiveEquipment": {
            "Persons": [
                {"Id": 0, "BoundingBox": BOX, "Confidence": 99.0, "BodyParts": [part]},
                {"Id": 1, "BoundingBox": BOX, "Confidence": 99.0, "BodyParts": []},
            ]
        },
        "RecognizeCelebrities": {
            "CelebrityFaces": [
                {
                    "Name": "Ada <Lovelace>",
                    "Id": "a",
                    "Urls": ["www.example.org/ada", "javascript:alert(1)"],
                    "Face": FACE,
                    "MatchConfidence": 96.0,
                }
            ],
            "UnrecognizedFaces": [],
        },
        "DetectFaces": {"FaceDetails": [FACE]},
    }
