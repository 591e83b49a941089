"""What a frame is read for when it may be a slate, credits, a logo or colour bars.

Twice a second a small picture is looked at; only where most of it is one even tone, and only every
two seconds, is the text on it read. So a film costs next to nothing, and its credits a little.
"""

from collections.abc import Sequence

import msgspec
import regex

from vidimus.analyses.analysis import View
from vidimus.video.panels import Ground, colour_bars, even_ground
from vidimus.vision.text_types import TextLine

EVERY_MS = 500
"""How often a frame is looked at for a panel."""

_READ_EVERY_MS = 2000
_WIDTH = 128
_LEGIBLE = 60.0
# What stands on slates beside a value; each word counts once.
_SLATE_WORDS = frozenset(
    {
        "aspect",
        "audio",
        "channels",
        "client",
        "clock",
        "date",
        "duration",
        "episode",
        "format",
        "fps",
        "frame",
        "isci",
        "language",
        "length",
        "ratio",
        "reel",
        "roll",
        "runtime",
        "scene",
        "season",
        "series",
        "slate",
        "take",
        "tape",
        "textless",
        "timecode",
        "title",
        "trt",
        "version",
    }
)
_WORD = regex.compile(r"\p{L}+")


class Panel(msgspec.Struct, frozen=True, array_like=True):
    """What one look tells of a frame.

    `bars` is how surely it is colour bars, 0..100. `even` says whether its ground is even, `dark`
    and `centred` how that is and where the ink lies. Where the text was read, `lines` is how many
    lines are legible (else None), `legible` their mean confidence, `words` how many different words
    of a slate there are, and `written` what share of the ink's box the text covers.
    """

    bars: float = 0.0
    even: bool = False
    dark: bool = False
    centred: bool = False
    lines: int | None = None
    legible: float = 0.0
    words: int = 0
    written: float = 0.0


def look_for_panel(view: View, frame_ms: float) -> Panel | None:
    """Return what a frame is as a panel; None when its turn to be looked at has not come.

    `frame_ms` is how long a frame is shown: the first in each half second is looked at.
    """
    time = view.frame.timestamp_ms
    if time % EVERY_MS >= frame_ms:
        return None
    small = view.frame.small(_WIDTH)
    bars = colour_bars(small)
    ground = None if bars else even_ground(small)
    if ground is None:
        return Panel(bars=bars)
    if time % _READ_EVERY_MS >= frame_ms:
        return Panel(even=True, dark=ground.dark, centred=ground.centred)
    return _read(view.sheet.text, ground)


def _read(text: Sequence[TextLine], ground: Ground) -> Panel:
    lines = [line for line in text if line.confidence >= _LEGIBLE]
    words = {word.lower() for line in lines for word in _WORD.findall(line.text)}
    return Panel(
        even=True,
        dark=ground.dark,
        centred=ground.centred,
        lines=len(lines),
        legible=sum(line.confidence for line in lines) / len(lines) if lines else 0.0,
        words=len(words & _SLATE_WORDS),
        written=_written(lines, ground),
    )


def _written(lines: Sequence[TextLine], ground: Ground) -> float:
    """Return which share of the box around the ink the lines' own boxes cover, 0..1."""
    area = ground.box[2] * ground.box[3]
    covered = 0.0
    for line in lines:
        across = [point.x for point in line.polygon]
        down = [point.y for point in line.polygon]
        covered += (max(across) - min(across)) * (max(down) - min(down))
    return min(1.0, covered / area) if area else 0.0
