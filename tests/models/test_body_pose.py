"""Poses back in the picture's pixels, and the real networks on photographs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.models.fake_session import FakeSession, card
from vidimus.engine.engine import Engine
from vidimus.imaging.decode import decode_picture
from vidimus.models.body_pose import EYES, NOSE, POINTS, SHOULDERS, BodyFinder, BodyPose
from vidimus.models.turned_square import TurnedSquares
from vidimus.runtime.session import Arrays

SIZE = 64


def network(mask: NDArray[np.float32] | None = None) -> FakeSession:
    """A network that sees every point in the middle of its square, the second helper above it."""

    def answer(inputs: Arrays) -> dict[str, NDArray[Any]]:
        count = len(next(iter(inputs.values())))
        points = np.zeros((count, 39, 5), np.float32)
        points[:, :, :2] = SIZE / 2
        points[:, 34, 1] = SIZE / 4
        points[:, 0, 3] = 3
        masks = np.full((SIZE, SIZE), -5, np.float32) if mask is None else mask
        return {
            "points": points.reshape(count, -1),
            "presence": np.full((count, 1), 0.75, np.float32),
            "mask": np.tile(masks[None, ..., None], (count, 1, 1, 1)),
        }

    return FakeSession(answer)


def squares(*rows: tuple[float, float, float, float]) -> TurnedSquares:
    values = np.array(rows, np.float32)
    return TurnedSquares(values[:, :2], values[:, 2], values[:, 3])


def picture() -> NDArray[np.uint8]:
    return np.zeros((200, 300, 3), np.uint8)


def test_points_and_the_next_square_are_in_pixels_of_the_picture() -> None:
    session = network()
    poses = BodyPose(card("pose", SIZE), session).find_poses(
        picture(), squares((100, 50, 80, 0), (200, 150, 40, np.pi / 2))
    )
    assert session.batches == [2]
    assert poses.points.shape == (2, POINTS, 2)
    np.testing.assert_allclose(poses.points[:, 5], [[100, 50], [200, 150]], atol=1e-3)
    np.testing.assert_allclose(poses.presence, 0.75)
    np.testing.assert_allclose(poses.visibility[0, :2], [1 / (1 + np.exp(-3)), 0.5], rtol=1e-5)
    # The circle reaches a quarter of the square upwards, and a quarter more is room.
    np.testing.assert_allclose(poses.again.sides, [80 / 4 * 2.5, 40 / 4 * 2.5], rtol=1e-4)
    np.testing.assert_allclose(poses.again.angles, [0, np.pi / 2], atol=1e-4)


def test_the_extent_is_the_box_around_the_mask() -> None:
    mask = np.full((SIZE, SIZE), -5, np.float32)
    mask[16:33, 8:25] = 5
    poses = BodyPose(card("pose", SIZE), network(mask)).find_poses(
        picture(), squares((100, 100, 2 * SIZE, 0))
    )
    left, top = 100 - SIZE, 100 - SIZE
    np.testing.assert_allclose(
        poses.extents[0], [left + 17, top + 33, left + 49, top + 65], atol=0.01
    )


def test_without_a_mask_there_is_no_extent_and_without_squares_no_pose() -> None:
    reader = BodyPose(card("pose", SIZE), network())
    assert np.isnan(reader.find_poses(picture(), squares((50, 50, 40, 0))).extents).all()
    nothing = reader.find_poses(picture(), TurnedSquares.around(np.zeros((0, 4), np.float32), 1))
    assert len(nothing) == 0
    assert nothing.extents.shape == (0, 4)


@pytest.fixture(scope="module")
def hopper(shared: Path) -> NDArray[np.uint8]:
    data = (shared / "data" / "samples" / "things" / "grace_hopper.jpg").read_bytes()
    return decode_picture(data, max_pixels=10**8).pixels


def test_a_sitter_is_found_and_her_left_is_on_the_pictures_right(
    engine: Engine, hopper: NDArray[np.uint8]
) -> None:
    finder, reader = engine.nets.body_finder, engine.nets.body_pose
    if finder is None or reader is None:
        pytest.skip("the core pack is not installed")
    assert isinstance(finder, BodyFinder)
    height, width = hopper.shape[:2]
    whole = TurnedSquares.around(np.array([[0, 0, width, height]], np.float32), 1)
    ((bodies, scores),) = finder.find_bodies(hopper, whole, 0.5)
    assert len(bodies) == len(scores) == 1
    poses = reader.find_poses(hopper, bodies)
    (face,) = engine.faces.detect_faces(hopper)
    across = np.linalg.norm(face.points[1] - face.points[0])
    assert poses.presence[0] > 0.8
    assert np.linalg.norm(poses.points[0, NOSE] - face.points[2]) < 0.5 * across
    for left, right in (EYES, SHOULDERS):
        assert poses.points[0, left, 0] > poses.points[0, right, 0] + 0.3 * across
