"""Made-up embedded sets: what a network would give, without one."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vidimus.evaluation.photographs import EmbeddedSet, Photograph


def unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def embedded_people(people: int, pictures: int = 2, noise: float = 0.4) -> EmbeddedSet:
    """Random faces: pictures of one person differ by noise, people are independent."""
    random = np.random.default_rng(5)
    faces = np.repeat(random.normal(size=(people, 24)), pictures, axis=0)
    rows = unit(faces + noise * random.normal(size=faces.shape))
    subjects = np.repeat(np.arange(people), pictures)
    photographs = tuple(
        Photograph(f"p{subject:03}", Path(f"{number}.jpg"), f"p{subject:03}/{number}.jpg")
        for number, subject in enumerate(subjects)
    )
    return EmbeddedSet(photographs, rows, subjects, (("p000/blurred.jpg", "no face was found"),))
