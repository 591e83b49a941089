"""Two workers against one: how much sooner a queue of videos is done.

    .venv/bin/python benchmarks/two_workers.py --shared ../shared [--videos 6] [--minutes 10]
        [--rounds 2]

Queues copies of a made video, with segments and a face search on each. Every worker is kept to one
core and one thread, as workers on machines of their own would be, and has opened its networks
before the clock runs. Also one and two workers that share both cores as they like, which is what
`vidimus serve` does unless told otherwise. Rounds alternate, and the quickest of each counts.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from job_runs import (
    Home,
    living_workers,
    machine,
    make_clip,
    make_home,
    portraits_of,
    submit,
    wait_for_jobs,
)
from vidimus.cli.worker import command_of_worker
from vidimus.engine.engine import Records, open_records
from vidimus.engine.job_kinds import JobKind
from vidimus.jobs.supervisor import Supervisor
from vidimus.storage.jobs import SUCCEEDED

KINDS = (JobKind.SEGMENT_DETECTION, JobKind.FACE_SEARCH)


@dataclass(frozen=True)
class Setup:
    """So many workers, each kept to a core of its own or all on all cores."""

    workers: int
    own_core: bool

    def command(self, home: Home) -> Callable[[str], Sequence[str]]:
        cores = sorted(os.sched_getaffinity(0))
        turns = count()

        def command(worker_id: str) -> Sequence[str]:
            program = command_of_worker(home.settings.home, worker_id)
            if not self.own_core:
                return program
            core = cores[next(turns) % len(cores)]
            return ["taskset", "--cpu-list", str(core), *program]

        return command


SETUPS = {
    "one worker, one core": Setup(1, own_core=True),
    "two workers, a core each": Setup(2, own_core=True),
    "one worker, all cores": Setup(1, own_core=False),
    "two workers, all cores": Setup(2, own_core=False),
}


def warm_up(records: Records, workers: int) -> None:
    """Give short jobs until every worker has carried one out, so that all networks are open."""
    seen: set[str] = set()
    while len(seen) < workers:
        ids = [submit(records, kind, f"warm{number}.mp4") for number in (0, 1) for kind in KINDS]
        while any(records.jobs.describe(each).finished_at is None for each in ids):
            seen |= {each.worker_id for each in living_workers(records) if each.task_id}
            time.sleep(0.1)


def seconds(home: Home, setup: Setup, names: Sequence[str]) -> float:
    with (
        open_records(home.settings) as records,
        Supervisor(setup.command(home), setup.workers, records.database),
    ):
        warm_up(records, setup.workers)
        began = time.monotonic()
        ids = [submit(records, kind, name) for name in names for kind in KINDS]
        jobs = wait_for_jobs(records, ids)
        lasted = time.monotonic() - began
    if any(job.state != SUCCEEDED for job in jobs):
        raise RuntimeError([job.message for job in jobs])
    return lasted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--videos", type=int, default=6)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(chosen, Path(folder))


def run(chosen: argparse.Namespace, folder: Path) -> None:
    people = portraits_of(chosen.shared, 8)
    names = [f"{number:03}.mp4" for number in range(chosen.videos)]
    home = make_home(folder / "home", people)
    make_clip(folder / "clip.mp4", people, chosen.minutes)
    make_clip(folder / "warm.mp4", people, 1.5)
    for name in names:
        home.copy_clip(folder / "clip.mp4", name)
    for number in (0, 1):
        home.copy_clip(folder / "warm.mp4", f"warm{number}.mp4")
    best: dict[str, float] = {}
    for _ in range(chosen.rounds):
        for title, setup in SETUPS.items():
            lasted = seconds(home, setup, names)
            best[title] = min(lasted, best.get(title, lasted))
            print(f"{title}: {lasted:.1f} s", flush=True)
    one, two, one_free, two_free = best.values()
    print(f"{chosen.videos} videos of {chosen.minutes:g} minutes; quickest: {best}")
    print(f"speed-up with a core each: {one / two:.2f}; on all cores: {one_free / two_free:.2f}")
    print(machine())


if __name__ == "__main__":
    main()
