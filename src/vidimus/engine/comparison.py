"""Verification: is the face in this picture among the faces in that one?"""

from collections.abc import Sequence
from dataclasses import dataclass

from vidimus.accountability.ledger import Receipt
from vidimus.engine.caller import Caller
from vidimus.engine.portraits import Portrait, Portraits, find_portraits
from vidimus.engine.record import Act, Recorder
from vidimus.engine.scales import SimilarityScales
from vidimus.errors import InvalidParameter
from vidimus.imaging.decode import Picture
from vidimus.storage.database import Database
from vidimus.vision.face_types import FaceDetail
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.quality_filter import QualityLevel


@dataclass(frozen=True, slots=True)
class FaceComparison:
    """A target face and its similarity (0..100) to the source face."""

    similarity: float
    face: FaceDetail


@dataclass(frozen=True, slots=True)
class ComparisonOutcome:
    """What a comparison found: `matches` most similar first, `unmatched` largest first."""

    source: FaceDetail
    matches: tuple[FaceComparison, ...]
    unmatched: tuple[FaceComparison, ...]
    model_version: str
    receipt: Receipt


class Comparison:
    """Compares faces of two pictures and records that it did."""

    def __init__(
        self,
        analyzer: FaceAnalyzer,
        scales: SimilarityScales,
        database: Database,
        recorder: Recorder,
        model_version: str,
    ) -> None:
        self._analyzer = analyzer
        self._scales = scales
        self._database = database
        self._recorder = recorder
        self._model_version = model_version

    def compare_faces(
        self,
        source: Picture,
        target: Picture,
        *,
        threshold: float = 80.0,
        quality: QualityLevel = QualityLevel.NONE,
        caller: Caller | None = None,
    ) -> ComparisonOutcome:
        """Compare the largest face of `source` with the faces of `target`.

        Faces whose similarity (0..100) is at least `threshold` are matches. Faces that fail the
        quality filter are not compared. Raises InvalidParameter where a picture has no face, or
        the source none that passes.
        """
        probe = largest_fit(find_portraits(self._analyzer, source, quality), "SourceImage")
        portraits = find_portraits(self._analyzer, target, quality)
        if not len(portraits):
            raise InvalidParameter("TargetImage: no face was found in the picture")
        compared = self._similarities(source, probe, target, portraits.fit)
        matches = [each for each in compared if each.similarity >= threshold]
        matches.sort(key=lambda each: -each.similarity)
        receipt = self._record(source, target, compared, len(matches), threshold, caller)
        return ComparisonOutcome(
            source=probe.detail,
            matches=tuple(matches),
            unmatched=tuple(each for each in compared if each.similarity < threshold),
            model_version=self._model_version,
            receipt=receipt,
        )

    def _similarities(
        self,
        source: Picture,
        probe: Portrait,
        target: Picture,
        portraits: Sequence[Portrait],
    ) -> list[FaceComparison]:
        faces = [portrait.face for portrait in portraits]
        embeddings = self._analyzer.embed_faces(target.pixels, faces, self._model_version)
        (probe_embedding,) = self._analyzer.embed_faces(
            source.pixels, [probe.face], self._model_version
        )
        scale = self._scales.scale(self._model_version)
        return [
            FaceComparison(scale.similarity(float(score)), portrait.detail)
            for score, portrait in zip(embeddings @ probe_embedding, portraits, strict=True)
        ]

    def _record(
        self,
        source: Picture,
        target: Picture,
        compared: Sequence[FaceComparison],
        matched: int,
        threshold: float,
        caller: Caller | None,
    ) -> Receipt:
        act = Act(
            operation="CompareFaces",
            model_version=self._model_version,
            details={"source_sha256": source.sha256, "target_sha256": target.sha256},
            threshold=threshold,
            found=tuple(
                (f"target-{number}", each.similarity) for number, each in enumerate(compared)
            ),
            matched=matched,
        )
        with self._database.writing() as tx:
            return self._recorder.record(tx, act, caller)


def largest_fit(portraits: Portraits, member: str) -> Portrait:
    """Return the largest face that passed the filter; raises InvalidParameter naming `member`."""
    if portraits.fit:
        return portraits.fit[0]
    if portraits.unfit:
        reasons = ", ".join(portraits.unfit[0].reasons)
        raise InvalidParameter(f"{member}: no face passes the quality filter ({reasons})")
    raise InvalidParameter(f"{member}: no face was found in the picture")
