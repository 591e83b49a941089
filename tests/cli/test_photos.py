from pathlib import Path

from vidimus.cli.photos import find_photos


def make(folder: Path, *names: str) -> None:
    for name in names:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"")


def names(folder: Path, *places: str) -> list[str]:
    found = find_photos([folder / place for place in places])
    return [photo.relative_to(folder).as_posix() for photo in found]


def test_pictures_of_a_folder_and_below_it_by_name(tmp_path: Path) -> None:
    make(
        tmp_path, "b.JPG", "a.png", "sub/c.heic", "notes.txt", "clip.mp4", ".d.jpg", ".trash/e.jpg"
    )
    assert names(tmp_path, ".") == ["a.png", "b.JPG", "sub/c.heic"]


def test_a_file_that_is_named_counts_whatever_its_ending(tmp_path: Path) -> None:
    make(tmp_path, "scan", "a.jpg")
    assert names(tmp_path, "scan", "a.jpg") == ["scan", "a.jpg"]


def test_nothing_is_seen_twice(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", "b.jpg")
    assert names(tmp_path, "b.jpg", ".", "a.jpg") == ["b.jpg", "a.jpg"]


def test_an_empty_folder_has_none(tmp_path: Path) -> None:
    assert find_photos([tmp_path]) == []
