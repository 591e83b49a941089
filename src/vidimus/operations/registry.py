"""The operations that are built, by the name the API gives them.

An operation is a function of the engine, the validated request and the caller; a decorator
enters it here. The coverage table of the documentation is generated from this registry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from vidimus.accountability.ledger import Receipt
from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.errors import UnknownOperation

RECEIPT_HEADER = "x-vidimus-ledger-receipt"


@dataclass(frozen=True, slots=True)
class Answer:
    """An operation's output (keys as the API has them) and extra response headers."""

    output: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Engine, Any, Caller], Answer]
HandlerT = TypeVar("HandlerT", bound=Handler)


@dataclass(frozen=True, slots=True)
class Registered:
    """An operation that is built; `partial` says what its answers lack, or is empty."""

    name: str
    handler: Handler
    partial: str


REGISTRY: dict[str, Registered] = {}


def operation(name: str, *, partial: str = "") -> Callable[[HandlerT], HandlerT]:
    """Enter the decorated function under the operation's name."""

    def register(handler: HandlerT) -> HandlerT:
        REGISTRY[name] = Registered(name, handler, partial)
        return handler

    return register


def recorded(output: Mapping[str, object], receipt: Receipt) -> Answer:
    """Answer with the ledger's receipt in a header, for callers who keep account."""
    return Answer(output, {RECEIPT_HEADER: f"{receipt.sequence}:{receipt.digest}"})


class EngineDispatcher:
    """Carries out operations on one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def implemented(self) -> frozenset[str]:
        """The names of the operations that `call` knows."""
        return frozenset(REGISTRY)

    def call(self, name: str, params: Mapping[str, object], caller: Caller) -> Answer:
        """Carry out an operation; raises UnknownOperation, or what the operation raises."""
        if name not in REGISTRY:
            raise UnknownOperation(f"{name} is not implemented")
        return REGISTRY[name].handler(self._engine, params, caller)
