"""Strips: laid around points, turned, cut upright; straight ones and arcs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vidimus.imaging.pyramid import Pyramid
from vidimus.imaging.ribbon import Ribbon, arc_ribbon, cut_ribbon, straight_ribbon

Floats = NDArray[np.float32]

ANGLES = st.floats(-89, 89)


def rectangle(degrees: float, length: float = 100, height: float = 20) -> Floats:
    """Corners about (200, 200), clockwise from the top left of the strip."""
    angle = np.radians(degrees)
    along = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    down = np.array([-np.sin(angle), np.cos(angle)]) * height / 2
    corners = [-along - down, along - down, along + down, down - along]
    return (np.array(corners) + 200).astype(np.float32)


def ring(start: float, end: float, radius: float = 100, thick: float = 20) -> Floats:
    """Filled points of a piece of a ring about (200, 200), between angles in degrees."""
    angles, radii = np.meshgrid(
        np.radians(np.linspace(start, end, 200)),
        np.linspace(radius - thick / 2, radius + thick / 2, 20),
    )
    points = np.stack([np.cos(angles) * radii, np.sin(angles) * radii], axis=-1)
    return (points.reshape(-1, 2) + 200).astype(np.float32)


@given(ANGLES)
def test_a_strip_is_laid_along_the_longer_side_and_read_to_the_right(degrees: float) -> None:
    corners = rectangle(degrees)
    ribbon = straight_ribbon(corners, 0.0)
    np.testing.assert_allclose(ribbon.quad, corners, atol=0.1)
    np.testing.assert_allclose((ribbon.length, ribbon.height), (100, 20), atol=0.1)
    assert ribbon.direction[0] > 0


@given(ANGLES)
def test_growing_keeps_the_middle_and_adds_the_same_on_each_side(degrees: float) -> None:
    ribbon = straight_ribbon(rectangle(degrees), 1.6)
    margin = 1.6 * 100 * 20 / 240
    np.testing.assert_allclose(ribbon.center, (200, 200), atol=0.1)
    np.testing.assert_allclose(
        (ribbon.length, ribbon.height), (100 + 2 * margin, 20 + 2 * margin), atol=0.2
    )


@given(ANGLES, st.floats(0, 360))
def test_a_strip_along_a_direction_holds_every_point(degrees: float, way: float) -> None:
    along = np.array([np.cos(np.radians(way)), np.sin(np.radians(way))], np.float32)
    ribbon = straight_ribbon(rectangle(degrees), 0.0, along)
    np.testing.assert_allclose(ribbon.direction, along, atol=1e-3)
    inside = (rectangle(degrees) - ribbon.quad[0]) @ np.array([along, [-along[1], along[0]]]).T
    assert (inside > -0.1).all()
    assert (inside < np.array([ribbon.length, ribbon.height]) + 0.1).all()


def test_turned_twice_is_the_same_strip() -> None:
    for ribbon in (straight_ribbon(rectangle(30), 1.6), arc_ribbon(ring(-150, -30), 0.5)):
        assert ribbon is not None
        turned = ribbon.turned()
        np.testing.assert_allclose(turned.direction, -ribbon.direction, atol=1e-5)
        np.testing.assert_allclose(turned.quad, ribbon.quad[[2, 3, 0, 1]])
        np.testing.assert_array_equal(turned.turned().top, ribbon.top)


@pytest.mark.parametrize(("middle", "outer_on_top"), [(-90, True), (-60, True), (90, False)])
def test_an_arc_is_found_and_read_to_the_right(middle: float, outer_on_top: bool) -> None:
    ribbon = arc_ribbon(ring(middle - 50, middle + 50), 0.0)
    assert ribbon is not None
    assert ribbon.bent
    assert ribbon.direction[0] > 0
    np.testing.assert_allclose(ribbon.height, 20, atol=1)
    np.testing.assert_allclose(ribbon.length, 100 * np.radians(100), rtol=0.05)
    radii = [np.linalg.norm(edge - 200, axis=1).mean() for edge in (ribbon.top, ribbon.bottom)]
    np.testing.assert_allclose(sorted(radii), (90, 110), atol=1)
    assert bool(radii[0] > radii[1]) is outer_on_top


@pytest.mark.parametrize(
    "points", [np.zeros((3, 2)), ring(0, 360), ring(-104, -76), rectangle(0)[:2]]
)
def test_what_is_no_arc_has_none(points: Floats) -> None:
    assert arc_ribbon(points.astype(np.float32), 0.0) is None


def test_pieces_of_an_arc_follow_it() -> None:
    ribbon = arc_ribbon(ring(-150, -30), 0.0)
    assert ribbon is not None
    left, right = ribbon.part(0, 0.5), ribbon.part(0.5, 1)
    np.testing.assert_allclose(left.quad[1], right.quad[0], atol=1e-3)
    assert left.direction[1] < -0.3 < 0.3 < right.direction[1]
    every = np.concatenate([left.top, left.bottom])
    axes = np.array([left.direction, [-left.direction[1], left.direction[0]]])
    low, high = (left.corners @ axes.T).min(axis=0), (left.corners @ axes.T).max(axis=0)
    placed = every @ axes.T
    assert ((placed > low - 0.1) & (placed < high + 0.1)).all()


def striped(degrees: float) -> NDArray[np.uint8]:
    """A picture whose strip is red at its start, green at its end and white along its top."""
    rows, columns = np.mgrid[:400, :400] + 0.5
    angle = np.radians(degrees)
    along = (columns - 200) * np.cos(angle) + (rows - 200) * np.sin(angle)
    down = -(columns - 200) * np.sin(angle) + (rows - 200) * np.cos(angle)
    picture = np.zeros((400, 400, 3), np.uint8)
    picture[..., 0], picture[..., 1] = 255 * (along < 0), 255 * (along >= 0)
    picture[down < 0] = np.maximum(picture[down < 0], 100)
    return picture


@given(st.integers(-179, 180))
def test_a_cut_is_upright(degrees: int) -> None:
    quad = rectangle(degrees)
    ribbon = Ribbon(quad[:2], quad[[3, 2]])
    cut = cut_ribbon(Pyramid(striped(degrees)), ribbon, 40, 500)
    assert cut.shape == (40, 200, 3)
    assert cut[30, 40].tolist() == [255, 0, 0]
    assert cut[30, 160].tolist() == [0, 255, 0]
    assert cut[10, 40].tolist() == [255, 100, 100]


def test_a_cut_is_at_most_so_wide_and_repeats_the_edge() -> None:
    picture = np.full((50, 50, 3), 200, np.uint8)
    outside = straight_ribbon(np.array([[-200, 10], [300, 10], [300, 20], [-200, 20]]), 0.0)
    cut = cut_ribbon(Pyramid(picture), outside, 48, 320)
    assert cut.shape == (48, 320, 3)
    assert (cut == 200).all()
