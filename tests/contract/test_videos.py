"""Videos from the bucket to the results, as a user's program goes about it: start, hear, read."""

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.contract.conftest import LiveServer, serving
from tests.contract.films import finished, make_people_film, make_sign_film
from tests.contract.test_clients import aws
from tests.contract.test_collections import code_of
from tests.contract.test_video_requests import KINDS, start
from tests.jobs.notices import Receiver, receiving

REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/told"
PEOPLE = {"S3Object": {"Bucket": "films", "Name": "people.mp4"}}
SIGN = {"S3Object": {"Bucket": "films", "Name": "sign.mp4"}}


@dataclass(frozen=True)
class Studio:
    """A server with a worker, a bucket of films, a topic with a queue, and a webhook."""

    server: LiveServer
    client: Any
    topic: str
    queue_url: str
    queues: Any
    webhook: Receiver

    @property
    def bucket(self) -> Path:
        return self.server.home / "buckets" / "films"

    def messages(self) -> list[dict[str, Any]]:
        """What the topic's subscriber got since it was last asked."""
        got: list[dict[str, Any]] = []
        while True:
            answer = self.queues.receive_message(
                QueueUrl=self.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0
            )
            if not answer.get("Messages"):
                return got
            for message in answer["Messages"]:
                got.append(json.loads(message["Body"]))
                self.queues.delete_message(
                    QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"]
                )


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """The URL of a running SNS and SQS server (moto)."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def studio(
    tmp_path_factory: pytest.TempPathFactory, models_path: Path, people: Path, moto: str
) -> Iterator[Studio]:
    home = tmp_path_factory.mktemp("studio")
    bucket = home / "buckets" / "films"
    bucket.mkdir(parents=True)
    make_people_film(bucket / "people.mp4", [people / "face_3.jpg", people / "face_7.jpg"])
    make_sign_film(bucket / "sign.mp4", "STOP HERE")
    (bucket / "note.mp4").write_text("This is no video.")
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    topics = boto3.client("sns", endpoint_url=moto, region_name=REGION, **keys)
    queues = boto3.client("sqs", endpoint_url=moto, region_name=REGION, **keys)
    topic = str(topics.create_topic(Name="AmazonRekognitionStudio")["TopicArn"])
    queue_url = str(queues.create_queue(QueueName="studio")["QueueUrl"])
    arn = queues.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    topics.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn["Attributes"]["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    with receiving() as webhook:
        environment = {
            "AWS_ENDPOINT_URL_SNS": moto,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "VIDIMUS_VIDEO_WORKERS": "1",
            "VIDIMUS_WEBHOOK_URL": webhook.url,
            "VIDIMUS_WEBHOOK_SECRET": "whsec_" + "A" * 32,
        }
        with serving(home, models_path, **environment) as live:
            client = live.client()
            client.create_collection(CollectionId="people")
            picture = {"Bytes": (people / "face_3_0.jpg").read_bytes()}
            client.index_faces(CollectionId="people", Image=picture, ExternalImageId="ada")
            yield Studio(live, client, topic, queue_url, queues, webhook)


@pytest.fixture(scope="module")
def jobs(studio: Studio) -> dict[str, str]:
    """A job of each kind on the film of two people; the ids by kind."""
    channel = {"SNSTopicArn": studio.topic, "RoleArn": ROLE}
    members = {"Video": PEOPLE, "NotificationChannel": channel, "JobTag": "studio"}
    everything = {"segment_detection": {"SegmentTypes": ["SHOT", "TECHNICAL_CUE"]}}
    return {
        kind: start(studio.client, kind, **members, **everything.get(kind, {})) for kind in KINDS
    }


def test_every_kind_succeeds_and_says_what_the_video_is(
    studio: Studio, jobs: dict[str, str]
) -> None:
    for kind, job_id in jobs.items():
        answer = finished(studio.client, kind, job_id)
        assert answer["JobStatus"] == "SUCCEEDED", answer.get("StatusMessage")
        assert answer["JobTag"] == "studio"
        metadata = answer["VideoMetadata"]
        (facts,) = metadata if kind == "segment_detection" else [metadata]
        assert (facts["FrameWidth"], facts["FrameHeight"]) == (480, 360)
        assert (facts["Codec"], facts["Format"]) == ("h264", "QuickTime / MOV")
        assert facts["FrameRate"] == pytest.approx(10)
        assert facts["DurationMillis"] == pytest.approx(4000, abs=200)


def test_faces_are_seen_all_the_time(studio: Studio, jobs: dict[str, str]) -> None:
    faces = finished(studio.client, "face_detection", jobs["face_detection"])["Faces"]
    times = [face["Timestamp"] for face in faces]
    assert times == sorted(times)
    assert times[0] == 0
    assert times[-1] >= 3600
    assert all(face["Face"]["Confidence"] > 80 for face in faces)


def test_one_of_two_people_is_in_the_collection(studio: Studio, jobs: dict[str, str]) -> None:
    answer = finished(studio.client, "face_search", jobs["face_search"], SortBy="INDEX")
    persons = answer["Persons"]
    found = [each for each in persons if each["FaceMatches"]]
    assert {each["FaceMatches"][0]["Face"]["ExternalImageId"] for each in found} == {"ada"}
    assert all(each["Timestamp"] < 2000 for each in found)
    assert len({each["Person"]["Index"] for each in persons}) == 2
    assert min(each["FaceMatches"][0]["Similarity"] for each in found) >= 80
    order = [(each["Person"]["Index"], each["Timestamp"]) for each in persons]
    assert order == sorted(order)


def test_people_are_followed(studio: Studio, jobs: dict[str, str]) -> None:
    """How many they are is not asked: portraits before like walls may be taken for one scene."""
    job_id = jobs["person_tracking"]
    persons = finished(studio.client, "person_tracking", job_id, SortBy="INDEX")["Persons"]
    order = [(each["Person"]["Index"], each["Timestamp"]) for each in persons]
    assert order == sorted(order)
    assert order[0] == (0, 0)
    assert max(each["Timestamp"] for each in persons) >= 3600
    assert any("Face" in each["Person"] for each in persons)
    assert all(each["Person"]["BoundingBox"]["Height"] > 0.5 for each in persons)


def test_labels_of_moments_and_of_segments(studio: Studio, jobs: dict[str, str]) -> None:
    job_id = jobs["label_detection"]
    moments = finished(studio.client, "label_detection", job_id, SortBy="NAME")["Labels"]
    assert "Person" in {each["Label"]["Name"] for each in moments}
    order = [(each["Label"]["Name"], each["Timestamp"]) for each in moments]
    assert order == sorted(order)
    answer = finished(studio.client, "label_detection", job_id, AggregateBy="SEGMENTS")
    assert answer["GetRequestMetadata"] == {"SortBy": "TIMESTAMP", "AggregateBy": "SEGMENTS"}
    person = next(each for each in answer["Labels"] if each["Label"]["Name"] == "Person")
    assert person["DurationMillis"] == (
        person["EndTimestampMillis"] - person["StartTimestampMillis"]
    )
    assert person["DurationMillis"] > 2000
    assert "Instances" not in person["Label"]


def test_labels_in_pages(studio: Studio, jobs: dict[str, str]) -> None:
    members: dict[str, Any] = {"JobId": jobs["label_detection"]}
    everything = studio.client.get_label_detection(**members, MaxResults=5000)["Labels"]
    paged = []
    while True:
        page = studio.client.get_label_detection(**members, MaxResults=7)
        paged += page["Labels"]
        if "NextToken" not in page:
            break
        members["NextToken"] = page["NextToken"]
    assert paged == everything
    with pytest.raises(ClientError) as error:
        studio.client.get_label_detection(**members, SortBy="NAME")
    assert code_of(error) == "InvalidPaginationTokenException"
    with pytest.raises(ClientError) as error:
        studio.client.get_text_detection(
            JobId=jobs["text_detection"], NextToken=members["NextToken"]
        )
    assert code_of(error) == "InvalidPaginationTokenException"


def test_the_cut_between_them(studio: Studio, jobs: dict[str, str]) -> None:
    answer = finished(studio.client, "segment_detection", jobs["segment_detection"])
    assert [each["Type"] for each in answer["SelectedSegmentTypes"]] == ["SHOT", "TECHNICAL_CUE"]
    assert answer["AudioMetadata"] == []
    shots = [each for each in answer["Segments"] if each["Type"] == "SHOT"]
    assert [each["ShotSegment"]["Index"] for each in shots] == [0, 1]
    assert shots[1]["StartFrameNumber"] == 20
    assert shots[1]["StartTimestampMillis"] == 2000
    assert shots[1]["StartTimecodeSMPTE"] == "00:00:02:00"


def test_nobody_is_known_here(studio: Studio, jobs: dict[str, str]) -> None:
    job_id = jobs["celebrity_recognition"]
    answer = finished(studio.client, "celebrity_recognition", job_id, SortBy="ID")
    assert answer["Celebrities"] == []


def test_a_sign_is_read_where_it_is_looked_for(studio: Studio) -> None:
    top = {"BoundingBox": {"Left": 0.0, "Top": 0.0, "Width": 1.0, "Height": 0.2}}
    whole = start(studio.client, "text_detection", Video=SIGN)
    elsewhere = start(
        studio.client, "text_detection", Video=SIGN, Filters={"RegionsOfInterest": [top]}
    )
    detections = finished(studio.client, "text_detection", whole)["TextDetections"]
    assert detections[0]["Timestamp"] == 0
    texts = {each["TextDetection"]["DetectedText"] for each in detections}
    assert {"STOP HERE", "STOP", "HERE"} <= texts
    assert finished(studio.client, "text_detection", elsewhere)["TextDetections"] == []


def test_whoever_asked_is_told_once_of_each_job(studio: Studio, jobs: dict[str, str]) -> None:
    for kind, job_id in jobs.items():
        finished(studio.client, kind, job_id)
    told = heard(studio, set(jobs.values()))
    assert sorted(message["JobId"] for message in told) == sorted(jobs.values())
    by_id = {message["JobId"]: message for message in told}
    message = by_id[jobs["label_detection"]]
    assert message["API"] == "StartLabelDetection"
    assert (message["Status"], message["JobTag"]) == ("SUCCEEDED", "studio")
    assert message["Video"] == {"S3Bucket": "films", "S3ObjectName": "people.mp4"}
    assert isinstance(message["Timestamp"], int)
    posted = [json.loads(request.body)["JobId"] for request in studio.webhook.received]
    assert set(jobs.values()) <= set(posted)


def heard(studio: Studio, job_ids: set[str]) -> list[dict[str, Any]]:
    """What the queue and the webhook got, once both know of all these jobs."""
    got: list[dict[str, Any]] = []
    until = time.monotonic() + 60
    while time.monotonic() < until:
        got += studio.messages()
        posted = {json.loads(request.body)["JobId"] for request in studio.webhook.received}
        if job_ids <= {message["JobId"] for message in got} and job_ids <= posted:
            return got
        time.sleep(0.25)
    raise AssertionError(f"{len(got)} messages for {len(job_ids)} jobs")


def test_what_is_no_video_fails_and_says_so(studio: Studio) -> None:
    place = {"S3Object": {"Bucket": "films", "Name": "note.mp4"}}
    channel = {"SNSTopicArn": studio.topic, "RoleArn": ROLE}
    job_id = start(studio.client, "label_detection", Video=place, NotificationChannel=channel)
    answer = finished(studio.client, "label_detection", job_id)
    assert answer["JobStatus"] == "FAILED"
    assert answer["StatusMessage"]
    assert answer["Labels"] == []
    (message,) = [each for each in heard(studio, {job_id}) if each["JobId"] == job_id]
    assert (message["Status"], message["Message"]) == ("FAILED", answer["StatusMessage"])


def test_a_topic_that_refuses_changes_nothing(studio: Studio) -> None:
    channel = {"SNSTopicArn": f"{studio.topic}-not", "RoleArn": ROLE}
    job_id = start(studio.client, "text_detection", Video=SIGN, NotificationChannel=channel)
    assert finished(studio.client, "text_detection", job_id)["JobStatus"] == "SUCCEEDED"


def test_an_object_that_goes_after_the_start(studio: Studio) -> None:
    """The first job keeps the only worker busy until the second one's object is gone."""
    soon_gone = studio.bucket / "soon gone.mp4"
    soon_gone.write_bytes((studio.bucket / "sign.mp4").read_bytes())
    place = {"S3Object": {"Bucket": "films", "Name": soon_gone.name}}
    before = start(studio.client, "label_detection", Video=PEOPLE)
    job_id = start(studio.client, "text_detection", Video=place)
    soon_gone.unlink()
    answer = finished(studio.client, "text_detection", job_id)
    assert answer["JobStatus"] == "FAILED"
    assert "soon gone.mp4" in answer["StatusMessage"]
    assert finished(studio.client, "label_detection", before)["JobStatus"] == "SUCCEEDED"


def test_a_collection_that_goes_after_the_start(studio: Studio) -> None:
    studio.client.create_collection(CollectionId="fleeting")
    before = start(studio.client, "label_detection", Video=PEOPLE)
    job_id = start(studio.client, "face_search", Video=SIGN, CollectionId="fleeting")
    studio.client.delete_collection(CollectionId="fleeting")
    answer = finished(studio.client, "face_search", job_id)
    assert answer["JobStatus"] == "FAILED"
    assert "fleeting" in answer["StatusMessage"]
    assert finished(studio.client, "label_detection", before)["JobStatus"] == "SUCCEEDED"


def test_the_aws_cli(studio: Studio) -> None:
    started = aws(studio.server, "start-text-detection", "--video", json.dumps(SIGN))
    assert isinstance(started, dict)
    finished(studio.client, "text_detection", started["JobId"])
    told = aws(studio.server, "get-text-detection", "--job-id", started["JobId"])
    assert isinstance(told, dict)
    assert told["JobStatus"] == "SUCCEEDED"
    assert told["TextDetections"][0]["TextDetection"]["Type"] == "LINE"
