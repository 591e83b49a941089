"""Draw the picture of docs/explanation/attributes.md: a portrait, found and described.

The photograph, Eileen Collins by NASA, is in the public domain and comes inside a wheel of the
package index, scikit-image's. The wheel is fetched, read and thrown away; nothing is installed.

    .venv/bin/python tools/draw_face.py
"""

import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

import vidimus
from vidimus.cli.canvas import write_picture
from vidimus.cli.picture import draw_faces

REQUIREMENT, MEMBER = "scikit-image==0.25.2", "skimage/data/astronaut.png"
OUTPUT = Path(__file__).resolve().parents[1] / "docs" / "images" / "faces.jpg"


def fetch(folder: Path) -> Image.Image:
    """Return the picture that is a member of the wheel."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", REQUIREMENT]
    subprocess.run([*command, "--only-binary=:all:", "-d", str(folder)], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return Image.open(io.BytesIO(archive.read(MEMBER))).convert("RGB")


def main() -> None:
    """Fetch, analyze, draw and write."""
    with tempfile.TemporaryDirectory() as folder:
        pixels = np.asarray(fetch(Path(folder)))
    with vidimus.open_engine() as engine:
        faces = engine.faces.detect_faces(pixels)
        details = engine.faces.describe_faces(pixels, faces, frozenset(vidimus.Attribute))
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    write_picture(OUTPUT, draw_faces(pixels, details))
    sys.stdout.write(f"{OUTPUT}: {len(details)} faces\n")


if __name__ == "__main__":
    main()
