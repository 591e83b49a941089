"""The networks that look at whole pictures and at bodies, each opened when it is first needed.

A property is None when no network for its task is installed; answers then lack what it tells.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.registry import ModelRegistry
    from vidimus.runtime.session import ModelSession

Opened = tuple["ModelCard", "ModelSession"]


class PictureNets:
    """Opens networks through the registry, which opens each file once whoever asks."""

    def __init__(self, registry: "ModelRegistry") -> None:
        self._registry = registry

    def names(self, task: str) -> tuple[str, ...]:
        """Name the installed networks for `task`, best first; none is opened."""
        return tuple(card.name for card in self._registry.cards_for(task))

    def _opened(self, task: str) -> Opened | None:
        """Open the best network for `task`."""
        card = self._registry.card_for(task)
        return None if card is None else (card, self._registry.session(card.name))
