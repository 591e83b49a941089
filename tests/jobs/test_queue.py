from contextlib import closing
from pathlib import Path

import pytest
import structlog
from dbos import DBOSClient

from vidimus.jobs.journal import APPLICATION, CARRYING, SERIALIZER, WORKFLOW_VERSION, open_journal
from vidimus.jobs.queue import JobQueue, open_queue
from vidimus.settings import Settings


def test_nothing_is_opened_before_the_first_task(tmp_path: Path) -> None:
    with closing(open_queue(Settings(home=tmp_path))):
        assert not list(tmp_path.iterdir())


def test_a_task_is_queued_once_however_often_it_is_left(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with closing(open_queue(settings)) as queue, closing(open_queue(settings)) as another:
        for each in (queue, queue, another):
            each.submit("t")
    client = DBOSClient(
        system_database_url=open_journal(settings),
        serializer=SERIALIZER,
        application_name=APPLICATION,
    )
    [queued] = client.list_workflows()
    client.destroy()
    assert (queued.workflow_id, queued.name, queued.queue_name) == ("t", CARRYING, CARRYING)
    assert (queued.status, queued.app_version) == ("ENQUEUED", WORKFLOW_VERSION)


def test_the_journal_is_for_its_owners_eyes_only(tmp_path: Path) -> None:
    open_journal(Settings(home=tmp_path))
    assert (tmp_path / "jobs.db").stat().st_mode & 0o777 == 0o600


def test_a_journal_that_cannot_be_used_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect() -> DBOSClient:
        raise OSError("no space left")

    with structlog.testing.capture_logs() as logs:
        JobQueue(connect).submit("t")
    assert [(each["task"], each["error"]) for each in logs] == [("t", "no space left")]
