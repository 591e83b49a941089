"""The manifest of a bulk job: a text of lines, each of which names a picture."""

from dataclasses import dataclass

from vidimus.engine.jobs import ObjectPlace
from vidimus.errors import InvalidManifest
from vidimus.storage.objects import ObjectStore

MOST_LINES = 10_000
"""So many pictures may be in one job (as at Amazon)."""

MOST_BYTES = 32 * 1024 * 1024
"""So long may a manifest be: lines of three thousand bytes each."""


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """A line that is not blank: its number in the file, from 1, and its bytes."""

    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """The lines of a manifest; `identity` changes when the object is replaced."""

    lines: tuple[ManifestLine, ...]
    identity: str


def read_manifest(objects: ObjectStore, place: ObjectPlace) -> Manifest:
    """Read a manifest.

    Raises InvalidS3Object where it cannot be read, InvalidManifest where it has no line, more than
    10,000 lines or more than 32 MB, and StorageUnavailable.
    """
    with objects.open_object(place.bucket, place.name, place.version) as file:
        if file.size > MOST_BYTES:
            raise InvalidManifest(
                f"The manifest has {file.size} bytes; at most {MOST_BYTES} are allowed"
            )
        content, identity = file.read(MOST_BYTES), file.identity
    parts = enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1)
    lines = tuple(ManifestLine(number, part.strip()) for number, part in parts if part.strip())
    if not lines:
        raise InvalidManifest("The manifest has no line that names a picture")
    if len(lines) > MOST_LINES:
        raise InvalidManifest(
            f"The manifest names {len(lines)} pictures; at most {MOST_LINES} are allowed"
        )
    return Manifest(lines, identity)
