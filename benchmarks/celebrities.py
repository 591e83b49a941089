"""Known people: members of Congress named from photographs seven years older, and strangers not.

    .venv/bin/python benchmarks/celebrities.py [--data FOLDER] [--people PEOPLE] [-o REPORT.md]

FOLDER holds members.csv, members/ and photos_2014/ (files named by bioguide id). The library is
made of the 535 portraits of 2021 as a user would make it, from a people.csv; the pictures to
recognize are the 813 photographs of 2014, of which 284 show a member of 2021. All of it runs
through the engine, once with the core pack's networks alone and once with the standard pack's.
PEOPLE holds several photographs of each of some people, named face_N.jpg and face_N_M.jpg.
"""

import argparse
import csv
import json
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from vidimus.engine.engine import Engine, open_engine, read_picture
from vidimus.engine.people_file import read_people_file
from vidimus.engine.people_import import Outcome, PersonReport
from vidimus.evaluation.metrics import Proportion, share_at_or_above
from vidimus.evaluation.photographs import EmbeddedSet, Photograph, embed_photographs
from vidimus.gallery.similarity import SimilarityScale
from vidimus.runtime.calibrations import load_calibration
from vidimus.runtime.catalog import load_catalog
from vidimus.runtime.registry import open_registry
from vidimus.settings import Settings, read_settings
from vidimus.vision.faces import FaceAnalyzer

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
PACKS = {"core": ("core",), "standard": ("core", "standard")}
SIMILARITIES = (50, 60, 70, 80, 90, 99)
VERSIONS = ("1.0", "2.0")
LEAST = 50
SEEN_GROUP = 5
MISLABELLED, SHOWN_THERE = "R000575", "R000572"

Wanted = Callable[[str], bool]


@dataclass(frozen=True)
class Probe:
    """A photograph, whom it shows, and the names it got with their similarities."""

    subject: str
    names: tuple[tuple[str, float], ...]

    def named_right(self, similarity: float) -> bool:
        return any(name == self.subject and value >= similarity for name, value in self.names)

    def named_wrong(self, similarity: float) -> bool:
        return any(name != self.subject and value >= similarity for name, value in self.names)


@dataclass(frozen=True)
class Run:
    """What one pack did: the import's reports, and every probe, with and without one label.

    `stated` is the expected number of names for one stranger, by similarity.
    """

    pack: str
    reports: list[PersonReport]
    as_filed: list[Probe]
    probes: list[Probe]
    stated: dict[int, float]
    import_s: float
    recognize_s: float


def read_members(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "members.csv").open(newline="", encoding="utf-8") as lines:
        return {row["bioguide"]: row for row in csv.DictReader(lines)}


def write_people(members: dict[str, dict[str, str]], path: Path) -> None:
    """Write what `vidimus celebrities import` wants to know of the members."""
    with path.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(("name", "photos", "urls", "gender", "id"))
        for person_id, row in members.items():
            url = f"bioguide.congress.gov/search/bio/{person_id}"
            writer.writerow((row["name"], f"{person_id}.jpg", url, row["gender"], person_id))


def models_of_packs(source: Path, packs: tuple[str, ...], folder: Path) -> Path:
    """Make a folder of models that has only those of some packs."""
    wanted = {card.name for card in load_catalog().cards if card.pack in packs}
    installed = json.loads((source / "installed.json").read_text(encoding="utf-8"))
    folder.mkdir()
    for path in source.iterdir():
        if path.name not in {"installed.json", ".lock"}:
            (folder / path.name).symlink_to(path)
    kept = {name: model for name, model in installed.items() if name in wanted}
    (folder / "installed.json").write_text(json.dumps(kept), encoding="utf-8")
    return folder


def recognize(engine: Engine, path: Path) -> Probe:
    picture = read_picture(path)
    found = engine.known_people.recognize(picture, engine.look_at(picture).faces)
    names = tuple((each.person.person_id, each.similarity) for each in found.named)
    return Probe(path.stem, names)


def run_pack(pack: str, data: Path, source: Path, work: Path) -> Run:
    models = models_of_packs(source, PACKS[pack], work / "models")
    write_people(read_members(data), work / "people.csv")
    file = read_people_file(work / "people.csv", data / "members")
    settings = Settings(home=work / "home", models=str(models))
    photographs = sorted(data.glob("photos_2014/*.jpg"))
    with open_engine(settings) as engine:
        start = time.perf_counter()
        running = engine.people_import.import_people(file.entries)
        reports = list(track(running, f"{pack}: importing", len(file.entries)))
        import_s = time.perf_counter() - start
        list(engine.people_import.import_people(file.entries, largest_face=True))
    # Names from similarity 50 up, so that one pass tells of every threshold above it.
    with open_engine(settings.model_copy(update={"known_people_threshold": LEAST})) as engine:
        start = time.perf_counter()
        filed = [recognize(engine, path) for path in track(photographs, f"{pack}: recognizing")]
        recognize_s = time.perf_counter() - start
        engine.people_library.remove_person(MISLABELLED)
        probes = [
            recognize(engine, path) if concerns_mislabelled(probe) else probe
            for path, probe in zip(photographs, filed, strict=True)
        ]
        library = engine.people_library.find()
        assert library is not None
        scale = engine.scales.scale(library.embedder_version)
        stated = {each: scale.fmr_at(each) * library.face_count for each in SIMILARITIES}
    return Run(pack, reports, filed, probes, stated, import_s, recognize_s)


def concerns_mislabelled(probe: Probe) -> bool:
    return any(name == MISLABELLED for name, _ in probe.names)


def share(value: Proportion) -> str:
    if not value.trials:
        return "-"
    low, high = value.interval()
    return f"{value.count} of {value.trials} = {value.rate:.1%} ({low:.1%}-{high:.1%})"


def row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def head(*cells: str) -> Iterator[str]:
    yield ""
    yield row(*cells)
    yield "|" + "---|" * len(cells)


def counted(probes: Iterable[Probe], event: Callable[[Probe], bool]) -> Proportion:
    events = [event(probe) for probe in probes]
    return Proportion(sum(events), len(events))


def machine() -> str:
    lines = subprocess.run(["lscpu"], capture_output=True, text=True, check=False).stdout
    names = [line.split(":")[1].strip() for line in lines.splitlines() if "Model name" in line]
    return f"{names[0] if names else platform.machine()}, {platform.system()}"


def heading(runs: list[Run], known: set[str]) -> Iterator[str]:
    mated = sum(probe.subject in known for probe in runs[0].probes)
    yield "# Known people: members of Congress named in photographs of 2014"
    yield ""
    yield f"{datetime.now(UTC):%Y-%m-%d}, {machine()}. Made by `benchmarks/celebrities.py`."
    yield ""
    yield (
        f"Library: {len(known)} members of the 117th Congress, one portrait of 2021 each, imported "
        f"from a people.csv. Pictures: {len(runs[0].probes)} photographs of 2014, of which {mated} "
        f"show somebody in the library and {len(runs[0].probes) - mated} do not. Everything goes "
        "through the engine as a request does, with the quality filter AUTO. core = CenterFace + "
        "dlib-resnet (1.0), standard = YuNet + omz-reid-0095 (2.0). Intervals are 95 % Wilson."
    )
    yield ""
    yield (
        "The similarity scale was fitted to these very photographs (and says so), so that it holds "
        "here is no proof that it holds elsewhere."
    )


def named(runs: list[Run], known: set[str]) -> Iterator[str]:
    yield ""
    yield "## Named, and named wrongly"
    yield ""
    yield (
        f"Without {MISLABELLED}, whose portrait shows somebody else (below). Expected is "
        "the false match rate that the similarity states x people in the library x strangers."
    )
    yield from head(
        "pack", "similarity", "members named", "members given another's name",
        "strangers given a name", "expected by the scale",
    )  # fmt: skip
    for run in runs:
        for similarity in SIMILARITIES:
            yield _named(run, run.probes, known - {MISLABELLED}, similarity)
    yield ""
    yield (
        f"{MISLABELLED} (Mike Rogers of Alabama) is filed with a portrait of {SHOWN_THERE} (Mike "
        "Rogers of Michigan, who is not in the library): a known fault of the data. As filed, at "
        "80, a photograph of the one gets the name of the other, as the file says:"
    )
    yield from head(
        "pack", "similarity", "members named", "members given another's name",
        "strangers given a name", "expected by the scale",
    )  # fmt: skip
    for run in runs:
        yield _named(run, run.as_filed, known, 80)
    yield ""
    for run in runs:
        for probe in filter(concerns_mislabelled, run.as_filed):
            names = ", ".join(f"{name} ({value:.0f})" for name, value in probe.names)
            yield f"- {run.pack}: the photograph of {probe.subject} got the name of {names}"


def _named(run: Run, probes: list[Probe], known: set[str], similarity: int) -> str:
    members = [probe for probe in probes if probe.subject in known]
    strangers = [probe for probe in probes if probe.subject not in known]
    return row(
        run.pack,
        similarity,
        share(counted(members, lambda each: each.named_right(similarity))),
        counted(members, lambda each: each.named_wrong(similarity)).count,
        wrong_of(counted(strangers, lambda each: each.named_wrong(similarity))),
        expected_of(run.stated[similarity] * len(strangers)),
    )


def expected_of(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def wrong_of(value: Proportion) -> str:
    return f"{value.count} of {value.trials} (at most {value.interval()[1]:.1%})"


def several(versions: Iterable[str], folder: Path) -> Iterator[str]:
    """Compare how to search a person of several photographs: the likest of them, or their mean."""
    files = sorted(folder.glob("face_*.jpg"))
    photographs = [Photograph(path.stem.split("_")[1], path, path.name) for path in files]
    yield ""
    yield "## Several photographs of one person"
    yield ""
    yield (
        f"{len(photographs)} photographs of {len({each.subject for each in photographs})} "
        "synthetic people, each in turn searched among the others at similarity 80: against one "
        "photograph of a person, against the likest of all of that person's (what vidimus does), "
        "and against their mean."
    )
    yield from head("version", "who", "one photograph", "the likest", "the mean")
    analyzer = FaceAnalyzer(open_registry(read_settings()))
    for version in versions:
        calibration = load_calibration(version)
        assert calibration is not None
        least = SimilarityScale.from_calibration(calibration.points).score_at(80)
        scores = scores_of_people(embed_photographs(photographs, analyzer, version))
        for who in ("mates", "strangers"):
            yield row(version, who, *(share(share_at_or_above(s, least)) for s in scores[who]))


def scores_of_people(embedded: EmbeddedSet) -> dict[str, list[NDArray[np.float32]]]:
    """Return the scores of each probe with one photograph, the likest and the mean of a person."""
    found: dict[str, list[list[float]]] = {"mates": [[], [], []], "strangers": [[], [], []]}
    scores = embedded.embeddings @ embedded.embeddings.T
    for probe, subject in enumerate(embedded.subjects):
        for person in range(int(embedded.subjects.max()) + 1):
            faces = np.flatnonzero(embedded.subjects == person)
            own = scores[probe, faces[faces != probe]]
            one, likest, mean = found["mates" if person == subject else "strangers"]
            one.extend(own)
            likest.append(float(own.max()))
            mean.append(float(own.mean()))
    return {who: [np.array(kind, np.float32) for kind in kinds] for who, kinds in found.items()}


def imports(runs: list[Run]) -> Iterator[str]:
    yield ""
    yield "## The import"
    yield ""
    yield (
        "What was left out came with a second import, with `--largest-face`, before anything was "
        "recognized."
    )
    yield ""
    for run in runs:
        added = sum(report.outcome is Outcome.ADDED for report in run.reports)
        yield (
            f"- {run.pack}: {added} of {len(run.reports)} people in {run.import_s:.0f} s; "
            f"{len(run.probes)} pictures recognized in "
            f"{run.recognize_s:.0f} s ({1000 * run.recognize_s / len(run.probes):.0f} ms each)."
        )
        for report in run.reports:
            for line in (*report.reasons, *report.look_at):
                yield f"    - {report.person.name} ({report.person.person_id}): {line}"


def groups(runs: list[Run], members: dict[str, dict[str, str]]) -> Iterator[str]:
    yield ""
    yield "## By group, at similarity 80"
    yield ""
    yield (
        "Gender and ethnicity as self-described in public records, known of the members only; "
        f"groups of fewer than {SEEN_GROUP} are in the totals. The last column is who got "
        "somebody else's name; of the strangers the groups are not known."
    )
    yield from head("pack", "group", "named", "given another's name")
    for run in runs:
        known = [probe for probe in run.probes if probe.subject in members.keys() - {MISLABELLED}]
        for group, belongs in groups_of(members).items():
            part = [probe for probe in known if belongs(probe.subject)]
            if len(part) < SEEN_GROUP:
                continue
            right = counted(part, lambda each: each.named_right(80))
            other = counted(part, lambda each: each.named_wrong(80))
            yield row(run.pack, group, share(right), other.count)


def groups_of(members: dict[str, dict[str, str]]) -> dict[str, Wanted]:
    found: dict[str, Wanted] = {"everybody": lambda _: True}
    for column in ("gender", "ethnicity"):
        for value in sorted({each[column] for each in members.values()}):
            found[value] = _has(members, {column: value})
    for ethnicity in sorted({each["ethnicity"] for each in members.values()}):
        for gender in ("female", "male"):
            wanted = {"ethnicity": ethnicity, "gender": gender}
            found[f"{ethnicity}, {gender}"] = _has(members, wanted)
    return found


def _has(members: dict[str, dict[str, str]], wanted: dict[str, str]) -> Wanted:
    return lambda subject: all(members[subject][name] == wanted[name] for name in wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "congress")
    parser.add_argument("--people", type=Path, default=SHARED / "samples" / "people")
    parser.add_argument("--pack", choices=[*PACKS], help="one pack only")
    parser.add_argument("--home", type=Path, help="home whose models are used")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    source = (read_settings(home=options.home) if options.home else read_settings()).models_path
    members = read_members(options.data)
    runs: list[Run] = []
    for pack in [options.pack] if options.pack else PACKS:
        with tempfile.TemporaryDirectory() as work:
            runs.append(run_pack(pack, options.data, source, Path(work)))
    known = set(members)
    lines = [*heading(runs, known), *named(runs, known), *groups(runs, members)]
    lines += [*imports(runs), *several(VERSIONS, options.people)]
    text = "\n".join(lines)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
