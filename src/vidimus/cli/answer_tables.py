"""What was told of a picture, as tables for the terminal; read from the API's words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from vidimus.cli.options import plain_table
from vidimus.cli.picture import person_words, sign_words
from vidimus.operations.analysis import Answers

Output = Mapping[str, Any]

QUOTED_FROM = 80.0
"""Confidence from which text is quoted in short: what a WordFilter lets through by default."""


def tables_of(answers: Answers) -> Iterator[Table]:
    """Return a table of each part that was told."""
    for operation, write in _WRITERS:
        if operation in answers:
            yield from write(answers[operation])


def short_cells(answers: Answers) -> list[str]:
    """Return the cells of one row for a picture among many: labels, faces, people, text, flags."""
    labels = answers.get("DetectLabels", {}).get("Labels", [])
    people = answers.get("RecognizeCelebrities", {}).get("CelebrityFaces", [])
    flags = answers.get("DetectModerationLabels", {}).get("ModerationLabels", [])
    faces = len(answers.get("DetectFaces", {}).get("FaceDetails", []))
    return [
        ", ".join(label["Name"] for label in most_special(labels)[:5]),
        str(faces or ""),
        ", ".join(known["Name"] for known in people),
        " / ".join(lines_of_text(answers.get("DetectText", {}))),
        ", ".join(flag["Name"] for flag in flags if flag["ParentName"] == ""),
    ]


def most_special(labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the labels that are no parent of another one, in their order."""
    parents = {parent["Name"] for label in labels for parent in label["Parents"]}
    return [label for label in labels if label["Name"] not in parents]


def lines_of_text(output: Output) -> list[str]:
    """Return the lines that were surely read: what is worth quoting."""
    found = output.get("TextDetections", [])
    return [
        each["DetectedText"]
        for each in found
        if each["Type"] == "LINE" and each["Confidence"] >= QUOTED_FROM
    ]


def _label_tables(output: Output) -> Iterator[Table]:
    if "Labels" in output:
        yield _labels(output["Labels"])
    if "ImageProperties" in output:
        yield _properties(output["ImageProperties"])


def _labels(labels: list[dict[str, Any]]) -> Table:
    table = plain_table(
        "label", "confidence", "boxes", "a kind of", title=_counted(len(labels), "label", "labels")
    )
    for label in labels:
        boxes = len(label["Instances"]) or ""
        parents = ", ".join(parent["Name"] for parent in label["Parents"])
        table.add_row(label["Name"], f"{label['Confidence']:.1f}", str(boxes), parents)
    return table


def _properties(properties: Output) -> Table:
    table = plain_table(
        "part", "brightness", "sharpness", "contrast", "colours", title="light and colours"
    )
    parts = {
        "whole": properties,
        "foreground": properties.get("Foreground"),
        "background": properties.get("Background"),
    }
    for name, part in parts.items():
        if part is not None:
            quality = part["Quality"]
            cells = [
                f"{quality[member]:.0f}" if member in quality else ""
                for member in ("Brightness", "Sharpness", "Contrast")
            ]
            table.add_row(name, *cells, _colours(part["DominantColors"][:5]))
    return table


def _colours(colours: list[dict[str, Any]]) -> Text:
    text = Text()
    for colour in colours:
        text.append("■ ", style=colour["HexCode"])
        text.append(f"{colour['CSSColor']} {colour['PixelPercent']:.0f} %  ")
    return text


def _text(output: Output) -> Iterator[Table]:
    lines = [each for each in output["TextDetections"] if each["Type"] == "LINE"]
    table = plain_table(
        "line", "confidence", title=_counted(len(lines), "line", "lines") + " of text"
    )
    for line in lines:
        table.add_row(Text(line["DetectedText"]), f"{line['Confidence']:.1f}")
    yield table


def _moderation(output: Output) -> Iterator[Table]:
    labels = output["ModerationLabels"]
    title = _counted(len(labels), "moderation label", "moderation labels")
    table = plain_table("moderation label", "confidence", "under", title=title)
    for label in labels:
        table.add_row(label["Name"], f"{label['Confidence']:.1f}", label["ParentName"])
    yield table


def _equipment(output: Output) -> Iterator[Table]:
    persons = output["Persons"]
    title = _counted(len(persons), "person", "persons")
    table = plain_table("person", "body parts seen", "equipment worn", title=title)
    for person in persons:
        parts = person["BodyParts"]
        worn = [_worn(piece, part) for part in parts for piece in part["EquipmentDetections"]]
        seen = [f"{in_words(part['Name'])} {part['Confidence']:.0f}" for part in parts]
        table.add_row(str(person["Id"]), ", ".join(seen), ", ".join(worn))
    yield table


def _worn(piece: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    covers = "covers" if piece["CoversBodyPart"]["Value"] else "does not cover"
    name = f"{in_words(piece['Type'])} {piece['Confidence']:.0f}"
    return f"{name}, {covers} the {in_words(part['Name'])}"


def in_words(name: str) -> str:
    """Write one of the API's names, such as FACE_COVER, as words."""
    return name.replace("_", " ").lower()


def _people(output: Output) -> Iterator[Table]:
    known = output["CelebrityFaces"]
    table = plain_table(
        "known person",
        "match",
        "more",
        title=_counted(len(known), "known person", "known people"),
        caption=_counted(len(output["UnrecognizedFaces"]), "face", "faces") + " not recognized",
    )
    for each in known:
        table.add_row(
            Text(each["Name"]), f"{each['MatchConfidence']:.1f}", " ".join(each.get("Urls", []))
        )
    yield table


def _faces(output: Output) -> Iterator[Table]:
    faces = output["FaceDetails"]
    table = plain_table(
        *("face", "confidence", "appears", "emotion", "pose", "quality", "signs"),
        title=_counted(len(faces), "face", "faces"),
    )
    for number, face in enumerate(faces, start=1):
        table.add_row(str(number), *_face_cells(face))
    yield table


def _face_cells(face: Any) -> list[str]:
    pose, quality = face["Pose"], face["Quality"]
    emotions = face.get("Emotions", [])[:2]
    return [
        f"{face['Confidence']:.1f}",
        ", ".join(person_words(face)),
        ", ".join(f"{each['Type'].lower()} {each['Confidence']:.0f}" for each in emotions),
        f"roll {pose['Roll']:.0f} yaw {pose['Yaw']:.0f} pitch {pose['Pitch']:.0f}",
        f"bright {quality['Brightness']:.0f} sharp {quality['Sharpness']:.0f}",
        ", ".join(sign_words(face)),
    ]


def _counted(number: int, one: str, many: str) -> str:
    return f"{number or 'no'} {one if number == 1 else many}"


_WRITERS: tuple[tuple[str, Callable[[Output], Iterator[Table]]], ...] = (
    ("DetectLabels", _label_tables),
    ("DetectText", _text),
    ("DetectModerationLabels", _moderation),
    ("DetectProtectiveEquipment", _equipment),
    ("RecognizeCelebrities", _people),
    ("DetectFaces", _faces),
)
