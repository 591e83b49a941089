"""Bulk jobs through boto3: a manifest in, results and a summary out."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.conftest import LiveServer, serving
from tests.contract.test_clients import aws
from tests.contract.test_collections import code_of
from tests.contract.test_labels import message_of

MODERATION = {"DetectModerationLabels": {"MinConfidence": 40.0}}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, models_path: Path, people: Path
) -> Iterator[LiveServer]:
    """A server with a worker, and a bucket with three photographs and a text."""
    home = tmp_path_factory.mktemp("bulk")
    bucket = home / "buckets" / "photos"
    bucket.mkdir(parents=True)
    (home / "buckets" / "out").mkdir()
    for number in (1, 2, 3):
        shutil.copy(people / f"face_{number}.jpg", bucket / f"{number}.jpg")
    (bucket / "note.jpg").write_text("This is no picture.")
    with serving(home, models_path) as live:
        yield live


@pytest.fixture(scope="module")
def client(server: LiveServer) -> Any:
    return server.client()


def put_manifest(server: LiveServer, name: str, *lines: object) -> dict[str, Any]:
    """Write a manifest, texts as they are and all else as JSON, and return the Input of it."""
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (server.home / "buckets" / "photos" / name).write_text("\n".join(written))
    return {"S3Object": {"Bucket": "photos", "Name": name}}


def request(manifest: dict[str, Any], **members: Any) -> dict[str, Any]:
    output = {"S3Bucket": "out", "S3KeyPrefix": "moderated"}
    return {
        "OperationsConfig": MODERATION,
        "Input": manifest,
        "OutputConfig": output,
        **members,
    }


def finished(client: Any, job_id: str) -> dict[str, Any]:
    """What is told of a job once it has ended; fails after two minutes."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        job = dict(client.get_media_analysis_job(JobId=job_id))
        if job["Status"] in {"SUCCEEDED", "FAILED"}:
            return job
        time.sleep(0.25)
    raise AssertionError(f"{job_id} is still in work")


def read(server: LiveServer, place: dict[str, Any]) -> str:
    path: Path = server.home / "buckets" / place["Bucket"] / place["Name"]
    return path.read_text()


@pytest.fixture(scope="module")
def source() -> dict[str, str]:
    return {"source-ref": "s3://photos/1.jpg"}


def test_results_and_summary(server: LiveServer, client: Any, source: dict[str, str]) -> None:
    other = {"source-ref": "s3://photos/2.jpg", "more": 1}
    note, gone = {"source-ref": "s3://photos/note.jpg"}, {"source-ref": "s3://photos/9.jpg"}
    lines = [
        source,
        other,
        "",
        source,
        "no json",
        {"image": 1},
        {"source-ref": "2.jpg"},
        note,
        gone,
    ]
    manifest = put_manifest(server, "mixed.jsonl", *lines)
    job_id = client.start_media_analysis_job(**request(manifest, JobName="first.one"))["JobId"]
    job = finished(client, job_id)
    assert (job["Status"], job["JobName"]) == ("SUCCEEDED", "first.one")
    assert job["Input"] == manifest
    assert job["OperationsConfig"] == MODERATION
    assert job["OutputConfig"] == {"S3Bucket": "out", "S3KeyPrefix": "moderated"}
    assert job["CreationTimestamp"] <= job["CompletionTimestamp"]
    results = [json.loads(line) for line in read(server, job["Results"]["S3Object"]).splitlines()]
    assert [each["source-ref"][-5:] for each in results] == ["1.jpg", "2.jpg", "1.jpg"]
    single = client.detect_moderation_labels(
        Image={"S3Object": {"Bucket": "photos", "Name": "1.jpg"}}, MinConfidence=40
    )
    found = results[0]["detect-moderation-labels"]
    assert results[0] == results[2]
    assert [label["Name"] for label in found["ModerationLabels"]] == [
        label["Name"] for label in single["ModerationLabels"]
    ]
    version = single["ModerationModelVersion"]
    assert found["ModerationModelVersion"] == version
    assert job["Results"]["ModelVersions"] == {"Moderation": version}
    summary = json.loads(read(server, job["ManifestSummary"]["S3Object"]))
    assert summary["version"] == "1.0"
    assert summary["statistics"] == {
        "total-json-lines": 8,
        "valid-json-lines": 3,
        "invalid-json-lines": 5,
    }
    assert [(error["line-numer"], error["code"]) for error in summary["errors"]] == [
        (5, "INVALID_JSON_LINE"),
        (6, "MISSING_SOURCE_REF"),
        (7, "INVALID_SOURCE_REF_FORMAT"),
        (8, "INVALID_IMAGE"),
        (9, "INVALID_IMAGE"),
    ]
    assert summary["errors"][3]["source-ref"] == "s3://photos/note.jpg"
    assert "source-ref" not in summary["errors"][0]


def test_a_token_starts_one_job(server: LiveServer, client: Any, source: dict[str, str]) -> None:
    wish = request(put_manifest(server, "once.jsonl", source), ClientRequestToken="bulk-once")
    job_id = client.start_media_analysis_job(**wish)["JobId"]
    assert client.start_media_analysis_job(**wish)["JobId"] == job_id
    with pytest.raises(ClientError) as error:
        client.start_media_analysis_job(**{**wish, "JobName": "another"})
    assert code_of(error) == "IdempotentParameterMismatchException"
    assert finished(client, job_id)["Status"] == "SUCCEEDED"


def test_jobs_are_listed_newest_first_in_pages(
    server: LiveServer, client: Any, source: dict[str, str]
) -> None:
    wish = request(put_manifest(server, "listed.jsonl", source))
    started = [client.start_media_analysis_job(**wish)["JobId"] for _ in range(3)]
    told: list[str] = []
    members: dict[str, Any] = {"MaxResults": 2}
    while True:
        page = client.list_media_analysis_jobs(**members)
        assert len(page["MediaAnalysisJobs"]) <= 2
        told += [job["JobId"] for job in page["MediaAnalysisJobs"]]
        if "NextToken" not in page:
            break
        members["NextToken"] = page["NextToken"]
    assert told[:3] == started[::-1]
    for job_id in started:
        finished(client, job_id)


def test_an_output_that_takes_nothing_fails_the_job(
    server: LiveServer, client: Any, source: dict[str, str]
) -> None:
    manifest = put_manifest(server, "lost.jsonl", source)
    wish = request(manifest, OutputConfig={"S3Bucket": "nowhere"})
    job = finished(client, client.start_media_analysis_job(**wish)["JobId"])
    assert job["Status"] == "FAILED"
    assert job["FailureDetails"]["Code"] == "INVALID_OUTPUT_CONFIG"
    assert "nowhere" in job["FailureDetails"]["Message"]
    assert not {"Results", "ManifestSummary"} & set(job)


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"OperationsConfig": {}}, "InvalidParameterException", "DetectModerationLabels"),
        (
            {"Input": {"S3Object": {"Bucket": "photos", "Name": "none.jsonl"}}},
            "InvalidS3ObjectException",
            "none.jsonl",
        ),
        ({"Input": {"S3Object": {"Bucket": "photos"}}}, "InvalidParameterException", "Name"),
        ({"JobName": "two words"}, "InvalidParameterException", "JobName"),
        (
            {
                "OperationsConfig": {
                    "DetectModerationLabels": {
                        "ProjectVersion": "arn:aws:rekognition:us-east-1:123456789012:project/a/"
                        "version/b/1700000000000"
                    }
                }
            },
            "ResourceNotFoundException",
            "adapter",
        ),
    ],
)
def test_what_is_refused_at_once(
    server: LiveServer,
    client: Any,
    source: dict[str, str],
    changed: dict[str, Any],
    code: str,
    said: str,
) -> None:
    wish = request(put_manifest(server, "refused.jsonl", source), **changed)
    with pytest.raises(ClientError) as error:
        client.start_media_analysis_job(**wish)
    assert code_of(error) == code
    assert said in message_of(error)


@pytest.mark.parametrize(
    ("lines", "said"), [(["", " "], "no line"), (['{"source-ref":"s3://a/b"}'] * 10_001, "10001")]
)
def test_manifests_that_are_empty_or_too_long(
    server: LiveServer, client: Any, lines: list[str], said: str
) -> None:
    with pytest.raises(ClientError) as error:
        client.start_media_analysis_job(**request(put_manifest(server, "odd.jsonl", *lines)))
    assert code_of(error) == "InvalidManifestException"
    assert said in message_of(error)


def test_unknown_jobs_and_wrong_pages(client: Any) -> None:
    with pytest.raises(ClientError) as error:
        client.get_media_analysis_job(JobId="a" * 64)
    assert code_of(error) == "ResourceNotFoundException"
    for members, code in (
        ({"MaxResults": 101}, "InvalidParameterException"),
        ({"MaxResults": 0}, "InvalidParameterException"),
        ({"NextToken": "made-up"}, "InvalidPaginationTokenException"),
    ):
        with pytest.raises(ClientError) as error:
            client.list_media_analysis_jobs(**members)
        assert code_of(error) == code


def test_the_command_line_client(server: LiveServer, source: dict[str, str]) -> None:
    put_manifest(server, "shell.jsonl", source)
    started = aws(
        server,
        "start-media-analysis-job",
        "--operations-config",
        "DetectModerationLabels={MinConfidence=40}",
        "--input",
        "S3Object={Bucket=photos,Name=shell.jsonl}",
        "--output-config",
        "S3Bucket=out",
    )
    assert isinstance(started, dict)
    job = finished(server.client(), started["JobId"])
    assert job["Status"] == "SUCCEEDED"
    assert job["Results"]["S3Object"]["Name"] == f"{started['JobId']}/results.jsonl"
