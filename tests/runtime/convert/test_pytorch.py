"""State dicts: read exactly, and nothing of them is ever run."""

import io
import os
import pickle
import sys
import types
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vidimus.errors import ModelUnavailable
from vidimus.runtime.convert.pytorch import MAGIC, VERSION, read_state_dict

FACTS = {"protocol_version": VERSION, "little_endian": True, "type_sizes": {"int": 4}}


def _rebuild_tensor_v2(*_: object) -> None:
    """Stand in for PyTorch's function, which a state dict names."""


class FloatStorage:
    """Stand in for PyTorch's type, which a state dict names."""


class HalfStorage:
    """Another one, which vidimus doesn't read."""


class Stored:
    """A tensor to be written: a view of `values` with the given offset, sides and strides."""

    def __init__(self, values: NDArray[np.float32], *view: Any, kind: type = FloatStorage) -> None:
        self.values = values
        self.view = view or (0, values.shape, tuple(step // 4 for step in values.strides))
        self.kind = kind

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild_tensor_v2, (_Key(self), *self.view, False, OrderedDict())


class _Key:
    def __init__(self, tensor: Stored) -> None:
        self.tensor = tensor


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, _Key):
            return None
        tensor = obj.tensor
        return ("storage", tensor.kind, str(id(tensor)), "cpu", tensor.values.size, None)


def state_dict(tensors: dict[str, Any], head: Sequence[Any] = (MAGIC, VERSION, FACTS)) -> bytes:
    """A file as PyTorch before 1.6 wrote it."""
    file = io.BytesIO()
    for part in head:
        pickle.dump(part, file, protocol=2)
    _Pickler(file, protocol=2).dump(OrderedDict(tensors))
    stored = {str(id(each)): each for each in tensors.values() if isinstance(each, Stored)}
    pickle.dump(list(stored), file, protocol=2)
    for tensor in stored.values():
        file.write(tensor.values.size.to_bytes(8, "little"))
        file.write(tensor.values.tobytes())
    return file.getvalue()


@pytest.fixture(autouse=True, scope="module")
def _torch() -> Iterator[None]:
    """Let the names of PyTorch be written; they are not there when a file is read."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("torch", "torch._utils"):
            patch.setitem(sys.modules, name, types.ModuleType(name))
        for each, module in (
            (_rebuild_tensor_v2, "torch._utils"),
            (FloatStorage, "torch"),
            (HalfStorage, "torch"),
        ):
            patch.setattr(each, "__module__", module)
            patch.setattr(sys.modules[module], each.__name__, each, raising=False)
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "net.pth"


def ramp(*sides: int) -> NDArray[np.float32]:
    return np.arange(np.prod(sides), dtype=np.float32).reshape(sides)


def test_tensors_come_by_name_and_in_order(path: Path) -> None:
    path.write_bytes(state_dict({"b": Stored(ramp(2, 3)), "a": Stored(ramp())}))
    weights = read_state_dict(path)
    assert list(weights) == ["b", "a"]
    np.testing.assert_array_equal(weights["b"], ramp(2, 3))
    assert weights["a"].shape == ()


@given(sides=st.lists(st.integers(1, 4), min_size=1, max_size=4), data=st.data())
def test_any_order_of_the_axes_is_read(
    tmp_path_factory: pytest.TempPathFactory, sides: list[int], data: st.DataObject
) -> None:
    values = ramp(*sides)
    turned = values.transpose(data.draw(st.permutations(range(len(sides)))))
    strides = tuple(step // 4 for step in turned.strides)
    path = tmp_path_factory.mktemp("net") / "net.pth"
    path.write_bytes(state_dict({"w": Stored(values, 0, turned.shape, strides)}))
    np.testing.assert_array_equal(read_state_dict(path)["w"], turned)


class Mischief:
    """An object whose pickle makes a folder when it is loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.folder,)


@pytest.mark.parametrize("place", range(4))
def test_a_pickle_that_would_run_something_is_refused(path: Path, place: int) -> None:
    folder = path.parent / "made"
    head: list[Any] = [MAGIC, VERSION, FACTS]
    tensors: dict[str, Any] = {"w": Stored(ramp(2))}
    if place < len(head):
        head[place] = Mischief(folder)
    else:
        tensors["x"] = Mischief(folder)
    path.write_bytes(state_dict(tensors, head))
    with pytest.raises(ModelUnavailable, match=r"net\.pth is not .*: it names posix\.mkdir"):
        read_state_dict(path)
    assert not folder.exists()
    pickle.loads(pickle.dumps(Mischief(folder)))
    assert folder.is_dir()


@pytest.mark.parametrize("name", ["builtins eval", "torch load", "torch._utils _rebuild_parameter"])
def test_names_beside_those_of_tensors_are_refused(path: Path, name: str) -> None:
    head = b"".join(pickle.dumps(part, protocol=2) for part in (MAGIC, VERSION, FACTS))
    path.write_bytes(head + b"c" + name.replace(" ", "\n").encode() + b"\n.")
    with pytest.raises(ModelUnavailable, match="it names " + name.replace(" ", r"\.")):
        read_state_dict(path)


def test_what_stands_for_a_type_cannot_be_called(path: Path) -> None:
    head = b"".join(pickle.dumps(part, protocol=2) for part in (MAGIC, VERSION, FACTS))
    path.write_bytes(head + b"ctorch\nFloatStorage\n)R.")
    with pytest.raises(ModelUnavailable, match="not callable"):
        read_state_dict(path)


@pytest.mark.parametrize(
    ("offset", "sides", "strides"),
    [(1, (2, 2), (2, 1)), (0, (5,), (1,)), (0, (2, 2), (3, 1)), (0, (2,), (-1,)), (-1, (2,), (1,))],
)
def test_a_tensor_beyond_its_storage_is_refused(
    path: Path, offset: int, sides: tuple[int, ...], strides: tuple[int, ...]
) -> None:
    path.write_bytes(state_dict({"w": Stored(ramp(4), offset, sides, strides)}))
    with pytest.raises(ModelUnavailable, match=r"net\.pth"):
        read_state_dict(path)


def test_a_file_that_is_cut_short_anywhere_is_refused(path: Path) -> None:
    data = state_dict({"w": Stored(ramp(2, 2))})
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(ModelUnavailable, match=r"net\.pth is not a PyTorch state dict"):
            read_state_dict(path)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04 the format since 1.6", "not a PyTorch state dict"),
        (pickle.dumps(MAGIC) + pickle.dumps(7), "begins otherwise"),
        (
            b"".join(map(pickle.dumps, (MAGIC, VERSION, FACTS | {"little_endian": False}))),
            "big-endian",
        ),
    ],
)
def test_another_format_is_refused(path: Path, data: bytes, says: str) -> None:
    path.write_bytes(data)
    with pytest.raises(ModelUnavailable, match=says):
        read_state_dict(path)


def test_numbers_of_another_type_are_refused(path: Path) -> None:
    path.write_bytes(state_dict({"w": Stored(ramp(2), kind=HalfStorage)}))
    with pytest.raises(ModelUnavailable, match=r"it names torch\.HalfStorage"):
        read_state_dict(path)
