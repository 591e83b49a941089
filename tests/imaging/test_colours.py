import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import ImageColor

from tests.imaging.pictures import cloud
from vidimus.imaging.colour_names import GROUPS, NAMED_COLOURS, SIMPLIFIED_COLOURS
from vidimus.imaging.colours import DominantColour, dominant_colours

PICTURES = arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3)))


def plain(*colour: int, size: tuple[int, int] = (80, 100)) -> NDArray[np.uint8]:
    return np.full((*size, 3), colour, np.uint8)


def of_code(code: str) -> DominantColour:
    red, green, blue = bytes.fromhex(code)
    return DominantColour(red, green, blue, 1)


def test_a_plain_picture_has_its_colour_alone() -> None:
    (found,) = dominant_colours(plain(245, 220, 98))
    assert (found.red, found.green, found.blue, found.percent) == (245, 220, 98, 100)
    assert (found.hex_code, found.css_name, found.simplified) == ("#f5dc62", "khaki", "yellow")


def test_stripes_are_told_with_their_shares() -> None:
    stripes = [((0, 0, 128), 60), ((255, 255, 255), 30), ((220, 20, 60), 10)]
    flag = np.concatenate([plain(*colour, size=(rows, 100)) for colour, rows in stripes])
    found = dominant_colours(flag)
    assert [colour.css_name for colour in found[:3]] == ["navy", "white", "crimson"]
    assert [colour.percent for colour in found[:3]] == pytest.approx([60, 30, 10], abs=1.5)


def test_only_what_the_mask_marks_counts() -> None:
    picture = np.concatenate([plain(255, 0, 0), plain(0, 128, 0)], 1)
    right = np.zeros(picture.shape[:2], bool)
    right[:, 100:] = True
    assert [each.css_name for each in dominant_colours(picture, right)] == ["green"]
    assert [each.css_name for each in dominant_colours(picture, ~right)] == ["red"]
    assert dominant_colours(picture, np.zeros_like(right)) == ()


def test_a_thin_mask_is_not_lost_when_the_picture_is_shrunk() -> None:
    picture = plain(0, 0, 255, size=(900, 1200))
    picture[:, 700] = (255, 255, 0)
    line = np.zeros(picture.shape[:2], bool)
    line[:, 700] = True
    assert len(dominant_colours(picture, line)) == 1


@given(PICTURES)
def test_shares_fall_and_sum_to_at_most_100(pixels: NDArray[np.uint8]) -> None:
    found = dominant_colours(pixels)
    shares = [colour.percent for colour in found]
    assert shares == sorted(shares, reverse=True)
    assert all(0 < share <= 100 for share in shares)
    assert sum(shares) <= 100 + 1e-6
    assert len(found) <= 20
    assert all(0 <= value <= 255 for each in found for value in (each.red, each.green, each.blue))


@given(PICTURES, st.integers(0, 20))
def test_a_smaller_limit_gives_the_first_of_the_same(pixels: NDArray[np.uint8], limit: int) -> None:
    assert dominant_colours(pixels, None, limit) == dominant_colours(pixels)[:limit]


@given(st.integers(0, 50))
def test_the_same_pixels_give_the_same_colours_whatever_their_order(seed: int) -> None:
    picture = cloud(seed, size=(40, 50))
    shuffled = np.random.default_rng(seed).permutation(picture.reshape(-1, 3)).reshape(40, 50, 3)
    assert dominant_colours(picture) == dominant_colours(picture)
    assert dominant_colours(shuffled) == dominant_colours(picture)


def test_names_are_those_of_css_one_for_each_colour() -> None:
    assert {ImageColor.getcolor(name, "RGB") for name in NAMED_COLOURS} == {
        ImageColor.getcolor(name, "RGB") for name in ImageColor.colormap
    }
    assert len(set(NAMED_COLOURS.values())) == len(NAMED_COLOURS)
    assert len(SIMPLIFIED_COLOURS) == 12
    for name, code in NAMED_COLOURS.items():
        assert ImageColor.getrgb(name) == tuple(bytes.fromhex(code))
        colour = of_code(code)
        assert (colour.css_name, colour.simplified) == (name, GROUPS[name])


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("3b4821", "green"),
        ("111016", "black"),
        ("161926", "grey"),
        ("486495", "blue"),
        ("9e7357", "brown"),
        ("f5f0ea", "white"),
        ("c40030", "red"),
        ("f07818", "orange"),
        ("ff80b0", "pink"),
        ("6a2a90", "purple"),
        ("10a0a0", "cyan"),
        ("e8cb05", "yellow"),
    ],
)
def test_colours_of_photographs_fall_into_the_group_a_person_names(code: str, group: str) -> None:
    assert of_code(code).simplified == group
