from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from vidimus.errors import CallerError, ImageTooLarge, InvalidParameter
from vidimus.wire.model import load_contract
from vidimus.wire.validate import check_output, validate_input

OPERATIONS = load_contract().operations
FACE_ID = "01234567-89ab-cdef-0123-456789abcdef"
MEBIBYTE = 1024 * 1024


def complaint(
    operation: str, params: Mapping[str, object], *, max_image_bytes: int | None = None
) -> str:
    with pytest.raises(CallerError) as caught:
        validate_input(OPERATIONS[operation], params, max_image_bytes=max_image_bytes)
    assert type(caught.value) in {InvalidParameter, ImageTooLarge}
    return caught.value.message


class TestInputs:
    def test_every_flaw_is_told_in_one_message(self) -> None:
        message = complaint(
            "SearchFaces",
            {"CollectionId": "a b", "MaxFaces": 4097, "FaceMatchThreshold": -0.5},
        )
        assert message == (
            "Request has invalid parameters, 4 validation errors: FaceId is required; "
            r"CollectionId must match the pattern [a-zA-Z0-9_.\-]+, got 'a b'; "
            "MaxFaces must be at most 4096, got 4097; "
            "FaceMatchThreshold must be at least 0, got -0.5"
        )

    def test_nested_members_are_named_by_their_path(self) -> None:
        message = complaint("DetectFaces", {"Image": {"S3Object": {"Bucket": "b!", "Name": ""}}})
        assert "Image.S3Object.Bucket must have at least 3 characters, got 2;" in message
        assert "Image.S3Object.Bucket must match the pattern" in message
        assert "Image.S3Object.Name must have at least 1 character, got 0" in message

    def test_entries_of_lists_are_named_by_their_number(self) -> None:
        message = complaint("DetectFaces", {"Image": {}, "Attributes": ["ALL", "NOPE"]})
        assert "1 validation error: Attributes[1] must be one of DEFAULT, ALL," in message
        assert message.endswith("got 'NOPE'")

    def test_keys_and_values_of_maps_are_named(self) -> None:
        tags = {"aws:x": "1", "b": "<", "c": "v" * 257}
        message = complaint("TagResource", {"ResourceArn": "a" * 20, "Tags": tags})
        assert "3 validation errors" in message
        assert "Tags key must match" in message
        assert "Tags['b'] must match" in message
        assert "Tags['c'] must have at most 256 characters, got 257" in message

    @pytest.mark.parametrize(
        ("count", "flawed"), [(0, True), (1, False), (100, False), (101, True)]
    )
    def test_the_length_of_a_list(self, count: int, flawed: bool) -> None:
        params: dict[str, object] = {
            "CollectionId": "a",
            "UserId": "u",
            "FaceIds": [FACE_ID] * count,
        }
        if flawed:
            assert "FaceIds must have at" in complaint("AssociateFaces", params)
        else:
            validate_input(OPERATIONS["AssociateFaces"], params)

    @pytest.mark.parametrize(
        ("threshold", "flawed"), [(-1e-9, True), (0, False), (100.0, False), (100.0001, True)]
    )
    def test_the_range_of_a_number(self, threshold: float, flawed: bool) -> None:
        params = {"CollectionId": "a", "FaceId": FACE_ID, "FaceMatchThreshold": threshold}
        if flawed:
            assert "FaceMatchThreshold must be at" in complaint("SearchFaces", params)
        else:
            validate_input(OPERATIONS["SearchFaces"], params)

    def test_strings_are_counted_in_code_points(self) -> None:
        tags = {"😀" * 128: ""}
        message = complaint("TagResource", {"ResourceArn": "a" * 20, "Tags": tags})
        assert "characters" not in message

    def test_long_values_are_shortened(self) -> None:
        message = complaint("DescribeCollection", {"CollectionId": "!" * 255})
        assert "!" * 64 + "…" in message
        assert "!" * 65 not in message

    def test_thousands_of_flaws_make_one_short_message(self) -> None:
        message = complaint("DeleteFaces", {"CollectionId": "a", "FaceIds": ["x"] * 4096})
        assert message.startswith("Request has invalid parameters, more than 50 validation errors")
        assert message.count(";") == 49

    def test_of_a_list_too_long_the_rest_is_not_looked_at(self) -> None:
        ids = [FACE_ID] * 4096 + ["x"] * 1_000_000
        message = complaint("DeleteFaces", {"CollectionId": "a", "FaceIds": ids})
        assert "1 validation error: FaceIds must have at most 4096 entries" in message

    def test_a_string_with_a_pattern_and_no_maximum_is_bounded(self) -> None:
        # Tried on this value, the pattern would need time that grows with its square.
        topic = "arn:aws:sns:" + ":aaaaaaaaaaaa:" * 500_000 + "\n"
        channel = {"SNSTopicArn": topic, "RoleArn": "arn:aws:iam::000000000000:role/name"}
        video = {"S3Object": {"Bucket": "abc", "Name": "n"}}
        message = complaint("StartFaceDetection", {"Video": video, "NotificationChannel": channel})
        assert "NotificationChannel.SNSTopicArn must have at most 4096 characters" in message


class TestPictures:
    def test_too_many_bytes_are_an_error_of_their_own(self) -> None:
        picture = bytes(5 * MEBIBYTE + 1)
        with pytest.raises(ImageTooLarge) as caught:
            validate_input(OPERATIONS["DetectFaces"], {"Image": {"Bytes": picture}})
        assert caught.value.message == (
            "Image size is too large: Image.Bytes must have at most 5242880 bytes, got 5242881"
        )

    def test_exactly_enough_bytes(self) -> None:
        validate_input(OPERATIONS["DetectFaces"], {"Image": {"Bytes": bytes(5 * MEBIBYTE)}})

    def test_the_operator_may_set_another_maximum(self) -> None:
        picture = {"Image": {"Bytes": bytes(5 * MEBIBYTE + 1)}}
        validate_input(OPERATIONS["DetectFaces"], picture, max_image_bytes=6 * MEBIBYTE)
        assert "at most 1024 bytes" in complaint("DetectFaces", picture, max_image_bytes=1024)

    def test_both_pictures_of_a_comparison_are_named(self) -> None:
        big = {"Bytes": bytes(5 * MEBIBYTE + 1)}
        message = complaint("CompareFaces", {"SourceImage": big, "TargetImage": big})
        assert "SourceImage.Bytes must" in message
        assert "TargetImage.Bytes must" in message

    def test_with_other_flaws_it_is_an_invalid_parameter(self) -> None:
        params = {"Image": {"Bytes": bytes(5 * MEBIBYTE + 1)}, "Attributes": ["NOPE"]}
        with pytest.raises(InvalidParameter, match="2 validation errors"):
            validate_input(OPERATIONS["DetectFaces"], params)

    def test_no_bytes_are_an_invalid_parameter(self) -> None:
        with pytest.raises(
            InvalidParameter, match=r"Image\.Bytes must have at least 1 byte, got 0"
        ):
            validate_input(OPERATIONS["DetectFaces"], {"Image": {"Bytes": b""}})

    def test_other_blobs_keep_the_models_maximum(self) -> None:
        params = {"DatasetArn": "a" * 20, "Changes": {"GroundTruth": bytes(5 * MEBIBYTE + 1)}}
        with pytest.raises(
            InvalidParameter, match=r"Changes\.GroundTruth must have at most 5242880"
        ):
            validate_input(OPERATIONS["UpdateDatasetEntries"], params, max_image_bytes=1 << 30)

    def test_bytes_are_never_quoted(self) -> None:
        message = complaint("DetectFaces", {"Image": {"Bytes": b"secret" * MEBIBYTE}})
        assert "secret" not in message


class TestOutputs:
    @pytest.mark.parametrize(
        ("operation", "output"),
        [
            ("DeleteUser", {}),
            ("CreateCollection", {"StatusCode": 200, "CollectionArn": None}),
            ("DetectFaces", {"FaceDetails": ({"Confidence": 99, "Pose": {"Yaw": -1.5}},)}),
            ("DescribeCollection", {"CreationTimestamp": datetime(2026, 1, 1, tzinfo=UTC)}),
            ("ListTagsForResource", {"Tags": {"a": ""}}),
        ],
    )
    def test_what_follows_the_contract(self, operation: str, output: dict[str, object]) -> None:
        assert check_output(OPERATIONS[operation], output) == []

    @pytest.mark.parametrize(
        ("operation", "output", "problem"),
        [
            ("DeleteUser", {"Status": "OK"}, "Status: DeleteUserResponse has no such member"),
            (
                "DetectFaces",
                {"FaceDetails": [{"BoundingBox": {"Hight": 1.0}}]},
                "FaceDetails[0].BoundingBox.Hight: BoundingBox has no such member",
            ),
            ("CreateCollection", {"StatusCode": "200"}, "StatusCode: expected int, got str"),
            ("CreateCollection", {"StatusCode": True}, "StatusCode: expected int, got bool"),
            ("CreateCollection", {"StatusCode": 200.0}, "StatusCode: expected int, got float"),
            ("CreateCollection", {"StatusCode": -1}, "StatusCode must be at least 0, got -1"),
            (
                "CreateCollection",
                {"StatusCode": 1 << 31},
                "StatusCode: 2147483648 does not fit 32 bits",
            ),
            (
                "CreateCollection",
                {"StatusCode": np.int64(200)},
                "StatusCode: expected int, got int64",
            ),
            (
                "SearchFacesByImage",
                {"SearchedFaceConfidence": np.float64(1)},
                "SearchedFaceConfidence: expected float or int, got float64",
            ),
            (
                "SearchFacesByImage",
                {"SearchedFaceConfidence": float("nan")},
                "SearchedFaceConfidence: nan is not finite",
            ),
            (
                "SearchFacesByImage",
                {"SearchedFaceConfidence": 100.5},
                "SearchedFaceConfidence must be at most 100, got 100.5",
            ),
            ("SearchFacesByImage", {"FaceMatches": {}}, "FaceMatches: expected a list, got dict"),
            ("SearchFaces", {"SearchedFaceId": "x"}, "SearchedFaceId must match the pattern"),
            (
                "ListUsers",
                {"Users": [{"UserStatus": "NEW"}]},
                "Users[0].UserStatus must be one of ACTIVE,",
            ),
            ("ListUsers", {"Users": [5]}, "Users[0]: expected a mapping (User), got int"),
            (
                "ListUsers",
                {"NextToken": "a" * 256},
                "NextToken must have at most 255 characters, got 256",
            ),
            (
                "DescribeCollection",
                {"CreationTimestamp": 5.0},
                "CreationTimestamp: expected datetime, got float",
            ),
            (
                "DescribeCollection",
                {"CreationTimestamp": datetime(2026, 1, 1)},
                "CreationTimestamp: the datetime has no time zone",
            ),
            ("ListTagsForResource", {"Tags": {"a": 5}}, "Tags['a']: expected str, got int"),
            ("ListTagsForResource", {"Tags": [("a", "b")]}, "Tags: expected a mapping, got list"),
            ("CreateFaceLivenessSession", {"SessionId": None}, "SessionId is required"),
        ],
    )
    def test_what_does_not(self, operation: str, output: Any, problem: str) -> None:
        problems = check_output(OPERATIONS[operation], output)
        assert any(found.startswith(problem) for found in problems), problems
