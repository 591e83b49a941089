"""The curve of a calibration as SVG: how rare a score is between strangers, and its similarity."""

from collections.abc import Sequence
from html import escape

from vidimus.gallery.similarity import log10_fmr_of_similarity
from vidimus.runtime.calibrations import Calibration, CalibrationPoint

_WIDTH, _HEIGHT = 720, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 86, 650, 44, 380
_DECADES = 8
_SIMILARITIES = (50, 60, 70, 80, 90, 99)
_INK, _FAINT, _BAND, _LINE = "#1b2733", "#d4dae0", "#bcd7ee", "#0b5fa5"
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b2733}.t{font-weight:600;font-size:15px}"
    ".s{fill:#4a5763;font-size:12px}"
)


def draw_curve(calibration: Calibration) -> str:
    """Return an SVG picture: estimate and interval, counted (solid) and extrapolated (dashed)."""
    points = calibration.points[1:]
    scores = _Scale(points[0].score, points[-1].score, _LEFT, _RIGHT)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            f'role="img" aria-label="{escape(_title(calibration))}">',
            f"<style>{_STYLE}</style>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
            _text(_LEFT, 24, _title(calibration), kind="t", anchor="start"),
            *_grid(points, scores),
            *_lines(points, scores),
            *_legend(),
            "</svg>",
            "",
        ]
    )


class _Scale:
    """A straight map from values to places in the picture."""

    def __init__(self, low: float, high: float, start: float, stop: float) -> None:
        self.low, self.high = low, high
        self._start = start
        self._unit = (stop - start) / (high - low)

    def __call__(self, value: float) -> float:
        return self._start + (min(max(value, self.low), self.high) - self.low) * self._unit


_RATES = _Scale(-_DECADES, 0, _BOTTOM, _TOP)


def _title(calibration: Calibration) -> str:
    return f"Face embedder {calibration.version} ({calibration.embedder})"


def _text(x: float, y: float, words: str, *, kind: str = "", anchor: str = "middle") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{mark}>{escape(words)}</text>'


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str = _FAINT) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}"/>'


def _grid(points: Sequence[CalibrationPoint], scores: _Scale) -> list[str]:
    parts: list[str] = []
    for decade in range(_DECADES + 1):
        parts.append(_rule(_LEFT, _RATES(-decade), _RIGHT, _RATES(-decade)))
        words = "1" if decade == 0 else f"1 in {_thousands(10**decade)}"
        parts.append(_text(_LEFT - 6, _RATES(-decade) + 4, words, kind="s", anchor="end"))
    for similarity in _SIMILARITIES:
        place = _RATES(log10_fmr_of_similarity(similarity))
        parts.append(_text(_RIGHT + 6, place + 4, str(similarity), anchor="start"))
    for step in range(6):
        score = scores.low + (scores.high - scores.low) * step / 5
        parts.append(_rule(scores(score), _TOP, scores(score), _BOTTOM))
        parts.append(_text(scores(score), _BOTTOM + 18, f"{score:.2f}", kind="s"))
    parts.append(_text((_LEFT + _RIGHT) / 2, _BOTTOM + 36, "score (cosine)"))
    parts.append(_text(_RIGHT + 6, _TOP - 8, "similarity", kind="s", anchor="start"))
    return parts


def _thousands(count: int) -> str:
    for size, unit in ((10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count // size} {unit}"
    return str(count)


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _lines(points: Sequence[CalibrationPoint], scores: _Scale) -> list[str]:
    upper = [(scores(p.score), _RATES(p.upper)) for p in points]
    lower = [(scores(p.score), _RATES(p.lower)) for p in reversed(points)]
    counted = [p for p in points if p.basis == "counted"]
    beyond = [p for p in points if p.basis == "extrapolated"]
    dashed = [(scores(p.score), _RATES(p.estimate)) for p in (*counted[-1:], *beyond)]
    dashed = [place for place in dashed if place[1] < _BOTTOM]
    solid = [(scores(p.score), _RATES(p.estimate)) for p in counted]
    return [
        f'<path d="{_path([*upper, *lower])}Z" fill="{_BAND}" fill-opacity="0.7"/>',
        f'<path d="{_path(solid)}" fill="none" stroke="{_LINE}" stroke-width="2.2"/>',
        f'<path d="{_path(dashed)}" fill="none" stroke="{_LINE}" stroke-width="2.2" '
        'stroke-dasharray="6 5"/>',
        f'<path d="{_path(upper)}" fill="none" stroke="{_INK}" stroke-width="1.6"/>',
    ]


def _legend() -> list[str]:
    place = _HEIGHT - 8
    entries = (
        (_LEFT, _LINE, "", "counted"),
        (_LEFT + 100, _LINE, ' stroke-dasharray="6 5"', "extrapolated"),
        (_LEFT + 230, _INK, "", "upper end of the 95 % interval: what similarity uses"),
    )
    return [
        part
        for x, colour, dash, words in entries
        for part in (
            f'<path d="M{x} {place - 4}h24" stroke="{colour}" stroke-width="2.2"{dash}/>',
            _text(x + 30, place, words, kind="s", anchor="start"),
        )
    ]
