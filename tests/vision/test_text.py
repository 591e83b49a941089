"""Text of pictures: order, ways to lie, words, filters, and what threads share."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.drawn_text import Pixels, draw_sign
from tests.vision.seen import registry_of
from vidimus.engine.engine import Engine
from vidimus.geometry import BoundingBox, Point, share_inside
from vidimus.imaging.pyramid import Pyramid
from vidimus.imaging.ribbon import Ribbon, straight_ribbon
from vidimus.models.text_detector import TextRegion
from vidimus.models.text_reader import Reading, TextDirection
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet
from vidimus.vision.text import MOST_WORDS, read_text, reading_order, text_capabilities
from vidimus.vision.text_filter import TextFilter
from vidimus.vision.text_types import TextLine, TextWord, line_of
from vidimus.vision.text_upright import lay_ribbons
from vidimus.vision.text_words import split_words

Floats = NDArray[np.float32]
LINES = ("Private property", "Keep out", "No. 118")


@pytest.fixture(scope="module")
def nets(engine: Engine) -> PictureNets:
    if engine.nets.text_detector is None or engine.nets.text_recognizer is None:
        pytest.skip("the networks for text are not installed")
    return engine.nets


def read(nets: PictureNets, pixels: Pixels, wanted: TextFilter | None = None) -> list[TextLine]:
    return list(read_text(nets, Pyramid(pixels), wanted or TextFilter()))


def polygon_of(quad: Floats, pixels: Pixels) -> tuple[Point, ...]:
    height, width = pixels.shape[:2]
    return tuple(Point(float(x) / width, float(y) / height) for x, y in quad)


# --- what networks make of drawn signs


@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 135, 180, 225, 270, 315, 350])
def test_lines_are_read_whichever_way_they_lie(nets: PictureNets, degrees: float) -> None:
    pixels, quads = draw_sign(LINES, 28, degrees)
    lines = read(nets, pixels)
    assert tuple(line.text for line in lines) == LINES
    for line, quad in zip(lines, quads, strict=True):
        drawn = polygon_of(quad, pixels)
        assert share_inside(drawn, line.polygon) > 0.9
        assert share_inside(line.polygon, drawn) > 0.35
        # Corners run from the top left as read.
        own = np.array([(point.x, point.y) for point in line.polygon])
        theirs = np.array([(point.x, point.y) for point in drawn])
        turned = [np.abs(np.roll(own, -shift, axis=0) - theirs).sum() for shift in range(4)]
        assert int(np.argmin(turned)) == 0


def test_words_lie_side_by_side_in_their_line(nets: PictureNets) -> None:
    pixels, _ = draw_sign(["Keep this door closed"], 32, 20)
    (line,) = read(nets, pixels)
    assert [word.text for word in line.words] == ["Keep", "this", "door", "closed"]
    assert line.text == "Keep this door closed"
    for word in line.words:
        assert share_inside(word.polygon, line.polygon) > 0.95
        assert word.confidence > 80
    for first, second in zip(line.words, line.words[1:], strict=False):
        assert share_inside(first.polygon, second.polygon) < 0.01


@pytest.mark.parametrize(("ink", "paper"), [(20, 235), (235, 20), (110, 150)])
@pytest.mark.parametrize("size", [10, 24, 90])
def test_small_large_dark_light_and_pale(
    nets: PictureNets, size: int, ink: int, paper: int
) -> None:
    pixels, _ = draw_sign(["Platform 7", "to Oxford"], size, ink=ink, paper=paper)
    assert [line.text for line in read(nets, pixels)] == ["Platform 7", "to Oxford"]


def test_a_large_gap_ends_a_line(nets: PictureNets) -> None:
    left, _ = draw_sign(["Arrivals"])
    right, _ = draw_sign(["Departures"])
    gap = np.full((left.shape[0], 400, 3), 235, np.uint8)
    lines = read(nets, np.hstack([left, gap, right]))
    assert [line.text for line in lines] == ["Arrivals", "Departures"]


def test_a_full_stop_ends_no_line(nets: PictureNets) -> None:
    pixels, _ = draw_sign(["Stop. Look both ways."])
    assert [line.text for line in read(nets, pixels)] == ["Stop. Look both ways."]


@pytest.mark.parametrize("size", [(80, 80), (640, 480), (3000, 90)])
def test_a_picture_without_text_has_none(nets: PictureNets, size: tuple[int, int]) -> None:
    assert read(nets, np.full((size[1], size[0], 3), 127, np.uint8)) == []


def dense_rows() -> list[str]:
    """Sixteen rows of eight words each."""
    words = ("harbour", "street", "platform", "oxford", "garden", "theatre", "rescue", "coffee")
    return [" ".join(words[(row + place) % 8] for place in range(8)) for row in range(16)]


def test_a_hundred_words_and_no_more(nets: PictureNets) -> None:
    rows = dense_rows()
    lines = read(nets, draw_sign(rows, 20)[0])
    words = [word.text for line in lines for word in line.words]
    assert len(words) == MOST_WORDS
    assert words[:8] == rows[0].split()
    assert len(lines) == 13
    assert len(lines[-1].words) == 4


def test_regions_spare_the_words_of_the_last_rows(nets: PictureNets) -> None:
    rows = dense_rows()
    pixels, _ = draw_sign(rows, 20)
    lower = BoundingBox(0, 0.8, 1, 0.2).corners
    lines = read(nets, pixels, TextFilter(regions=(lower,)))
    assert [line.text for line in lines] == rows[-len(lines) :]
    assert 2 <= len(lines) <= 4


def test_many_threads_each_read_their_own_picture(nets: PictureNets) -> None:
    texts = [f"Gate {number} north" for number in range(12)]
    pictures = [draw_sign([text], 20 + 3 * number)[0] for number, text in enumerate(texts)]
    with ThreadPoolExecutor(6) as pool:
        said = pool.map(lambda pixels: [line.text for line in read(nets, pixels)], pictures)
    assert list(said) == [[text] for text in texts]


def test_the_sheet_reads_once(engine: Engine, nets: PictureNets) -> None:
    pixels, _ = draw_sign(["Staff only"])
    sheet = PictureSheet(nets, engine.faces, pixels)
    assert sheet.text is sheet.text
    assert [line.text for line in sheet.text] == ["Staff only"]


# --- without networks


def test_nothing_is_read_without_networks() -> None:
    nets = PictureNets(registry_of())
    assert read_text(nets, Pyramid(np.zeros((100, 100, 3), np.uint8))) == ()
    latin, other = text_capabilities(nets)
    assert not latin.told
    assert "models pull" in latin.hint
    assert not other.told


# --- order and ways to lie


def straight(x: float, y: float, degrees: float = 0, length: float = 100) -> Ribbon:
    angle = np.radians(degrees)
    along = np.array([np.cos(angle), np.sin(angle)], np.float32)
    down = np.array([-along[1], along[0]])
    corners = [s * along * length / 2 + t * down * 10 for s in (-1, 1) for t in (-1, 1)]
    placed = np.array(corners, np.float32) + np.array([x, y], np.float32)
    return straight_ribbon(placed, 0.0, along)


@given(st.floats(0, 360), st.randoms())
def test_reading_order_turns_with_the_text(degrees: float, random: Any) -> None:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    places = [(100, 100), (300, 104), (100, 140), (310, 138), (200, 180)]
    numbered = list(enumerate(places))
    random.shuffle(numbered)
    turned = [np.array(place) @ turn for _, place in numbered]
    ribbons = [straight(float(x), float(y), degrees) for x, y in turned]
    order = reading_order(ribbons, (np.array([1, 0]) @ turn).astype(np.float32))
    assert [numbered[which][0] for which in order] == [0, 1, 2, 3, 4]


class Verdicts(TextDirection):
    """Says of each strip in turn how probably it stands on its head."""

    def __init__(self, *down: float) -> None:
        self._down = down

    def upside_down(self, strips: Any) -> Floats:
        return np.array(self._down, np.float32)


def region(x: float, y: float, degrees: float, length: float = 100) -> TextRegion:
    return TextRegion(straight(x, y, degrees, length).quad, 0.0, 1.0)


def directions(verdicts: tuple[float, ...], *regions: TextRegion) -> list[tuple[float, float]]:
    pyramid = Pyramid(np.zeros((500, 500, 3), np.uint8))
    ribbons, _ = lay_ribbons(Verdicts(*verdicts), pyramid, regions)
    return [(round(float(r.direction[0]), 2), round(float(r.direction[1]), 2)) for r in ribbons]


def test_a_line_is_turned_by_its_own_verdict() -> None:
    assert directions((0.01,), region(200, 200, 0)) == [(1, 0)]
    assert directions((0.99,), region(200, 200, 0)) == [(-1, 0)]


def test_the_sure_speak_for_the_unsure() -> None:
    rows = [region(200, 100, 0), region(200, 200, 0), region(200, 300, 0)]
    assert directions((0.99, 0.99, 0.4), *rows) == [(-1, 0)] * 3
    assert directions((0.99, 0.99, 0.01), *rows) == [(-1, 0), (-1, 0), (1, 0)]


def test_a_short_one_lies_as_the_others_do() -> None:
    rows = [region(200, 100, 60), region(300, 100, 60), region(400, 100, 20, 22)]
    assert directions((0.01, 0.01, 0.5), *rows) == [(0.5, 0.87)] * 3
    assert directions((0.99, 0.99, 0.5), *rows) == [(-0.5, -0.87)] * 3
    assert directions((0.5,), region(200, 200, 40, 22)) == [(1, 0)]


def test_without_the_network_lines_are_read_to_the_right() -> None:
    pyramid = Pyramid(np.zeros((500, 500, 3), np.uint8))
    (ribbon,), common = lay_ribbons(None, pyramid, [region(200, 200, 20)])
    assert ribbon.direction[0] > 0
    np.testing.assert_array_equal(common, (1, 0))


# --- words


def strip_with_ink(*spans: tuple[int, int]) -> Pixels:
    strip = np.full((48, 200, 3), 240, np.uint8)
    for start, end in spans:
        strip[14:34, start:end:2] = 10
    return strip


def reading(text: str, *places: float) -> Reading:
    chances = np.array([0.5 if letter == " " else 0.9 for letter in text], np.float32)
    return Reading(text, chances, np.array(places, np.float32))


def test_words_end_where_the_ink_does() -> None:
    strip = strip_with_ink((10, 60), (100, 180))
    first, second = split_words(reading("ab cd", 0.1, 0.25, 0.4, 0.55, 0.8), strip)
    assert (first.text, second.text) == ("ab", "cd")
    assert (first.start, second.end) == (0, 1)
    assert first.end * 200 == pytest.approx(60, abs=2)
    assert second.start * 200 == pytest.approx(100, abs=2)
    assert first.chance == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", []), ("  ", []), (" a ", ["a"]), ("a  b", ["a", "b"]), ("東京 12", ["東京", "12"])],
)
def test_blanks_split(text: str, words: list[str]) -> None:
    places = np.linspace(0.1, 0.9, len(text))
    spans = split_words(reading(text, *places), strip_with_ink((10, 190)))
    assert [span.text for span in spans] == words
    assert all(0 <= span.start <= span.end <= 1 for span in spans)


@given(st.text("ab ", max_size=12), st.randoms())
def test_words_follow_each_other(text: str, random: Any) -> None:
    places = sorted(random.random() for _ in text)
    spans = split_words(reading(text, *places), strip_with_ink((10, 60), (100, 180)))
    bounds = [bound for span in spans for bound in (span.start, span.end)]
    assert bounds == sorted(bounds)
    assert [span.text for span in spans] == text.split()


# --- filters


def word(left: float, top: float, width: float, height: float, confidence: float) -> TextWord:
    return TextWord("word", confidence, BoundingBox(left, top, width, height).corners)


def test_words_are_kept_from_the_least_values_on() -> None:
    seen = word(0.1, 0.1, 0.2, 0.05, 90)
    assert TextFilter(90, 0.2, 0.05).keeps(seen)
    assert not TextFilter(min_confidence=90.1).keeps(seen)
    assert not TextFilter(min_width=0.21).keeps(seen)
    assert not TextFilter(min_height=0.051).keeps(seen)


def test_more_than_half_has_to_lie_in_one_region() -> None:
    seen = word(0.25, 0.25, 0.25, 0.25, 90)

    def inside(*boxes: BoundingBox) -> bool:
        return TextFilter(regions=tuple(box.corners for box in boxes)).keeps(seen)

    left, right = BoundingBox(0.25, 0.25, 0.125, 0.25), BoundingBox(0.375, 0.25, 0.125, 0.25)
    assert not inside(left, right)
    assert inside(BoundingBox(0.25, 0.25, 0.13, 0.25), right)
    assert inside(BoundingBox(-1, -1, 3, 3), BoundingBox(-1, -1, 3, 3))
    assert inside()


def test_a_line_is_worth_reading_where_it_touches_a_region() -> None:
    wanted = TextFilter(regions=(BoundingBox(0.5, 0, 0.5, 1).corners,))
    assert wanted.may_keep(BoundingBox(0.1, 0.1, 0.41, 0.1).corners)
    assert not wanted.may_keep(BoundingBox(0.1, 0.1, 0.3, 0.1).corners)
    assert TextFilter().may_keep(BoundingBox(0.1, 0.1, 0.3, 0.1).corners)


def test_a_line_is_as_sure_as_its_letters() -> None:
    words = [TextWord("ab", 90, ()), TextWord("cdef", 60, ())]
    line = line_of(words, ())
    assert (line.text, line.confidence) == ("ab cdef", 70)
