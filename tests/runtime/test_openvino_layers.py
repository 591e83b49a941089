"""Layers of MediaPipe's own: what they compute is what MediaPipe computes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vidimus.errors import ModelUnavailable
from vidimus.runtime import openvino_layers
from vidimus.runtime.catalog import load_catalog
from vidimus.runtime.openvino_quiet import openvino
from vidimus.runtime.session import SessionOptions, open_engine

# What MediaPipe 0.10.21 answers for the crop below: a person's pixels in a grid of 36, and their
# share of the whole crop.
PERSON = ["#####.", "#####.", "#####.", "#####.", ".####.", ".####."]
SHARE = 0.79918736


def test_persons_are_where_mediapipe_sees_them(shared: Path, models_path: Path) -> None:
    card = load_catalog().card("mediapipe-selfie")
    path = models_path / card.files[0].name
    if not path.is_file():
        pytest.skip(f"{path.name} is not there")
    with Image.open(shared / "data" / "samples" / "things" / "grace_hopper.jpg") as photograph:
        crop = np.asarray(photograph.convert("RGB"), np.float32)[100:356, 150:406]
    session = open_engine(SessionOptions()).open_session(path)
    (answer,) = session.run({"input_1": crop[None] * np.float32(card.input.scale)}).values()
    person = answer[0, :, :, 0]
    assert person.mean() == pytest.approx(SHARE, abs=2e-3)
    grid = person[16::45, 16::45] > 0.5
    assert ["".join("#" if each else "." for each in row) for row in grid] == PERSON


class Inputs:
    """What OpenVINO's reader hands to a layer."""

    def __init__(self, *arrays: np.ndarray) -> None:
        self.ports = [openvino.opset13.constant(each).output(0) for each in arrays]

    def get_input(self, index: int) -> openvino.Output:
        return self.ports[index]


def answer_of(*arrays: np.ndarray) -> np.ndarray:
    (port,) = openvino_layers._doubled(Inputs(*arrays))
    model = openvino.Model([port.get_node()], [])
    answer: np.ndarray = openvino.compile_model(model, "CPU")([])[0]
    return answer


def test_each_pixel_becomes_two_by_two() -> None:
    random = np.random.default_rng(8)
    pixels = random.normal(size=(2, 3, 4, 5)).astype(np.float32)
    kernel = random.normal(size=(6, 2, 2, 5)).astype(np.float32)
    bias = random.normal(size=6).astype(np.float32)
    spread = np.einsum("nyxc,oijc->nyixjo", pixels, kernel).reshape(2, 6, 8, 6)
    np.testing.assert_allclose(answer_of(pixels, kernel, bias), spread + bias, atol=1e-5)


def test_a_kernel_that_overlaps_is_refused() -> None:
    kernel = np.zeros((6, 3, 3, 5), np.float32)
    with pytest.raises(ModelUnavailable, match="kernels of 2 by 2 alone"):
        answer_of(np.zeros((1, 3, 4, 5), np.float32), kernel, np.zeros(6, np.float32))
