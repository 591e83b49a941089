"""Fetching: a local server that answers well, badly or not at all; archives and their members."""

import http.server
import io
import os
import socket
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.conftest import digest
from vidimus.errors import ModelUnavailable
from vidimus.runtime import fetch
from vidimus.runtime.catalog import Archive, HttpsSource, PypiSource
from vidimus.runtime.fetch import HttpsFetcher, PypiFetcher


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/weights":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"weights")
        elif self.path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"weig")
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_public_file_is_downloaded(host: str, tmp_path: Path) -> None:
    counts: list[int] = []
    HttpsFetcher().fetch(HttpsSource(f"{host}/weights"), tmp_path / "w", counts.append)
    assert (tmp_path / "w").read_bytes() == b"weights"
    assert sum(counts) == 7


def test_a_file_that_is_not_there_leaves_its_host_in_use(host: str, tmp_path: Path) -> None:
    fetcher = HttpsFetcher()
    with pytest.raises(ModelUnavailable, match="answered 404"):
        fetcher.fetch(HttpsSource(f"{host}/gone"), tmp_path / "w", lambda _: None)
    fetcher.fetch(HttpsSource(f"{host}/weights"), tmp_path / "w", lambda _: None)


def test_a_host_that_does_not_answer_is_tried_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refuses at once
        source = HttpsSource(f"http://127.0.0.1:{taken.getsockname()[1]}/weights")
        fetcher = HttpsFetcher()
        with pytest.raises(ModelUnavailable, match=r"is not reachable \("):
            fetcher.fetch(source, tmp_path / "w", lambda _: None)
    with pytest.raises(ModelUnavailable, match=r"is not reachable$"):
        fetcher.fetch(source, tmp_path / "w", lambda _: None)


def test_a_host_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "CONNECT_TIMEOUT_S", 0.05)
    monkeypatch.setattr(fetch, "READ_TIMEOUT_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        source = HttpsSource(f"http://127.0.0.1:{silent.getsockname()[1]}/weights")
        with pytest.raises(ModelUnavailable, match="no answer within"):
            HttpsFetcher().fetch(source, tmp_path / "w", lambda _: None)


def write_sdist(path: Path, setup: str) -> None:
    members = {
        "PKG-INFO": "Metadata-Version: 1.1\nName: vidimus-weights\nVersion: 1.0\n",
        "setup.py": setup,
        "nets/small.onnx": "weights",
    }
    with tarfile.open(path, "w:gz") as archive:
        for name, text in members.items():
            entry = tarfile.TarInfo(f"vidimus_weights-1.0/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes packages from, and nowhere else."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def sdist_source(index: Path, sha256: str | None = None) -> PypiSource:
    path = index / "vidimus_weights-1.0.tar.gz"
    pin = sha256 or digest(path.read_bytes())
    archive = Archive("vidimus-weights==1.0", pin, root="vidimus_weights-1.0")
    return PypiSource(archive, "nets/small.onnx")


def test_a_member_comes_out_of_an_sdist_whose_code_never_runs(index: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    write_sdist(index / "vidimus_weights-1.0.tar.gz", f"open({str(ran)!r}, 'w')")
    PypiFetcher(tmp_path / "work").fetch(sdist_source(index), tmp_path / "w", lambda _: None)
    assert (tmp_path / "w").read_bytes() == b"weights"
    assert not ran.exists()


def test_the_code_of_an_sdist_would_run_otherwise(index: Path, tmp_path: Path) -> None:
    """Without the stand-in pip does run it: the test above tests something."""
    ran = tmp_path / "ran"
    write_sdist(index / "vidimus_weights-1.0.tar.gz", f"open({str(ran)!r}, 'w')")
    command = ["download", "--no-deps", "--no-build-isolation", "vidimus-weights", f"-d{tmp_path}"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *command], capture_output=True, text=True, check=False
    )
    if "Cannot import 'setuptools" in done.stderr:
        pytest.skip("this environment has no setuptools, so pip cannot run anything")
    assert ran.exists()


def test_an_archive_is_downloaded_once(index: Path, tmp_path: Path) -> None:
    write_sdist(index / "vidimus_weights-1.0.tar.gz", "")
    source, fetcher = sdist_source(index), PypiFetcher(tmp_path / "work")
    fetcher.fetch(source, tmp_path / "w", lambda _: None)
    (index / "vidimus_weights-1.0.tar.gz").unlink()
    fetcher.fetch(source, tmp_path / "w2", lambda _: None)
    fetcher.close()
    assert not (tmp_path / "work").exists()


def test_an_archive_of_another_sha256_is_refused(index: Path, tmp_path: Path) -> None:
    write_sdist(index / "vidimus_weights-1.0.tar.gz", "")
    fetcher = PypiFetcher(tmp_path / "work")
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match=r"sha256 is not the one.*refused"):
            fetcher.fetch(sdist_source(index, "0" * 64), tmp_path / "w", lambda _: None)


def test_a_package_that_is_not_there_is_told(index: Path, tmp_path: Path) -> None:
    source = PypiSource(Archive("vidimus-weights==1.0", "0" * 64), "a")
    assert not list(index.iterdir())
    with pytest.raises(ModelUnavailable, match="No matching distribution"):
        PypiFetcher(tmp_path / "work").fetch(source, tmp_path / "w", lambda _: None)


def test_a_member_comes_out_of_a_wheel(index: Path, tmp_path: Path) -> None:
    wheel = index / "vidimus_weights-1.0-cp311-cp311-manylinux_2_28_x86_64.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("nets/small.tflite", b"weights")
        archive.writestr(
            "vidimus_weights-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: vidimus-weights\nVersion: 1.0\n",
        )
        archive.writestr("vidimus_weights-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
    pinned = Archive(
        "vidimus-weights==1.0",
        digest(wheel.read_bytes()),
        platform="manylinux_2_28_x86_64",
        python="3.11",
    )
    fetcher = PypiFetcher(tmp_path / "work")
    fetcher.fetch(PypiSource(pinned, "nets/small.tflite"), tmp_path / "w", lambda _: None)
    assert (tmp_path / "w").read_bytes() == b"weights"
    with pytest.raises(ModelUnavailable, match="has no nets/other"):
        fetcher.fetch(PypiSource(pinned, "nets/other"), tmp_path / "w", lambda _: None)
