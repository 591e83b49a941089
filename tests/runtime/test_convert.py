"""The converters: against an independent conversion, and against the source's own library."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from tests.runtime.conftest import converted, opened, tripling_network
from vidimus.errors import ModelUnavailable
from vidimus.runtime.catalog import load_catalog
from vidimus.runtime.convert import convert, revision_of
from vidimus.runtime.convert.dlib import Reader, read_layers
from vidimus.runtime.session import SessionOptions, open_engine

DLIB = "dlib_face_recognition_resnet_model_v1.dat"
# What dlib 20.0.1 computes for the picture of ramps below: the first of 128 numbers, and the norm.
DLIB_RAMP = (-0.07102323, 0.12785085, 0.01637285, -0.08433723, -0.07937972)
DLIB_RAMP_NORM = 1.37286763


def pictures(*shape: int) -> NDArray[np.float32]:
    random = np.random.default_rng(20)
    return random.integers(0, 256, shape).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("faceapi-age-gender", "faceapi_age_gender.onnx"),
        ("faceapi-expression", "faceapi_expression.onnx"),
        ("nsfwjs-mobilenet-v2", "nsfw_mobilenet_v2.onnx"),
        ("aizoo-face-mask", "aizoo_face_mask_260.onnx"),
    ],
)
def test_equals_an_independent_conversion(
    shared: Path, tmp_path: Path, name: str, reference: str
) -> None:
    ours = opened(converted(name, shared / "models" / "upstream"), tmp_path)
    theirs = open_engine(SessionOptions()).open_session(shared / "models" / "reference" / reference)
    ((source, shape),) = theirs.inputs.items()
    card = load_catalog().card(name)
    batch = pictures(4, *(side or 0 for side in shape[1:])) * np.float32(card.input.scale)
    expected = theirs.run({source: batch})
    answers = ours.run({next(iter(ours.inputs)): batch})
    assert len(answers) == len(expected)
    for values, theirs_values in zip(answers.values(), expected.values(), strict=True):
        np.testing.assert_allclose(values, theirs_values, atol=2e-6)


def test_conversion_gives_the_same_bytes_each_time(shared: Path) -> None:
    upstream = shared / "models" / "upstream"
    assert converted("faceapi-expression", upstream) == converted("faceapi-expression", upstream)


def test_dlib_has_the_layers_its_author_describes(models_path: Path) -> None:
    path = models_path / DLIB
    if not path.is_file():
        pytest.skip(f"{path.name} is not there")
    names = [layer.name for layer in read_layers(path.read_bytes())]
    assert names.count("con_4") == names.count("affine_") == 29
    assert names.count("add_prev_") == 14
    assert names[0] == "input_rgb_image_sized"
    assert names[-2:] == ["avg_pool_2", "fc_2"]


def test_dlib_gives_what_dlib_gives(models_path: Path, tmp_path: Path) -> None:
    session = opened(converted("dlib-resnet", models_path), tmp_path)
    rows, columns = np.mgrid[0:150, 0:150]
    ramp = np.stack([rows, columns, (rows + columns) % 256]).astype(np.float32)
    (embedding,) = session.run({"input": ramp[None]})["embedding"]
    assert embedding.shape == (128,)
    np.testing.assert_allclose(embedding[:5], DLIB_RAMP, atol=1e-6)
    assert np.linalg.norm(embedding) == pytest.approx(DLIB_RAMP_NORM, abs=1e-5)


def test_centerface_takes_any_size_and_batch(models_path: Path, tmp_path: Path) -> None:
    session = opened(converted("centerface", models_path), tmp_path)
    assert list(session.inputs.values()) == [(None, 3, None, None)]
    (name,) = session.inputs
    outputs = session.run({name: pictures(2, 3, 96, 160)})
    assert {output: values.shape for output, values in outputs.items()} == {
        "heatmap": (2, 1, 24, 40),
        "scale": (2, 2, 24, 40),
        "offset": (2, 2, 24, 40),
        "landmarks": (2, 10, 24, 40),
    }


def test_dlib_integers_and_floats() -> None:
    assert Reader(b"\x01\x05").integer() == 5
    assert Reader(b"\x82\x10\x27").integer() == -10000
    assert Reader(b"\x03\x62\x90\xf5\x81\x11").real() == pytest.approx(122.782, abs=1e-3)


@pytest.mark.parametrize("data", [b"\x00", b"\x4f", b"\x09"])
def test_what_is_no_dlib_integer_is_refused(data: bytes) -> None:
    with pytest.raises(ModelUnavailable, match="Not a dlib integer"):
        Reader(data + bytes(20)).integer()


def test_a_dlib_network_of_another_build_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.dat"
    path.write_bytes(b"\x01\x05con_4" + bytes(100))
    with pytest.raises(ModelUnavailable, match="not 'input_rgb_image_sized'"):
        convert("dlib-resnet", [path], {})


def test_a_short_shard_is_refused(tmp_path: Path) -> None:
    manifest, shard = tmp_path / "m.json", tmp_path / "shard"
    manifest.write_text('[{"weights": [{"name": "a", "shape": [2], "dtype": "float32"}]}]')
    shard.write_bytes(bytes(12))
    with pytest.raises(ModelUnavailable, match="has 12 bytes; its manifest says 8"):
        convert("faceapi-expression", [manifest, shard], {})


def test_an_unknown_converter_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match="No converter"):
        revision_of("tensorflow")


def test_freed_axes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "fixed.onnx"
    path.write_bytes(tripling_network(10))
    data = convert("onnx-dynamic", [path], {"axes": {"0": "n"}, "output_names": ["out"]})
    graph = onnx.load_from_string(data).graph
    assert graph.input[0].type.tensor_type.shape.dim[0].dim_param == "n"
    assert [output.name for output in graph.output] == ["out"]
    outputs = opened(data, tmp_path).run({"input": np.ones((3, 4), np.float32)})
    np.testing.assert_array_equal(outputs["out"], np.full((3, 4), 3.0))
