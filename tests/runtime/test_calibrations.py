"""Calibration tables on disk, bundled and the user's own."""

from dataclasses import replace
from pathlib import Path

import pytest

from vidimus.errors import ConfigurationError
from vidimus.gallery.similarity import SimilarityScale
from vidimus.runtime.calibrations import file_name, load_calibration, save_calibration

BUNDLED = ("1.0", "2.0", "3.0")


@pytest.mark.parametrize("version", BUNDLED)
def test_bundled_tables_state_every_similarity(version: str) -> None:
    calibration = load_calibration(version)
    assert calibration is not None
    assert calibration.version == version
    scale = SimilarityScale.from_calibration(calibration.points)
    assert scale.similarity(-1.0) == 0.0
    assert scale.similarity(1.0) == 100.0


@pytest.mark.parametrize("version", BUNDLED)
def test_bundled_tables_say_where_they_come_from(version: str) -> None:
    calibration = load_calibration(version)
    assert calibration is not None
    facts = calibration.provenance
    assert facts.impostor_pairs > 900_000
    assert facts.excluded == ("members/R000575.jpg",)
    assert all(len(digest) == 64 for digest in facts.embedder_files.values())
    assert facts.embedder_files
    assert facts.detector in {"centerface", "yunet"}
    bases = {point.basis for point in calibration.points}
    assert bases == {"bound", "counted", "extrapolated"}


def test_an_unknown_version_has_none(tmp_path: Path) -> None:
    assert load_calibration("77.7", tmp_path) is None


@pytest.mark.parametrize("version", ["", "2.0/../../x", "../2.0", "2.0\n", "a"])
def test_a_version_cannot_name_another_file(version: str) -> None:
    with pytest.raises(ConfigurationError, match="digits and dots"):
        file_name(version)


def test_the_users_own_table_wins(tmp_path: Path) -> None:
    bundled = load_calibration("2.0")
    assert bundled is not None
    own = replace(bundled, embedder="mine")
    save_calibration(own, tmp_path / "calibrations" / "2.0.json")
    assert load_calibration("2.0", tmp_path / "calibrations") == own
    assert load_calibration("2.0", tmp_path) == bundled
    assert [path.name for path in (tmp_path / "calibrations").iterdir()] == ["2.0.json"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"version": "2.0"}'])
def test_a_broken_table_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "2.0.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"2\.0\.json is not a calibration"):
        load_calibration("2.0", tmp_path)


def test_a_table_of_another_version_is_refused(tmp_path: Path) -> None:
    bundled = load_calibration("2.0")
    assert bundled is not None
    save_calibration(bundled, tmp_path / "1.0.json")
    with pytest.raises(ConfigurationError, match=r"version 2\.0"):
        load_calibration("1.0", tmp_path)
