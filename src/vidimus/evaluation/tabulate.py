"""From a set of embedded photographs to a calibration with its provenance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from vidimus.evaluation.calibration import Fit, fit_calibration
from vidimus.evaluation.impostors import compare_impostors
from vidimus.evaluation.photographs import EmbeddedSet
from vidimus.evaluation.suspects import Suspect, find_suspects, mated_pairs
from vidimus.runtime.calibrations import Calibration, Provenance


@dataclass(frozen=True, slots=True)
class Apparatus:
    """What is calibrated: the embedder, its files by sha256, and the detector that fed it."""

    version: str
    embedder: str
    files: Mapping[str, str]
    detector: str


@dataclass(frozen=True, slots=True)
class Source:
    """The photographs it is calibrated on, and those left out by hand."""

    data_set: str
    pictures: int
    day: date
    excluded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The table, and the pairs that a person should look at before it is trusted."""

    calibration: Calibration
    suspects: tuple[Suspect, ...]


def calibrate(
    embedded: EmbeddedSet,
    apparatus: Apparatus,
    source: Source,
    *,
    replicates: int = 1000,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Compare everybody with everybody else and tabulate how rare each score is.

    `progress` is told bootstrap replicates done and in all. Raises ConfigurationError for too
    few subjects or pairs.
    """
    pairs = compare_impostors(embedded.embeddings, embedded.subjects)
    fit = fit_calibration(pairs, replicates=replicates, progress=progress)
    table = Calibration(
        apparatus.version,
        apparatus.embedder,
        fit.points,
        _provenance(embedded, apparatus, source, fit, pairs.total, replicates),
    )
    return Outcome(table, find_suspects(embedded, pairs, fit))


def _provenance(
    embedded: EmbeddedSet,
    apparatus: Apparatus,
    source: Source,
    fit: Fit,
    impostor_pairs: int,
    replicates: int,
) -> Provenance:
    mated = sum(1 for _ in mated_pairs(embedded.embeddings, embedded.subjects))
    return Provenance(
        date=source.day.isoformat(),
        data_set=source.data_set,
        pictures=source.pictures,
        faces=len(embedded.photographs),
        subjects=int(embedded.subjects.max()) + 1,
        impostor_pairs=impostor_pairs,
        mated_pairs=mated,
        embedder_files=apparatus.files,
        detector=apparatus.detector,
        tail=fit.tail,
        interval=f"95 %, bootstrap over subjects, {replicates} replicates, tail refitted in each",
        least_counted_fmr=fit.least_counted_fmr,
        excluded=source.excluded,
        skipped=tuple(name for name, _ in embedded.skipped),
        notes=source.notes,
    )
