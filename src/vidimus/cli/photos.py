"""The pictures and videos that a command line names: files, and those of folders."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

ENDINGS = frozenset(
    (".jpg", ".jpeg", ".jpe", ".png", ".webp", ".avif", ".tif", ".tiff", ".heic", ".heif")
)
"""What files of a folder are taken for pictures; whether one is, its bytes tell."""

VIDEO_ENDINGS = frozenset((".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi"))
"""What files are taken for videos; whether one is, its bytes tell."""

WRITTEN_ENDINGS = (".mp4", ".m4v", ".mkv", ".webm")
"""Endings of the videos that can be written."""


def find_photos(places: Iterable[Path], endings: Collection[str] = ENDINGS) -> list[Path]:
    """Return the files named, and the pictures in the folders named and below them, by name.

    `endings` say what of a folder counts.

    A file that is named counts whatever it is called. Hidden files and folders are passed over,
    and no file is returned twice.
    """
    return list(dict.fromkeys(photo for place in places for photo in _photos_of(place, endings)))


def _photos_of(place: Path, endings: Collection[str]) -> Iterator[Path]:
    if not place.is_dir():
        yield place
        return
    for entry in sorted(place.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir() or entry.suffix.lower() in endings:
            yield from _photos_of(entry, endings)


def sha256_of(path: Path) -> str:
    """Return the digest of a file's bytes, as the ledger names files."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
