"""What a line of text says: the recognizer of PP-OCRv6, and what tells lines on their heads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.models.face_embedder import network_input

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

BLANK = " "
_NOTHING = 0
"""What the network answers between two letters."""
_BATCH = 8
_BATCH_WIDTH = 640
"""Pixels of width in one batch: each eight of them have an answer of nearly 19,000 numbers.

Two strips of 320 pixels take 4.5 ms each, eight 4.8 and one 6.0: more gain nothing, and hold more.
"""
_WIDTH_STEP = 64
"""Widths are multiples of this: OpenVINO prepares and keeps something for every shape it meets."""
_ALIKE = 1.5
"""The widest line of a batch is at most so much wider than its narrowest: the rest is padding."""
_FAINT_BLANK = 0.1
"""Behind a stop a blank is read from this probability on: the network drops it there, as in
"No. 118", but half sees it."""
_STOPS = ".,:;"


@dataclass(frozen=True)
class Reading:
    """What one strip says, letter by letter, blanks too.

    `chances` float32 (n,), how probable each letter is, 0..1; `places` float32 (n,), where its
    middle lies along the strip, 0..1.
    """

    text: str
    chances: Floats
    places: Floats

    @property
    def chance(self) -> float:
        """The mean over the letters, blanks left out; 0 when nothing was read."""
        seen = [
            chance
            for letter, chance in zip(self.text, self.chances, strict=True)
            if letter != BLANK
        ]
        return float(np.mean(seen)) if seen else 0.0


class TextRecognizer:
    """A recognizer of lines by connectionist temporal classification (Graves et al. 2006).

    The card gives the strip's height, and in `stride` the pixels of width for which there is one
    answer. The characters are those that the file names in its metadata. Raises
    ConfigurationError when it names none.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self.height = card.input.height or 48
        self.widest = 40 * self.height
        self._layout = card.input
        self._session = session
        (self._input,) = session.inputs
        self._stride = int(card.parameters.get("stride", 8))
        named = session.metadata.get("character", "")
        if not named:
            raise ConfigurationError(f"{card.name}: the file does not name its characters.")
        self._letters = ["", *named.splitlines(), BLANK]

    @property
    def characters(self) -> frozenset[str]:
        """Every character that can be read."""
        return frozenset(self._letters[1:])

    def read_lines(self, strips: Sequence[Pixels]) -> list[Reading]:
        """Read strips (height, w, 3) RGB; the readings stand in their order."""
        readings: dict[int, Reading] = {}
        for batch in _batches([strip.shape[1] for strip in strips]):
            readings.update(zip(batch, self._read([strips[which] for which in batch]), strict=True))
        return [readings[which] for which in range(len(strips))]

    def _read(self, strips: Sequence[Pixels]) -> Iterator[Reading]:
        widest = max(strip.shape[1] for strip in strips)
        tensor = _padded(strips, -(-widest // _WIDTH_STEP) * _WIDTH_STEP, self._layout)
        (answers,) = self._session.run({self._input: tensor}).values()
        for strip, answer in zip(strips, answers, strict=True):
            # What lies behind the strip is padding.
            steps = -(-strip.shape[1] // self._stride)
            yield self._decoded(answer[: steps + 1], strip.shape[1] / self._stride)

    def _decoded(self, answer: NDArray[Any], steps: float) -> Reading:
        """Read probabilities (steps, characters): the best of each step, repeats dropped."""
        best = answer.argmax(axis=1)
        starts = np.flatnonzero(np.diff(best, prepend=-1))
        ends = np.append(starts[1:], len(best))
        runs = [
            (self._letters[best[start]], float(answer[start:end, best[start]].max()), start, end)
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
            if best[start] != _NOTHING
        ]
        letters = _with_faint_blanks(runs, answer[:, len(self._letters) - 1])
        middles = [(start + end) / 2 / steps for _, _, start, end in letters]
        return Reading(
            "".join(letter for letter, *_ in letters),
            np.array([chance for _, chance, *_ in letters], np.float32),
            np.clip(np.array(middles, np.float32), 0, 1),
        )


Letter = tuple[str, float, int, int]


def _with_faint_blanks(letters: Sequence[Letter], blank: NDArray[Any]) -> list[Letter]:
    """Add blanks behind stops where the network nearly answered one."""
    result = list(letters[:1])
    for letter in letters[1:]:
        gap = blank[result[-1][3] : letter[2]] if result[-1][0] in _STOPS else blank[:0]
        if letter[0] != BLANK and gap.size and gap.max() >= _FAINT_BLANK:
            place = result[-1][3] + int(gap.argmax())
            result.append((BLANK, float(gap.max()), place, place + 1))
        result.append(letter)
    return result


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Group lines of like widths, narrow ones first."""
    batch: list[int] = []
    for which in sorted(range(len(widths)), key=lambda each: widths[each]):
        full = len(batch) == _BATCH or (len(batch) + 1) * widths[which] > _BATCH_WIDTH
        if batch and (full or widths[which] > _ALIKE * widths[batch[0]]):
            yield batch
            batch = []
        batch.append(which)
    if batch:
        yield batch


def _padded(strips: Sequence[Pixels], width: int, layout: Any) -> Floats:
    """Lay strips of one height side by side; what is behind them is the middle grey."""
    tensor = np.zeros((len(strips), 3, strips[0].shape[0], width), np.float32)
    for which, strip in enumerate(strips):
        tensor[which, :, :, : strip.shape[1]] = network_input(strip[None], layout)[0]
    return tensor


class TextDirection:
    """PP-OCR's network that tells whether a strip stands on its head (mobile v2.0).

    The card's parameters `width` and `height` are the size it was trained at; longer strips are
    squeezed, shorter ones padded.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._size = int(card.parameters["width"]), int(card.parameters["height"])
        self._layout = card.input
        self._session = session
        (self._input,) = session.inputs

    def upside_down(self, strips: Sequence[Pixels]) -> Floats:
        """Return how probably each strip (h, w, 3) RGB stands on its head, float32 (n,), 0..1."""
        width, height = self._size
        small = [
            np.asarray(cv2.resize(strip, (_fitted(strip, width, height), height)), np.uint8)
            for strip in strips
        ]
        parts = [
            next(iter(self._session.run({self._input: tensor}).values()))[:, 1]
            for start in range(0, len(small), _BATCH)
            for tensor in [_padded(small[start : start + _BATCH], width, self._layout)]
        ]
        return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)


def _fitted(strip: Pixels, width: int, height: int) -> int:
    return min(width, max(1, int(np.ceil(height * strip.shape[1] / strip.shape[0]))))
