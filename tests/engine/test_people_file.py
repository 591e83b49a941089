"""What a people.csv may say, and how what is wrong with it is told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.engine.people_file import PeopleFile, read_people_file
from vidimus.errors import ConfigurationError
from vidimus.storage.known_people import KnownPerson


def read(tmp_path: Path, text: str) -> PeopleFile:
    file = tmp_path / "people.csv"
    file.write_text(text, encoding="utf-8")
    return read_people_file(file, tmp_path / "photos")


def reasons(tmp_path: Path, *rows: str, columns: str = "name,photos,urls,gender,id") -> str:
    """Everything that is wrong with the one person of these rows."""
    file = read(tmp_path, "\n".join((columns, *rows)))
    assert file.entries == ()
    (refusal,) = file.refusals
    return "; ".join(refusal.reasons)


def test_one_row_says_it_all(tmp_path: Path) -> None:
    text = "Name,photos,urls,gender,id\n Ada  Lovelace ,a.jpg; b.jpg;,x.org;y.org,FEMALE,ada1\n"
    (entry,) = read(tmp_path, "\ufeff" + text).entries
    assert entry.person == KnownPerson("ada1", "Ada Lovelace", ("x.org", "y.org"), "Female")
    assert [each.name for each in entry.photographs] == ["a.jpg", "b.jpg"]
    assert entry.photographs[1].path == tmp_path / "photos" / "b.jpg"


def test_several_rows_speak_of_one_person(tmp_path: Path) -> None:
    rows = (
        "name,photos,urls,id\nAda,a.jpg,x.org,ada1\nBob,c.jpg,,\nAda,b.jpg;a.jpg,,ada1\nBob,d.jpg,,"
    )
    ada, bob = read(tmp_path, rows).entries
    assert [each.name for each in ada.photographs] == ["a.jpg", "b.jpg"]
    assert (ada.person.urls, ada.person.gender) == (("x.org",), None)
    assert [each.name for each in bob.photographs] == ["c.jpg", "d.jpg"]


@given(st.text(min_size=1, max_size=40), st.lists(st.text(max_size=20), max_size=3))
def test_ids_are_the_apis_and_the_same_again(
    tmp_path_factory: pytest.TempPathFactory, name: str, urls: list[str]
) -> None:
    cells = [cell.replace('"', "").replace("\0", "") for cell in (name, ";".join(urls))]
    row = ",".join(f'"{cell}"' for cell in (cells[0], "a.jpg", cells[1]))
    folder = tmp_path_factory.mktemp("people")
    file = folder / "people.csv"
    file.write_text(f"name,photos,urls\n{row}\n", "utf-8", "surrogatepass", newline="")
    try:
        first = read_people_file(file, folder)
    except ConfigurationError:
        return  # What is not UTF-8 is refused as a whole.
    assert first == read_people_file(file, folder)
    for entry in first.entries:
        assert entry.person.person_id.isascii()
        assert entry.person.person_id.isalnum()


def test_people_of_one_name_are_told_apart_by_ids(tmp_path: Path) -> None:
    file = read(tmp_path, "name,photos,id\nMike Rogers,a.jpg,R1\nMike Rogers,b.jpg,R2")
    assert [entry.person.person_id for entry in file.entries] == ["R1", "R2"]
    assert file.notes == ("duplicate name: 2 people are called Mike Rogers (ids R1, R2)",)


def test_people_of_one_name_without_ids_are_refused(tmp_path: Path) -> None:
    told = reasons(tmp_path, "Mike Rogers,a.jpg,x.org,,", "Mike Rogers,b.jpg,y.org,,")
    assert told.startswith("duplicate name: rows 2 and 3 have different urls")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("Ada,a.jpg,,man,", "row 2: gender 'man' is none of Male, Female, Nonbinary, Unlisted"),
        ("Ada,,,,", "no photo is named"),
        ("Ada, ; ;,,,", "no photo is named"),
        (",a.jpg,,,", "row 2: the name is empty"),
        ("Ada,a.jpg,,,ada-1", "id 'ada-1' is not 1 to 128 letters A-Z, a-z and digits"),
        ("Ada,a.jpg,,,äda", "id 'äda' is not 1 to 128 letters A-Z, a-z and digits"),
        (f"{'A' * 256},a.jpg,,,", "row 2: the name has more than 255 characters"),
        ("Lovelace, Ada,a.jpg,,,", "row 2 has more or fewer cells than the first line"),
        ("Ada,a.jpg", "row 2 has more or fewer cells than the first line"),
        (f"Ada,{';'.join(map(str, range(101)))},,,", "101 photos are named; a person may have 100"),
        (f"Ada,a.jpg,{';'.join(map(str, range(256)))},,", "more than 255 urls"),
    ],
)
def test_what_is_wrong_with_a_person_is_told_of_that_person(
    tmp_path: Path, row: str, told: str
) -> None:
    assert told in reasons(tmp_path, row)
    good = read(tmp_path, f"name,photos,urls,gender,id\n{row}\nBob,b.jpg,,,")
    assert [entry.person.name for entry in good.entries] == ["Bob"]


def test_rows_of_one_id_must_agree(tmp_path: Path) -> None:
    assert "id x1 stands for Ada and for Bob" in reasons(tmp_path, "Ada,a,,,x1", "Bob,b,,,x1")
    told = reasons(tmp_path, "Ada,a.jpg,,Male,x1", "Ada,b.jpg,,Female,x1")
    assert "rows 2 and 3 state different genders" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "lacks the column name and photos"),
        (b"name,photo\nAda,a.jpg\n", "lacks the column photos"),
        (b"name,photos\n", "names nobody"),
        (b"name,photos\n,\n", "names nobody"),
        (b"name,photos\n\xff,a.jpg\n", "not a CSV file in UTF-8"),
        (b'name,photos\n"Ada,a.jpg\n', "not a CSV file in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "people.csv"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=told):
        read_people_file(file, tmp_path)


def test_columns_that_mean_nothing_are_told(tmp_path: Path) -> None:
    file = read(tmp_path, "name,photos,url\nAda,a.jpg,x.org")
    assert file.notes == ("columns that say nothing to vidimus: url",)
