"""A labelled set of photographs, and the embeddings of the faces in them."""

import csv
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import CallerError, ConfigurationError
from vidimus.imaging.decode import decode_picture
from vidimus.vision.face_types import DetectedFace

PICTURE_SUFFIXES = frozenset(
    {".avif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
)

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Photograph:
    """One picture of one known person; `name` is how reports call it."""

    subject: str
    path: Path
    name: str


class FaceReader(Protocol):
    """What finds faces and embeds them; `vidimus.vision.faces.FaceAnalyzer` is one."""

    def detect_faces(self, pixels: Pixels, *, limit: int = 100) -> list[DetectedFace]:
        """Return the faces, largest first."""

    def embed_faces(
        self, pixels: Pixels, faces: Sequence[DetectedFace], version: str
    ) -> NDArray[np.float32]:
        """Return (faces, dimensions) embeddings of unit norm by the embedder `version`."""


@dataclass(frozen=True, slots=True)
class EmbeddedSet:
    """The photographs in which a face was found, and those left out with the reason.

    `embeddings` is (photographs, dimensions), `subjects` (photographs,) numbers the people from
    0 in the order of their names.
    """

    photographs: tuple[Photograph, ...]
    embeddings: NDArray[np.float32]
    subjects: NDArray[np.int64]
    skipped: tuple[tuple[str, str], ...]


def read_photographs(source: Path, excluded: Iterable[str] = ()) -> tuple[Photograph, ...]:
    """List the photographs of a folder of folders, or of a CSV with columns subject and file.

    In a folder, each sub-folder is one person; files in a CSV are relative to it. A photograph's
    name is its path below the folder; those named in `excluded` are left out. Raises
    ConfigurationError for a source that is neither, a file that is not there, or an excluded
    name that is not in the set.
    """
    found = _of_folder(source) if source.is_dir() else _of_csv(source)
    unknown = set(excluded) - {each.name for each in found}
    if unknown:
        raise ConfigurationError(f"Not in {source}, so not to exclude: {', '.join(unknown)}.")
    return tuple(each for each in found if each.name not in set(excluded))


def _of_folder(folder: Path) -> list[Photograph]:
    return [
        Photograph(path.parent.name, path, str(path.relative_to(folder)))
        for path in sorted(folder.glob("*/*"))
        if path.suffix.lower() in PICTURE_SUFFIXES
    ]


def _of_csv(file: Path) -> list[Photograph]:
    if not file.is_file():
        raise ConfigurationError(f"{file} is neither a folder nor a CSV file.")
    with file.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        if not {"subject", "file"} <= set(reader.fieldnames or ()):
            raise ConfigurationError(f"{file} needs the columns subject and file.")
        rows = [(row["subject"], row["file"]) for row in reader]
    photographs = [Photograph(subject, file.parent / name, name) for subject, name in rows]
    missing = next((each.path for each in photographs if not each.path.is_file()), None)
    if missing is not None:
        raise ConfigurationError(f"{file} names {missing}, which is not there.")
    return photographs


def embed_photographs(
    photographs: Sequence[Photograph],
    reader: FaceReader,
    version: str,
    *,
    max_pixels: int = 100_000_000,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> EmbeddedSet:
    """Embed the largest face of each photograph by the embedder `version`, `workers` at a time.

    `progress` is told photographs done and in all. Raises ConfigurationError where no photograph
    has a face.
    """
    embeddings: list[NDArray[np.float32]] = []
    kept: list[Photograph] = []
    skipped: list[tuple[str, str]] = []
    with ThreadPoolExecutor(workers) as pool:
        found = pool.map(lambda each: _embed(each.path, reader, version, max_pixels), photographs)
        for number, (photograph, result) in enumerate(zip(photographs, found, strict=True), 1):
            if isinstance(result, str):
                skipped.append((photograph.name, result))
            else:
                embeddings.append(result)
                kept.append(photograph)
            if progress is not None:
                progress(number, len(photographs))
    if not kept:
        raise ConfigurationError("No face was found in any of the photographs.")
    _, subjects = np.unique([each.subject for each in kept], return_inverse=True)
    numbers = subjects.astype(np.int64)
    return EmbeddedSet(tuple(kept), np.stack(embeddings), numbers, tuple(skipped))


def _embed(
    path: Path, reader: FaceReader, version: str, max_pixels: int
) -> NDArray[np.float32] | str:
    """Embed the largest face, or say why there is none."""
    try:
        pixels = decode_picture(path.read_bytes(), max_pixels=max_pixels).pixels
    except CallerError as error:
        return error.message
    faces = reader.detect_faces(pixels, limit=1)
    if not faces:
        return "no face was found"
    embedding: NDArray[np.float32] = reader.embed_faces(pixels, faces[:1], version)[0]
    return embedding
