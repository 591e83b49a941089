"""What fusing a track's crops does to the false match rate: Congress as a video shows it.

    .venv/bin/python benchmarks/fused_tracks.py [--data FOLDER] [-o REPORT.md]

FOLDER holds members/ (portraits of 2021) and photos_2014/, files named by who they show. Each
photograph of 2014 becomes a track of five crops as a video would show the face: small, turned,
dimmed or lit, blurred and compressed, each otherwise. Their fusion, each single crop and the
untouched photograph are compared with every portrait of somebody else, and with the member's own.
"""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.face_crop import MOST_CROPS
from vidimus.gallery.similarity import SimilarityScale
from vidimus.imaging.decode import decode_picture
from vidimus.runtime.calibrations import load_calibration
from vidimus.runtime.registry import open_registry
from vidimus.settings import read_settings
from vidimus.vision.faces import FaceAnalyzer

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
SIMILARITIES = (50, 60, 70, 80)
MISLABELLED = "R000575"

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


def as_in_a_video(pixels: Pixels, side: float, rng: np.random.Generator) -> Pixels:
    """Return a picture with a face of `side` pixels as one frame of a video may show it."""
    scale = rng.uniform(55, 120) / side
    height, width = (max(round(length * scale), 32) for length in pixels.shape[:2])
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-12, 12), 1)
    small = cv2.warpAffine(small, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 1.2))
    lit = np.clip(small * rng.uniform(0.7, 1.25) + rng.normal(0, 4, small.shape), 0, 255)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 60))]
    _, written = cv2.imencode(".jpg", lit.astype(np.uint8), quality)
    return np.asarray(cv2.imdecode(written, cv2.IMREAD_COLOR), np.uint8)


def embedded(analyzer: FaceAnalyzer, pixels: Pixels, version: str) -> tuple[float, Floats] | None:
    """Return the side in pixels and the embedding of a picture's largest face."""
    faces = analyzer.detect_faces(pixels, limit=1)
    if not faces:
        return None
    box = faces[0].box
    side = float(np.sqrt(box.area * pixels.shape[0] * pixels.shape[1]))
    return side, analyzer.embed_faces(pixels, faces, version)[0]


def read(path: Path) -> Pixels:
    return decode_picture(path.read_bytes(), max_pixels=100_000_000).pixels


def tracks(
    analyzer: FaceAnalyzer, files: Sequence[Path], version: str
) -> Iterator[tuple[str, Floats, Floats]]:
    """Give who is shown, the photograph's embedding, and those of a track's crops."""
    rng = np.random.default_rng(7)
    for path in files:
        pixels = read(path)
        whole = embedded(analyzer, pixels, version)
        if whole is None:
            continue
        shown = (as_in_a_video(pixels, whole[0], rng) for _ in range(MOST_CROPS))
        found = [embedded(analyzer, each, version) for each in shown]
        crops = [each[1] for each in found if each is not None]
        if crops:
            yield path.stem, whole[1], np.stack(crops)


def report(analyzer: FaceAnalyzer, data: Path, version: str) -> Iterator[str]:
    calibration = load_calibration(version)
    if calibration is None:
        raise SystemExit(f"{version} has no calibration")
    scale = SimilarityScale.from_calibration(calibration.points)
    portraits = {
        path.stem: found[1]
        for path in sorted((data / "members").glob("*.jpg"))
        if path.stem != MISLABELLED and (found := embedded(analyzer, read(path), version))
    }
    names, gallery = np.array(list(portraits)), np.stack(list(portraits.values()))
    kinds: dict[str, list[tuple[Floats, Floats]]] = {"photograph": [], "crop": [], "track": []}
    files = sorted((data / "photos_2014").glob("*.jpg"))
    for who, whole, crops in tracks(analyzer, files, version):
        mate = names == who
        probes = {"photograph": whole[None], "crop": crops, "track": crops.mean(0)[None]}
        for kind, rows in probes.items():
            scores = rows @ gallery.T
            kinds[kind].append((scores[:, mate].ravel(), scores[:, ~mate].ravel()))
    for kind, scored in kinds.items():
        mates, others = (np.concatenate([each[place] for each in scored]) for place in (0, 1))
        for similarity in SIMILARITIES:
            least = scale.score_at(similarity)
            wrong = int((others >= least).sum())
            yield (
                f"| {version} | {kind} | {similarity} | {scale.fmr_at(similarity):.0e} "
                f"| {wrong / len(others):.1e} ({wrong} of {len(others):,}) "
                f"| {(mates >= least).mean():.1%} of {len(mates)} |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "congress")
    parser.add_argument("--versions", default="2.0,1.0")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    analyzer = FaceAnalyzer(open_registry(read_settings()))
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}. Made by `benchmarks/fused_tracks.py`.",
        "",
        "| version | probe | similarity | stated | strangers at or above | mates found |",
        "|---|---|---|---|---|---|",
    ]
    for version in options.versions.split(","):
        lines += report(analyzer, options.data, version)
    text = "\n".join(lines) + "\n"
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
