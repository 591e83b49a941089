"""The contact sheet: one file, whole in itself, and safe whatever pictures and names hold."""

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.answers import everything
from vidimus.cli.contact_sheet import LONGEST_SIDE, ContactSheet
from vidimus.imaging.pyramid import Pyramid
from vidimus.operations.analysis import Part
from vidimus.vision.capability import Capability
from vidimus.vision.picture_sheet import PictureSheet

TELLERS = {
    Part.LABELS: [Capability("labels", ("a-net",))],
    Part.FACES: [Capability("BEARD", (), "add your own"), Capability("HAT", (), "add your own")],
}
VOID = {"meta", "img", "input", "br"}
DRAWN = {"rect", "polygon"}


class Page(HTMLParser):
    """What a browser would see of a page: its elements, in order, and whether they are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in {"script", "style"}:
            self.text += data

    def all(self, tag: str, class_: str = "") -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and class_ in (attributes.get("class") or "")
        ]


def seen(width: int = 1200, height: int = 900) -> PictureSheet:
    sheet = PictureSheet.__new__(PictureSheet)
    sheet.pyramid = Pyramid(np.full((height, width, 3), 120, np.uint8))
    return sheet


def page_of(tmp_path: Path, *photos: str, **answers: dict[str, object]) -> Page:
    contact = ContactSheet(tmp_path / "sheet.html", TELLERS)
    for photo in photos:
        contact.add(tmp_path / "holiday" / photo, seen(), answers or everything())
    contact.finish({tmp_path / "<script>bad.jpg": "damaged <b>"})
    return Page((tmp_path / "sheet.html").read_text(encoding="utf-8"))


def test_everything_that_was_told_is_there(tmp_path: Path) -> None:
    page = page_of(tmp_path, "one.jpg", "two.jpg")
    for words in (
        "holiday",
        "one.jpg",
        "Dog",
        "Ada <Lovelace>",
        "MIND [bold]THE[/] <GAP>",
        "Violence",
        "head cover",
        "khaki",
        "smiling",
        "damaged <b>",
        "a-net",
        "left out: add your own",
    ):
        assert words in page.text
    assert len(page.all("article", "card")) == 2
    assert [each["data-filter"] for each in page.all("button") if "data-filter" in each] == [
        *("Ada <Lovelace>", "Animal", "Dog", "Park")
    ]


def test_the_file_asks_for_nothing_and_runs_nothing_from_its_pictures(tmp_path: Path) -> None:
    page = page_of(tmp_path, "<img src=x onerror=alert(1)>.jpg")
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert tag != "link"
        for name in ("src", "href"):
            address = attributes.get(name) or "data:"
            assert address.startswith("data:" if name == "src" else ("https://", "data:"))
    assert len(page.all("script")) == 1
    assert [each["href"] for each in page.all("a")] == ["https://www.example.org/ada"]
    (policy,) = [each["content"] for each in page.all("meta") if "http-equiv" in each]
    assert "default-src 'none'" in (policy or "")


def test_pictures_are_kept_small_with_marks_in_their_size(tmp_path: Path) -> None:
    page = page_of(tmp_path, "one.jpg")
    (image,) = page.all("img")
    data = base64.b64decode((image["src"] or "").removeprefix("data:image/jpeg;base64,"))
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.size == (LONGEST_SIDE, 600)
    (drawing,) = page.all("svg")
    assert drawing["viewbox"] == f"0 0 {LONGEST_SIDE} 600"
    assert {tag for tag, _ in page.elements} >= DRAWN


@pytest.mark.parametrize(("confidence", "veils"), [(83.0, 1), (49.9, 0)])
def test_flagged_pictures_are_veiled(tmp_path: Path, confidence: float, veils: int) -> None:
    labels = [{"Name": "Weapons", "Confidence": confidence, "ParentName": "", "TaxonomyLevel": 1}]
    page = page_of(tmp_path, "one.jpg", DetectModerationLabels={"ModerationLabels": labels})
    assert len(page.all("button", "veil")) == len(page.all("div", "flagged")) == veils


def test_a_picture_of_which_nothing_was_told_and_no_picture_at_all(tmp_path: Path) -> None:
    assert len(page_of(tmp_path, "one.jpg", DetectFaces={"FaceDetails": []}).all("article")) == 1
    assert page_of(tmp_path).all("article") == []


def test_what_is_shown_names_no_folder_above_the_pictures(tmp_path: Path) -> None:
    page_of(tmp_path, "one.jpg", "sub/two.jpg")
    text = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert re.search(r"holiday/sub", text)
