"""Files that hold one secret key, readable by their owner alone."""

import os
import secrets
from pathlib import Path

from vidimus.errors import ConfigurationError

KEY_BYTES = 32
_FOR_OTHERS = 0o077


def read_or_create_key(path: Path) -> bytes:
    """Return the 32 bytes that `path` holds as 64 hexadecimal digits; makes the file if missing.

    Two processes that start at once get the same key. Raises ConfigurationError where the file
    cannot be read or made, may be read by others than its owner, or holds something else.
    """
    try:
        if not path.exists():
            _create(path)
        return _read(path)
    except OSError as trouble:
        raise ConfigurationError(f"the key file {path} cannot be used: {trouble}") from trouble


def _create(path: Path) -> None:
    """Write a key beside `path` first: whoever finds `path` must find a whole key in it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(file, "w") as stream:
            stream.write(secrets.token_hex(KEY_BYTES) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        _publish(draft, path)
    finally:
        draft.unlink()


def _publish(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # Another process was faster; its key is the key.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        mode = os.fstat(stream.fileno()).st_mode
        text = stream.read(4 * KEY_BYTES)
    if mode & _FOR_OTHERS:
        raise ConfigurationError(
            f"the key file {path} may be read by others (mode {mode & 0o777:04o}): chmod 600 {path}"
        )
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"the key file {path} does not hold 64 hexadecimal digits")
    return key
