"""Every operation of the registry is one of the API."""

from vidimus.operations import REGISTRY
from vidimus.wire.model import load_contract

BUILT = {
    "AssociateFaces",
    "CompareFaces",
    "CreateCollection",
    "CreateUser",
    "DeleteCollection",
    "DeleteFaces",
    "DeleteUser",
    "DescribeCollection",
    "DetectFaces",
    "DetectLabels",
    "DetectModerationLabels",
    "DetectProtectiveEquipment",
    "DetectText",
    "DisassociateFaces",
    "GetCelebrityInfo",
    "GetCelebrityRecognition",
    "GetContentModeration",
    "GetFaceDetection",
    "GetFaceSearch",
    "GetLabelDetection",
    "GetMediaAnalysisJob",
    "GetPersonTracking",
    "GetSegmentDetection",
    "GetTextDetection",
    "IndexFaces",
    "ListCollections",
    "ListFaces",
    "ListMediaAnalysisJobs",
    "ListTagsForResource",
    "ListUsers",
    "RecognizeCelebrities",
    "SearchFaces",
    "SearchFacesByImage",
    "SearchUsers",
    "SearchUsersByImage",
    "StartCelebrityRecognition",
    "StartContentModeration",
    "StartFaceDetection",
    "StartFaceSearch",
    "StartLabelDetection",
    "StartMediaAnalysisJob",
    "StartPersonTracking",
    "StartSegmentDetection",
    "StartTextDetection",
    "TagResource",
    "UntagResource",
}


def test_what_is_built() -> None:
    assert set(REGISTRY) == BUILT
    assert set(load_contract().operations) >= BUILT
    assert all(entry.handler.__doc__ for entry in REGISTRY.values())
