"""Carrying out tasks, whatever their kind, and telling who waits for the jobs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

from vidimus.engine.analyses import Analyses
from vidimus.engine.bulk import BulkFormat, BulkRooms, BulkRuns
from vidimus.engine.engine import Engine
from vidimus.engine.job_kinds import TaskKind
from vidimus.engine.viewing import ViewingRooms, Viewings
from vidimus.jobs.notify import Notifier, open_notifier
from vidimus.storage import jobs as rows
from vidimus.storage.database import Database


class Carrier(Protocol):
    """Carries out tasks of one kind; every step may be asked for again after a kill."""

    def advance(self, task_id: str) -> bool:
        """Do the next part and keep what it brought; tells whether there is more to do."""

    def conclude(self, task_id: str) -> None:
        """Finish every job of the task."""

    def abandon(self, task_id: str, reason: str) -> None:
        """End every job of the task as FAILED for that reason."""

    def close(self) -> None:
        """Let go of what is open."""


class TaskCarrier:
    """Hands each task to the carrier of its kind, and tells of its jobs when they are finished."""

    def __init__(
        self, database: Database, carriers: Mapping[TaskKind, Carrier], notifier: Notifier
    ) -> None:
        self._database = database
        self._carriers = carriers
        self._notifier = notifier

    def advance(self, task_id: str) -> bool:
        """Do the next part of a task; tells whether there is more to do."""
        carrier = self._carrier(task_id)
        return carrier is not None and carrier.advance(task_id)

    def conclude(self, task_id: str) -> None:
        """Finish every job of a task."""
        if (carrier := self._carrier(task_id)) is not None:
            carrier.conclude(task_id)

    def notify(self, task_id: str) -> None:
        """Tell those who wait for the jobs of a task; raises Undelivered for another try."""
        self._notifier.tell(task_id)

    def abandon(self, task_id: str, reason: str) -> None:
        """End every job of a task as FAILED for that reason."""
        if (carrier := self._carrier(task_id)) is not None:
            carrier.abandon(task_id, reason)

    def close(self) -> None:
        """Let go of what is open."""
        for carrier in self._carriers.values():
            carrier.close()

    def _carrier(self, task_id: str) -> Carrier | None:
        with self._database.reading() as tx:
            task = rows.find_task(tx, task_id)
        return None if task is None else self._carriers[TaskKind(task.kind)]


def open_carrier(engine: Engine, bulk: BulkFormat) -> TaskCarrier:
    """Return what carries out the tasks of an engine; close it when the worker ends.

    `bulk` is what bulk jobs do with a picture, and what their files look like.
    """
    viewings = Viewings(
        ViewingRooms(
            database=engine.database,
            jobs=engine.jobs,
            records=engine.job_records,
            open_object=engine.open_video_object,
            make_analysis=Analyses(engine).make,
            open_sheet=engine.open_sheet,
            clock=_now,
            limits=engine.video_limits,
            chunk_ms=engine.settings.video_chunk_s * 1000,
            threads=engine.settings.cores,
        )
    )
    rooms = BulkRooms(engine.database, engine.jobs, engine.objects, _now, engine.settings.cores)
    runs = BulkRuns(rooms, bulk)
    carriers: dict[TaskKind, Carrier] = {TaskKind.VIEWING: viewings, TaskKind.BULK: runs}
    notifier = open_notifier(engine.settings, engine.database)
    return TaskCarrier(engine.database, carriers, notifier)


def _now() -> datetime:
    return datetime.now(UTC)
