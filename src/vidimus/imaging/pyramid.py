"""One picture at falling sizes, so that each network's input is made from few pixels.

A photograph of twelve million pixels takes longer to shrink than most networks take to look at
it. Here it is halved once, step by step, and every size that is asked for is made from the
smallest step that still has more pixels.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

SMALLEST_STEP = 64
"""Steps end before a side would fall under this many pixels."""


class Pyramid:
    """An RGB picture (h, w, 3) and its halves, each made when it is first needed.

    Made for one picture in one thread.
    """

    def __init__(self, pixels: Pixels) -> None:
        self._steps = [pixels]

    @property
    def pixels(self) -> Pixels:
        """The picture itself, RGB (h, w, 3)."""
        return self._steps[0]

    @property
    def width(self) -> int:
        """The picture's width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """The picture's height in pixels."""
        return int(self.pixels.shape[0])

    def at_least(self, width: int, height: int) -> Pixels:
        """Return the smallest step with at least `width` by `height` pixels, else the picture."""
        which = 0
        while self._has_step(which + 1):
            step = self._steps[which + 1]
            if step.shape[1] < width or step.shape[0] < height:
                break
            which += 1
        return self._steps[which]

    def resized(self, width: int, height: int) -> Pixels:
        """Return the picture at `width` by `height` pixels.

        Linear sampling skips no pixel where a side shrinks to no less than its half, and takes a
        fifth of the time of averaging; a side that must shrink more is halved first.
        """
        pixels = self.at_least(width, height)
        while pixels.shape[1] > 2 * width or pixels.shape[0] > 2 * height:
            halves = (
                max(width, (pixels.shape[1] + 1) // 2),
                max(height, (pixels.shape[0] + 1) // 2),
            )
            pixels = _sampled(pixels, *halves)
        return _sampled(pixels, width, height)

    def within(self, longest: int) -> Pixels:
        """Return the picture with its longer side at most `longest` pixels, never enlarged."""
        scale = min(1.0, longest / max(self.width, self.height))
        return self.resized(max(1, round(self.width * scale)), max(1, round(self.height * scale)))

    def _has_step(self, which: int) -> bool:
        """Make the step where it may exist."""
        if which < len(self._steps):
            return True
        height, width = self._steps[-1].shape[:2]
        if min(width, height) < 2 * SMALLEST_STEP:
            return False
        self._steps.append(_sampled(self._steps[-1], (width + 1) // 2, (height + 1) // 2))
        return True


def _sampled(pixels: Pixels, width: int, height: int) -> Pixels:
    if pixels.shape[:2] == (height, width):
        return pixels
    resized = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8)
