"""`vidimus jobs`: what was asked of stored videos and manifests, and how far it is."""

from datetime import datetime
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from vidimus.cli.options import HomeOption, JsonOption, plain_table, settings_of
from vidimus.engine.engine import Records, open_records
from vidimus.jobs.notice import read_told
from vidimus.storage.jobs import RUNNING, StoredJob, list_open_tasks
from vidimus.storage.workers import StoredWorker, list_workers

app = typer.Typer(help="List, show and cancel jobs.", no_args_is_help=True)

JobArgument = Annotated[str, typer.Argument(help="The job's id, or how it begins.")]

_SHOWN_LETTERS = 12
"""Of an id's 64, which no table has room for: enough to name a job by."""


@app.command("list")
def list_jobs(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List jobs, the newest first, and the workers that live."""
    with open_records(settings_of(home)) as records:
        found = records.jobs.list(limit=limit)
        progress = _progress_of_tasks(records)
        workers = _workers(records)
    if json:
        typer.echo(msgspec.json.encode({"jobs": found, "workers": workers}))
        return
    _print_jobs(found, progress)
    _print_workers(workers, found)


@app.command()
def show(job_id: JobArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show one job: what was asked, how far it is, what came of it."""
    with open_records(settings_of(home)) as records:
        job = records.jobs.named(job_id)
        progress = records.jobs.progress(job)
    if json:
        typer.echo(msgspec.json.encode(job))
        return
    table = plain_table("", "")
    for name, value in _facts(job, progress).items():
        if value:
            table.add_row(name, value)
    Console().print(table)


@app.command()
def cancel(job_id: JobArgument, home: HomeOption = None) -> None:
    """End a job that waits or is in work; it FAILED then, and what it had found is erased."""
    with open_records(settings_of(home)) as records:
        job = records.jobs.cancel(records.jobs.named(job_id).job_id)
    typer.echo(f"{job.job_id} is {job.state}{f': {job.message}' if job.message else '.'}")


def _progress_of_tasks(records: Records) -> dict[str, float]:
    with records.database.reading() as tx:
        return {each.task_id: each.progress for each in list_open_tasks(tx)}


def _workers(records: Records) -> tuple[StoredWorker, ...]:
    with records.database.reading() as tx:
        return list_workers(tx)


def _print_jobs(found: tuple[StoredJob, ...], progress: dict[str, float]) -> None:
    if not found:
        typer.echo("There are no jobs.")
        return
    table = plain_table("job", "kind", "object", "asked", "state", "message")
    for job in found:
        done = progress.get(job.task_id, 0.0)
        state = f"{job.state} {done:.0%}" if job.state == RUNNING else job.state
        place = f"{job.bucket}/{job.name}"
        name, asked = job.job_id[:_SHOWN_LETTERS], _clock(job.created_at)
        table.add_row(name, job.kind, place, asked, state, job.message or "")
    Console().print(table)


def _print_workers(workers: tuple[StoredWorker, ...], found: tuple[StoredJob, ...]) -> None:
    objects = {job.task_id: f"{job.bucket}/{job.name}" for job in found}
    if not workers:
        typer.echo("No worker lives: run `vidimus serve` or `vidimus worker`.")
        return
    table = plain_table("worker", "where", "since", "works on")
    for each in workers:
        task = each.task_id or ""
        where = f"{each.host}, process {each.pid}"
        table.add_row(each.worker_id, where, _clock(each.started_at), objects.get(task, task))
    Console().print(table)


def _facts(job: StoredJob, progress: float) -> dict[str, str | None]:
    version = f" version {job.version}" if job.version else ""
    return {
        "job": job.job_id,
        "kind": job.kind,
        "state": job.state,
        "message": job.message,
        "progress": f"{progress:.0%}" if job.state == RUNNING else None,
        "object": f"{job.bucket}/{job.name}{version}",
        "parameters": job.wish,
        "tag": job.tag,
        "asked by": f"{job.actor}, request {job.request_id}",
        "asked": _clock(job.created_at),
        "begun": _clock(job.started_at),
        "finished": _clock(job.finished_at),
        "video": job.video,
        "told": "\n".join(_outcomes(job)),
    }


def _outcomes(job: StoredJob) -> list[str]:
    told = read_told(job.told)
    return [f"{name}: {each.delivery}, {each.detail}" for name, each in told.items()]


def _clock(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
