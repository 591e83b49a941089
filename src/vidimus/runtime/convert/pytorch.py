"""PyTorch's state dicts in the format of before version 1.6, read without running any of them.

The file is five pickles (a magic number, the format's version, facts of the machine, the
dictionary, the keys of the storages) and then each storage in the order of the keys: how many
values it has, as int64, and the values, little-endian. A tensor is a storage's key, an offset, its
sides and strides.

A pickle is a program that may call whatever it names. The one here may name four things, none of
which does anything: see `_Dictionary`.

Format facts: PyTorch's `torch/serialization.py` (`_legacy_save`), `torch/_utils.py`.
"""

import io
import pickle
import struct
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from vidimus.errors import ModelUnavailable

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
STORAGE_DTYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}

StateDict = Mapping[str, NDArray[Any]]


def read_state_dict(path: Path) -> StateDict:
    """Return the tensors of the file by name, in the file's order.

    Raises ModelUnavailable when the file is of another format, is cut short, names anything but
    tensors, or has a tensor that reaches beyond its storage.
    """
    try:
        return _read(io.BytesIO(path.read_bytes()))
    except ModelUnavailable as error:
        raise ModelUnavailable(f"{path.name} is not a PyTorch state dict: {error}") from error
    except Exception as error:  # by its manual, unpickling may raise anything
        raise ModelUnavailable(f"{path.name} is not a PyTorch state dict: {error!r}") from error


def _read(file: io.BytesIO) -> StateDict:
    if _Plain(file).load() != MAGIC or _Plain(file).load() != VERSION:
        raise ModelUnavailable("it begins otherwise.")
    if not _Plain(file).load()["little_endian"]:
        raise ModelUnavailable("it is big-endian.")
    dictionary = _Dictionary(file).load()
    storages = _read_storages(file, _Plain(file).load(), dictionary.values())
    return {name: tensor.values_in(storages) for name, tensor in dictionary.items()}


def _read_storages(file: io.BytesIO, keys: list[str], tensors: Any) -> dict[str, NDArray[Any]]:
    dtypes = {tensor.storage.key: tensor.storage.dtype for tensor in tensors}
    storages = {}
    for key in keys:
        dtype = np.dtype(dtypes[key])
        (count,) = struct.unpack("<q", file.read(8))
        data = file.read(count * dtype.itemsize)
        if len(data) != count * dtype.itemsize:
            raise ModelUnavailable("it is cut short.")
        storages[key] = np.frombuffer(data, dtype)
    return storages


@dataclass(frozen=True, slots=True)
class _Storage:
    """Which storage, and how its values are stored."""

    key: str
    dtype: str


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A view of a storage; the offset and the strides count values."""

    storage: _Storage
    offset: int
    sides: tuple[int, ...]
    strides: tuple[int, ...]

    def values_in(self, storages: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        values = storages[self.storage.key]
        steps = [(side - 1) * stride for side, stride in zip(self.sides, self.strides, strict=True)]
        # numpy's views are not checked: one beyond its storage shows what else lies in memory.
        backwards = min(self.offset, *steps, *self.strides, 0) < 0
        if backwards or self.offset + sum(steps) >= len(values):
            raise ModelUnavailable("a tensor reaches beyond its storage.")
        strides = [stride * values.itemsize for stride in self.strides]
        return as_strided(values[self.offset :], self.sides, strides, writeable=False)


def _tensor(storage: _Storage, offset: int, sides: Any, strides: Any, *_: object) -> _Tensor:
    """Stand in for `torch._utils._rebuild_tensor_v2`."""
    return _Tensor(storage, offset, sides, strides)


class _Plain(pickle.Unpickler):
    """Numbers, text, lists and dictionaries; whatever else a pickle names is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise ModelUnavailable(f"it names {module}.{name}.")


class _Dictionary(_Plain):
    """A dictionary of tensors: may name ordered dictionaries, `_tensor` and the storages' types."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in STORAGE_DTYPES:
            return STORAGE_DTYPES[name]  # text, which cannot be called
        return super().find_class(module, name)

    def persistent_load(self, pid: Any) -> _Storage:
        """Return the storage that ("storage", type, key, device, count, view) stands for."""
        kind, dtype, key, _device, _count, view = pid
        if kind != "storage" or view is not None or dtype not in STORAGE_DTYPES.values():
            raise ModelUnavailable("it has a storage of a kind that is not known.")
        return _Storage(key, dtype)
