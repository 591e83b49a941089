"""Warping faces onto templates and cutting squares: the geometry, and fine detail kept apart."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vidimus.imaging.align import (
    align_faces,
    crop_faces,
    invert_transforms,
    similarity_transforms,
)

TEMPLATE = np.array([[40, 50], [80, 50], [60, 70], [45, 90], [75, 90]], np.float32)
Floats = NDArray[np.float32]


def turned(points: Floats, angle: float, scale: float, shift: tuple[float, float]) -> Floats:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(points @ turn.T * scale + shift, np.float32)


@given(
    angle=st.floats(-3.1, 3.1),
    scale=st.floats(0.1, 20),
    x=st.floats(-500, 500),
    y=st.floats(-500, 500),
)
def test_a_similarity_is_found_exactly(angle: float, scale: float, x: float, y: float) -> None:
    points = turned(TEMPLATE, angle, scale, (x, y))
    (matrix,) = similarity_transforms(points[None], TEMPLATE)
    found = points @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(found, TEMPLATE, atol=0.02)


def umeyama(source: Floats, target: Floats) -> NDArray[np.float64]:
    """The textbook solution by singular values."""
    mean_s, mean_t = source.mean(0, dtype=float), target.mean(0, dtype=float)
    s, t = source - mean_s, target - mean_t
    u, d, vt = np.linalg.svd(t.T @ s / len(s))
    sign = np.array([1, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    turn = u @ np.diag(sign) @ vt
    scale = (d * sign).sum() / (s**2).sum() * len(s)
    return np.column_stack([scale * turn, mean_t - scale * turn @ mean_s])


def test_the_fit_is_that_of_umeyama() -> None:
    noise = np.random.default_rng(1).normal(0, 8, (20, 5, 2)).astype(np.float32)
    points = (TEMPLATE * 2.3 + 11 + noise).astype(np.float32)
    expected = np.stack([umeyama(face, TEMPLATE) for face in points])
    np.testing.assert_allclose(similarity_transforms(points, TEMPLATE), expected, atol=1e-5)


def test_equal_points_give_a_finite_transform() -> None:
    points = np.full((1, 5, 2), 33, np.float32)
    assert np.isfinite(similarity_transforms(points, TEMPLATE)).all()
    pixels = np.full((64, 64, 3), 200, np.uint8)
    assert align_faces(pixels, points, TEMPLATE, 120).shape == (1, 120, 120, 3)


def dotted(points: Floats, size: int = 400) -> NDArray[np.uint8]:
    """A black picture with a white dot centred on each point."""
    picture = np.zeros((size, size, 3), np.uint8)
    for x, y in points:
        # A pixel's centre lies half a pixel from its edge.
        center = (round((float(x) - 0.5) * 16), round((float(y) - 0.5) * 16))
        cv2.circle(picture, center, 6 * 16, (255, 255, 255), -1, shift=4)
    return picture


@pytest.mark.parametrize(("angle", "scale"), [(0, 1), (0.4, 1), (-2.6, 1.5), (0.1, 0.8)])
def test_points_land_on_the_template(angle: float, scale: float) -> None:
    points = turned(TEMPLATE - 60, angle, 2 * scale, (200, 200))
    (chip,) = align_faces(dotted(points), points[None], TEMPLATE, 120)
    for x, y in TEMPLATE:
        around = chip[int(y) - 7 : int(y) + 7, int(x) - 7 : int(x) + 7, 0].astype(float)
        rows, columns = np.indices(around.shape) + 0.5
        weight = around.sum()
        assert abs((rows * around).sum() / weight - 7) < 0.4
        assert abs((columns * around).sum() / weight - 7) < 0.4


def test_outside_is_black() -> None:
    pixels = np.full((50, 50, 3), 255, np.uint8)
    points = (TEMPLATE - [60, 70] + [0, 25]).astype(np.float32)
    (chip,) = align_faces(pixels, points[None], TEMPLATE, 120)
    assert chip[:, :55].max() == 0
    assert chip[70, 70].tolist() == [255, 255, 255]


def test_no_faces_give_no_chips() -> None:
    pixels = np.zeros((10, 10, 3), np.uint8)
    assert align_faces(pixels, np.zeros((0, 5, 2), np.float32), TEMPLATE, 120).shape == (
        0,
        120,
        120,
        3,
    )


def test_large_faces_are_averaged_not_sampled() -> None:
    """A checkerboard of single pixels is grey from afar; skipping pixels would show black."""
    board = (np.indices((1600, 1600)).sum(0) % 2 * 255).astype(np.uint8)
    pixels = np.repeat(board[:, :, None], 3, axis=2)
    points = turned(TEMPLATE - 60, 0.02, 10, (800, 800))
    (chip,) = align_faces(pixels, points[None], TEMPLATE, 120)
    assert np.abs(chip[20:100, 20:100].astype(int) - 127).max() < 12


def test_shrinking_first_moves_nothing() -> None:
    smooth = np.tile(np.linspace(0, 255, 1600).astype(np.uint8), (1600, 1))
    pixels = np.ascontiguousarray(np.repeat(smooth[:, :, None], 3, axis=2))
    points = turned(TEMPLATE - 60, 0, 10, (800, 800))
    (chip,) = align_faces(pixels, points[None], TEMPLATE, 120)
    # Column x of the chip shows the picture at 800 + 10 * (x + 1/2 - 60).
    columns = np.arange(10, 110)
    expected = (800 + 10 * (columns + 0.5 - 60)) / 1600 * 255
    assert np.abs(chip[60, 10:110, 0] - expected).max() < 1.5


@pytest.mark.parametrize("angle", [0.0, 0.5, -2.0])
def test_crops_map_back(angle: float) -> None:
    center, side = np.array([[210.0, 190.0]], np.float32), np.array([80.0], np.float32)
    crops = crop_faces(dotted(center), center, side, np.array([angle], np.float32), 160)
    assert crops.pixels.shape == (1, 160, 160, 3)
    assert crops.pixels[0, 78:82, 78:82].min() == 255
    places = np.array([[[80, 80], [160, 80]]], np.float32)
    back = crops.to_picture(places)
    np.testing.assert_allclose(back[0, 0], center[0], atol=1e-3)
    axis = np.array([np.cos(angle), np.sin(angle)]) * 40
    np.testing.assert_allclose(back[0, 1] - back[0, 0], axis, atol=1e-3)


def test_inverse_of_the_inverse() -> None:
    matrices = np.array([[[2, 1, 5], [-1, 2, 7]], [[0.5, 0, 1], [0, 0.5, 2]]], np.float32)
    np.testing.assert_allclose(invert_transforms(invert_transforms(matrices)), matrices, atol=1e-5)
