"""The registry: what is here, what is best, and what must not be started with."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.runtime.conftest import SilentProgress, digest, tripling_network
from vidimus.errors import LicenceRequired, ModelUnavailable
from vidimus.runtime.catalog import Catalog, ModelCard
from vidimus.runtime.pull import Puller
from vidimus.runtime.registry import ModelRegistry, open_registry
from vidimus.runtime.session import ModelSession, SessionOptions, open_engine
from vidimus.runtime.shelf import Shelf
from vidimus.settings import read_settings

MakeCard = Callable[..., ModelCard]
Registry = Callable[..., ModelRegistry]


@pytest.fixture
def registry(tmp_path: Path, mirror: Path) -> Registry:
    """A registry of the cards given, of which those named in `pulled` were pulled."""

    def make(
        *cards: ModelCard, pulled: tuple[str, ...] = (), **options: list[str]
    ) -> ModelRegistry:
        folder = tmp_path / "models"
        with Puller(Shelf(folder), mirror) as puller:
            puller.pull([card for card in cards if card.name in pulled], SilentProgress())
        return ModelRegistry(
            Catalog(cards), folder, lambda: open_engine(SessionOptions()), **options
        )

    return make


def test_the_best_installed_card_is_chosen(registry: Registry, make_card: MakeCard) -> None:
    best, second = make_card("best"), make_card("second", rank=2)
    models = registry(best, second, pulled=("second",))
    assert models.card_for("face_detector") == second
    assert models.missing() == (best,)
    assert registry(best, second, pulled=("best", "second")).cards_for("face_detector") == (
        best,
        second,
    )
    assert models.card_for("emotion") is None
    assert models.summary() == [
        "networks: second",
        "not installed: best (`vidimus models pull`)",
    ]


def test_a_card_needs_its_companions(registry: Registry, make_card: MakeCard) -> None:
    part, whole = make_card("part", rank=2), make_card("whole", {}, needs=("part",), version="3.0")
    assert not registry(part, whole).installed(whole)
    models = registry(part, whole, pulled=("part",))
    assert models.installed(whole)
    with pytest.raises(ModelUnavailable, match="whole is made of part"):
        models.session("whole")


def test_an_embedder_is_found_by_its_version(registry: Registry, make_card: MakeCard) -> None:
    card = make_card(task="face_embedder", version="1.0")
    other = make_card("other", task="face_embedder", version="2.0")
    models = registry(card, other, pulled=("small",))
    assert models.embedder_of_version("1.0") == card
    with pytest.raises(ModelUnavailable, match=r"2\.0 \(other\) is not installed"):
        models.embedder_of_version("2.0")
    with pytest.raises(ModelUnavailable, match=r"No face embedder .* version 9"):
        models.embedder_of_version("9")


def test_a_card_says_whether_it_has_to_be_exact(registry: Registry, make_card: MakeCard) -> None:
    opened: list[bool] = []
    engine = open_engine(SessionOptions())

    class Noting:
        description = ""

        def open_session(self, path: Path, *, exact: bool = True) -> ModelSession:
            opened.append(exact)
            return engine.open_session(path, exact=exact)

    strict, loose = make_card(), make_card("loose", exact=False)
    folder = registry(strict, loose, pulled=("small", "loose")).folder
    for card in (strict, loose):
        session = ModelRegistry(Catalog((card,)), folder, Noting).session(card.name)
        tripled = session.run({"input": np.ones((1, 4), np.float32)})["tripled"]
        np.testing.assert_allclose(tripled, 3.0)
    assert opened == [True, False]


def test_a_session_is_opened_once(registry: Registry, make_card: MakeCard) -> None:
    models = registry(make_card(), pulled=("small",))
    assert models.loaded == 0
    barrier = threading.Barrier(8)

    def open_it(_: int) -> int:
        barrier.wait()
        return id(models.session("small"))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(open_it, range(8)))) == 1
    assert models.loaded == 1
    answer = models.session("small").run({"input": np.ones((2, 4), np.float32)})
    np.testing.assert_array_equal(answer["tripled"], np.full((2, 4), 3.0))


def test_what_is_not_installed_has_no_session(registry: Registry, make_card: MakeCard) -> None:
    with pytest.raises(ModelUnavailable, match="run `vidimus models pull small`"):
        registry(make_card()).session("small")


def test_good_files_pass(registry: Registry, make_card: MakeCard) -> None:
    seen: list[str] = []
    models = registry(make_card(), make_card("absent", {"a.onnx": b""}), pulled=("small",))
    models.check()
    assert models.verify(lambda card: seen.append(card.name)) == []
    assert seen == ["small", "absent"]


def test_an_altered_file_is_named(registry: Registry, make_card: MakeCard) -> None:
    models = registry(make_card(), pulled=("small",))
    (models.folder / "small.onnx").write_bytes(b"altered")
    with pytest.raises(ModelUnavailable, match=r"Model small: .*small\.onnx was altered"):
        models.check()
    (flaw,) = models.verify()
    assert flaw.model == "small"
    assert digest(b"altered") in flaw.message


def test_a_missing_file_is_named(registry: Registry, make_card: MakeCard) -> None:
    models = registry(make_card(), pulled=("small",))
    (models.folder / "small.onnx").unlink()
    with pytest.raises(ModelUnavailable, match=r"small\.onnx is missing .*No such file"):
        models.check()


def test_a_file_that_the_catalog_no_longer_pins_is_named(
    registry: Registry, make_card: MakeCard
) -> None:
    registry(make_card(), pulled=("small",))
    newer = registry(make_card("small", {"small.onnx": b"newer"}))
    with pytest.raises(ModelUnavailable, match="not the file that the catalog pins"):
        newer.check()


def test_sources_of_a_conversion_are_left_to_verify(
    registry: Registry, make_card: MakeCard
) -> None:
    card = make_card(
        converter="onnx-dynamic",
        artefact="made.onnx",
        parameters={"axes": {"0": "n"}, "output_names": ["out"]},
    )
    models = registry(card, pulled=("small",))
    (models.folder / "small.onnx").unlink()
    models.check()
    assert [flaw.model for flaw in models.verify()] == ["small"]
    (models.folder / "made.onnx").write_bytes(b"altered")
    with pytest.raises(ModelUnavailable, match=r"made\.onnx was altered"):
        models.check()


@pytest.fixture
def overlay_card(tmp_path: Path, make_card: MakeCard) -> Callable[..., ModelCard]:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "small.onnx").write_bytes(tripling_network())

    def make(**facts: object) -> ModelCard:
        return make_card(pack="overlay", folder=tmp_path / "own", **facts)

    return make


def test_an_overlays_file_is_opened_where_it_lies(
    registry: Registry, overlay_card: Callable[..., ModelCard]
) -> None:
    models = registry(overlay_card())
    models.check()
    assert models.session("small").outputs == ("tripled",)


def test_an_overlays_altered_or_missing_file_is_named(
    tmp_path: Path, registry: Registry, overlay_card: Callable[..., ModelCard]
) -> None:
    path = tmp_path / "own" / "small.onnx"
    path.write_bytes(b"altered")
    with pytest.raises(ModelUnavailable, match=f"has sha256 {digest(b'altered')}, not"):
        registry(overlay_card()).check()
    path.unlink()
    with pytest.raises(ModelUnavailable, match="is missing"):
        registry(overlay_card()).check()


def test_an_overlays_licence_must_be_named(
    registry: Registry, overlay_card: Callable[..., ModelCard]
) -> None:
    card = overlay_card(licence_weights="CC-BY-NC-4.0")
    with pytest.raises(LicenceRequired, match=r"VIDIMUS_ACCEPTED_LICENCES=CC-BY-NC-4\.0"):
        registry(card).check()
    registry(card, accepted_licences=["CC-BY-NC-4.0"]).check()


def test_an_overlays_file_must_be_pinned_and_the_refusal_says_how(tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").write_bytes(tripling_network())
    overlay = tmp_path / "models.toml"
    row = '[[models]]\nname = "mine"\ntask = "emotion"\nlicence_weights = "MIT"\n'
    overlay.write_text(f'{row}files = [{{ name = "mine.onnx" }}]\n')
    settings = read_settings(home=tmp_path)
    pin = f'sha256 = "{digest(tripling_network())}"'
    with pytest.raises(ModelUnavailable, match=f"add {pin}"):
        open_registry(settings).check()
    overlay.write_text(f'{row}files = [{{ name = "mine.onnx", {pin} }}]\n')
    models = open_registry(settings)
    models.check()
    assert models.card_for("emotion") == models.catalog.card("mine")
    assert models.session("mine").outputs == ("tripled",)
    assert models.engine_description.startswith("OpenVINO")
