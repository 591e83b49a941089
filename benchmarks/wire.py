"""Time of reading, checking and writing the bodies of requests and responses.

.venv/bin/python benchmarks/wire.py
"""

import base64
import os
import statistics
import time
from collections.abc import Callable

import msgspec

from vidimus.wire.codec import decode_request, encode_response
from vidimus.wire.model import load_contract
from vidimus.wire.validate import check_output, validate_input

CONTRACT = load_contract()
FACE_ID = "01234567-89ab-cdef-0123-456789abcdef"


def report(what: str, work: Callable[[], object], rounds: int = 100) -> None:
    work()
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    print(f"{what:<52} {statistics.median(seconds) * 1e3:9.3f} ms (median of {rounds})")


def report_requests(picture_bytes: int) -> None:
    picture = base64.b64encode(os.urandom(picture_bytes)).decode()
    body = msgspec.json.encode({"Image": {"Bytes": picture}, "Attributes": ["ALL"]})
    params = decode_request(CONTRACT, "DetectFaces", body)
    operation = CONTRACT.operation("DetectFaces")
    label = f"DetectFaces, picture of {picture_bytes:,} bytes:"
    report(f"{label} decode", lambda: decode_request(CONTRACT, "DetectFaces", body))
    report(f"{label} validate", lambda: validate_input(operation, params))


def face_record() -> dict[str, object]:
    box = {"Left": 0.12345678, "Top": 0.23456789, "Width": 0.3456789, "Height": 0.456789}
    told = {"Value": True, "Confidence": 98.7654321}
    names = ("Smile", "EyesOpen", "MouthOpen", "FaceOccluded")
    detail = dict.fromkeys(names, told) | {
        "BoundingBox": box,
        "Confidence": 99.98765,
        "AgeRange": {"Low": 20, "High": 30},
        "Emotions": [{"Type": "HAPPY", "Confidence": 12.345678}] * 8,
        "Landmarks": [{"Type": "eyeLeft", "X": 0.12345678, "Y": 0.98765432}] * 30,
        "Pose": {"Roll": 1.2345678, "Yaw": -2.3456789, "Pitch": 3.456789},
        "Quality": {"Brightness": 81.234567, "Sharpness": 92.345678},
    }
    face = {"FaceId": FACE_ID, "ImageId": FACE_ID, "BoundingBox": box, "Confidence": 99.98765}
    return {"Face": face, "FaceDetail": detail}


def report_response(faces: int) -> None:
    output = {"FaceRecords": [face_record()] * faces, "FaceModelVersion": "2.0"}
    operation = CONTRACT.operation("IndexFaces")
    assert check_output(operation, output) == []
    size = len(encode_response(CONTRACT, "IndexFaces", output))
    label = f"IndexFaces, {faces} faces, {size:,} bytes:"
    report(f"{label} encode", lambda: encode_response(CONTRACT, "IndexFaces", output))


if __name__ == "__main__":
    for size in (200_000, 5 * 1024 * 1024):
        report_requests(size)
    for faces in (1, 3, 100):
        report_response(faces)
