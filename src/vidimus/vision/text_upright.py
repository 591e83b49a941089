"""Which way the lines of a picture run.

A rectangle around a line leaves two ways to read it, and four where it is nearly square. One
network says of each line how probably it stands on its head. Lines of one picture mostly run one
way, so those it is sure of speak for the others.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.pyramid import Pyramid
from vidimus.imaging.ribbon import Ribbon, cut_ribbon
from vidimus.models.text_detector import TextRegion
from vidimus.models.text_reader import TextDirection

Floats = NDArray[np.float32]

STRIP_HEIGHT = 48
LONG = 1.5
"""A rectangle so many times longer than high surely has the line along its longer side."""
_SURE = 2.0
"""Log-odds from which on a line's own verdict stands against the others' (0.88)."""
_LIMIT = 4.0
_AGREED = 0.5
"""How much of the picture's verdict has to point along a line to decide it."""
RIGHT = np.array([1, 0], np.float32)


def lay_ribbons(
    network: TextDirection | None, pyramid: Pyramid, regions: Sequence[TextRegion]
) -> tuple[list[Ribbon], Floats]:
    """Return a strip for each region, upright as far as one can tell, and the common direction.

    The direction is a vector of length 1; to the right when the lines do not agree.
    """
    ribbons = [region.arc or region.ribbon() for region in regions]
    verdicts = _verdicts(network, pyramid, ribbons)
    common = _common_direction(ribbons, verdicts)
    laid = [
        _laid(region, ribbon, float(verdict), common)
        for region, ribbon, verdict in zip(regions, ribbons, verdicts, strict=True)
    ]
    return laid, RIGHT if common is None else common


def _verdicts(network: TextDirection | None, pyramid: Pyramid, ribbons: list[Ribbon]) -> Floats:
    """Return the log-odds that each strip is upright; 0 without a network."""
    if network is None or not ribbons:
        return np.zeros(len(ribbons), np.float32)
    strips = [cut_ribbon(pyramid, ribbon, STRIP_HEIGHT, 1000) for ribbon in ribbons]
    down = network.upside_down(strips).clip(1e-6, 1 - 1e-6)
    return np.asarray(np.log((1 - down) / down).clip(-_LIMIT, _LIMIT), np.float32)


def _common_direction(ribbons: list[Ribbon], verdicts: Floats) -> Floats | None:
    """Add up the ways that long lines run, each as far as its verdict is sure."""
    votes = [
        verdict * ribbon.direction
        for ribbon, verdict in zip(ribbons, verdicts, strict=True)
        if ribbon.length >= LONG * ribbon.height
    ]
    if not votes:
        return None
    total = np.sum(votes, axis=0)
    length = float(np.hypot(*total))
    if length < _AGREED * float(np.sum([np.hypot(*vote) for vote in votes])) or length == 0:
        return None
    return np.asarray(total / length, np.float32)


def _laid(region: TextRegion, ribbon: Ribbon, verdict: float, common: Floats | None) -> Ribbon:
    """Lay one strip by its own verdict, or by the picture's where it is not sure."""
    if ribbon.length < LONG * ribbon.height and not ribbon.bent:
        return region.ribbon(_nearest_axis(ribbon, common))
    agreement = 0.0 if common is None else float(ribbon.direction @ common)
    if abs(verdict) < _SURE and abs(agreement) >= _AGREED:
        verdict = agreement
    return ribbon.turned() if verdict < 0 else ribbon


def _nearest_axis(ribbon: Ribbon, common: Floats | None) -> Floats:
    """Return the common direction; without one, that of the rectangle's sides nearest to right."""
    return RIGHT if common is None else common
