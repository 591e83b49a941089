"""Ratios and pixels lead back to each other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vidimus.geometry import BoundingBox

places = st.floats(-2000, 6000, width=32)
sides = st.integers(80, 8000)


@given(places, places, places, places, sides, sides)
def test_pixels_lead_back(
    x1: float, y1: float, x2: float, y2: float, width: int, height: int
) -> None:
    corners = np.array([x1, y1, x2, y2], dtype=np.float32)
    box = BoundingBox.from_pixels(corners, width, height)
    np.testing.assert_allclose(box.to_pixels(width, height), corners, rtol=1e-5, atol=0.05)


def test_the_whole_picture_has_area_one() -> None:
    whole = BoundingBox.from_pixels(np.array([0, 0, 640, 480], dtype=np.float32), 640, 480)
    assert (whole.area, whole.width, whole.height) == (1, 1, 1)
