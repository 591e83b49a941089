"""Floors under what docs/explanation/attributes.md says was measured."""

import csv
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from vidimus.imaging.decode import decode_picture
from vidimus.runtime.catalog import load_catalog
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import SessionOptions, open_engine
from vidimus.vision.face_types import Attribute, FaceDetail
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.quality_filter import QualityLevel, rejection_reasons

YEAR_OF_THE_PORTRAITS = 2018
"""About the middle of when the members' portraits were taken; no file says when."""


@pytest.fixture(scope="module")
def analyzer(models_path: Path, tmp_path_factory: pytest.TempPathFactory) -> FaceAnalyzer:
    options = SessionOptions(cache=tmp_path_factory.mktemp("cache"))
    return FaceAnalyzer(ModelRegistry(load_catalog(), models_path, partial(open_engine, options)))


@pytest.fixture(scope="module")
def congress(shared: Path) -> Path:
    return shared / "data" / "congress"


def describe(
    analyzer: FaceAnalyzer, paths: Sequence[Path], attributes: frozenset[Attribute] = frozenset()
) -> list[FaceDetail]:
    details = []
    for path in paths:
        pixels = decode_picture(path.read_bytes(), max_pixels=10_000_000).pixels
        faces = analyzer.detect_faces(pixels, limit=1)
        assert faces, path.name
        details += analyzer.describe_faces(pixels, faces, attributes)
    return details


@pytest.mark.slow
def test_every_portrait_of_congress_passes_auto(analyzer: FaceAnalyzer, congress: Path) -> None:
    paths = sorted((congress / "members").glob("*.jpg"))
    paths += sorted((congress / "photos_2014").glob("*.jpg"))
    details = describe(analyzer, paths)
    rejected = {
        path.name: reasons
        for path, detail in zip(paths, details, strict=True)
        if (reasons := rejection_reasons(detail, QualityLevel.AUTO))
    }
    assert len(paths) == 1348
    assert not rejected


@pytest.mark.slow
def test_age_gender_and_eyes_on_a_quarter_of_congress(
    analyzer: FaceAnalyzer, congress: Path
) -> None:
    told = {each.answer for each in analyzer.capabilities() if each.told}
    asked = frozenset({Attribute.AGE_RANGE, Attribute.GENDER, Attribute.EYES_OPEN})
    if not told >= asked:
        pytest.skip("the standard pack is not installed")
    with (congress / "members.csv").open() as file:
        rows = list(csv.DictReader(file))[::4]
    details = describe(
        analyzer, [congress / "members" / f"{row['bioguide']}.jpg" for row in rows], asked
    )
    gender, age, eyes = [], [], []
    for row, detail in zip(rows, details, strict=True):
        assert detail.gender is not None
        assert detail.age_range is not None
        assert detail.eyes_open is not None
        gender.append(detail.gender.value.lower() == row["gender"])
        years = YEAR_OF_THE_PORTRAITS - int(row["date_of_birth"][:4])
        age.append(detail.age_range[0] <= years <= detail.age_range[1])
        eyes.append(detail.eyes_open.value)
    assert np.mean(gender) >= 0.97
    assert np.mean(age) >= 0.9
    assert np.mean(eyes) >= 0.9
