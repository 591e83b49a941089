"""Everything an operator can set, in one place.

Each setting is read from the environment (`VIDIMUS_<NAME>`), else from the TOML file named by
`VIDIMUS_CONFIG`, else from `vidimus.toml` in the home, else its default. Unknown names in the
file are refused. The reference page `docs/reference/settings.md` is generated from here.
"""

import os
from base64 import b64decode
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

MEBIBYTE = 1024 * 1024


def default_home() -> Path:
    """Return the folder vidimus keeps its state in when nobody says otherwise."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "vidimus"


class Settings(BaseSettings):
    """What the operator chose; immutable once read."""

    model_config = SettingsConfigDict(
        env_prefix="VIDIMUS_", extra="forbid", frozen=True, validate_default=True
    )

    home: Path = Field(
        default_factory=default_home,
        description="Folder for the database, keys, buckets, models and compiled models.",
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(
        default=8080, ge=0, le=65535, description="Port; 0 lets the system choose one."
    )
    database: str = Field(
        default="",
        description="SQLAlchemy URL of the database; empty is `vidimus.db` (SQLite) in the home. "
        "PostgreSQL: `postgresql+psycopg://user:password@host/name`.",
    )
    objects: str = Field(
        default="",
        description="Where S3Object buckets are: `file:///folder` (each sub-folder is a bucket), "
        "or `s3` for any S3-compatible store by AWS's own variables (`AWS_ENDPOINT_URL_S3`, "
        "`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`); empty is `buckets` in "
        "the home.",
    )
    models: str = Field(
        default="", description="Folder of model files; empty is `models` in the home."
    )
    model_mirror: str = Field(
        default="",
        description="Folder that holds copies of the standard pack's files, tried first.",
    )
    model_overlay: str = Field(
        default="",
        description="TOML file with models of your own; empty is `models.toml` in the home.",
    )
    accepted_licences: str = Field(
        default="",
        description="Comma-separated licences (AGPL-3.0, say) whose weights may be pulled; "
        "permissive ones need no naming.",
    )
    face_embedder: str = Field(
        default="",
        description="Name of the face embedder new collections are pinned to; empty is the best "
        "one installed.",
    )
    device: str = Field(
        default="CPU",
        description="Where nets run: CPU, GPU or NPU by OpenVINO; CUDA by onnxruntime.",
    )
    threads: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Threads for inference; 0 is one for each available core.",
    )
    workers: int = Field(
        default=0, ge=0, le=256, description="Requests worked on at once; 0 is one for each core."
    )
    max_waiting_requests: int = Field(
        default=512,
        ge=1,
        le=100_000,
        description="Requests that may wait; further ones are throttled.",
    )
    max_body_bytes: int = Field(
        default=16 * MEBIBYTE, ge=1024, le=512 * MEBIBYTE, description="Largest request body."
    )
    max_image_bytes: int = Field(
        default=5 * MEBIBYTE, ge=1, description="Largest picture sent as bytes (Amazon: 5 MB)."
    )
    max_object_bytes: int = Field(
        default=15 * MEBIBYTE,
        ge=1,
        description="Largest picture read from a bucket (Amazon: 15 MB).",
    )
    max_image_pixels: int = Field(
        default=100_000_000, ge=6400, description="Most pixels a picture may decode to."
    )
    max_video_bytes: int = Field(
        default=10 * 1024 * MEBIBYTE, ge=1, description="Largest video file (Amazon: 10 GB)."
    )
    max_video_hours: float = Field(
        default=6, gt=0, le=48, description="Longest video, in hours (Amazon: 6)."
    )
    max_video_pixels: int = Field(
        default=36_000_000, ge=6400, description="Most pixels a frame of a video may have."
    )
    max_collection_faces: int = Field(
        default=20_000_000,
        ge=1,
        description="Most faces a collection may hold (Amazon: 20 million).",
    )
    known_people_threshold: float = Field(
        default=80.0,
        ge=50,
        le=100,
        description="Least similarity at which RecognizeCelebrities names somebody; 80 is meant "
        "to be one wrong name in a million comparisons, and a face is compared with every "
        "photograph of the library.",
    )
    max_open_reviews: int = Field(
        default=10_000,
        ge=1,
        description="Most reviews of moderated pictures that may wait to be closed.",
    )
    region: str = Field(
        default="us-east-1", pattern=r"^[a-z0-9-]{3,32}$", description="Region that ARNs name."
    )
    account_id: str = Field(
        default="000000000000", pattern=r"^\d{12}$", description="Account number that ARNs name."
    )
    clock_skew_s: int = Field(
        default=900,
        ge=1,
        le=86_400,
        description="How far a signature's time may be off, in seconds.",
    )
    cors_origins: str = Field(
        default="*",
        description="Comma-separated origins that browsers may call from; empty is none.",
    )
    allow_unauthenticated_requests_from_this_machine: bool = Field(
        default=False,
        description="Serve unsigned requests; refused unless the server listens on loopback.",
    )
    bootstrap_access_key_id: str = Field(
        default="", description="Access key made at the first start instead of a random one."
    )
    bootstrap_secret_access_key: str = Field(
        default="", description="Its secret; both or neither must be given."
    )
    max_open_jobs: int = Field(
        default=20,
        ge=1,
        le=100_000,
        description="Jobs on videos that may wait or be worked on at once; bulk jobs count apart.",
    )
    job_results_days: float = Field(
        default=7, gt=0, le=3650, description="Days that finished jobs and their results are kept."
    )
    video_workers: int = Field(
        default=1,
        ge=0,
        le=256,
        description="Worker processes that `vidimus serve` keeps beside the server for jobs on "
        "stored videos and bulk jobs; with 0 only `vidimus worker` carries them out.",
    )
    worker_memory_mb: int = Field(
        default=6144,
        ge=0,
        description="Most memory a worker may take, in MiB; a file that would take more fails its "
        "jobs. 0 sets no limit.",
    )
    video_chunk_s: int = Field(
        default=60,
        ge=1,
        le=3600,
        description="Seconds of video between two checkpoints; a worker that is killed loses the "
        "work on one such part at most.",
    )
    webhook_url: str = Field(
        default="",
        description="URL that hears of every job that ended, beside the topic that a caller may "
        "have named; empty is none.",
    )
    webhook_secret: str = Field(
        default="",
        repr=False,
        description="Key by which messages to the webhook are signed: at least 24 random bytes in "
        "base64, with or without `whsec_` before them.",
    )
    check_answers: bool = Field(
        default=False,
        description="Refuse to send an answer that breaks the API's contract: for tests.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe event that is logged."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="How events are logged."
    )

    @field_validator("home")
    @classmethod
    def _absolute_home(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        if bool(self.webhook_url) != bool(self.webhook_secret):
            raise ValueError("webhook_url and webhook_secret: both or neither must be given")
        if self.webhook_url:
            parts = urlsplit(self.webhook_url)
            if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
                raise ValueError("webhook_url: an http or https URL without a user in it is wanted")
            if len(self.webhook_key) < 24:
                raise ValueError("webhook_secret: at least 24 bytes in base64 are wanted")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, TOML file."""
        home = init_settings().get("home") or os.environ.get("VIDIMUS_HOME") or default_home()
        file = os.environ.get("VIDIMUS_CONFIG") or Path(home) / "vidimus.toml"
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(file))

    @property
    def database_url(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database or f"sqlite:///{self.home / 'vidimus.db'}"

    @property
    def objects_url(self) -> str:
        """The object store's URL, with the default filled in."""
        return self.objects or (self.home / "buckets").as_uri()

    @property
    def models_path(self) -> Path:
        """The folder of model files, of what is compiled from them too."""
        return Path(self.models).absolute() if self.models else self.home / "models"

    @property
    def overlay_path(self) -> Path:
        """The user's own model catalog; it need not exist."""
        return Path(self.model_overlay) if self.model_overlay else self.home / "models.toml"

    @property
    def webhook_key(self) -> bytes:
        """The key that signs messages to the webhook; empty for a secret that is not base64."""
        try:
            return b64decode(self.webhook_secret.removeprefix("whsec_"), validate=True)
        except ValueError:
            return b""

    @property
    def cores(self) -> int:
        """Cores this process may run on."""
        return len(os.sched_getaffinity(0))


def read_settings(**overrides: Any) -> Settings:
    """Read the settings, arguments first; raises pydantic's ValidationError."""
    return Settings(**overrides)
