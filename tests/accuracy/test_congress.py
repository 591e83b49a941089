"""The bars of recognition on public portraits: see docs/benchmarks/congress.md for the numbers."""

from pathlib import Path

import numpy as np
import pytest

from vidimus.engine.engine import Engine
from vidimus.errors import ModelUnavailable
from vidimus.evaluation.metrics import Searches, share_at_or_above, threshold_at_fmr
from vidimus.evaluation.photographs import Photograph, embed_photographs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

FMRS = (1e-3, 1e-4, 1e-5)
MISLABELLED = "members/R000575.jpg"


def photographs(folder: Path) -> list[Photograph]:
    files = sorted(folder.glob("members/*.jpg")) + sorted(folder.glob("photos_2014/*.jpg"))
    found = [Photograph(path.stem, path, str(path.relative_to(folder))) for path in files]
    return [photograph for photograph in found if photograph.name != MISLABELLED]


def search_all(engine: Engine, folder: Path, version: str) -> Searches:
    """Search every member of 2021 in the photographs of 2014."""
    found = photographs(folder)
    embedded = embed_photographs(found, engine.faces, version, workers=engine.settings.cores)
    assert embedded.skipped == ()
    labels = np.array([photograph.subject for photograph in found])
    probe = np.array([photograph.name.startswith("members/") for photograph in found])
    vectors = embedded.embeddings
    return Searches(vectors[probe] @ vectors[~probe].T, labels[probe], labels[~probe])


@pytest.mark.parametrize(
    ("version", "bars", "tpir_bar"),
    [("1.0", (0.985, 0.960, 0.895), 0.65), ("2.0", (0.995, 0.985, 0.955), 0.82)],
)
def test_mates_match_and_strangers_do_not(
    engine: Engine, shared: Path, version: str, bars: tuple[float, ...], tpir_bar: float
) -> None:
    try:
        engine.models.embedder_of_version(version)
    except ModelUnavailable as error:
        pytest.skip(str(error))
    searches = search_all(engine, shared / "data" / "congress", version)
    assert (int(searches.mated.sum()), len(searches.probes)) == (283, 534)
    for fmr, bar in zip(FMRS, bars, strict=True):
        threshold = threshold_at_fmr(searches.impostor_scores, fmr)
        assert share_at_or_above(searches.mated_scores, threshold).rate >= bar
    assert searches.rank_1().rate >= 0.98
    score = engine.scales.scale(version).score_at(80)
    assert searches.fpir(score).count == 0
    assert searches.tpir(score).rate >= tpir_bar
