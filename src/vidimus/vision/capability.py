"""What can be told with the networks that are installed, for the doctor and the greeting."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether one part of an answer can be told here.

    `answer` names the part. `models` names the networks that tell it, best first; it is empty
    when none is installed, and `hint` then says what to install, or that no model is known.
    """

    answer: str
    models: tuple[str, ...] = ()
    hint: str = ""

    @property
    def told(self) -> bool:
        """Say whether an installed model tells this part."""
        return bool(self.models)
