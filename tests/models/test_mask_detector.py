"""Which anchors are heard, and masks painted on portraits."""

from pathlib import Path

import numpy as np
import pytest

from tests.models.fake_session import FakeSession, card, upright_points
from vidimus.engine.engine import Engine
from vidimus.errors import ConfigurationError
from vidimus.evaluation.painted_masks import COLOURS, Worn, paint_mask
from vidimus.imaging.decode import decode_picture
from vidimus.models.face_frame import FaceFrames
from vidimus.models.mask_detector import MaskDetector, central_anchors
from vidimus.vision.face_nets import FaceNets
from vidimus.vision.face_sheet import FaceSheet

GRIDS = {"grids": [4, 1], "sizes": [[0.1, 0.2], [0.5, 0.7]], "aspects": [0.6, 0.4]}
LABELS = ["mask", "no_mask"]


def test_only_anchors_in_the_middle_are_heard() -> None:
    marks = central_anchors(GRIDS)
    assert len(marks) == (16 + 1) * 4
    cells = marks.reshape(-1, 4)
    assert np.flatnonzero(cells.all(axis=1)).tolist() == [5, 6, 9, 10, 16]
    assert cells.sum() == 5 * 4


def test_the_masks_share_is_told_and_a_neighbour_at_the_edge_has_no_say() -> None:
    scores = np.zeros((1, 68, 2), np.float32)
    scores[0, 4 * 5] = [0.3, 0.1]
    scores[0, 4 * 9 + 1] = [0.0, 0.2]
    scores[0, 0] = [0.0, 1.0]  # in the corner
    session = FakeSession(lambda _: {"scores": scores})
    detector = MaskDetector(card("mask", 16, labels=LABELS, **GRIDS), session)
    picture = np.zeros((100, 100, 3), np.uint8)
    assert detector.mask_chances(picture, FaceFrames(upright_points()))[0] == pytest.approx(0.6)
    assert detector.mask_chances(picture, FaceFrames(upright_points(0))).shape == (0,)


def test_where_the_network_sees_no_face_it_is_undecided() -> None:
    session = FakeSession(lambda _: {"scores": np.zeros((1, 68, 2), np.float32)})
    detector = MaskDetector(card("mask", 16, labels=LABELS, **GRIDS), session)
    picture = np.zeros((100, 100, 3), np.uint8)
    assert detector.mask_chances(picture, FaceFrames(upright_points()))[0] == pytest.approx(0.5)


def test_a_card_without_the_labels_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no_mask"):
        MaskDetector(card("mask", 16, labels=["mask"], **GRIDS), FakeSession(lambda _: {}))


def test_bare_and_painted_faces_are_told_apart(engine: Engine, shared: Path) -> None:
    detector = engine.nets.mask_detector
    if detector is None:
        pytest.skip("the standard pack is not installed")
    nets = FaceNets(engine.models)
    chances: dict[str, list[float]] = {"bare": [], **{worn: [] for worn in Worn}}
    paths = sorted((shared / "data" / "congress" / "members").glob("*.jpg"))[::27]
    for number, path in enumerate(paths):
        pixels = decode_picture(path.read_bytes(), max_pixels=10**8).pixels
        (face, *_) = engine.faces.detect_faces(pixels)
        sheet = FaceSheet(nets, pixels, face.points[None])
        assert sheet.meshes is not None
        chances["bare"].append(float(detector.mask_chances(pixels, sheet.frames)[0]))
        for worn in Worn:
            colour = COLOURS[number % len(COLOURS)]
            masked = paint_mask(pixels, sheet.meshes.points[0], worn, colour)
            chances[worn].append(float(detector.mask_chances(masked, sheet.frames)[0]))
    assert len(paths) == 20
    assert max(chances["bare"]) < 0.25
    assert max(chances[Worn.ON_CHIN]) < 0.5
    assert min(chances[Worn.OVER_NOSE]) > 0.75
    assert np.mean(chances[Worn.BELOW_NOSE]) < np.mean(chances[Worn.OVER_NOSE]) - 0.1
