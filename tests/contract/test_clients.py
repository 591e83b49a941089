"""The aws CLI and the AWS SDK for JavaScript, unmodified, and Python pasted from the greeting."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.conftest import KEY_ID, REGION, SECRET, LiveServer

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": KEY_ID,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_MAX_ATTEMPTS": "1",
    "PATH": os.environ["PATH"],
    "HOME": os.environ["HOME"],
}


def aws(server: LiveServer, *arguments: str) -> object:
    command = Path(sys.executable).parent / "aws"
    if not command.exists():
        pytest.skip("the aws CLI is not installed")
    done = subprocess.run(
        [str(command), "--endpoint-url", server.url, "rekognition", *arguments],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout else None


def test_the_aws_cli(server: LiveServer, people: Path) -> None:
    aws(server, "create-collection", "--collection-id", "from-the-shell")
    picture = f"fileb://{people / 'face_3.jpg'}"
    collection = ("--collection-id", "from-the-shell")
    indexed = aws(server, "index-faces", *collection, "--image-bytes", picture)
    assert isinstance(indexed, dict)
    assert len(indexed["FaceRecords"]) == 1
    other = f"fileb://{people / 'face_3_0.jpg'}"
    found = aws(server, "search-faces-by-image", *collection, "--image-bytes", other)
    assert isinstance(found, dict)
    assert len(found["FaceMatches"]) == 1
    compared = aws(
        server, "compare-faces", "--source-image-bytes", picture, "--target-image-bytes", other
    )
    assert isinstance(compared, dict)
    assert compared["FaceMatches"][0]["Similarity"] > 80
    aws(server, "delete-collection", *collection)


SCRIPT = """
import { readFileSync } from "node:fs";
import {
  RekognitionClient, DetectFacesCommand, ListCollectionsCommand, DescribeCollectionCommand,
} from "@aws-sdk/client-rekognition";
const client = new RekognitionClient({ endpoint: process.argv[2], region: "us-east-1" });
const Bytes = readFileSync(process.argv[3]);
const faces = await client.send(new DetectFacesCommand({ Image: { Bytes }, Attributes: ["ALL"] }));
const listed = await client.send(new ListCollectionsCommand({ MaxResults: 5 }));
let refused = "";
try {
  await client.send(new DescribeCollectionCommand({ CollectionId: "absent" }));
} catch (error) {
  refused = error.name;
}
console.log(JSON.stringify({
  faces: faces.FaceDetails.length, listed: Array.isArray(listed.CollectionIds), refused,
}));
"""


def test_the_javascript_sdk(server: LiveServer, people: Path, tmp_path: Path) -> None:
    modules, node = os.environ.get("VIDIMUS_NODE_MODULES"), shutil.which("node")
    if not modules or node is None:
        pytest.skip("VIDIMUS_NODE_MODULES names no folder with @aws-sdk/client-rekognition")
    (tmp_path / "node_modules").symlink_to(modules)
    script = tmp_path / "call.mjs"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [node, str(script), server.url, str(people / "face_3.jpg")],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "faces": 1,
        "listed": True,
        "refused": "ResourceNotFoundException",
    }
