"""Settings come from arguments, else the environment, else the file in the home, else defaults."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from vidimus.settings import read_settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("VIDIMUS_CONFIG", raising=False)
    monkeypatch.delenv("VIDIMUS_PORT", raising=False)
    (tmp_path / "vidimus.toml").write_text('port = 9001\nregion = "eu-west-1"\n')
    return tmp_path


def test_the_file_of_the_home_that_was_named(home: Path) -> None:
    settings = read_settings(home=home)
    assert (settings.port, settings.region) == (9001, "eu-west-1")
    assert settings.database_url == f"sqlite:///{home / 'vidimus.db'}"
    assert settings.models_path == home / "models"


def test_the_environment_wins_over_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDIMUS_HOME", str(home))
    monkeypatch.setenv("VIDIMUS_PORT", "9002")
    assert read_settings().port == 9002
    assert read_settings(port=9003).port == 9003


@pytest.mark.parametrize("text", ["prot = 1\n", "port = 70000\n", 'region = "Mars!"\n'])
def test_a_wrong_file_is_refused(home: Path, text: str) -> None:
    (home / "vidimus.toml").write_text(text)
    with pytest.raises(ValidationError):
        read_settings(home=home)


def test_settings_cannot_be_changed(home: Path) -> None:
    with pytest.raises(ValidationError):
        read_settings(home=home).port = 1


SECRET = "whsec_" + "A" * 32


@pytest.mark.parametrize(
    ("url", "secret", "said"),
    [
        ("https://example.org/hook", "", "both or neither"),
        ("", SECRET, "both or neither"),
        ("ftp://example.org/hook", SECRET, "http or https"),
        ("https:///hook", SECRET, "http or https"),
        ("https://ada:secret@example.org/hook", SECRET, "without a user"),
        ("https://example.org/hook", "whsec_" + "A" * 28, "24 bytes"),
        ("https://example.org/hook", "not base64!", "base64"),
    ],
)
def test_a_webhook_is_whole(home: Path, url: str, secret: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        read_settings(home=home, webhook_url=url, webhook_secret=secret)


def test_the_webhooks_secret_is_not_shown(home: Path) -> None:
    settings = read_settings(home=home, webhook_url="http://localhost/x", webhook_secret=SECRET)
    assert len(settings.webhook_key) == 24
    assert SECRET not in repr(settings)
