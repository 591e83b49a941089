"""The CSV file that says who is in a library of known people, read before any picture is.

Columns: `name`, `photos` (files, ";" between them), and if wanted `urls` (";" between them),
`gender` and `id`. Several rows may speak of one person: those of one id, or, without ids, of one
name. What is wrong with a person is told of that person; the others are read all the same.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vidimus.errors import ConfigurationError
from vidimus.evaluation.photographs import Photograph
from vidimus.storage.known_people import KnownPerson

GENDERS = ("Male", "Female", "Nonbinary", "Unlisted")
NEEDED_COLUMNS = ("name", "photos")
COLUMNS = (*NEEDED_COLUMNS, "urls", "gender", "id")
MOST_PHOTOGRAPHS = 100
MOST_URLS = 255

_ID = re.compile(r"[0-9A-Za-z]{1,128}")
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """Somebody to be known, and the photographs to know them by."""

    person: KnownPerson
    photographs: tuple[Photograph, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody who cannot be taken in, and every reason why."""

    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """What a file says: whom to take in, whom it says too little or too much about, and notes."""

    entries: tuple[PersonEntry, ...]
    refusals: tuple[Refusal, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    person_id: str
    name: str
    photographs: tuple[str, ...]
    urls: tuple[str, ...]
    gender: str
    whole: bool

    @property
    def key(self) -> tuple[str, str]:
        """What the rows of one person have in common; a row that names nobody stands alone."""
        if self.person_id:
            return "id", self.person_id
        return ("name", self.name) if self.name else ("row", str(self.number))


def read_people_file(file: Path, folder: Path) -> PeopleFile:
    """Read a file whose photographs lie in `folder`; no photograph is opened.

    Raises ConfigurationError for a file that is not CSV in UTF-8, lacks a column or has no row.
    """
    rows, unused = _read_rows(file)
    groups: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        groups.setdefault(row.key, []).append(row)
    entries: list[PersonEntry] = []
    refusals: list[Refusal] = []
    for group in groups.values():
        reasons = tuple(_reasons(group))
        if reasons:
            refusals.append(Refusal(group[0].name or f"row {group[0].number}", reasons))
        else:
            entries.append(_entry(group, folder))
    notes = [f"columns that say nothing to vidimus: {', '.join(unused)}"] if unused else []
    return PeopleFile(tuple(entries), tuple(refusals), (*notes, *_namesakes(entries)))


def _read_rows(file: Path) -> tuple[list[_Row], list[str]]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines, strict=True)
            columns = [column.strip().lower() for column in reader.fieldnames or ()]
            missing = [column for column in NEEDED_COLUMNS if column not in columns]
            if missing:
                raise ConfigurationError(
                    f"{file} lacks the column {' and '.join(missing)}: its first line must name "
                    f"{', '.join(COLUMNS)} (the first two are needed; it names "
                    f"{', '.join(columns) or 'nothing'})"
                )
            reader.fieldnames = columns
            rows = [_row(reader.line_num, cells) for cells in reader if any(cells.values())]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(f"{file} is not a CSV file in UTF-8: {error}") from error
    if not rows:
        raise ConfigurationError(f"{file} names nobody")
    return rows, [column for column in columns if column not in COLUMNS]


def _row(number: int, cells: dict[str | None, str | None]) -> _Row:
    return _Row(
        number=number,
        person_id=(cells.get("id") or "").strip(),
        name=" ".join((cells["name"] or "").split()),
        photographs=_parts(cells["photos"]),
        urls=_parts(cells.get("urls")),
        gender=(cells.get("gender") or "").strip(),
        whole=None not in cells and None not in cells.values(),
    )


def _parts(cell: str | None) -> tuple[str, ...]:
    parts = (part.strip() for part in (cell or "").split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))


def _reasons(rows: Sequence[_Row]) -> Iterable[str]:
    """Say everything that keeps the person of `rows` from being taken in."""
    for row in rows:
        if not row.whole:
            yield f"row {row.number} has more or fewer cells than the first line"
        if row.gender and _gender(row.gender) is None:
            yield f"row {row.number}: gender {row.gender!r} is none of {', '.join(GENDERS)}"
    yield from _reasons_of_identity(rows)
    photographs = _united(row.photographs for row in rows)
    if not photographs:
        yield "no photo is named"
    if len(photographs) > MOST_PHOTOGRAPHS:
        yield f"{len(photographs)} photos are named; a person may have {MOST_PHOTOGRAPHS}"
    if len(_united(row.urls for row in rows)) > MOST_URLS:
        yield f"more than {MOST_URLS} urls"


def _reasons_of_identity(rows: Sequence[_Row]) -> Iterable[str]:
    person_id = rows[0].person_id
    places = " and ".join(str(row.number) for row in rows)
    names = _united((row.name,) for row in rows)
    if not all(row.name for row in rows):
        yield f"row {places}: the name is empty"
    if any(len(name) > _LONGEST_NAME for name in names):
        yield f"row {places}: the name has more than {_LONGEST_NAME} characters"
    if person_id and not _ID.fullmatch(person_id):
        yield f"id {person_id!r} is not 1 to 128 letters A-Z, a-z and digits"
    if len(names) > 1:
        yield f"rows {places}: id {person_id} stands for {' and for '.join(names)}"
    if not person_id and len({frozenset(row.urls) for row in rows if row.urls}) > 1:
        yield (
            f"duplicate name: rows {places} have different urls, so they may be different people; "
            "say so, or that they are one, by the column id"
        )
    if len({_gender(row.gender) for row in rows if row.gender}) > 1:
        yield f"rows {places} state different genders"


def _entry(rows: Sequence[_Row], folder: Path) -> PersonEntry:
    name, urls = rows[0].name, _united(row.urls for row in rows)
    gender = next((_gender(row.gender) for row in rows if row.gender), None)
    person = KnownPerson(rows[0].person_id or _derived_id(name, urls), name, urls, gender)
    files = _united(row.photographs for row in rows)
    photographs = (Photograph(person.person_id, folder / file, file) for file in files)
    return PersonEntry(person, tuple(photographs))


def _derived_id(name: str, urls: Sequence[str]) -> str:
    """Return an id that the same name and urls give again."""
    digest = hashlib.sha256("\n".join(("vidimus known person", name, *sorted(urls))).encode())
    return digest.hexdigest()[:20]


def _gender(word: str) -> str | None:
    return next((each for each in GENDERS if each.lower() == word.lower()), None)


def _united(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for each in lists for item in each))


def _namesakes(entries: Sequence[PersonEntry]) -> Iterable[str]:
    called: dict[str, list[str]] = {}
    for entry in entries:
        called.setdefault(entry.person.name, []).append(entry.person.person_id)
    for name, ids in called.items():
        if len(ids) > 1:
            yield f"duplicate name: {len(ids)} people are called {name} (ids {', '.join(ids)})"
