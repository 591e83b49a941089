"""Black by level and coverage, in both ranges."""

import numpy as np
import pytest

from vidimus.video.black import ColourRange, black_rule


@pytest.mark.parametrize(
    ("threshold", "colour_range", "limit"),
    [
        (0.2, "FULL", 51.0),
        (0.1, "FULL", 25.5),
        (0.0, "FULL", 0.0),
        (0.2, "LIMITED", 59.8),
        (0.2, None, 59.8),
        (1.0, "LIMITED", 235.0),
    ],
)
def test_the_limit(threshold: float, colour_range: ColourRange | None, limit: float) -> None:
    assert black_rule(threshold, 99, colour_range).limit == pytest.approx(limit)


def test_coverage() -> None:
    luma = np.full((10, 10), 16, np.uint8)
    luma[0, :2] = 200
    rule = black_rule(0.2, 99, "LIMITED")
    assert rule.percent(luma) == 98
    assert not rule.holds(98)
    assert black_rule(0.2, 98, "LIMITED").holds(98)


def test_confidence_goes_from_just_enough_to_all() -> None:
    rule = black_rule(0.2, 90, "FULL")
    assert [rule.confidence(percent) for percent in (90, 95, 100)] == [50, 75, 100]
    assert black_rule(0.2, 100, "FULL").confidence(100) == 100
