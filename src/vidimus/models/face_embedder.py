"""Faces into unit vectors whose dot product says how alike two faces are.

Every network here wants the same thing: the face warped so that its five points lie on the
network's own template. What differs (template, channel order, mean, scale, whether the mirrored
face is averaged in) stands on the card.
"""

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.imaging.align import align_faces

if TYPE_CHECKING:
    from vidimus.runtime.catalog import InputLayout, ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_BATCH = 8
"""Most faces in one run: measured, more gain no time and cost memory."""


class FaceEmbedder(Protocol):
    """What turns faces into embeddings; embeddings of different versions never compare."""

    @property
    def name(self) -> str:
        """The card's name."""
        ...

    @property
    def version(self) -> str:
        """The version that collections are pinned to, digits and dots."""
        ...

    @property
    def dimensions(self) -> int:
        """How many numbers an embedding has."""
        ...

    def embed_faces(self, pixels: Pixels, points: Floats) -> Floats:
        """Embed the faces of an RGB picture (h, w, 3) by their five points (n, 5, 2) in pixels.

        Returns float32 (n, dimensions) of unit length; no faces give (0, dimensions).
        """
        ...


class TemplateEmbedder:
    """One network that takes square chips aligned to a template of five points.

    The card gives the input layout and the parameters `template` (five places as ratios of the
    chip's side, image-left eye first), `dimensions` and `mirror` (whether the embedding is the
    mean of the chip's and the mirrored chip's; it doubles the time). Raises ConfigurationError
    when one is missing or does not fit.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self.version = _version_of(card)
        self.dimensions = int(card.parameters["dimensions"])
        self._session = session
        self._layout = card.input
        self._size = _side_of(card)
        self._mirror = bool(card.parameters.get("mirror", False))
        self._template = np.asarray(card.parameters["template"], np.float32) * self._size
        if self._template.shape != (5, 2):
            raise ConfigurationError(f"{card.name}: the template needs five places (x, y).")
        (self._input,) = session.inputs

    def embed_faces(self, pixels: Pixels, points: Floats) -> Floats:
        """Embed the faces of an RGB picture by their five points; see FaceEmbedder."""
        return self.embed_chips(align_faces(pixels, points, self._template, self._size))

    def embed_chips(self, chips: Pixels) -> Floats:
        """Embed aligned faces, RGB uint8 (n, size, size, 3), to unit vectors (n, dimensions)."""
        if not len(chips):
            return np.zeros((0, self.dimensions), np.float32)
        embeddings = unit_rows(self._run(chips))
        if self._mirror:
            embeddings = unit_rows(embeddings + unit_rows(self._run(chips[:, :, ::-1])))
        return embeddings

    def _run(self, chips: Pixels) -> Floats:
        rows = []
        for start in range(0, len(chips), _BATCH):
            tensor = network_input(chips[start : start + _BATCH], self._layout)
            (output,) = self._session.run({self._input: tensor}).values()
            rows.append(output.reshape(len(tensor), -1))
        found = np.concatenate(rows)
        if found.shape[1] != self.dimensions:
            raise ConfigurationError(
                f"{self.name}: the network gives {found.shape[1]} numbers a face, but its card "
                f"says dimensions = {self.dimensions}."
            )
        return np.asarray(found, np.float32)


class FusedEmbedder:
    """Two embedders side by side, so that the score is the weighted mean of their cosines.

    `first_share` (0..1) is the weight of the first; shares in the ratio of the inverse deviations
    of the impostors' cosines let both count alike.
    """

    def __init__(
        self, card: "ModelCard", first: FaceEmbedder, second: FaceEmbedder, first_share: float
    ) -> None:
        self.name = card.name
        self.version = _version_of(card)
        self.dimensions = first.dimensions + second.dimensions
        self._parts = (first, second)
        self._weights = (np.float32(first_share**0.5), np.float32((1 - first_share) ** 0.5))

    def embed_faces(self, pixels: Pixels, points: Floats) -> Floats:
        """Embed the faces of an RGB picture by their five points; see FaceEmbedder."""
        return np.concatenate(
            [
                weight * part.embed_faces(pixels, points)
                for weight, part in zip(self._weights, self._parts, strict=True)
            ],
            axis=1,
        )


def open_face_embedder(card: "ModelCard", session: "ModelSession") -> FaceEmbedder:
    """Return the embedder of a card that has a network of its own."""
    return TemplateEmbedder(card, session)


def fuse_face_embedders(
    card: "ModelCard", first: FaceEmbedder, second: FaceEmbedder
) -> FaceEmbedder:
    """Return the embedder of a card that needs two others, by its parameter `first_share`.

    Raises ConfigurationError when the share is missing or not between 0 and 1.
    """
    share = card.parameters.get("first_share")
    if not isinstance(share, float) or not 0 < share < 1:
        raise ConfigurationError(f"{card.name}: first_share must be between 0 and 1.")
    return FusedEmbedder(card, first, second, share)


def unit_rows(rows: Floats) -> Floats:
    """Scale each row (n, d) to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)


def network_input(chips: Pixels, layout: "InputLayout") -> Floats:
    """Lay RGB pictures (n, h, w, 3) out as a network wants them: (pixel - mean) * scale."""
    tensor = chips.astype(np.float32)
    if layout.channels == "BGR":
        tensor = tensor[..., ::-1]
    if any(layout.mean):
        tensor = tensor - np.asarray(layout.mean, np.float32)
    if layout.scale != 1:
        tensor = tensor * np.float32(layout.scale)
    return np.ascontiguousarray(tensor.transpose(0, 3, 1, 2) if layout.layout == "NCHW" else tensor)


def _version_of(card: "ModelCard") -> str:
    if card.version is None:
        raise ConfigurationError(f"{card.name}: a face embedder needs a version.")
    return card.version


def _side_of(card: "ModelCard") -> int:
    if card.input.width is None or card.input.width != card.input.height:
        raise ConfigurationError(f"{card.name}: a face embedder needs a square input.")
    return card.input.width
