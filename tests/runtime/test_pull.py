"""Pulling: what comes, what is refused, and what is left alone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.runtime.conftest import SilentProgress, digest, tripling_network
from vidimus.errors import ModelUnavailable
from vidimus.runtime.catalog import HttpsSource, ModelCard, ModelFile, load_catalog
from vidimus.runtime.pull import Puller
from vidimus.runtime.shelf import Shelf

MakeCard = Callable[..., ModelCard]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "models")


def pull(
    shelf: Shelf, cards: list[ModelCard], mirror: Path | None, progress: SilentProgress
) -> list[tuple[str, str]]:
    with Puller(shelf, mirror) as puller:
        outcomes = puller.pull(cards, progress)
    return [(outcome.status, outcome.message) for outcome in outcomes]


def test_a_network_comes_from_the_mirror_once(
    shelf: Shelf, mirror: Path, make_card: MakeCard, progress: SilentProgress
) -> None:
    card = make_card()
    assert pull(shelf, [card], mirror, progress) == [("pulled", "")]
    assert progress.bytes == card.bytes
    assert (shelf.folder / "small.onnx").read_bytes() == tripling_network()
    assert pull(shelf, [card], None, progress) == [("present", "")]
    assert progress.events == ["started small", "pulled small", "started small", "present small"]


def test_a_file_of_another_sha256_is_refused_and_the_next_network_comes(
    shelf: Shelf, mirror: Path, make_card: MakeCard, progress: SilentProgress
) -> None:
    (mirror / "bad.onnx").write_bytes(b"altered")
    bad = make_card("bad", {"bad.onnx": b"original"})
    outcomes = pull(shelf, [bad, make_card()], mirror, progress)
    assert [status for status, _ in outcomes] == ["failed", "pulled"]
    assert outcomes[0][1] == (
        f"bad.onnx: its sha256 is {digest(b'altered')}, not {digest(b'original')}: refused"
    )
    assert not (shelf.folder / "bad.onnx").exists()
    assert not list(shelf.folder.glob("*.part"))
    assert set(shelf.read()) == {"small"}
    assert progress.bytes == len(tripling_network())


def test_an_altered_file_is_fetched_again(
    shelf: Shelf, mirror: Path, make_card: MakeCard, progress: SilentProgress
) -> None:
    card = make_card()
    pull(shelf, [card], mirror, progress)
    (shelf.folder / "small.onnx").write_bytes(b"altered")
    assert pull(shelf, [card], mirror, progress) == [("pulled", "")]
    assert (shelf.folder / "small.onnx").read_bytes() == tripling_network()


def test_a_file_without_a_source_says_so(
    shelf: Shelf, make_card: MakeCard, progress: SilentProgress
) -> None:
    outcomes = pull(shelf, [make_card()], None, progress)
    assert outcomes == [("failed", "small.onnx: it has no source")]


def test_every_source_is_tried_in_order(
    shelf: Shelf, mirror: Path, make_card: MakeCard, progress: SilentProgress
) -> None:
    (mirror / "small.onnx").write_bytes(b"altered")
    good = make_card().files[0]
    sources = (HttpsSource("http://127.0.0.1:1/a"), HttpsSource("http://127.0.0.1:1/b"))
    card = replace(make_card(), files=(ModelFile(good.name, good.sha256, good.bytes, sources),))
    outcomes = pull(shelf, [card], mirror, progress)
    status, message = outcomes[0]
    assert status == "failed"
    assert message.index("sha256") < message.index("127.0.0.1:1 is not reachable (")
    assert message.endswith("127.0.0.1:1 is not reachable")


def test_a_licence_must_be_named_first(
    shelf: Shelf, mirror: Path, make_card: MakeCard, progress: SilentProgress
) -> None:
    card = make_card(licence_weights="AGPL-3.0")
    ((status, message),) = pull(shelf, [card], mirror, progress)
    assert status == "failed"
    assert "AGPL-3.0" in message
    assert "VIDIMUS_ACCEPTED_LICENCES=AGPL-3.0" in message
    assert not (shelf.folder / "small.onnx").exists()
    with Puller(shelf, mirror, ["agpl-3.0"]) as puller:
        assert puller.pull([card], progress)[0].status == "pulled"


def test_body_parts_do_not_come_unless_their_licence_is_named(
    shelf: Shelf, tmp_path: Path, progress: SilentProgress
) -> None:
    card = load_catalog().card("nudenet-320n")
    ((status, message),) = pull(shelf, [card], tmp_path, progress)
    assert status == "failed"
    assert message.startswith("nudenet-320n is under AGPL-3.0; read it")
    assert not shelf.read()
    assert progress.bytes == 0


def test_a_conversion_is_recorded_and_made_anew_when_altered(
    shelf: Shelf, mirror: Path, make_card: MakeCard, progress: SilentProgress
) -> None:
    card = make_card(
        converter="onnx-dynamic",
        artefact="made.onnx",
        parameters={"axes": {"0": "n"}, "output_names": ["out"]},
    )
    assert pull(shelf, [card], mirror, progress) == [("pulled", "")]
    recorded = shelf.read()["small"]
    made = shelf.folder / "made.onnx"
    assert recorded.artefact == "made.onnx"
    assert recorded.files["made.onnx"] == digest(made.read_bytes())
    assert recorded.revision == 1
    made.write_bytes(b"altered")
    assert pull(shelf, [card], None, progress) == [("pulled", "")]
    assert digest(made.read_bytes()) == recorded.files["made.onnx"]


def test_an_unwritable_folder_is_told(
    tmp_path: Path, mirror: Path, make_card: MakeCard, progress: SilentProgress
) -> None:
    shelf = Shelf(tmp_path / "models")
    (shelf.folder / ".small.onnx.part").mkdir(parents=True)
    ((status, message),) = pull(shelf, [make_card()], mirror, progress)
    assert status == "failed"
    assert "small.onnx" in message


def test_a_broken_record_says_what_to_do(shelf: Shelf) -> None:
    shelf.folder.mkdir()
    (shelf.folder / "installed.json").write_text("{")
    with pytest.raises(ModelUnavailable, match="delete it and run `vidimus models pull`"):
        shelf.read()


def test_what_was_pulled_before_is_what_the_catalog_pins(
    models_path: Path, progress: SilentProgress
) -> None:
    shelf = Shelf(models_path)
    cards = [card for card in load_catalog().cards if card.name in shelf.read()]
    if not cards:
        pytest.skip("no models are installed")
    assert {status for status, _ in pull(shelf, cards, None, progress)} == {"present"}
