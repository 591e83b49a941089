"""Labels, text, unwanted content and segments of videos in the API's words, and their filters."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.operations.video_place import VIDEO, Place, Told
from vidimus.analyses.labels import LabelSegment, LabelWish
from vidimus.analyses.moderation import ModerationSegment, ModerationWish, SeenModeration
from vidimus.analyses.segments import Segment, SegmentWish
from vidimus.analyses.text import ReadText, TextWish
from vidimus.errors import InvalidParameter
from vidimus.geometry import BoundingBox, Point
from vidimus.vision.label_types import LabelChoice, LabelInstance, PictureLabel
from vidimus.vision.moderation_types import ContentType, ModerationLabel
from vidimus.vision.text_filter import TextFilter

BOX = BoundingBox(0.25, 0.25, 0.5, 0.5)
CORNERS = (Point(0.25, 0.25), Point(0.75, 0.25), Point(0.75, 0.75), Point(0.25, 0.75))
DOG = PictureLabel(
    "Dog",
    97.5,
    instances=(LabelInstance(BOX, 97.5),),
    parents=("Canine", "Animal"),
    aliases=("Puppy",),
    categories=("Animals and Pets",),
)
WEAPONS = ModerationLabel("Weapons", "Violence", 2, 88.0)
DRAWN = (ContentType("Illustrated", 70.0),)


@pytest.fixture(autouse=True)
def _no_open_jobs(place: Place) -> Iterator[None]:
    yield
    for job in place.engine.jobs.list(limit=1000):
        place.engine.jobs.cancel(job.job_id)


def start(place: Place, kind: str, **params: object) -> str:
    return str(place.call(f"Start{kind}", Video=VIDEO, **params)["JobId"])


def wish(place: Place, kind: str, of: type[Any], **params: object) -> Any:
    """What a worker reads of a job."""
    return msgspec.json.decode(place.job(start(place, kind, **params)).wish, type=of)


def test_labels_of_moments_and_segments(place: Place) -> None:
    job_id = start(place, "LabelDetection")
    whole = PictureLabel("Dog", 99.0, parents=DOG.parents, categories=DOG.categories)
    place.succeed(
        job_id,
        [
            Told(1200, "Dog", DOG),
            Told(1200, "Dog", LabelSegment(whole, 1200, 4000), "segments"),
        ],
    )
    answer = place.call("GetLabelDetection", JobId=job_id)
    assert answer["LabelModelVersion"]
    assert answer["GetRequestMetadata"] == {"SortBy": "TIMESTAMP", "AggregateBy": "TIMESTAMPS"}
    (moment,) = answer["Labels"]
    box = {"Left": 0.25, "Top": 0.25, "Width": 0.5, "Height": 0.5}
    assert moment == {
        "Timestamp": 1200,
        "Label": {
            "Name": "Dog",
            "Confidence": 97.5,
            "Instances": [{"BoundingBox": box, "Confidence": 97.5}],
            "Parents": [{"Name": "Canine"}, {"Name": "Animal"}],
            "Aliases": [{"Name": "Puppy"}],
            "Categories": [{"Name": "Animals and Pets"}],
        },
    }
    answer = place.call("GetLabelDetection", JobId=job_id, AggregateBy="SEGMENTS", SortBy="NAME")
    assert answer["GetRequestMetadata"] == {"SortBy": "NAME", "AggregateBy": "SEGMENTS"}
    (stretch,) = answer["Labels"]
    assert (stretch["Timestamp"], stretch["StartTimestampMillis"]) == (1200, 1200)
    assert (stretch["EndTimestampMillis"], stretch["DurationMillis"]) == (4000, 2800)
    assert stretch["Label"]["Confidence"] == 99.0
    assert "Instances" not in stretch["Label"]


def test_which_labels_are_wanted(place: Place) -> None:
    assert wish(place, "LabelDetection", LabelWish).choice == LabelChoice(min_confidence=50.0)
    settings = {
        "GeneralLabels": {
            "LabelInclusionFilters": ["Dog"],
            "LabelExclusionFilters": ["Cat"],
            "LabelCategoryInclusionFilters": ["Animals and Pets"],
            "LabelCategoryExclusionFilters": ["Weapons and Military"],
        }
    }
    members = {"MinConfidence": 0, "Features": ["GENERAL_LABELS"], "Settings": settings}
    assert wish(place, "LabelDetection", LabelWish, **members).choice == LabelChoice(
        min_confidence=0,
        included_labels=frozenset({"Dog"}),
        excluded_labels=frozenset({"Cat"}),
        included_categories=frozenset({"Animals and Pets"}),
        excluded_categories=frozenset({"Weapons and Military"}),
    )


def test_a_label_that_does_not_exist_is_refused(place: Place) -> None:
    filters = {"GeneralLabels": {"LabelInclusionFilters": ["Dogs"]}}
    with pytest.raises(InvalidParameter, match="LabelInclusionFilters: 'Dogs'"):
        start(place, "LabelDetection", Settings=filters)


def test_text_is_told_line_by_line_and_word_by_word(place: Place) -> None:
    job_id = start(place, "TextDetection")
    line = ReadText("STOP HERE", "LINE", 0, None, 99.0, CORNERS)
    word = ReadText("STOP", "WORD", 1, 0, 98.0, CORNERS)
    place.succeed(job_id, [Told(800, "000", line), Told(800, "001", word)])
    answer = place.call("GetTextDetection", JobId=job_id)
    assert answer["TextModelVersion"]
    first, second = answer["TextDetections"]
    assert first["Timestamp"] == 800
    detection = first["TextDetection"]
    assert (detection["DetectedText"], detection["Type"], detection["Id"]) == (
        "STOP HERE",
        "LINE",
        0,
    )
    assert "ParentId" not in detection
    assert detection["Geometry"]["BoundingBox"]["Width"] == 0.5
    assert len(detection["Geometry"]["Polygon"]) == 4
    assert second["TextDetection"]["ParentId"] == 0


def test_which_text_is_wanted(place: Place) -> None:
    assert wish(place, "TextDetection", TextWish).wanted == TextFilter()
    box = {"Left": 0.25, "Top": 0.25, "Width": 0.5, "Height": 0.5}
    filters = {
        "WordFilter": {"MinBoundingBoxHeight": 0.1, "MinBoundingBoxWidth": 0.2},
        "RegionsOfInterest": [{"BoundingBox": box}],
    }
    wanted = wish(place, "TextDetection", TextWish, Filters=filters).wanted
    assert wanted == TextFilter(80.0, 0.2, 0.1, (BOX.corners,))


def test_a_region_without_an_inside_is_refused(place: Place) -> None:
    region = {"Polygon": [{"X": 0.0, "Y": 0.0}, {"X": 1.0, "Y": 1.0}]}
    with pytest.raises(InvalidParameter, match=r"RegionsOfInterest\[0\].Polygon has 2 points"):
        start(place, "TextDetection", Filters={"RegionsOfInterest": [region]})


def test_unwanted_content_of_moments_and_segments(place: Place) -> None:
    job_id = start(place, "ContentModeration")
    segment = ModerationSegment(WEAPONS, DRAWN, 400, 2000)
    place.succeed(
        job_id,
        [
            Told(400, "Weapons", SeenModeration(WEAPONS, DRAWN)),
            Told(400, "Weapons", segment, "segments"),
        ],
    )
    answer = place.call("GetContentModeration", JobId=job_id)
    assert answer["ModerationModelVersion"]
    expected = {
        "Timestamp": 400,
        "ModerationLabel": {
            "Name": "Weapons",
            "ParentName": "Violence",
            "TaxonomyLevel": 2,
            "Confidence": 88.0,
        },
        "ContentTypes": [{"Name": "Illustrated", "Confidence": 70.0}],
    }
    assert answer["ModerationLabels"] == [expected]
    answer = place.call("GetContentModeration", JobId=job_id, AggregateBy="SEGMENTS")
    times = {"StartTimestampMillis": 400, "EndTimestampMillis": 2000, "DurationMillis": 1600}
    assert answer["ModerationLabels"] == [{**expected, **times}]
    assert answer["GetRequestMetadata"] == {"SortBy": "TIMESTAMP", "AggregateBy": "SEGMENTS"}


def test_how_sure_moderation_has_to_be(place: Place) -> None:
    assert wish(place, "ContentModeration", ModerationWish) == ModerationWish(50.0)
    assert wish(place, "ContentModeration", ModerationWish, MinConfidence=12.5).min_confidence == (
        12.5
    )


def test_segments_by_type_and_then_by_time(place: Place) -> None:
    job_id = start(place, "SegmentDetection", SegmentTypes=["SHOT", "TECHNICAL_CUE", "SHOT"])
    shots = [shot(0, 0), shot(1, 5000)]
    cue = Segment(
        kind="TECHNICAL_CUE",
        cue="BlackFrames",
        index=None,
        confidence=100.0,
        start_ms=4000,
        end_ms=4960,
        duration_ms=960,
        start_frame=100,
        end_frame=124,
        duration_frames=24,
        start_timecode="00:00:04:00",
        end_timecode="00:00:04:24",
        duration_timecode="00:00:00:24",
    )
    told = [Told(each.start_ms, "2 SHOT", each) for each in shots]
    place.succeed(job_id, [*told, Told(4000, "1 TECHNICAL_CUE", cue)])
    answer = place.call("GetSegmentDetection", JobId=job_id)
    selected = [(each["Type"], each["ModelVersion"]) for each in answer["SelectedSegmentTypes"]]
    assert selected == [("SHOT", selected[0][1]), ("TECHNICAL_CUE", selected[0][1])]
    black, first, second = answer["Segments"]
    assert black == {
        "Type": "TECHNICAL_CUE",
        "StartTimestampMillis": 4000,
        "EndTimestampMillis": 4960,
        "DurationMillis": 960,
        "StartTimecodeSMPTE": "00:00:04:00",
        "EndTimecodeSMPTE": "00:00:04:24",
        "DurationSMPTE": "00:00:00:24",
        "TechnicalCueSegment": {"Type": "BlackFrames", "Confidence": 100.0},
        "StartFrameNumber": 100,
        "EndFrameNumber": 124,
        "DurationFrames": 24,
    }
    assert first["ShotSegment"] == {"Index": 0, "Confidence": 95.0}
    assert second["ShotSegment"]["Index"] == 1
    assert "TechnicalCueSegment" not in first


def shot(index: int, start_ms: int) -> Segment:
    return Segment(
        kind="SHOT",
        cue=None,
        index=index,
        confidence=95.0,
        start_ms=start_ms,
        end_ms=start_ms + 4960,
        duration_ms=4960,
        start_frame=125 * index,
        end_frame=125 * index + 124,
        duration_frames=124,
        start_timecode=f"00:00:0{5 * index}:00",
        end_timecode=f"00:00:0{5 * index + 4}:24",
        duration_timecode="00:00:04:24",
    )


def test_which_segments_are_wanted(place: Place) -> None:
    assert wish(place, "SegmentDetection", SegmentWish, SegmentTypes=["SHOT"]) == SegmentWish(
        kinds=("SHOT",)
    )
    filters = {
        "TechnicalCueFilter": {
            "MinSegmentConfidence": 80,
            "BlackFrame": {"MaxPixelThreshold": 0.1, "MinCoveragePercentage": 98},
        },
        "ShotFilter": {"MinSegmentConfidence": 90},
    }
    members: dict[str, object] = {"SegmentTypes": ["TECHNICAL_CUE"], "Filters": filters}
    assert wish(place, "SegmentDetection", SegmentWish, **members) == SegmentWish(
        ("TECHNICAL_CUE",), 80, 90, 0.1, 98
    )
