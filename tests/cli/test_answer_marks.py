import numpy as np

from tests.cli.answers import BOX, everything, label
from vidimus.cli.answer_marks import COLORS, marks_of
from vidimus.cli.canvas import draw_marks
from vidimus.geometry import BoundingBox


def test_everything_that_has_a_place_is_marked_by_kind() -> None:
    marks = marks_of(everything())
    assert marks.keys() == COLORS.keys()
    assert [mark.tag for mark in marks["equipment"]] == ["head cover 88 (person 0)"]
    assert [mark.tag for mark in marks["people"]] == ["Ada <Lovelace> 96"]
    assert [len(mark.outline) for mark in marks["text"]] == [4]
    (face,) = marks["faces"]
    assert face.words[0] == "1   face 99.5 %"
    assert len(face.dots) == 1


def test_an_object_that_several_labels_name_has_the_most_special_name() -> None:
    labels = [label("Pet", 90, "Animal", boxes=1), label("Dog", 91, "Pet", "Animal", boxes=1)]
    marks = marks_of({"DetectLabels": {"Labels": [label("Animal", 92, boxes=1), *labels]}})
    assert [(mark.tag, mark.box) for mark in marks["things"]] == [
        ("Dog 91", BoundingBox(BOX["Left"], BOX["Top"], BOX["Width"], BOX["Height"]))
    ]


def test_nothing_told_is_nothing_marked() -> None:
    assert not any(marks_of({}).values())


def test_all_kinds_are_drawn_in_their_colours() -> None:
    marks = [mark for kind in marks_of(everything()).values() for mark in kind]
    drawn = draw_marks(np.zeros((1000, 1000, 3), np.uint8), marks)
    seen = {tuple(colour) for colour in np.unique(drawn.reshape(-1, 3), axis=0).tolist()}
    for kind in ("text", "equipment", "people"):
        assert tuple(bytes.fromhex(COLORS[kind][1:])) in seen
