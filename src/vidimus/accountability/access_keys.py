"""Access keys: who may call, with secrets that are encrypted where they rest.

A signature (SigV4) is checked by making it again, so the secret itself has to be kept; a hash
of it would not do. It is encrypted (AES-256-GCM) under a key that lies outside the database.
"""

import re
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vidimus.errors import (
    ConfigurationError,
    InvalidParameter,
    ResourceAlreadyExists,
    ResourceNotFound,
)
from vidimus.storage import access_keys as rows
from vidimus.storage.database import Database

_ID_PATTERN = re.compile(r"[A-Za-z0-9_]{4,128}")
_SECRET_PATTERN = re.compile(r"[!-~]{8,128}")
_LONGEST_LABEL = 256
_NONCE_BYTES = 12
_ID_LETTERS = string.ascii_uppercase + "234567"
_SECRET_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class NewAccessKey:
    """A key just made: the only time its secret is shown."""

    access_key_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccessKey:
    """What may be shown of a key; `revoked_at` is None while it may be used."""

    access_key_id: str
    label: str
    created_at: datetime
    revoked_at: datetime | None


class AccessKeys:
    """The access keys of one database; `cipher_key` is 32 bytes, `clock` tells an aware time."""

    def __init__(
        self, database: Database, cipher_key: bytes, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._cipher = AESGCM(cipher_key)
        self._clock = clock

    def create(
        self, label: str, access_key_id: str | None = None, secret: str | None = None
    ) -> NewAccessKey:
        """Make a key, random unless both its parts are given, and store it durably.

        Raises InvalidParameter for a part that is malformed or given alone, and
        ResourceAlreadyExists where the id was ever used, revoked or not.
        """
        new = _new_key(access_key_id, secret)
        if len(label) > _LONGEST_LABEL:
            raise InvalidParameter(f"label has more than {_LONGEST_LABEL} characters")
        sealed = self._encrypt(new)
        with self._database.writing() as tx:
            if rows.find(tx, new.access_key_id) is not None:
                raise ResourceAlreadyExists(f"The access key {new.access_key_id} already exists")
            rows.add(tx, rows.StoredKey(new.access_key_id, sealed, label, self._clock(), None))
        return new

    def list(self) -> tuple[AccessKey, ...]:
        """Return every key, oldest first, the revoked ones too."""
        with self._database.reading() as tx:
            return tuple(
                AccessKey(key.access_key_id, key.label, key.created_at, key.revoked_at)
                for key in rows.every(tx)
            )

    def revoke(self, access_key_id: str) -> None:
        """End a key's use at once; raises ResourceNotFound where there is none of that id."""
        with self._database.writing() as tx:
            if rows.find(tx, access_key_id) is None:
                raise ResourceNotFound(f"The access key {access_key_id} does not exist")
            rows.revoke(tx, access_key_id, self._clock())

    def secret_of(self, access_key_id: str) -> str | None:
        """Return the secret of a key that may be used, else None.

        Asks the database each time, so that a revocation by another process holds at once.
        Raises ConfigurationError where the secret was encrypted under another key.
        """
        if not _ID_PATTERN.fullmatch(access_key_id):
            return None
        with self._database.reading() as tx:
            key = rows.find(tx, access_key_id)
        if key is None or key.revoked_at is not None:
            return None
        return self._decrypt(key)

    def _encrypt(self, key: NewAccessKey) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        # The id is bound in: a ciphertext moved to another row does not open there.
        sealed = self._cipher.encrypt(nonce, key.secret.encode(), key.access_key_id.encode())
        return nonce + sealed

    def _decrypt(self, key: rows.StoredKey) -> str:
        nonce, sealed = key.secret[:_NONCE_BYTES], key.secret[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, sealed, key.access_key_id.encode()).decode()
        except (InvalidTag, ValueError) as trouble:
            raise ConfigurationError(
                f"the secret of access key {key.access_key_id} was not encrypted under this "
                "key file: put the right one back, or revoke the access key"
            ) from trouble


def _new_key(access_key_id: str | None, secret: str | None) -> NewAccessKey:
    if access_key_id is None and secret is None:
        return NewAccessKey(
            "AKIA" + "".join(secrets.choice(_ID_LETTERS) for _ in range(16)),
            "".join(secrets.choice(_SECRET_LETTERS) for _ in range(40)),
        )
    if access_key_id is None or secret is None:
        raise InvalidParameter("an access key needs both its id and its secret, or neither")
    if not _ID_PATTERN.fullmatch(access_key_id):
        raise InvalidParameter("an access key id is 4 to 128 letters, digits or underscores")
    if not _SECRET_PATTERN.fullmatch(secret):
        raise InvalidParameter("a secret is 8 to 128 printable ASCII characters without spaces")
    return NewAccessKey(access_key_id, secret)
