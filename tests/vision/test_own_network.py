"""A network of the user's own for an attribute that no shipped network tells."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from vidimus.imaging.decode import decode_picture
from vidimus.runtime.catalog import Catalog, load_catalog
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import SessionOptions, open_engine
from vidimus.vision.face_types import Attribute
from vidimus.vision.faces import FaceAnalyzer

CARD = """
[[models]]
name = "my-glasses"
task = "eyeglasses"
pack = "overlay"
rank = 1
licence_code = "MIT"
licence_weights = "MIT"
training_data = "none"
input = { width = 32, height = 32, channels = "RGB", layout = "NCHW", scale = 0.00392156862745098 }
parameters = { span = 3.0, yes = 1 }
files = [{ name = "glasses.onnx", sha256 = "" }]
"""


def write_network(path: Path) -> None:
    """Write a network that gives the share of red, and of green, in its picture."""
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 32, 32])
    shares = helper.make_tensor_value_info("shares", TensorProto.FLOAT, ["n", 3])
    axes = helper.make_tensor("axes", TensorProto.INT64, [2], [2, 3])
    mean = helper.make_node("ReduceMean", ["pixels", "axes"], ["shares"], keepdims=0)
    graph = helper.make_graph([mean], "shares", [pixels], [shares], [axes])
    opset = helper.make_opsetid("", 18)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=9), path)


def test_an_overlays_network_tells_its_attribute(
    tmp_path: Path, models_path: Path, people: Path
) -> None:
    write_network(tmp_path / "glasses.onnx")
    (tmp_path / "models.toml").write_text(CARD)
    catalog = load_catalog(tmp_path / "models.toml")
    registry = ModelRegistry(
        Catalog(catalog.cards), models_path, lambda: open_engine(SessionOptions())
    )
    analyzer = FaceAnalyzer(registry)
    pixels = decode_picture((people / "face_1.jpg").read_bytes(), max_pixels=10**8).pixels.copy()
    faces = analyzer.detect_faces(pixels, limit=1)
    pixels[...] = np.array([255, 51, 0], np.uint8)
    (detail,) = analyzer.describe_faces(pixels, faces, frozenset({Attribute.EYEGLASSES}))
    assert detail.eyeglasses is not None
    assert not detail.eyeglasses.value
    assert abs(detail.eyeglasses.confidence - 80) < 1
    assert "my-glasses" in {name for each in analyzer.capabilities() for name in each.models}
