"""Caffe's files: each layer computes what Caffe says it does, and what is not whole is refused."""

from pathlib import Path

import numpy as np
import pytest

from tests.runtime.conftest import field, integer, opened
from vidimus.errors import ModelUnavailable
from vidimus.runtime.convert import convert
from vidimus.runtime.convert.caffe import read_blobs

KERNEL = np.random.default_rng(3).normal(size=(2, 1, 3, 3)).astype(np.float32)
BIAS = np.array([0.5, -0.5], np.float32)

TEXT = """
input: "data"
input_dim: 1 input_dim: 1 input_dim: 5 input_dim: 5
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 2 pad: 1 kernel_size: 3 } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
  pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layer { name: "turn" type: "Permute" bottom: "pool" top: "turn"
  permute_param { order: 0 order: 2 order: 3 order: 1 } }
layer { name: "rows" type: "Reshape" bottom: "turn" top: "rows"
  reshape_param { shape { dim: 0 dim: -1 dim: 2 } } }
layer { name: "likely" type: "Sigmoid" bottom: "rows" top: "likely" }
layer { name: "both" type: "Concat" bottom: "rows" bottom: "likely" top: "both"
  concat_param { axis: 1 } }
"""


def blob(values: np.ndarray) -> bytes:
    sides = b"".join(integer(side) for side in values.shape)
    return field(7, field(5, values.tobytes()) + field(7, field(1, sides)))


def caffemodel() -> bytes:
    conv = field(1, b"conv") + field(2, b"Convolution") + blob(KERNEL) + blob(BIAS)
    relu = field(1, b"relu") + field(10, 1)
    return field(1, b"net") + field(100, conv) + field(100, relu)


def files(folder: Path, weights: bytes, text: str) -> list[Path]:
    paths = [folder / "net.caffemodel", folder / "net.prototxt"]
    paths[0].write_bytes(weights)
    paths[1].write_text(text)
    return paths


def expected(picture: np.ndarray) -> np.ndarray:
    """The same network in numpy, as Caffe's manual describes its layers."""
    padded = np.pad(picture[0], 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    conv = np.einsum("yxij,oij->oyx", windows, KERNEL[:, 0]) + BIAS[:, None, None]
    # Five rows make three when a pooled side is rounded up; the last window has one row alone.
    relu = np.pad(np.maximum(conv, 0), ((0, 0), (0, 1), (0, 1)))
    rows = relu.reshape(2, 3, 2, 3, 2).max(axis=(2, 4)).transpose(1, 2, 0).reshape(-1, 2)
    return np.concatenate([rows, 1 / (1 + np.exp(-rows))])


def test_layers_compute_what_caffe_says(tmp_path: Path) -> None:
    session = opened(convert("caffe", files(tmp_path, caffemodel(), TEXT), {}), tmp_path)
    assert dict(session.inputs) == {"data": (None, 1, 5, 5)}
    assert session.outputs == ("both",)
    pictures = np.random.default_rng(4).normal(size=(3, 1, 5, 5)).astype(np.float32)
    answers = session.run({"data": pictures})["both"]
    np.testing.assert_allclose(answers, [expected(each) for each in pictures], atol=1e-5)


def test_what_no_layer_takes_is_an_output(tmp_path: Path) -> None:
    text = TEXT[: TEXT.index('layer { name: "both"')] + (
        'layer { name: "more" type: "ReLU" bottom: "turn" top: "more" }'
    )
    session = opened(convert("caffe", files(tmp_path, caffemodel(), text), {}), tmp_path)
    assert session.outputs == ("likely", "more")


def test_blobs_come_by_the_layers_names() -> None:
    blobs = read_blobs(caffemodel())
    assert set(blobs) == {"conv", "relu"}
    np.testing.assert_array_equal(blobs["conv"][0], KERNEL)
    assert not blobs["relu"]


def test_weights_that_are_cut_short_anywhere_are_refused(tmp_path: Path) -> None:
    data = caffemodel()
    # A cut between the two layers would leave a whole file; the second one has no weights.
    for length in range(data.index(field(1, b"relu")) - 3):
        with pytest.raises(ModelUnavailable, match=r"net\.caffemodel and net\.prototxt"):
            convert("caffe", files(tmp_path, data[:length], TEXT), {})


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"Sigmoid"', '"Python"', "a layer of the kind Python is not known"),
        ("pool: MAX", "pool: AVE", "a pooling that is not of maxima"),
        ('name: "conv"', 'name: "other"', "'other'"),
        ('bottom: "turn"', 'bottom: "nothing"', "'nothing'"),
        ("kernel_size: 2 ", "", "'kernel_size'"),
        ("kernel_size: 2 ", "kernel_size: two ", "'two'"),
        ("axis: 1 } }", "axis: 1 }", "cut short"),
    ],
)
def test_a_text_that_is_not_known_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(ModelUnavailable, match=rf"net\.prototxt: .*{says}"):
        convert("caffe", files(tmp_path, caffemodel(), TEXT.replace(old, new)), {})
