"""What carries tasks out: handed in by the engine, called step by step by a worker."""

from typing import Protocol


class Carrier(Protocol):
    """Carries tasks out, part by part; each call may come again after a kill.

    What a call has done is committed by a transaction of its own in the database of vidimus, so
    a call that comes again sees that it was done. StorageUnavailable may leave any of them: the
    call then comes again later. Anything else that leaves them counts as a strike.
    """

    def advance(self, task_id: str) -> bool:
        """Do the next part of a task and commit it; True while there is more to do.

        Commits only if no other worker has moved the task on meanwhile: a worker that was taken
        for dead may wake up.
        """

    def conclude(self, task_id: str) -> None:
        """End a task whose parts are all done; afterwards it is done, whatever came of it."""

    def notify(self, task_id: str) -> None:
        """Tell those who wait for the task that it is done."""

    def abandon(self, task_id: str, reason: str) -> None:
        """End a task that cannot be carried out; `reason` is a sentence for whoever asked."""
