"""The networks that look at faces, each opened when it is first needed; None when not installed."""

from typing import TYPE_CHECKING

from vidimus.errors import ModelUnavailable
from vidimus.lazy import lazy
from vidimus.models.age_gender import AgeGender
from vidimus.models.emotion import Expressions
from vidimus.models.eyes import EyeContours, EyeState
from vidimus.models.face_detector import FaceDetector, open_face_detector
from vidimus.models.face_embedder import FaceEmbedder, fuse_face_embedders, open_face_embedder
from vidimus.models.face_mesh import FaceMesh
from vidimus.models.gaze import Gaze
from vidimus.models.head_pose import FsaNet
from vidimus.models.yes_no import YesNo

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.registry import ModelRegistry
    from vidimus.runtime.session import ModelSession

Opened = tuple["ModelCard", "ModelSession"]


class FaceNets:
    """Opens networks through the registry, which opens each file once whoever asks."""

    def __init__(self, registry: "ModelRegistry") -> None:
        self._registry = registry
        self._embedders: dict[str, FaceEmbedder] = {}
        self._yes_no: dict[str, YesNo | None] = {}

    def names(self, task: str) -> tuple[str, ...]:
        """Name the installed networks for `task`, best first; none is opened."""
        return tuple(card.name for card in self._registry.cards_for(task))

    @lazy
    def detector_card(self) -> "ModelCard":
        """The best detector's card; raises ModelUnavailable when none is installed."""
        card = self._registry.card_for("face_detector")
        if card is None:
            raise ModelUnavailable("No face detector is installed; run `vidimus models pull`.")
        return card

    @lazy
    def detector(self) -> FaceDetector:
        """The best face detector; raises ModelUnavailable when none is installed."""
        return open_face_detector(*self._open(self.detector_card))

    @property
    def detectors(self) -> list[FaceDetector]:
        """Every face detector that is installed, best first."""
        return [open_face_detector(*opened) for opened in self._opened("face_detector")]

    def embedder(self, version: str) -> FaceEmbedder:
        """Return the embedder of `version`; raises ModelUnavailable unless it is installed."""
        if version not in self._embedders:
            card = self._registry.embedder_of_version(version)
            self._embedders[version] = self._open_embedder(card)
        return self._embedders[version]

    @lazy
    def mesh(self) -> FaceMesh | None:
        """What finds the 468 points."""
        opened = self._opened("face_mesh")
        return FaceMesh(*opened[0]) if opened else None

    @lazy
    def eye_contours(self) -> EyeContours | None:
        """What finds the lids and the pupils; it needs the mesh."""
        opened = self._opened("iris")
        return EyeContours(*opened[0]) if opened and self.mesh else None

    @lazy
    def eye_state(self) -> EyeState | None:
        """What tells open eyes from closed ones."""
        opened = self._opened("eye_state")
        return EyeState(*opened[0]) if opened else None

    @lazy
    def head_pose(self) -> FsaNet | None:
        """What tells how heads are turned; without it the mesh does."""
        opened = self._opened("head_pose")
        return FsaNet(opened) if opened else None

    @lazy
    def age_gender(self) -> AgeGender | None:
        """What tells age and gender by appearance."""
        opened = self._opened("age_gender")
        return AgeGender(opened) if opened else None

    @lazy
    def expressions(self) -> Expressions | None:
        """What tells expressions."""
        opened = self._opened("emotion")
        return Expressions(opened) if opened else None

    @lazy
    def gaze(self) -> Gaze | None:
        """What tells where the eyes look; it needs the mesh."""
        gaze, head = self._opened("gaze"), self._opened("gaze_head_pose")
        return Gaze(gaze[0], head[0]) if gaze and head and self.mesh else None

    def yes_no(self, task: str) -> YesNo | None:
        """Return what answers a yes-or-no question about faces."""
        if task not in self._yes_no:
            opened = self._opened(task)
            self._yes_no[task] = YesNo(*opened[0]) if opened else None
        return self._yes_no[task]

    def _open_embedder(self, card: "ModelCard") -> FaceEmbedder:
        if not card.files:
            first, second = (
                self._open_embedder(self._registry.catalog.card(name)) for name in card.needs
            )
            return fuse_face_embedders(card, first, second)
        return open_face_embedder(*self._open(card))

    def _opened(self, task: str) -> list[Opened]:
        return [self._open(card) for card in self._registry.cards_for(task)]

    def _open(self, card: "ModelCard") -> Opened:
        return card, self._registry.session(card.name)
