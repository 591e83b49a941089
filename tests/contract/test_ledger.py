"""What callers do to faces is on record, and the record cannot be changed unseen."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.contract.conftest import KEY_ID, LiveServer, serving
from tests.contract.test_trouble import run_cli

Photo = Callable[[str], dict[str, bytes]]


def rows_of(server: LiveServer, models: Path) -> list[dict[str, Any]]:
    said = run_cli(server.home, models, "ledger", "tail", "--json", "-n", "1000").stdout
    return [json.loads(line) for line in said.splitlines()]


def test_every_act_is_recorded(
    server: LiveServer, rekognition: Any, collection: str, photo: Photo, models_path: Path
) -> None:
    indexed = rekognition.index_faces(CollectionId=collection, Image=photo("face_3"))
    face_id = indexed["FaceRecords"][0]["Face"]["FaceId"]
    rekognition.search_faces(CollectionId=collection, FaceId=face_id, FaceMatchThreshold=90)
    found = rekognition.search_faces_by_image(CollectionId=collection, Image=photo("face_3_0"))
    rekognition.compare_faces(SourceImage=photo("face_3"), TargetImage=photo("face_7"))
    rekognition.create_user(CollectionId=collection, UserId="ada")
    rekognition.associate_faces(CollectionId=collection, UserId="ada", FaceIds=[face_id])
    rekognition.search_users(CollectionId=collection, FaceId=face_id)
    rekognition.search_users_by_image(CollectionId=collection, Image=photo("face_3_0"))
    rekognition.disassociate_faces(CollectionId=collection, UserId="ada", FaceIds=[face_id])
    rekognition.delete_user(CollectionId=collection, UserId="ada")
    rekognition.delete_faces(CollectionId=collection, FaceIds=[face_id])
    rows = rows_of(server, models_path)[-12:]
    assert [row["entry"]["operation"] for row in rows] == [
        "CreateCollection",
        "IndexFaces",
        "SearchFaces",
        "SearchFacesByImage",
        "CompareFaces",
        "CreateUser",
        "AssociateFaces",
        "SearchUsers",
        "SearchUsersByImage",
        "DisassociateFaces",
        "DeleteUser",
        "DeleteFaces",
    ]
    by_operation = {row["entry"]["operation"]: row["entry"] for row in rows}
    assert {row["entry"]["actor"] for row in rows} == {KEY_ID}
    assert {entry["collection_id"] for name, entry in by_operation.items()} == {collection, None}
    assert by_operation["CompareFaces"]["collection_id"] is None
    assert by_operation["SearchFaces"]["threshold"] == 90
    assert by_operation["SearchFaces"]["candidate_count"] == 0
    (match,) = found["FaceMatches"]
    recorded = by_operation["SearchFacesByImage"]
    assert recorded["candidates"] == [[face_id, match["Similarity"]]]
    assert recorded["request_id"] == found["ResponseMetadata"]["RequestId"]
    header = found["ResponseMetadata"]["HTTPHeaders"]["x-vidimus-ledger-receipt"]
    row = rows[3]
    assert header == f"{row['sequence']}:{row['hash']}"


def test_a_changed_row_is_found(tmp_path: Path, models_path: Path, photo: Photo) -> None:
    home = tmp_path / "home"
    with serving(home, models_path) as server:
        client = server.client()
        for _ in range(3):
            answer = client.compare_faces(SourceImage=photo("face_3"), TargetImage=photo("face_7"))
        receipt = answer["ResponseMetadata"]["HTTPHeaders"]["x-vidimus-ledger-receipt"]
    clean = run_cli(home, models_path, "ledger", "verify", "--head", receipt)
    assert clean.returncode == 0, clean.stdout
    database = sqlite3.connect(home / "vidimus.db")
    database.execute("UPDATE ledger SET payload = replace(payload, '80', '99') WHERE sequence = 2")
    database.commit()
    database.close()
    changed = run_cli(home, models_path, "ledger", "verify")
    assert changed.returncode == 1
    assert "row 2" in changed.stdout


def test_local_comparisons_are_recorded_too(
    tmp_path: Path, models_path: Path, people: Path
) -> None:
    pair = (str(people / "face_3.jpg"), str(people / "face_3_0.jpg"))
    done = run_cli(tmp_path, models_path, "compare", *pair, "--json")
    assert done.returncode == 0, done.stderr
    (match,) = json.loads(done.stdout)["FaceMatches"]
    said = run_cli(tmp_path, models_path, "ledger", "tail", "--json").stdout
    entry = json.loads(said)["entry"]
    assert entry["actor"].startswith("local:")
    assert entry["candidates"] == [["target-0", match["Similarity"]]]
