"""Where text is in a picture: the detector of PP-OCRv6, which marks the inside of each line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.pyramid import Pyramid
from vidimus.imaging.ribbon import Ribbon, arc_ribbon, straight_ribbon
from vidimus.models.face_embedder import network_input

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Floats = NDArray[np.float32]

_LEAST_SIDE = 3
"""Marks that are less high on the map are specks."""
_STRAIGHT = 0.85
"""A mark that fills more than so much of its rectangle is straight."""
_SURE = 0.95
"""Below an arc the network marks much of its segment too, but is so sure of the ring alone."""
_THINNER = 0.8
"""A ring is believed when it is thinner than so much of the rectangle."""
_MOST_MARKS = 1000


@dataclass(frozen=True)
class TextRegion:
    """One line or part of a line: `outline` float32 (n, 2), pixels of what the network marked.

    Networks mark the inside of a line; `unclip` says how much larger the line is. `score`, 0..1,
    is how sure the network is. `arc` is the strip where the line seems bent.
    """

    outline: Floats
    unclip: float
    score: float
    arc: Ribbon | None = None

    def ribbon(self, direction: Floats | None = None) -> Ribbon:
        """Return the straight strip around the line, along `direction` or its longer side."""
        return straight_ribbon(self.outline, self.unclip, direction)


class TextDetector:
    """Differentiable binarization (Liao et al. 2020): a map of how probably text lies where.

    The card's parameters: `stride`, of which sides are multiples; `shortest` and `longest`, to
    which the picture is enlarged and shrunk; `threshold` of the map; `min_score`, the least mean
    of the map over a line; `unclip`, how much larger a line is than its mark.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._layout = card.input
        self._session = session
        (self._input,) = session.inputs
        facts = card.parameters
        self._stride = int(facts.get("stride", 32))
        self._shortest = int(facts.get("shortest", 736))
        self._longest = int(facts.get("longest", 1600))
        self._threshold = float(facts.get("threshold", 0.3))
        self._min_score = float(facts.get("min_score", 0.5))
        self._unclip = float(facts.get("unclip", 1.6))

    def enlarges(self, pyramid: Pyramid) -> bool:
        """Tell whether a picture is enlarged to be looked at."""
        return min(pyramid.width, pyramid.height) < self._shortest

    def find_text(
        self, pyramid: Pyramid, *, shortest: int | None = None, longest: int | None = None
    ) -> list[TextRegion]:
        """Find the lines of a picture; other sides than the card's make a coarser look."""
        shortest = self._shortest if shortest is None else shortest
        text_map = self._text_map(pyramid, shortest, longest or self._longest)
        scale = pyramid.width / text_map.shape[1], pyramid.height / text_map.shape[0]
        return list(self._regions(text_map, np.array(scale, np.float32)))

    def _text_map(self, pyramid: Pyramid, shortest: int, longest: int) -> Floats:
        """Return how probably each pixel of the resized picture is text, float32 (h, w)."""
        sides = pyramid.width, pyramid.height
        scale = min(max(1.0, shortest / min(sides)), longest / max(sides))
        step = self._stride
        width, height = (max(step, round(side * scale / step) * step) for side in sides)
        tensor = network_input(pyramid.resized(width, height)[None], self._layout)
        (answer,) = self._session.run({self._input: tensor}).values()
        return np.asarray(answer[0, 0], np.float32)

    def _regions(self, text_map: Floats, scale: Floats) -> Iterator[TextRegion]:
        marked = (text_map > self._threshold).astype(np.uint8)
        outlines, _ = cv2.findContours(marked, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for outline in outlines[:_MOST_MARKS]:
            sides = np.array(cv2.minAreaRect(outline)[1]) + 1
            if sides.min() < _LEAST_SIDE:
                continue
            left, top, width, height = cv2.boundingRect(outline)
            window = text_map[top : top + height, left : left + width]
            inside = np.zeros(window.shape, np.uint8)
            cv2.drawContours(inside, [outline], -1, 1, cv2.FILLED, offset=(-left, -top))
            score = float(cv2.mean(window, inside)[0])
            if score < self._min_score:
                continue
            arc = None
            if inside.sum() < _STRAIGHT * sides.prod():
                sure = inside.astype(bool) & (window > _SURE)
                arc = self._arc(np.argwhere(sure)[:, ::-1] + (left, top), scale, sides.min())
            points = _edges(outline.reshape(-1, 2).astype(np.int32)) * scale
            yield TextRegion(points.astype(np.float32), self._unclip, score, arc)

    def _arc(self, points: NDArray[np.intp], scale: Floats, thick: float) -> Ribbon | None:
        """Return the ring that a mark lies on, when it is far thinner than its rectangle."""
        if len(points) < 3:
            return None
        ribbon = arc_ribbon(((points + 0.5) * scale).astype(np.float32), self._unclip)
        bare = arc_ribbon((points + 0.5).astype(np.float32), 0.0)
        return ribbon if bare is not None and bare.height < _THINNER * thick else None


def _edges(outline: NDArray[np.int32]) -> Floats:
    """Return the corners of the outline's pixels, since it runs through their middles."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    return np.asarray((outline[:, None] + corners).reshape(-1, 2), np.float32)
