"""The tables of the Congress benchmark, as Markdown."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vidimus.evaluation.metrics import (
    Proportion,
    Searches,
    share_at_or_above,
    threshold_at_fmr,
)
from vidimus.evaluation.photographs import EmbeddedSet
from vidimus.gallery.similarity import SimilarityScale

FMRS = (1e-3, 1e-4, 1e-5)
BARS = {"core": (0.985, 0.960, 0.895), "standard": (0.995, 0.985, 0.955)}
SEEN_GROUP = 5


@dataclass(frozen=True)
class Run:
    """One way of embedding all the photographs, and the scale its scores are read by."""

    label: str
    embedded: EmbeddedSet
    scale: SimilarityScale | None

    @cached_property
    def labels(self) -> NDArray[np.str_]:
        return np.array([photograph.subject for photograph in self.embedded.photographs])

    @cached_property
    def is_probe(self) -> NDArray[np.bool_]:
        names = [photograph.name for photograph in self.embedded.photographs]
        return np.array([name.startswith("members/") for name in names])

    @cached_property
    def searches(self) -> Searches:
        vectors, probe = self.embedded.embeddings, self.is_probe
        scores = vectors[probe] @ vectors[~probe].T
        return Searches(scores, self.labels[probe], self.labels[~probe])

    def at(self, similarity: float) -> float:
        assert self.scale is not None
        return self.scale.score_at(similarity)


def row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def head(*cells: str) -> Iterator[str]:
    yield ""
    yield row(*cells)
    yield "|" + "---|" * len(cells)


def share(value: Proportion) -> str:
    if not value.trials:
        return "-"
    low, high = value.interval()
    return f"{value.rate:.3f} ({low:.3f}-{high:.3f})"


def count(value: Proportion) -> str:
    return f"{value.count} of {value.trials:,}" if value.trials else "-"


def heading(run: Run, day: str, machine: str, engine: str, excluded: str) -> Iterator[str]:
    searches = run.searches
    mated, probes = int(searches.mated.sum()), len(searches.probes)
    yield "# Congress: recognition measured on public portraits"
    yield ""
    yield f"{day}, {machine}, {engine}. Made by `benchmarks/congress.py`."
    yield ""
    skipped = ", ".join(name for name, _ in run.embedded.skipped) or "none"
    yield (
        f"Gallery: {len(searches.gallery)} photographs of members of Congress as of 2014. Probes: "
        f"{probes} portraits of the 117th Congress (2021). {mated} probes have a mate in the "
        f"gallery, {probes - mated} do not; {len(searches.impostor_scores):,} pairs are of two "
        f"different people. The largest face of each photograph counts; without a face: {skipped}."
    )
    yield ""
    yield f"Left out: {excluded}. Nothing else was."
    yield ""
    yield (
        "Intervals are 95 % Wilson intervals. They hold for mated probes, which are different "
        "people; impostor pairs share people, so counts of them are less certain than they look."
    )
    yield ""
    yield (
        "core = CenterFace + dlib-resnet (1.0); standard = YuNet + omz-reid-0095 (2.0); fused = "
        "YuNet + omz-dlib-fused (3.0, an option)."
    )


def verification(runs: Iterable[Run]) -> Iterator[str]:
    yield ""
    yield "## Pairs: true match rate at a false match rate that was counted"
    yield ""
    yield (
        "The threshold is set on this very set, so it says how well a network parts mates from "
        "strangers, not what its stated similarity does. FMR 1e-5 is 4 pairs. Rank-1: the mate is "
        "the best of the gallery. dlib-resnet's template was chosen on this set too (the best of "
        "six small changes), so expect a little less of 1.0 elsewhere."
    )
    yield from head("", *(f"TMR at FMR {fmr:.0e}" for fmr in FMRS), "rank-1", "bar")
    for run in runs:
        impostors, mates = run.searches.impostor_scores, run.searches.mated_scores
        rates = [share_at_or_above(mates, threshold_at_fmr(impostors, fmr)) for fmr in FMRS]
        bars = BARS.get(run.label)
        met = bars and all(rate.rate >= bar for rate, bar in zip(rates, bars, strict=True))
        bar = f"{' / '.join(map(str, bars))}: {'met' if met else 'MISSED'}" if bars else ""
        yield row(run.label, *map(share, rates), share(run.searches.rank_1()), bar)


def identification(runs: Iterable[Run]) -> Iterator[str]:
    yield ""
    yield "## Searches: at the similarities that vidimus states"
    yield ""
    yield (
        "Here the threshold is the bundled calibration's. TPIR: the mate was returned. The false "
        "matches are counts; the FMR beside them is what the similarity states, extrapolated from "
        "70 up."
    )
    yield from head(
        "", "similarity", "score", "stated FMR", "TPIR", "non-mated probes with a false match",
        "false pairs, all probes",
    )  # fmt: skip
    for run in runs:
        for similarity in (50, 60, 70, 80, 90, 99):
            score = run.at(similarity)
            assert run.scale is not None
            yield row(
                run.label,
                similarity,
                f"{score:.4f}",
                f"{run.scale.fmr_at(similarity):.1e}",
                share(run.searches.tpir(score)),
                count(run.searches.fpir(score)),
                count(run.searches.false_matches(score)),
            )


def groups_of(
    labels: NDArray[np.str_], groups: dict[str, tuple[str, str]]
) -> dict[str, NDArray[np.bool_]]:
    """Return which of `labels` belong to each gender, ethnicity, and both."""
    known = [groups.get(label, ("", "")) for label in labels]
    kinds: list[Callable[[tuple[str, str]], str]] = [
        lambda pair: pair[0],
        lambda pair: pair[1],
        lambda pair: f"{pair[1]}, {pair[0]}" if pair[0] else "",
    ]
    found: dict[str, NDArray[np.bool_]] = {}
    for kind in kinds:
        names = np.array([kind(pair) for pair in known])
        for name in sorted(set(names) - {""}):
            found[name] = names == name
    return found


def by_group(runs: Iterable[Run], groups: dict[str, tuple[str, str]]) -> Iterator[str]:
    yield ""
    yield "## Probes by group"
    yield ""
    yield (
        "Gender and ethnicity as self-described in public records. Groups of fewer than "
        f"{SEEN_GROUP} probes are in the totals only. False matches of a group are those its "
        "probes got, against the whole gallery."
    )
    yield from head(
        "", "group", "probes", "mated", "rank-1", "TPIR at 80", "TPIR at 99",
        "non-mated probes with a false match at 80", "false pairs at 60",
    )  # fmt: skip
    for run in runs:
        for name, chosen in groups_of(run.searches.probes, groups).items():
            part = run.searches.of_probes(chosen)
            if len(part.probes) < SEEN_GROUP:
                continue
            yield row(
                run.label,
                name,
                len(part.probes),
                int(part.mated.sum()),
                share(part.rank_1()),
                share(part.tpir(run.at(80))),
                share(part.tpir(run.at(99))),
                count(part.fpir(run.at(80))),
                count(part.false_matches(run.at(60))),
            )


def within_groups(runs: Iterable[Run], groups: dict[str, tuple[str, str]]) -> Iterator[str]:
    yield ""
    yield "## Strangers of one group"
    yield ""
    yield (
        "How often two different people *of the same group* reach the score of similarity 50, "
        "which states 1 in 1,000 for all pairs together, and of 60, 1 in 10,000. Only photographs "
        "whose person is in members.csv."
    )
    yield from head(
        "", "group", "people", "pairs", "FMR at 50", "pairs at 60", "times stated at 50"
    )
    for run in runs:
        everyone = np.array([label in groups for label in run.labels])
        wanted = {"everyone": everyone, **groups_of(run.labels, groups)}
        for name, chosen in wanted.items():
            people = len(set(run.labels[chosen]))
            if people < SEEN_GROUP:
                continue
            scores = impostor_scores(run.embedded.embeddings[chosen], run.labels[chosen])
            at_50 = share_at_or_above(scores, run.at(50))
            at_60 = share_at_or_above(scores, run.at(60))
            times = f"{at_50.rate / 1e-3:.1f}"
            yield row(
                run.label, name, people, f"{len(scores):,}",
                f"{at_50.rate:.2e} ({at_50.count})", at_60.count, times,
            )  # fmt: skip


def impostor_scores(vectors: NDArray[np.float32], labels: NDArray[np.str_]) -> NDArray[np.float32]:
    rows, columns = np.triu_indices(len(vectors), 1)
    scores = (vectors @ vectors.T)[rows, columns]
    return np.asarray(scores[labels[rows] != labels[columns]])


def users(runs: Iterable[Run]) -> Iterator[str]:
    yield ""
    yield "## Users: several photographs of one person fused"
    yield ""
    yield (
        "A user's vector is the mean of the unit embeddings of its faces, so its score is the mean "
        "cosine. Here each person in both sets is a user of two photographs, and every photograph "
        "of somebody else a probe: the stated rates must hold for users too."
    )
    yield from head("", "similarity", "stated FMR", "false, user", "false, single photographs")
    for run in runs:
        user_scores, single_scores = fused_impostors(run)
        for similarity in (50, 60, 70, 80):
            score = run.at(similarity)
            assert run.scale is not None
            fused = share_at_or_above(user_scores, score)
            single = share_at_or_above(single_scores, score)
            yield row(
                run.label, similarity, f"{run.scale.fmr_at(similarity):.0e}",
                f"{fused.rate:.1e} ({count(fused)})", f"{single.rate:.1e} ({count(single)})",
            )  # fmt: skip


def fused_impostors(run: Run) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return impostor scores of users of two photographs, and of their photographs singly."""
    names, counts = np.unique(run.labels, return_counts=True)
    users_of_two = names[counts == 2]
    vectors = run.embedded.embeddings
    means = np.stack([vectors[run.labels == name].mean(axis=0) for name in users_of_two])
    others = run.labels[None, :] != users_of_two[:, None]
    members = np.isin(run.labels, users_of_two)
    apart = run.labels[None, :] != run.labels[members][:, None]
    single = (vectors[members] @ vectors.T)[apart]
    return np.asarray((means @ vectors.T)[others]), np.asarray(single)
