"""DetectLabels through boto3: labels and filters, light and colours, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.contract.conftest import LiveServer
from tests.contract.test_collections import code_of
from tests.contract.test_faces import encoded

GREY = encoded(Image.new("RGB", (320, 240), (127, 127, 127)))


@pytest.fixture(scope="module")
def pets(shared: Path) -> dict[str, bytes]:
    """Two dogs on a lawn."""
    return {"Bytes": (shared / "data/samples/things/pets.jpg").read_bytes()}


@pytest.fixture(scope="module")
def dogs(rekognition: Any, pets: dict[str, bytes]) -> dict[str, Any]:
    """The answer for two dogs, without any member but the picture."""
    return dict(rekognition.detect_labels(Image=pets))


def named(answer: dict[str, Any]) -> dict[str, Any]:
    return {label["Name"]: label for label in answer["Labels"]}


def message_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Message"])


def test_two_dogs(dogs: dict[str, Any]) -> None:
    dog = named(dogs)["Dog"]
    assert {"Animal", "Canine", "Mammal", "Pet"} <= {parent["Name"] for parent in dog["Parents"]}
    assert {"Name": "Animals and Pets"} in dog["Categories"]
    assert dog["Confidence"] > 90
    assert len(dog["Instances"]) == 2
    for instance in dog["Instances"]:
        box = instance["BoundingBox"]
        assert 0 <= box["Left"] <= box["Left"] + box["Width"] <= 1.0001
        assert 0 <= box["Top"] <= box["Top"] + box["Height"] <= 1.0001
        assert "DominantColors" not in instance
    assert "ImageProperties" not in dogs
    assert "OrientationCorrection" not in dogs
    assert dogs["LabelModelVersion"]


def test_labels_come_surest_first_each_with_all_that_it_is_a_kind_of(dogs: dict[str, Any]) -> None:
    confidences = [label["Confidence"] for label in dogs["Labels"]]
    assert confidences == sorted(confidences, reverse=True)
    assert min(confidences) >= 55
    known: dict[str, float] = {}
    for label in dogs["Labels"]:
        for parent in label["Parents"]:
            assert known[parent["Name"]] >= label["Confidence"]
        known[label["Name"]] = label["Confidence"]
    assert len(known) == len(dogs["Labels"])


def test_every_bar_and_every_length(rekognition: Any, pets: dict[str, bytes]) -> None:
    everything = rekognition.detect_labels(Image=pets, MinConfidence=0)["Labels"]
    assert min(label["Confidence"] for label in everything) < 55
    assert rekognition.detect_labels(Image=pets, MinConfidence=100)["Labels"] == []
    assert rekognition.detect_labels(Image=pets, MaxLabels=0)["Labels"] == []
    assert (
        rekognition.detect_labels(Image=pets, MaxLabels=3, MinConfidence=0)["Labels"]
        == (everything[:3])
    )
    assert len(rekognition.detect_labels(Image=pets, MaxLabels=2**31 - 1)["Labels"]) > 3
    surest = everything[0]["Confidence"]
    again = rekognition.detect_labels(Image=pets, MinConfidence=surest)["Labels"]
    assert [label["Confidence"] for label in again] == [surest] * len(again)


def test_instances_below_the_bar_are_left_out(rekognition: Any, pets: dict[str, bytes]) -> None:
    """A label is as sure as its surest instance; the others are judged by themselves."""
    dog = named(rekognition.detect_labels(Image=pets, MinConfidence=0))["Dog"]
    second = dog["Instances"][1]["Confidence"]
    bar = (dog["Confidence"] + second) / 2
    dog = named(rekognition.detect_labels(Image=pets, MinConfidence=bar))["Dog"]
    assert len(dog["Instances"]) == 1


@pytest.mark.parametrize(
    ("filters", "present", "absent"),
    [
        ({"LabelInclusionFilters": ["Dog"]}, {"Dog"}, {"Animal", "Canine"}),
        ({"LabelExclusionFilters": ["Pet", "Canine"]}, {"Dog", "Animal"}, {"Pet", "Canine"}),
        ({"LabelCategoryInclusionFilters": ["Animals and Pets"]}, {"Dog", "Animal"}, {"Person"}),
        ({"LabelCategoryExclusionFilters": ["Animals and Pets"]}, set(), {"Dog", "Animal"}),
        (
            {
                "LabelInclusionFilters": ["Person"],
                "LabelCategoryInclusionFilters": ["Animals and Pets"],
                "LabelExclusionFilters": ["Animal"],
            },
            {"Dog", "Pet"},
            {"Animal"},
        ),
        (
            {"LabelInclusionFilters": ["Dog"], "LabelExclusionFilters": ["Dog"]},
            set(),
            {"Dog", "Animal"},
        ),
        ({"LabelInclusionFilters": []}, {"Dog", "Animal"}, set()),
    ],
)
def test_filters(
    rekognition: Any,
    pets: dict[str, bytes],
    filters: dict[str, list[str]],
    present: set[str],
    absent: set[str],
) -> None:
    answer = rekognition.detect_labels(Image=pets, Settings={"GeneralLabels": filters})
    assert present <= set(named(answer))
    assert not absent & set(named(answer))


def test_a_filtered_label_keeps_its_parents_names(rekognition: Any, pets: dict[str, bytes]) -> None:
    answer = rekognition.detect_labels(
        Image=pets, Settings={"GeneralLabels": {"LabelInclusionFilters": ["Dog"]}}
    )
    (dog,) = answer["Labels"]
    assert {"Name": "Animal"} in dog["Parents"]


@pytest.mark.parametrize(
    ("member", "name"),
    [
        ("LabelInclusionFilters", "Dogs"),
        ("LabelExclusionFilters", "dog"),
        ("LabelInclusionFilters", "Human"),
        ("LabelExclusionFilters", ""),
        ("LabelCategoryInclusionFilters", "Animals"),
        ("LabelCategoryExclusionFilters", "Dog"),
    ],
)
def test_a_filter_that_names_nothing_is_refused(
    rekognition: Any, pets: dict[str, bytes], member: str, name: str
) -> None:
    with pytest.raises(ClientError) as error:
        rekognition.detect_labels(Image=pets, Settings={"GeneralLabels": {member: [name]}})
    assert code_of(error) == "InvalidParameterException"
    assert member in message_of(error)
    assert repr(name) in message_of(error)


def test_light_and_colours_alone(rekognition: Any, pets: dict[str, bytes]) -> None:
    answer = rekognition.detect_labels(
        Image=pets,
        Features=["IMAGE_PROPERTIES"],
        Settings={"ImageProperties": {"MaxDominantColors": 3}},
    )
    assert "Labels" not in answer
    properties = answer["ImageProperties"]
    assert set(properties["Quality"]) == {"Brightness", "Sharpness", "Contrast"}
    assert 1 <= len(properties["DominantColors"]) <= 3
    assert properties["DominantColors"][0]["SimplifiedColor"] == "green"
    assert set(properties["Foreground"]["Quality"]) == {"Brightness", "Sharpness"}
    assert set(properties["Background"]["Quality"]) == {"Brightness", "Sharpness"}


def test_both_features_tell_the_colours_of_instances(
    rekognition: Any, pets: dict[str, bytes]
) -> None:
    answer = rekognition.detect_labels(
        Image=pets,
        Features=["GENERAL_LABELS", "IMAGE_PROPERTIES"],
        Settings={
            "GeneralLabels": {"LabelInclusionFilters": ["Dog"]},
            "ImageProperties": {"MaxDominantColors": 2},
        },
    )
    (dog,) = answer["Labels"]
    assert all(1 <= len(each["DominantColors"]) <= 2 for each in dog["Instances"])
    assert answer["ImageProperties"]["DominantColors"]


def test_no_colours_where_none_are_asked_for(rekognition: Any, pets: dict[str, bytes]) -> None:
    answer = rekognition.detect_labels(
        Image=pets,
        Features=["IMAGE_PROPERTIES"],
        Settings={"ImageProperties": {"MaxDominantColors": 0}},
    )
    assert answer["ImageProperties"]["DominantColors"] == []


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"Features": ["IMAGE_PROPERTIES"], "MinConfidence": 50}, "MinConfidence"),
        ({"Features": ["IMAGE_PROPERTIES"], "MaxLabels": 5}, "MaxLabels"),
        (
            {"Features": ["IMAGE_PROPERTIES"], "Settings": {"GeneralLabels": {}}},
            "Settings.GeneralLabels",
        ),
        (
            {"Settings": {"ImageProperties": {"MaxDominantColors": 5}}},
            "Settings.ImageProperties",
        ),
        ({"Features": ["GENERAL_LABELS"] * 3}, "Features"),
        ({"Features": ["LANDMARKS"]}, "Features"),
        ({"MinConfidence": 100.5}, "MinConfidence"),
        ({"MinConfidence": -1}, "MinConfidence"),
        ({"MaxLabels": -1}, "MaxLabels"),
        (
            {
                "Features": ["IMAGE_PROPERTIES"],
                "Settings": {"ImageProperties": {"MaxDominantColors": 21}},
            },
            "MaxDominantColors",
        ),
        (
            {"Settings": {"GeneralLabels": {"LabelInclusionFilters": ["Dog"] * 101}}},
            "LabelInclusionFilters",
        ),
        (
            {"Settings": {"GeneralLabels": {"LabelExclusionFilters": ["D" * 51]}}},
            "LabelExclusionFilters",
        ),
    ],
)
def test_members_that_do_not_fit_are_named(
    rekognition: Any, pets: dict[str, bytes], members: dict[str, Any], said: str
) -> None:
    with pytest.raises(ClientError) as error:
        rekognition.detect_labels(Image=pets, **members)
    assert code_of(error) in {"InvalidParameterException", "ValidationException"}
    assert said[0].lower() + said[1:] in message_of(error) or said in message_of(error)


def test_the_same_feature_twice_is_once(rekognition: Any, pets: dict[str, bytes]) -> None:
    answer = rekognition.detect_labels(Image=pets, Features=["GENERAL_LABELS"] * 2)
    assert "Dog" in named(answer)


def test_too_small_and_too_long(rekognition: Any) -> None:
    with pytest.raises(ClientError) as error:
        rekognition.detect_labels(Image=encoded(Image.new("RGB", (79, 300))))
    assert code_of(error) == "InvalidParameterException"
    with pytest.raises(ClientError) as error:
        rekognition.detect_labels(Image=encoded(Image.new("RGB", (10_001, 80)), "PNG"))
    assert code_of(error) == "ImageTooLargeException"
    assert "10000" in message_of(error)
    answer = rekognition.detect_labels(Image=encoded(Image.new("RGB", (10_000, 80)), "PNG"))
    assert "Labels" in answer


def test_nothing_is_seen_in_grey(rekognition: Any) -> None:
    assert rekognition.detect_labels(Image=GREY)["Labels"] == []


def test_what_is_no_picture_is_refused(rekognition: Any) -> None:
    with pytest.raises(ClientError) as error:
        rekognition.detect_labels(Image={"Bytes": b"%PDF-1.7"})
    assert code_of(error) == "InvalidImageFormatException"
    with pytest.raises(ClientError) as error:
        rekognition.detect_labels(Image={})
    assert code_of(error) == "InvalidParameterException"
    with pytest.raises(ClientError) as error:
        rekognition.detect_labels(Image={"S3Object": {"Bucket": "nowhere", "Name": "no.jpg"}})
    assert code_of(error) == "InvalidS3ObjectException"


def test_a_picture_from_a_bucket(
    rekognition: Any, server: LiveServer, pets: dict[str, bytes]
) -> None:
    bucket = server.home / "buckets" / "labels"
    bucket.mkdir(parents=True, exist_ok=True)
    (bucket / "pets.jpg").write_bytes(pets["Bytes"])
    answer = rekognition.detect_labels(Image={"S3Object": {"Bucket": "labels", "Name": "pets.jpg"}})
    assert len(named(answer)["Dog"]["Instances"]) == 2
