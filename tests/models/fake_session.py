"""A session that answers by a function, and the card of a network that takes small chips."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidimus.runtime.catalog import InputLayout, ModelCard
from vidimus.runtime.session import Arrays, Shape

Answer = Callable[[Arrays], dict[str, NDArray[Any]]]


class FakeSession:
    """Runs `answer`; `batches` are the row counts it was run with."""

    def __init__(self, answer: Answer, inputs: tuple[str, ...] = ("data",)) -> None:
        self._answer = answer
        self._inputs = inputs
        self.batches: list[int] = []

    @property
    def inputs(self) -> Mapping[str, Shape]:
        return dict.fromkeys(self._inputs, (None,))

    @property
    def outputs(self) -> tuple[str, ...]:
        return ()

    @property
    def metadata(self) -> Mapping[str, str]:
        return {}

    def run(self, inputs: Arrays) -> dict[str, NDArray[Any]]:
        self.batches.append(len(next(iter(inputs.values()))))
        return self._answer(inputs)


def card(name: str = "net", size: int | None = 4, **parameters: object) -> ModelCard:
    return ModelCard(
        name=name,
        task="test",
        pack="overlay",
        rank=1,
        title=name,
        licence_code="MIT",
        licence_weights="MIT",
        training_data="",
        input=InputLayout(width=size, height=size, layout="NHWC"),
        parameters=parameters,
    )


def constant(**outputs: list[float]) -> FakeSession:
    """A session that gives the same row for every chip."""

    def answer(inputs: Arrays) -> dict[str, NDArray[Any]]:
        count = len(next(iter(inputs.values())))
        return {
            name: np.tile(np.asarray(row, np.float32), (count, 1)) for name, row in outputs.items()
        }

    return FakeSession(answer)


def upright_points(count: int = 1) -> NDArray[np.float32]:
    points = [[40, 40], [60, 40], [50, 50], [43, 62], [57, 62]]
    return np.tile(np.array(points, np.float32), (count, 1, 1))
