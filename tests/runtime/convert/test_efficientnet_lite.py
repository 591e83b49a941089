"""EfficientNet-Lite0: against its authors' code, and on photographs."""

from pathlib import Path

import numpy as np
import pytest

from tests.runtime.conftest import converted, opened
from vidimus.errors import ModelUnavailable
from vidimus.runtime.convert import convert, efficientnet_lite

# What efficientnet_lite_pytorch 0.1.0 computes with PyTorch 2.13.0 for the picture of ramps below:
# the first numbers of each output, the output's norm, and the class it takes it for.
LOGITS = (-0.89923370, -0.78597099, -0.79604989, -1.35770655, 0.43382543)
LOGITS_NORM = 44.009216
FEATURE = (0.00047685, 0.0, 1.56986547, 0.00277850, 0.0)
FEATURE_NORM = 16.137747
CLASS = 818


def test_it_gives_what_its_authors_code_gives(models_path: Path, tmp_path: Path) -> None:
    session = opened(converted("efficientnet-lite0", models_path), tmp_path)
    rows, columns = np.mgrid[0:224, 0:224]
    ramp = np.stack([rows, columns, (rows + columns) % 256]).astype(np.float32)
    outputs = session.run({"input": (ramp[None] - 127.0) / np.float32(128.0)})
    (logits,), (feature,) = outputs["logits"], outputs["feature"]
    assert logits.shape == (1000,)
    assert feature.shape == (1280,)
    np.testing.assert_allclose(logits[:5], LOGITS, atol=1e-4)
    np.testing.assert_allclose(feature[:5], FEATURE, atol=1e-4)
    assert np.linalg.norm(logits) == pytest.approx(LOGITS_NORM, abs=1e-3)
    assert np.linalg.norm(feature) == pytest.approx(FEATURE_NORM, abs=1e-3)
    assert logits.argmax() == CLASS


def test_weights_that_lack_a_layer_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stem = {"_conv_stem.weight": np.zeros((32, 3, 3, 3), np.float32)}
    monkeypatch.setattr(efficientnet_lite, "read_state_dict", lambda _: stem)
    with pytest.raises(ModelUnavailable, match=r"other\.pth has no _bn0\.weight"):
        convert("efficientnet-lite", [tmp_path / "other.pth"], {})
