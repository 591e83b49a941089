"""Whether a picture is drawn, and whether it shows sexual content: five classes of whole pictures.

NSFWJS (Infinite Red, 2017 onward; a MobileNetV2) tells drawing, hentai (drawn pornography),
neutral, porn and sexy. It sees the picture in one look and can't say where, or what exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.chip_network import ChipNetwork
from vidimus.models.confidence_law import ConfidenceLaw

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

CLASSES = ("drawing", "hentai", "neutral", "porn", "sexy")
_SUSPICION = 0.3
"""From this chance of anything but neutral on, the picture is looked at again."""
_MARGIN = 0.1
"""How much of each side the closer look leaves out."""


@dataclass(frozen=True, slots=True)
class ModerationClasses:
    """What the network says of one picture.

    `chances` are those of CLASSES, 0..1, summing to 1. `explicit` and `drawn` are confidences,
    0..100, that it shows sexual acts or bare bodies, and that somebody drew it.
    """

    chances: Mapping[str, float]
    explicit: float
    drawn: float


class ModerationClassifier:
    """Parameters of the card: `labels`, CLASSES in the order of the network's output, and the
    laws `explicit_odds` and `drawn_odds`, each a slope and an offset of log-odds, from chances to
    confidences. Raises ConfigurationError when a label is missing or the input isn't square.

    One look at an ordinary picture is enough. Where it isn't ordinary, the mirrored picture and
    its inner part are looked at too and the log-odds of all three are averaged: what is there
    stays, what the network only fancied often goes.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._network = ChipNetwork(card, session)
        labels = list(card.parameters.get("labels", ()))
        if sorted(labels) != sorted(CLASSES):
            raise ConfigurationError(f"{card.name}: the labels must be {', '.join(CLASSES)}.")
        self._order = [labels.index(name) for name in CLASSES]
        self._explicit = _law(card, "explicit_odds")
        self._drawn = _law(card, "drawn_odds")

    def classify_picture(self, pyramid: Pyramid) -> ModerationClasses:
        """Classify a whole picture, brought to the network's square."""
        size = self._network.size
        square = pyramid.resized(size, size)
        looks = self._chances(square[None])
        if 1 - looks[0, CLASSES.index("neutral")] >= _SUSPICION:
            more = np.stack([square[:, ::-1], _inner(pyramid, size)])
            looks = np.concatenate([looks, self._chances(more)])
        drawing, hentai, _, porn, _ = looks.T
        return ModerationClasses(
            chances=dict(zip(CLASSES, looks.mean(0).tolist(), strict=True)),
            explicit=_confidence(self._explicit, hentai + porn),
            drawn=_confidence(self._drawn, drawing + hentai),
        )

    def _chances(self, squares: Pixels) -> Floats:
        """Return (n, 5) chances, columns as CLASSES has them."""
        return self._network.run(squares)["probability"][:, self._order]


def _confidence(law: ConfidenceLaw, chances: Floats) -> float:
    """Average the looks' log-odds and bend the mean by the law."""
    inner = np.clip(chances.astype(np.float64), 1e-6, 1 - 1e-6)
    odds = float(np.log(inner / (1 - inner)).mean())
    return float(law.percent(np.array([1 / (1 + np.exp(-odds))], np.float32))[0])


def _inner(pyramid: Pyramid, size: int) -> Pixels:
    """Return the picture without its edges as a square of `size` pixels."""
    wide = round(size / (1 - 2 * _MARGIN))
    start = (wide - size) // 2
    return pyramid.resized(wide, wide)[start : start + size, start : start + size]


def _law(card: "ModelCard", name: str) -> ConfidenceLaw:
    slope, offset = card.parameters.get(name, (1.0, 0.0))
    return ConfidenceLaw(float(slope), float(offset))
