"""Gather a few pictures that anybody may show, to try vidimus on.

Photographs come from inside a wheel of the package index, scikit-image's: Eileen Collins (NASA,
public domain), Chelsea the cat by Stefan van der Walt and a cup of coffee by Rachel Michetti (both
CC0). A sign is drawn. The wheel is fetched, read and thrown away; nothing is installed.

    .venv/bin/python tools/gather_sample_pictures.py samples
    .venv/bin/vidimus analyze samples -o samples.html
"""

import argparse
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

REQUIREMENT = "scikit-image==0.25.2"
MEMBERS = {name: f"skimage/data/{name}.png" for name in ("astronaut", "chelsea", "coffee")}


def photographs() -> dict[str, Image.Image]:
    """Return the photographs by name, RGB."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", REQUIREMENT]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*command, "--only-binary=:all:", "-d", folder], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return {
                name: Image.open(io.BytesIO(archive.read(member))).convert("RGB")
                for name, member in MEMBERS.items()
            }


def sign() -> Image.Image:
    """Return a drawn sign, a little askew."""
    board = Image.new("RGB", (560, 300), "#1d3557")
    draw = ImageDraw.Draw(board)
    draw.rectangle((14, 14, 546, 286), outline="#f1faee", width=6)
    for text, size, top in (("VIDIMUS", 92, 60), ("open 9 to 17", 52, 185)):
        font = ImageFont.load_default(size)
        draw.text((280, top), text, fill="#f1faee", font=font, anchor="mt")
    turned = board.rotate(8, expand=True, fillcolor="#a8b5a2", resample=Image.Resampling.BICUBIC)
    street = Image.new("RGB", (760, 520), "#a8b5a2")
    street.paste(turned, ((760 - turned.width) // 2, (520 - turned.height) // 2))
    return street


def main() -> None:
    """Write the pictures into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in {**photographs(), "sign": sign()}.items():
        picture.save(folder / f"{name}.png")
    sys.stdout.write(f"{folder}: {len(MEMBERS) + 1} pictures\n")


if __name__ == "__main__":
    main()
