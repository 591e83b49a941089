"""The catalog: its own table, and a user's overlay."""

import csv
import re
from pathlib import Path

import pytest

from vidimus.errors import ConfigurationError, ModelUnavailable
from vidimus.runtime.catalog import HttpsSource, ModelCard, PypiSource, load_catalog
from vidimus.runtime.convert import revision_of

EMBEDDER = """
[[models]]
name = "mine"
task = "face_embedder"
version = "100.1"
licence_weights = "MIT"
input = { width = 112, height = 112, channels = "RGB", mean = [127.5, 127.5, 127.5] }
files = [{ name = "mine.onnx", sha256 = "%s" }]

[models.parameters]
dimensions = 512
template = [[0.34, 0.46], [0.66, 0.46], [0.5, 0.64], [0.37, 0.82], [0.63, 0.82]]
""" % ("0" * 64)

CARDS = load_catalog().cards


def overlay(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "models.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_card_is_whole(card: ModelCard) -> None:
    assert card.files or card.needs
    assert {need.name for need in CARDS} >= set(card.needs)
    assert card.licence_weights
    assert card.training_data
    assert card.pack == "optional" or not card.licences_to_accept(())
    revision_of(card.converter)
    for file in card.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.bytes
        assert file.sources
        kind = HttpsSource if card.pack == "standard" else PypiSource
        assert all(isinstance(source, kind) for source in file.sources)
    if card.converter is None and card.files:
        assert card.artefact in {file.name for file in card.files}


def test_names_versions_and_files_are_unique() -> None:
    versions = [card.version for card in CARDS if card.version]
    names = [file.name for card in CARDS for file in card.files]
    assert len({card.name for card in CARDS}) == len(CARDS)
    assert len(set(versions)) == len(versions)
    assert len(set(names)) == len(names)


def test_core_pack_has_what_serving_needs() -> None:
    core = {card.task for card in load_catalog().by_pack("core")}
    assert {"face_detector", "face_embedder", "face_mesh", "iris"} <= core
    assert {"image_classifier", "person_pose_detector", "person_pose"} <= core
    assert {"palm_detector", "hand"} <= core


def test_standard_pack_is_pinned_as_published(shared: Path) -> None:
    published = {}
    with (shared / "models" / "standard.tsv").open(newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            columns = (row[key].split(" + ") for key in ("files", "bytes", "sha256"))
            for name, size, sha256 in zip(*columns, strict=True):
                published[name] = (int(size), sha256, row["repo"], row["commit"])
    for card in load_catalog().by_pack("standard"):
        for file in card.files:
            size, sha256, repository, commit = published[file.name]
            assert (file.bytes, file.sha256) == (size, sha256)
            source = file.sources[0]
            assert isinstance(source, HttpsSource)
            assert f"/{repository}/{commit}/" in source.url


def test_best_rank_stands_first() -> None:
    names = [card.name for card in load_catalog().by_task("face_embedder")]
    assert names == ["omz-reid-0095", "dlib-resnet", "omz-dlib-fused"]


def test_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ModelUnavailable, match=r"'nothing'; the catalog has yunet"):
        load_catalog().card("nothing")


def test_overlay_adds_a_card_before_others_of_its_rank(tmp_path: Path) -> None:
    catalog = load_catalog(overlay(tmp_path, EMBEDDER))
    card = catalog.card("mine")
    assert card.folder == tmp_path
    assert card.pack == "overlay"
    assert card.input.mean == (127.5, 127.5, 127.5)
    assert card.artefact == "mine.onnx"
    assert catalog.by_task("face_embedder")[0] == card


def test_overlay_replaces_a_card_of_the_same_name(tmp_path: Path) -> None:
    text = EMBEDDER.replace('"mine"', '"dlib-resnet"')
    catalog = load_catalog(overlay(tmp_path, text))
    assert catalog.card("dlib-resnet").pack == "overlay"
    assert len(catalog.cards) == len(CARDS)


def test_no_overlay_is_no_trouble(tmp_path: Path) -> None:
    assert load_catalog(tmp_path / "none.toml") == load_catalog()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[[models]]", "[[models", "cannot be read"),
        ("[[models]]", "[[networks]]", "unknown field `networks`"),
        ('version = "100.1"', 'version = "one"', r"models\[0\].version"),
        ('version = "100.1"', "", "needs a version"),
        ('licence_weights = "MIT"', "", "missing required field `licence_weights`"),
        ('licence_weights = "MIT"', 'licence_weights = "MIT"\npack = "core"', "pack 'overlay'"),
        ('licence_weights = "MIT"', 'licence_weights = "MIT"\nconverter = "x"', "converter"),
        ("width = 112", 'width = "wide"', "input.width"),
        ("height = 112, ", "", "chip's side"),
        ('channels = "RGB"', 'channels = "RBG"', "Invalid enum value 'RBG'"),
        ("[127.5, 127.5, 127.5]", "[127.5]", "input.mean"),
        ("dimensions = 512", "", "parameters.dimensions"),
        (", [0.63, 0.82]]", "]", "five"),
        ("[0.5, 0.64]", "[50, 64]", "0 to 1"),
        ("0" * 64, "123", "sha256"),
        ('files = [{ name = "mine.onnx"', 'files = [{ path = "mine.onnx"', "unknown field `path`"),
    ],
)
def test_a_wrong_overlay_says_what_is_wrong(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in EMBEDDER
    path = overlay(tmp_path, EMBEDDER.replace(old, new))
    with pytest.raises(ConfigurationError, match=says) as raised:
        load_catalog(path)
    assert str(path) in str(raised.value)


def test_an_overlay_without_files_is_refused(tmp_path: Path) -> None:
    text = '[[models]]\nname = "a"\ntask = "emotion"\nlicence_weights = "MIT"\n'
    with pytest.raises(ConfigurationError, match="names no file"):
        load_catalog(overlay(tmp_path, text))


def test_body_parts_come_only_to_who_names_their_licence() -> None:
    (card,) = load_catalog().by_task("body_part_detector")
    assert card.pack == "optional"
    assert card.licences_to_accept(()) == {"AGPL-3.0"}
    assert len(card.parameters["labels"]) == 18


def test_licences_that_are_not_permissive_must_be_named() -> None:
    card = CARDS[0]
    agpl = ModelCard(
        **{name: getattr(card, name) for name in ModelCard.__slots__} | {"licence_code": "AGPL-3.0"}
    )
    assert agpl.licences_to_accept(()) == {"AGPL-3.0"}
    assert agpl.licences_to_accept(["agpl-3.0"]) == frozenset()
