"""Which words a caller wants."""

from dataclasses import dataclass

from vidimus.geometry import BoundingBox, Point, share_inside
from vidimus.vision.text_types import TextWord

Polygon = tuple[Point, ...]

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class TextFilter:
    """Words of at least `min_confidence` (0..100) and of at least these ratios of the picture.

    Where there are `regions`, more than half of a word has to lie in one of them.
    """

    min_confidence: float = 0.0
    min_width: float = 0.0
    min_height: float = 0.0
    regions: tuple[Polygon, ...] = ()

    def keeps(self, word: TextWord) -> bool:
        """Tell whether a word is wanted."""
        box = BoundingBox.around(word.polygon)
        return (
            word.confidence >= self.min_confidence
            and box.width >= self.min_width
            and box.height >= self.min_height
            and self._inside(word.polygon, _HALF)
        )

    def may_keep(self, line: Polygon) -> bool:
        """Tell whether any word of a line that lies there can be wanted."""
        return self._inside(line, 0.0)

    def _inside(self, polygon: Polygon, share: float) -> bool:
        if not self.regions:
            return True
        return any(share_inside(polygon, region) > share for region in self.regions)
