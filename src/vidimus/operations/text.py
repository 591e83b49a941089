"""DetectText: the lines and words of a picture."""

from collections.abc import Sequence

from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.errors import InvalidParameter
from vidimus.geometry import BoundingBox, Point
from vidimus.operations.face_words import bounding_box
from vidimus.operations.pictures import load_picture
from vidimus.operations.registry import Answer, operation
from vidimus.vision.text import TEXT_MODEL_VERSION, read_text
from vidimus.vision.text_filter import Polygon, TextFilter
from vidimus.vision.text_types import TextLine, TextWord
from vidimus.wire import shapes

UNTOLD = (
    "Latin, Chinese and Japanese letters are read; the recognizer knows no Cyrillic, Greek, Arabic "
    "or Korean"
)
DEFAULT_CONFIDENCE = 80.0
"""The least confidence of a WordFilter that names none."""


@operation("DetectText", partial=UNTOLD)
def detect_text(engine: Engine, request: shapes.DetectTextRequest, caller: Caller) -> Answer:
    """Read the text of a picture: lines first, then their words, at most a hundred."""
    wanted = wanted_text(request.get("Filters", {}))
    sheet = engine.look_at(load_picture(engine, request["Image"]))
    return Answer(text_words(read_text(sheet.nets, sheet.pyramid, wanted)))


def text_words(lines: Sequence[TextLine]) -> shapes.DetectTextResponse:
    """Return lines and words in the API's words; a word's parent is its line."""
    found = [_detection(line, "LINE", number) for number, line in enumerate(lines)]
    for parent, line in enumerate(lines):
        for word in line.words:
            found.append({**_detection(word, "WORD", len(found)), "ParentId": parent})
    return {"TextDetections": found, "TextModelVersion": TEXT_MODEL_VERSION}


def _detection(
    text: TextLine | TextWord, kind: shapes.TextTypes, number: int
) -> shapes.TextDetection:
    return {
        "DetectedText": text.text,
        "Type": kind,
        "Id": number,
        "Confidence": text.confidence,
        "Geometry": {
            "BoundingBox": bounding_box(BoundingBox.around(text.polygon)),
            "Polygon": [{"X": point.x, "Y": point.y} for point in text.polygon],
        },
    }


def wanted_text(
    filters: shapes.DetectTextFilters | shapes.StartTextDetectionFilters,
) -> TextFilter:
    """Return which words are wanted; raises InvalidParameter for regions that have no inside."""
    words = filters.get("WordFilter")
    regions = tuple(
        _region(region, f"Filters.RegionsOfInterest[{number}]")
        for number, region in enumerate(filters.get("RegionsOfInterest", ()))
    )
    if words is None:
        return TextFilter(regions=regions)
    return TextFilter(
        min_confidence=words.get("MinConfidence", DEFAULT_CONFIDENCE),
        min_width=words.get("MinBoundingBoxWidth", 0.0),
        min_height=words.get("MinBoundingBoxHeight", 0.0),
        regions=regions,
    )


def _region(region: shapes.RegionOfInterest, member: str) -> Polygon:
    box, polygon = region.get("BoundingBox"), region.get("Polygon")
    if (box is None) == (polygon is None):
        raise InvalidParameter(f"{member}: give exactly one of BoundingBox and Polygon")
    if box is not None:
        return _box(box, f"{member}.BoundingBox")
    assert polygon is not None  # noqa: S101 - one of the two is given
    return _polygon(polygon, f"{member}.Polygon")


def _box(box: shapes.BoundingBox, member: str) -> Polygon:
    missing = [name for name in ("Left", "Top", "Width", "Height") if name not in box]
    if missing:
        raise InvalidParameter(f"{member}: {' and '.join(missing)} must be given")
    if box["Width"] <= 0 or box["Height"] <= 0:
        raise InvalidParameter(f"{member}: Width and Height must be greater than 0")
    return BoundingBox(box["Left"], box["Top"], box["Width"], box["Height"]).corners


def _polygon(polygon: Sequence[shapes.Point], member: str) -> Polygon:
    if len(polygon) < 3:
        raise InvalidParameter(f"{member} has {len(polygon)} points; at least 3 must be given")
    for number, point in enumerate(polygon):
        if "X" not in point or "Y" not in point:
            raise InvalidParameter(f"{member}[{number}]: X and Y must be given")
    return tuple(Point(point["X"], point["Y"]) for point in polygon)
