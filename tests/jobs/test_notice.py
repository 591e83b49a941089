"""The message is the one that Amazon's guide describes."""

import json

from tests.jobs.notices import ENDED_AT, NOTICE, failed


def test_a_job_that_succeeded() -> None:
    assert json.loads(NOTICE.encode()) == {
        "JobId": "0a" * 32,
        "Status": "SUCCEEDED",
        "API": "StartLabelDetection",
        "JobTag": "summer",
        "Timestamp": 1_795_523_415_250,
        "Video": {"S3ObjectName": "a day/out.mp4", "S3Bucket": "films"},
    }
    assert ENDED_AT.timestamp() * 1000 == 1_795_523_415_250


def test_a_job_that_failed_says_why_and_names_no_tag_that_it_lacks() -> None:
    told = json.loads(failed("No picture of the video could be decoded.").encode())
    assert told["Status"] == "FAILED"
    assert told["Message"] == "No picture of the video could be decoded."
    assert "JobTag" not in told
