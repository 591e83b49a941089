"""Waiting for a storage that cannot be used now, longer and longer."""

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Final, TypeVar

from vidimus.errors import StorageUnavailable
from vidimus.telemetry import get_logger

_log = get_logger(__name__)

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0

Result = TypeVar("Result")


class Patience:
    """Lasts for `limit_s` seconds from now on."""

    def __init__(self, limit_s: float) -> None:
        self._ends_at = monotonic() + limit_s
        self._wait_s = FIRST_WAIT_S

    def wait(self, trouble: StorageUnavailable) -> bool:
        """Wait a while; False, at once, where the wait would last beyond the limit."""
        if monotonic() + self._wait_s > self._ends_at:
            return False
        _log.warning("waiting for the storage", wait_s=self._wait_s, error=trouble.message)
        Event().wait(self._wait_s)
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
        return True


def whenever_possible(act: Callable[[], Result]) -> Result:
    """Return what `act` returns, however long the storage it needs cannot be used."""
    patience = Patience(float("inf"))
    while True:
        try:
            return act()
        except StorageUnavailable as trouble:
            patience.wait(trouble)
