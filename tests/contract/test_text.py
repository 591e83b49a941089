"""DetectText through boto3: lines, words, filters, and what is refused."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.contract.test_collections import code_of
from tests.drawn_text import Pixels, draw_sign

LINES = ("Private property", "Keep out")


def encoded(pixels: Pixels) -> dict[str, bytes]:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return {"Bytes": buffer.getvalue()}


@pytest.fixture(scope="module")
def sign(rekognition: Any) -> dict[str, bytes]:
    """Two lines of two words; skips where the networks are not installed."""
    image = encoded(draw_sign(LINES, 40)[0])
    if not rekognition.detect_text(Image=image)["TextDetections"]:
        pytest.skip("the networks for text are not installed")
    return image


def words_of(answer: dict[str, Any]) -> list[str]:
    return [each["DetectedText"] for each in answer["TextDetections"] if each["Type"] == "WORD"]


def region(left: float, top: float, width: float, height: float) -> dict[str, Any]:
    return {"BoundingBox": {"Left": left, "Top": top, "Width": width, "Height": height}}


def polygon(*points: tuple[float, float]) -> dict[str, Any]:
    return {"Polygon": [{"X": x, "Y": y} for x, y in points]}


def test_lines_first_then_their_words(rekognition: Any, sign: dict[str, bytes]) -> None:
    answer = rekognition.detect_text(Image=sign)
    found = answer["TextDetections"]
    assert [(each["Type"], each["DetectedText"]) for each in found] == [
        ("LINE", "Private property"),
        ("LINE", "Keep out"),
        ("WORD", "Private"),
        ("WORD", "property"),
        ("WORD", "Keep"),
        ("WORD", "out"),
    ]
    assert [each["Id"] for each in found] == list(range(6))
    assert [each.get("ParentId") for each in found] == [None, None, 0, 0, 1, 1]
    assert set("0123456789.") >= set(answer["TextModelVersion"]) > {"."}


def test_where_and_how_sure(rekognition: Any, sign: dict[str, bytes]) -> None:
    for each in rekognition.detect_text(Image=sign)["TextDetections"]:
        assert 80 < each["Confidence"] <= 100
        box, corners = each["Geometry"]["BoundingBox"], each["Geometry"]["Polygon"]
        assert len(corners) == 4
        xs, ys = [corner["X"] for corner in corners], [corner["Y"] for corner in corners]
        assert min(xs) >= 0 <= min(ys)
        assert max(xs) <= 1 >= max(ys)
        assert (box["Left"], box["Top"]) == (min(xs), min(ys))
        assert box["Width"] == pytest.approx(max(xs) - min(xs))
        assert box["Height"] == pytest.approx(max(ys) - min(ys))


def test_a_line_upside_down_begins_at_its_own_top_left(
    rekognition: Any, sign: dict[str, bytes]
) -> None:
    turned = encoded(draw_sign(LINES, 40, 180)[0])
    first = rekognition.detect_text(Image=turned)["TextDetections"][0]
    assert first["DetectedText"] == LINES[0]
    corners = [(corner["X"], corner["Y"]) for corner in first["Geometry"]["Polygon"]]
    assert corners[0][0] > corners[1][0]
    assert corners[0][1] > corners[3][1]


def test_a_picture_without_text_has_none(rekognition: Any) -> None:
    blank = encoded(np.full((200, 300, 3), 127, np.uint8))
    assert rekognition.detect_text(Image=blank)["TextDetections"] == []


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ({}, 4),
        ({"MinConfidence": 0}, 4),
        ({"MinConfidence": 100}, 0),
        ({"MinBoundingBoxWidth": 1}, 0),
        ({"MinBoundingBoxHeight": 1}, 0),
        ({"MinBoundingBoxWidth": 0, "MinBoundingBoxHeight": 0}, 4),
    ],
)
def test_word_filters(
    rekognition: Any, sign: dict[str, bytes], words: dict[str, float], kept: int
) -> None:
    answer = rekognition.detect_text(Image=sign, Filters={"WordFilter": words})
    assert len(words_of(answer)) == kept
    assert (answer["TextDetections"] == []) == (kept == 0)


def test_unsure_words_are_left_out_by_a_filter_that_names_no_confidence(
    rekognition: Any, sign: dict[str, bytes]
) -> None:
    faint = encoded(draw_sign(["rescue harbour 8B0O", "theatre 5S1l"], 7)[0])
    sure = words_of(rekognition.detect_text(Image=faint, Filters={"WordFilter": {}}))
    every = rekognition.detect_text(Image=faint)["TextDetections"]
    expected = [
        each["DetectedText"]
        for each in every
        if each["Type"] == "WORD" and each["Confidence"] >= 80
    ]
    assert sure == expected


@pytest.mark.parametrize(
    ("regions", "kept"),
    [
        ([], 4),
        ([region(0, 0, 1, 1)], 4),
        ([region(0, 0, 1, 0.5)], 2),
        ([region(0, 0.5, 1, 0.5), region(0, 0.4, 1, 0.6)], 2),
        ([region(0, 0, 1, 0.5), region(0, 0, 1, 1)], 4),
        ([region(0, 0, 0.001, 0.001)], 0),
        ([polygon((0, 0), (1, 0), (1, 0.5), (0, 0.5))], 2),
        ([polygon((0, 0), (1, 0), (0, 0.01))], 0),
        ([polygon((-1, -1), (3, -1), (-1, 5))], 4),
        ([polygon((0.2, 0.2), (0.2, 0.2), (0.2, 0.2))], 0),
        ([region(0, 0, 1, 1)] * 10, 4),
    ],
)
def test_regions(
    rekognition: Any, sign: dict[str, bytes], regions: list[dict[str, Any]], kept: int
) -> None:
    answer = rekognition.detect_text(Image=sign, Filters={"RegionsOfInterest": regions})
    assert len(words_of(answer)) == kept


def test_a_line_has_only_the_words_that_are_left(rekognition: Any, sign: dict[str, bytes]) -> None:
    found = rekognition.detect_text(Image=sign)["TextDetections"]
    second = next(each for each in found if each["DetectedText"] == "property")
    filters = {"RegionsOfInterest": [{"Polygon": second["Geometry"]["Polygon"]}]}
    answer = rekognition.detect_text(Image=sign, Filters=filters)["TextDetections"]
    assert [(each["Type"], each["DetectedText"]) for each in answer] == [
        ("LINE", "property"),
        ("WORD", "property"),
    ]


@pytest.mark.parametrize(
    ("roi", "said"),
    [
        ({}, r"Filters.RegionsOfInterest\[1\]: give exactly one"),
        ({**region(0, 0, 1, 1), **polygon((0, 0), (1, 0), (1, 1))}, "give exactly one"),
        (region(0, 0, 0, 1), "greater than 0"),
        (region(0, 0, 1, -0.5), "greater than 0"),
        ({"BoundingBox": {"Width": 1}}, "Left and Top and Height must be given"),
        (polygon(), "has 0 points; at least 3"),
        (polygon((0, 0), (1, 1)), "has 2 points; at least 3"),
        ({"Polygon": [{"X": 0.1}] * 3}, r"Polygon\[0\]: X and Y must be given"),
    ],
)
def test_regions_without_an_inside_are_refused(
    rekognition: Any, roi: dict[str, Any], said: str
) -> None:
    blank = encoded(np.full((100, 100, 3), 127, np.uint8))
    with pytest.raises(ClientError, match=said) as refusal:
        rekognition.detect_text(
            Image=blank, Filters={"RegionsOfInterest": [region(0, 0, 1, 1), roi]}
        )
    assert code_of(refusal) == "InvalidParameterException"


@pytest.mark.parametrize(
    "filters",
    [
        {"RegionsOfInterest": [region(0, 0, 1, 1)] * 11},
        {"WordFilter": {"MinConfidence": 101}},
        {"WordFilter": {"MinConfidence": -1}},
        {"WordFilter": {"MinBoundingBoxWidth": 1.5}},
        {"WordFilter": {"MinBoundingBoxHeight": -0.1}},
    ],
)
def test_values_outside_their_limits_are_refused(rekognition: Any, filters: dict[str, Any]) -> None:
    blank = encoded(np.full((100, 100, 3), 127, np.uint8))
    with pytest.raises(ClientError) as refusal:
        rekognition.detect_text(Image=blank, Filters=filters)
    assert code_of(refusal) == "InvalidParameterException"


def test_pictures_are_as_large_as_elsewhere(rekognition: Any) -> None:
    small = encoded(np.full((79, 200, 3), 127, np.uint8))
    with pytest.raises(ClientError, match="at least 80") as refusal:
        rekognition.detect_text(Image=small)
    assert code_of(refusal) == "InvalidParameterException"
    with pytest.raises(ClientError) as refusal:
        rekognition.detect_text(Image={"Bytes": b"no picture"})
    assert code_of(refusal) == "InvalidImageFormatException"


def test_callers_at_once_each_get_their_own_text(rekognition: Any, sign: dict[str, bytes]) -> None:
    images = [encoded(draw_sign([f"Gate {number}"], 30)[0]) for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda image: rekognition.detect_text(Image=image), images))
    assert [answer["TextDetections"][0]["DetectedText"] for answer in answers] == [
        f"Gate {number}" for number in range(8)
    ]


def test_white_text_on_a_photograph(rekognition: Any, sign: dict[str, bytes], shared: Path) -> None:
    data = (shared / "data/samples/conditions/yoga_swimwear_lighttext.jpg").read_bytes()
    answer = rekognition.detect_text(Image={"Bytes": data})
    said = "To get a free yoga lesson please call 123-456-7890"
    assert answer["TextDetections"][0]["DetectedText"] == said
    assert words_of(answer) == said.split()
