"""Reading a labelled set, and what happens to pictures that cannot be used."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from vidimus.errors import ConfigurationError
from vidimus.evaluation.photographs import embed_photographs, read_photographs
from vidimus.geometry import BoundingBox
from vidimus.vision.face_types import DetectedFace

Pixels = NDArray[np.uint8]


def jpeg(shade: int) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (64, 64), (shade, shade, shade)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, shade in (("grace/1.jpg", 200), ("ada/1.jpg", 90), ("ada/2.JPG", 100)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(jpeg(shade))
    (tmp_path / "ada" / "notes.txt").write_text("not a picture")
    return tmp_path


class ShadeReader:
    """Sees one face in every picture that is not black; its embedding tells the shade."""

    def detect_faces(self, pixels: Pixels, *, limit: int = 100) -> list[DetectedFace]:
        face = DetectedFace(BoundingBox(0, 0, 1, 1), 99.0, np.zeros((5, 2), np.float32))
        return [face] * min(limit, int(pixels.mean() > 20))

    def embed_faces(
        self, pixels: Pixels, faces: Sequence[DetectedFace], version: str
    ) -> NDArray[np.float32]:
        shade = float(pixels.mean()) / 255
        return np.array([[shade, (1 - shade**2) ** 0.5]] * len(faces), np.float32)


def test_each_sub_folder_is_a_person(folder: Path) -> None:
    found = read_photographs(folder)
    assert [(each.subject, each.name) for each in found] == [
        ("ada", "ada/1.jpg"),
        ("ada", "ada/2.JPG"),
        ("grace", "grace/1.jpg"),
    ]


def test_a_csv_names_people_and_files(folder: Path) -> None:
    table = folder / "set.csv"
    table.write_text("subject,file\nlovelace,ada/1.jpg\nhopper,grace/1.jpg\n", encoding="utf-8")
    found = read_photographs(table)
    assert [(each.subject, each.name) for each in found] == [
        ("lovelace", "ada/1.jpg"),
        ("hopper", "grace/1.jpg"),
    ]
    assert all(each.path.is_file() for each in found)


def test_excluded_photographs_are_left_out(folder: Path) -> None:
    assert len(read_photographs(folder, ["ada/1.jpg"])) == 2


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("none.csv", None, "neither a folder nor a CSV"),
        ("columns.csv", "who,picture\nada,ada/1.jpg\n", "needs the columns subject and file"),
        ("missing.csv", "subject,file\nada,ada/9.jpg\n", "9.jpg, which is not there"),
    ],
)
def test_a_source_that_cannot_be_read_is_refused(
    folder: Path, name: str, text: str | None, message: str
) -> None:
    if text is not None:
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        read_photographs(folder / name)


def test_excluding_what_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"ada/7\.jpg"):
        read_photographs(folder, ["ada/7.jpg"])


def test_photographs_without_a_face_or_unreadable_are_left_out_and_named(folder: Path) -> None:
    (folder / "ada" / "3.jpg").write_bytes(jpeg(0))
    (folder / "ada" / "4.jpg").write_bytes(b"not a picture")
    told: list[tuple[int, int]] = []
    embedded = embed_photographs(
        read_photographs(folder),
        ShadeReader(),
        "1.0",
        progress=lambda done, total: told.append((done, total)),
    )
    assert [each.name for each in embedded.photographs] == ["ada/1.jpg", "ada/2.JPG", "grace/1.jpg"]
    assert embedded.subjects.tolist() == [0, 0, 1]
    assert embedded.embeddings.shape == (3, 2)
    assert [name for name, _ in embedded.skipped] == ["ada/3.jpg", "ada/4.jpg"]
    assert embedded.skipped[0][1] == "no face was found"
    assert told[-1] == (5, 5)


def test_a_set_without_any_face_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "1.jpg").write_bytes(jpeg(0))
    with pytest.raises(ConfigurationError, match="No face was found"):
        embed_photographs(read_photographs(tmp_path), ShadeReader(), "1.0")
