"""Start to first answer when set up, and memory: idle, and after every operation on pictures.

.venv/bin/python benchmarks/startup.py --shared ../shared
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from live_server import Client, machine, resident_mb, serving
from vidimus import read_settings
from vidimus.runtime.catalog import load_catalog
from vidimus.runtime.shelf import RECORD_NAME


def copy_pack(models: Path, folder: Path, packs: set[str]) -> Path:
    """Copy the models folder with only the packs in its record, as if no other was pulled."""
    shutil.copytree(models, folder)
    record = json.loads((folder / RECORD_NAME).read_text())
    names = {card.name for card in load_catalog().cards if card.pack in packs}
    kept = {name: entry for name, entry in record.items() if name in names}
    (folder / RECORD_NAME).write_text(json.dumps(kept))
    return folder


EVERYTHING = (
    ("DetectLabels", {"Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"]}),
    ("DetectText", {}),
    ("DetectModerationLabels", {}),
    ("DetectProtectiveEquipment", {}),
    ("RecognizeCelebrities", {}),
    ("DetectFaces", {"Attributes": ["ALL"]}),
)


def look_at_everything(url: str, pictures: list[bytes]) -> None:
    """Ask every operation about every picture, so that every network has worked."""
    client = Client(url)
    for picture in pictures:
        for operation, parameters in EVERYTHING:
            client.call(operation, Image={"Bytes": picture}, **parameters)


def measure(home: Path, models: Path, pictures: list[bytes]) -> tuple[float, float, float, float]:
    start = time.perf_counter()
    with serving(home, models) as (url, pid):
        picture = pictures[0]
        Client(url).call("DetectFaces", Image={"Bytes": picture}, Attributes=["ALL"])
        first = time.perf_counter() - start
        time.sleep(2)
        idle = resident_mb(pid)
        Client(url).call("CreateCollection", CollectionId="startup")
        Client(url).call("IndexFaces", CollectionId="startup", Image={"Bytes": picture})
        Client(url).call("DeleteCollection", CollectionId="startup")
        indexed = resident_mb(pid)
        look_at_everything(url, pictures)
        return first, idle, indexed, resident_mb(pid)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    samples = arguments.shared / "data" / "samples"
    files = [samples / "people" / "face_1.jpg", *sorted((samples / "conditions").iterdir())]
    pictures = [file.read_bytes() for file in [*files, *sorted((samples / "things").glob("*.jpg"))]]
    installed = read_settings().models_path
    print(f"{machine()}; medians of {arguments.repeat} starts after one that compiles\n")
    print(
        "| packs | start to first answer (DetectFaces, ALL) | idle memory | after indexing "
        f"| after every operation on {len(pictures)} pictures |"
    )
    print("|---|---|---|---|---|")
    for packs in ({"core"}, {"core", "standard"}):
        with tempfile.TemporaryDirectory() as folder:
            models = copy_pack(installed, Path(folder) / "models", packs)
            measure(Path(folder) / "home", models, pictures)
            runs = [
                measure(Path(folder) / "home", models, pictures) for _ in range(arguments.repeat)
            ]
        first, *memory = (statistics.median(column) for column in zip(*runs, strict=True))
        cells = " | ".join(f"{each:.0f} MB" for each in memory)
        print(f"| {' + '.join(sorted(packs))} | {first:.2f} s | {cells} |")


if __name__ == "__main__":
    main()
