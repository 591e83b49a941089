"""A contact sheet: many pictures and all that was told of them, in one HTML file.

The file holds everything it shows, pictures too, and loads nothing from anywhere: it can be sent
to a friend as it is, and a policy in it keeps browsers from asking the net for anything.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PIL import Image

from vidimus.cli.answer_marks import COLORS, marks_of
from vidimus.cli.answer_tables import lines_of_text, most_special
from vidimus.cli.canvas import Mark
from vidimus.cli.page import data_address, open_environment, today_in_words
from vidimus.operations.analysis import Answers, Part
from vidimus.vision.capability import Capability
from vidimus.vision.picture_sheet import PictureSheet

LONGEST_SIDE = 800
"""Pixels of the longer side that a picture keeps in the sheet."""

FLAGGED_FROM = 50.0
"""Confidence of a moderation label from which a picture is blurred until it is clicked."""

_MOST_FILTERS = 30
_FILTERS_FROM = 2


@dataclass(frozen=True, slots=True)
class Card:
    """One picture of the sheet: what the template reads."""

    photo: Path
    size: tuple[int, int]
    shown_size: tuple[int, int]
    image: str
    answers: Answers
    marks: Mapping[str, Sequence[Mark]]

    @property
    def labels(self) -> list[dict[str, Any]]:
        """The labels that are no parent of another, surest first."""
        return most_special(self.all_labels)

    @property
    def all_labels(self) -> list[dict[str, Any]]:
        """Every label."""
        return list(self.answers.get("DetectLabels", {}).get("Labels", []))

    @property
    def properties(self) -> dict[str, Any]:
        """Light and colours; empty where they were not asked for."""
        return dict(self.answers.get("DetectLabels", {}).get("ImageProperties", {}))

    @property
    def faces(self) -> list[dict[str, Any]]:
        """The faces, largest first."""
        return list(self.answers.get("DetectFaces", {}).get("FaceDetails", []))

    @property
    def people(self) -> list[dict[str, Any]]:
        """The people who were recognized."""
        return list(self.answers.get("RecognizeCelebrities", {}).get("CelebrityFaces", []))

    @property
    def lines(self) -> list[str]:
        """The lines of text that were surely read."""
        return lines_of_text(self.answers.get("DetectText", {}))

    @property
    def flags(self) -> list[dict[str, Any]]:
        """The moderation labels that blur the picture, most special ones alone."""
        found = self.answers.get("DetectModerationLabels", {}).get("ModerationLabels", [])
        above = [flag for flag in found if flag["Confidence"] >= FLAGGED_FROM]
        parents = {flag["ParentName"] for flag in above}
        return [flag for flag in above if flag["Name"] not in parents]

    @property
    def filters(self) -> list[str]:
        """What a filter may choose the picture by: its labels and its people."""
        return [label["Name"] for label in self.all_labels] + [
            known["Name"] for known in self.people
        ]

    @property
    def words(self) -> str:
        """Everything the search field looks through, in lower case."""
        return " ".join([self.photo.name, *self.filters, *self.lines]).lower()


class ContactSheet:
    """Gathers pictures and writes them as one page to `path`.

    `tellers` are what told each part, or what to install.
    """

    def __init__(self, path: Path, tellers: Mapping[Part, Sequence[Capability]]) -> None:
        self._path = path
        self._tellers = tellers
        self._cards: list[Card] = []

    def add(self, photo: Path, sheet: PictureSheet, answers: Answers) -> None:
        """Keep a small version of the picture and what was told of it."""
        small = Image.fromarray(sheet.pyramid.within(LONGEST_SIDE))
        card = Card(
            photo=photo.resolve(),
            size=(sheet.pyramid.width, sheet.pyramid.height),
            shown_size=small.size,
            image=data_address(small),
            answers=answers,
            marks=marks_of(answers),
        )
        self._cards.append(card)

    def finish(self, failures: Mapping[Path, str]) -> None:
        """Write the page; `failures` are files that could not be read, and why."""
        root = _root(self._cards)
        page = open_environment().get_template("contact_sheet.html.jinja")
        self._path.write_text(
            page.render(
                title=root.name or "Pictures",
                root=root.parent,
                cards=self._cards,
                failures=failures,
                filters=_filters(self._cards),
                counts=_counts(self._cards),
                tellings=_tellings(self._tellers),
                colors=COLORS,
                version=version("vidimus"),
                date=today_in_words(),
            ),
            encoding="utf-8",
        )


def _root(cards: Sequence[Card]) -> Path:
    """Return the folder that all pictures are in or below."""
    return Path(os.path.commonpath([card.photo.parent for card in cards])) if cards else Path()


def _tellings(tellers: Mapping[Part, Sequence[Capability]]) -> list[tuple[str, str, str]]:
    """Return rows of a part, what of it is told alike, and by what, or why it is left out."""
    rows = []
    for part, capabilities in tellers.items():
        alike: dict[str, list[str]] = {}
        for each in sorted(capabilities, key=lambda each: not each.told):
            teller = ", ".join(each.models) if each.told else f"left out: {each.hint}"
            alike.setdefault(teller, []).append(each.answer.replace("_", " ").lower())
        rows += [(part.value, ", ".join(answers), teller) for teller, answers in alike.items()]
    return rows


def _filters(cards: Iterable[Card]) -> list[tuple[str, int]]:
    """Return the names that several pictures share and how many do, most first."""
    counts = Counter(name for card in cards for name in dict.fromkeys(card.filters))
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [each for each in ranked if each[1] >= _FILTERS_FROM][:_MOST_FILTERS]


def _counts(cards: Sequence[Card]) -> list[tuple[int, str]]:
    """Return the numbers at the head of the page."""
    kinds = {label["Name"] for card in cards for label in card.all_labels}
    people = {known["Name"] for card in cards for known in card.people}
    numbers = {
        ("picture", "pictures"): len(cards),
        ("label", "labels"): len(kinds),
        ("face", "faces"): sum(len(card.faces) for card in cards),
        ("person named", "people named"): len(people),
        ("line of text", "lines of text"): sum(len(card.lines) for card in cards),
        ("flagged", "flagged"): sum(bool(card.flags) for card in cards),
    }
    return [(count, one if count == 1 else many) for (one, many), count in numbers.items() if count]
