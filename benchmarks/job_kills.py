"""Jobs whose workers are killed at random: nothing may be lost, nothing may be there twice.

    .venv/bin/python benchmarks/job_kills.py --shared ../shared [--videos 20] [--minutes 30]
        [--searches 10] [--kills 20] [--workers 2]

Queues segments on copies of a made video, and face searches, which the ledger keeps, on copies of
a short one. While workers carry the jobs out, one that is at work is killed (SIGKILL) at
random moments. In the end every job has to have SUCCEEDED with just the results of a run that
nobody disturbed, and the ledger has to be whole, with one row for the start and one for the end
of each face search.
"""

import argparse
import os
import random
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from job_runs import (
    Home,
    Results,
    living_workers,
    machine,
    make_clip,
    make_home,
    portraits_of,
    results_of,
    submit,
    wait_for_jobs,
)
from vidimus.cli.worker import command_of_worker
from vidimus.engine.engine import Records, open_records
from vidimus.engine.job_kinds import JobKind
from vidimus.jobs.supervisor import Supervisor
from vidimus.storage.jobs import StoredJob

SHORT_MINUTES = 3
PAUSE_S = (2.0, 9.0)


@dataclass
class Killer:
    """Kills a worker that is at work, at random moments, so often."""

    records: Records
    kills: int
    done: list[str] = field(default_factory=list)
    stopped: Event = field(default_factory=Event)

    def run(self) -> None:
        chance = random.Random(4)
        while len(self.done) < self.kills:
            if self.stopped.wait(chance.uniform(*PAUSE_S)):
                return
            while not self.kill_one(chance):
                if self.stopped.wait(0.1):
                    return

    def kill_one(self, chance: random.Random) -> bool:
        at_work = [each for each in living_workers(self.records) if each.task_id is not None]
        if not at_work:
            return False
        victim = chance.choice(at_work)
        try:
            os.kill(victim.pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.done.append(victim.task_id or "")
        return True


def compare(
    records: Records, jobs: list[StoredJob], references: dict[str, Results]
) -> tuple[int, int, int]:
    """Return how many results are missing and too many, and how many jobs differ in a value."""
    missing = extra = differing = 0
    for job in jobs:
        wanted, found = references[job.kind], results_of(records, job)
        missing += (Counter(wanted.results) - Counter(found.results)).total()
        extra += (Counter(found.results) - Counter(wanted.results)).total()
        differing += wanted.digest != found.digest
    return missing, extra, differing


def ledger_rows(records: Records, jobs: list[StoredJob]) -> Counter[str]:
    """Count the rows that the ledger has of jobs, by operation."""
    ids = {job.job_id for job in jobs}
    rows = records.ledger.tail(100_000)
    return Counter(row.entry.operation for row in rows if row.entry.details.get("job_id") in ids)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--videos", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--searches", type=int, default=10)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(chosen, Path(folder))


def run(chosen: argparse.Namespace, folder: Path) -> None:
    people = portraits_of(chosen.shared, 8)
    home = make_home(folder / "home", people)
    wanted = {
        JobKind.SEGMENT_DETECTION: copies(home, folder, people, "long", chosen),
        JobKind.FACE_SEARCH: copies(home, folder, people, "short", chosen),
    }
    with (
        open_records(home.settings) as records,
        Supervisor(
            lambda worker_id: command_of_worker(home.settings.home, worker_id),
            chosen.workers,
            records.database,
        ),
    ):
        first = [submit(records, kind, names[0]) for kind, names in wanted.items()]
        undisturbed = wait_for_jobs(records, first)
        references = {job.kind: results_of(records, job) for job in undisturbed}
        print({kind: len(each.results) for kind, each in references.items()}, "results undisturbed")
        ids = [submit(records, kind, name) for kind, names in wanted.items() for name in names[1:]]
        killer = Killer(records, chosen.kills)
        killing = Thread(target=killer.run)
        began = time.monotonic()
        killing.start()
        jobs = wait_for_jobs(records, ids)
        lasted = time.monotonic() - began
        killer.stopped.set()
        killing.join()
        report(records, chosen, jobs, references, killer, lasted)


def copies(
    home: Home, folder: Path, people: list[Path], which: str, chosen: argparse.Namespace
) -> list[str]:
    """Put copies of a made clip into the bucket and name them: one more than is to be killed."""
    long = which == "long"
    clip = folder / f"{which}.mp4"
    make_clip(clip, people, chosen.minutes if long else SHORT_MINUTES)
    count = chosen.videos if long else chosen.searches
    names = [f"{which}{number:03}.mp4" for number in range(count + 1)]
    for name in names:
        home.copy_clip(clip, name)
    return names


def report(
    records: Records,
    chosen: argparse.Namespace,
    jobs: list[StoredJob],
    references: dict[str, Results],
    killer: Killer,
    lasted: float,
) -> None:
    missing, extra, differing = compare(records, jobs, references)
    flaws = records.ledger.verify()
    hours = (chosen.videos * chosen.minutes + chosen.searches * SHORT_MINUTES) / 60
    print(f"video: {hours:g} hours in {chosen.videos + chosen.searches} files")
    print(f"kills: {len(killer.done)}, of workers at {len(set(killer.done))} tasks")
    print(f"jobs: {Counter(job.state for job in jobs)}, in {lasted:.0f} s")
    print(f"messages: {Counter(job.message for job in jobs if job.message)}")
    print(f"results missing: {missing}, too many: {extra}; jobs with another value: {differing}")
    print(f"ledger: {len(flaws)} flaws; rows of these jobs: {dict(ledger_rows(records, jobs))}")
    print(machine())


if __name__ == "__main__":
    main()
