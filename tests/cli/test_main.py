"""Faults of the user are said in one line, without a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def vidimus(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vidimus", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "VIDIMUS_HOME": str(home)}
        | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["serve", "--no-pull"], {}, "vidimus models pull"),
        (["serve"], {"VIDIMUS_PORT": "99999"}, "setting port"),
        (["keys", "list"], {"VIDIMUS_DATABASE": "nonsense"}, "database"),
        (["keys", "revoke", "AKIAUNKNOWNUNKNOWN00"], {}, "AKIAUNKNOWNUNKNOWN00"),
        (["models", "pull", "no-such-net"], {}, "no-such-net"),
        (["models", "pull", "my[red]net"], {}, "my[red]net"),
        (
            ["serve", "--no-pull", "--host", "0.0.0.0"],
            {"VIDIMUS_ALLOW_UNAUTHENTICATED_REQUESTS_FROM_THIS_MACHINE": "true"},
            "this machine alone",
        ),
    ],
)
def test_one_line(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    done = vidimus(tmp_path, *arguments, **environment)
    assert done.returncode == 1
    assert done.stderr.startswith("vidimus: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vidimus.toml").write_text("prot = 8080\n")
    done = vidimus(tmp_path, "keys", "list")
    assert done.returncode == 1
    assert "prot" in done.stderr
