import io

from rich.console import Console

from tests.cli.answers import everything, line
from vidimus.cli.answer_tables import lines_of_text, most_special, short_cells, tables_of
from vidimus.operations.analysis import Answers


def written(answers: Answers) -> str:
    console = Console(width=160, file=io.StringIO(), record=True)
    for table in tables_of(answers):
        console.print(table)
    return console.export_text()


def test_every_operation_has_a_table() -> None:
    text = written(everything())
    for words in (
        "3 labels",
        "light and colours",
        "1 line of text",
        "3 moderation labels",
        "2 persons",
        "1 known person",
        "1 face",
        "head cover 88, covers the head",
        "khaki 62 %",
        "smiling",
    ):
        assert words in text


def test_text_of_pictures_is_no_markup() -> None:
    assert "MIND [bold]THE[/] <GAP>" in written(everything())


def test_parts_that_were_not_told_have_no_table() -> None:
    assert written({"DetectFaces": {"FaceDetails": []}}).strip().startswith("no faces")


def test_one_row_says_the_most_telling() -> None:
    assert short_cells(everything()) == [
        "Dog, Park",
        "1",
        "Ada <Lovelace>",
        "MIND [bold]THE[/] <GAP>",
        "Violence, Gambling",
    ]
    assert short_cells({}) == [""] * 5


def test_doubtful_text_is_not_quoted() -> None:
    doubtful = [{**each, "Confidence": 79.9} for each in line("MT")]
    found = {"TextDetections": [*line("EXIT"), *doubtful]}
    assert lines_of_text(found) == ["EXIT"]
    assert "MT" in written({"DetectText": found})


def test_parents_are_not_the_most_special() -> None:
    labels = everything()["DetectLabels"]["Labels"]
    assert [label["Name"] for label in most_special(labels)] == ["Dog", "Park"]
