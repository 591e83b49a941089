"""The committed contract and types are what the generator makes."""

import importlib.util
import json
import typing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from vidimus.wire import shapes
from vidimus.wire.model import Structure, load_contract

CHECKOUT = Path(__file__).resolve().parents[2]
WIRE = CHECKOUT / "src" / "vidimus" / "wire"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    path = CHECKOUT / "tools" / "generate_contract.py"
    spec = importlib.util.spec_from_file_location("generate_contract", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_botocores_model_gives_the_committed_files(
    generator: ModuleType, raw_model: dict[str, Any], tmp_path: Path
) -> None:
    generator.write(tmp_path, raw_model)
    for name in ("contract.json", "shapes.py"):
        assert (tmp_path / name).read_bytes() == (WIRE / name).read_bytes(), name


def test_the_types_are_made_from_the_committed_contract(generator: ModuleType) -> None:
    contract = json.loads((WIRE / "contract.json").read_bytes())
    assert generator.render_shapes(contract) == (WIRE / "shapes.py").read_text(encoding="utf-8")


def test_no_prose_is_kept() -> None:
    text = (WIRE / "contract.json").read_text(encoding="utf-8")
    assert "documentation" not in text
    assert "<p>" not in text


def test_a_shape_that_contains_itself_is_refused(generator: ModuleType) -> None:
    model = {
        "metadata": {},
        "operations": {"Do": {"input": {"shape": "Tree"}, "output": {"shape": "Tree"}}},
        "shapes": {
            "Tree": {"type": "structure", "members": {"Branches": {"shape": "Trees"}}},
            "Trees": {"type": "list", "member": {"shape": "Tree"}},
        },
    }
    with pytest.raises(ValueError, match="Tree contains itself: Tree > Trees > Tree"):
        generator.build_contract(model)


def test_every_structure_has_a_type_with_its_members() -> None:
    for name, shape in load_contract().shapes.items():
        if isinstance(shape, Structure):
            hints = typing.get_type_hints(getattr(shapes, name))
            assert set(hints) == set(shape.members), name
            assert getattr(shapes, name).__required_keys__ == set(shape.required), name
