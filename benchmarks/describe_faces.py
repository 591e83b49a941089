"""What each attribute costs: three faces of one photograph, one thread, best of many runs.

    python benchmarks/describe_faces.py [PHOTO]

The models are those of the home (VIDIMUS_HOME, VIDIMUS_MODELS); without a photo it takes one of
the shared test data beside the checkout.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2

from vidimus.imaging.decode import decode_picture
from vidimus.runtime.registry import open_registry
from vidimus.settings import read_settings
from vidimus.vision.face_types import Attribute
from vidimus.vision.faces import FaceAnalyzer

PHOTO = Path(__file__).resolve().parents[2] / "shared/data/samples/things/face.jpg"
RUNS = 30


def best_ms(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def main() -> None:
    cv2.setNumThreads(1)
    photo = Path(sys.argv[1]) if len(sys.argv) > 1 else PHOTO
    pixels = decode_picture(photo.read_bytes(), max_pixels=100_000_000).pixels
    analyzer = FaceAnalyzer(open_registry(read_settings(threads=1, workers=1)))
    faces = analyzer.detect_faces(pixels)[:3]
    detect = best_ms(lambda: analyzer.detect_faces(pixels))
    default = best_ms(lambda: analyzer.describe_faces(pixels, faces))
    print(f"{photo.name} {pixels.shape[1]}x{pixels.shape[0]}, {len(faces)} faces, one thread")
    print(f"detect           {detect:6.1f} ms")
    print(f"default set      {default:6.1f} ms")
    for attribute in Attribute:
        asked = frozenset({attribute})
        cost = best_ms(lambda asked=asked: analyzer.describe_faces(pixels, faces, asked))
        print(f"+ {attribute.lower():15}{cost - default:6.1f} ms")
    every = best_ms(lambda: analyzer.describe_faces(pixels, faces, frozenset(Attribute)))
    print(f"all              {every:6.1f} ms")


if __name__ == "__main__":
    main()
