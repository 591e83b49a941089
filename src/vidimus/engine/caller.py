"""Who asks, and under which request: what every record in the ledger begins with."""

import getpass
from dataclasses import dataclass, field
from typing import Self
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal and the request it makes.

    `access_key_id` is the key that signed the request, or `local:<user>` for someone who uses
    the engine on this machine without the server.
    """

    access_key_id: str
    request_id: str = field(default_factory=lambda: str(uuid4()))

    @classmethod
    def local(cls) -> Self:
        """Return the operating system's user, under a fresh request id."""
        return cls(f"local:{getpass.getuser()}")
