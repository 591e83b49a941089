"""Every table of the database, in one place; rows hold numbers and names, never pixels.

`key` columns are numbers that are never given out twice, so an index or a page token that
outlives a row cannot point at another one.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# SQLite numbers rows only in columns whose type is spelled INTEGER.
_Key = BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970-01-01 UTC, read back in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware datetime into microseconds; raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn microseconds into a datetime in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))
"""One row: the number of the last migration that ran."""

collection = Table(
    "collection",
    metadata,
    Column("key", _Key, primary_key=True, autoincrement=True),
    Column("collection_id", String(255), nullable=False, unique=True),
    Column("embedder_version", String(255), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revision", BigInteger, nullable=False, default=0),
    Column("face_count", BigInteger, nullable=False, default=0),
    Column("user_count", BigInteger, nullable=False, default=0),
    sqlite_autoincrement=True,
)
"""Collections; `revision` grows by one with every change of the faces and users within, and the
counts are kept with it, since counting a million rows takes longer than searching them."""

enrolled_user = Table(
    "enrolled_user",
    metadata,
    Column("key", _Key, primary_key=True, autoincrement=True),
    Column("collection_key", ForeignKey(collection.c.key, ondelete="CASCADE"), nullable=False),
    Column("user_id", String(128), nullable=False),
    Column("vector", LargeBinary, nullable=True),
    Column("face_count", Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("collection_key", "user_id"),
    Index("user_in_order", "collection_key", "key"),
    sqlite_autoincrement=True,
)
"""Users; `vector` is the mean of their faces' embeddings, float32 little-endian, null without."""

face = Table(
    "face",
    metadata,
    Column("key", _Key, primary_key=True, autoincrement=True),
    Column("collection_key", ForeignKey(collection.c.key, ondelete="CASCADE"), nullable=False),
    Column("face_id", String(36), nullable=False),
    Column("image_id", String(36), nullable=False),
    Column("external_image_id", String(255), nullable=True),
    Column("left", Float(53), nullable=False),
    Column("top", Float(53), nullable=False),
    Column("width", Float(53), nullable=False),
    Column("height", Float(53), nullable=False),
    Column("confidence", Float(53), nullable=False),
    Column("embedding", LargeBinary, nullable=False),
    Column("embedder_version", String(255), nullable=False),
    Column("user_key", ForeignKey(enrolled_user.c.key, ondelete="SET NULL"), nullable=True),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("collection_key", "face_id"),
    Index("face_in_order", "collection_key", "key"),
    Index("face_of_user", "user_key"),
    sqlite_autoincrement=True,
)
"""Enrolled faces; box as ratios of the picture, confidence 0-100, embedding float32
little-endian."""

known_person = Table(
    "known_person",
    metadata,
    Column(
        "user_key",
        ForeignKey(enrolled_user.c.key, ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("name", String(255), nullable=False),
    Column("urls", Text, nullable=False),
    Column("gender", String(16), nullable=True),
)
"""What is public about a user of the library of known people; `urls` is a JSON list."""

removed_person = Table(
    "removed_person",
    metadata,
    Column("person_id", String(128), primary_key=True),
    Column("removed_at", Moment, nullable=False),
)
"""Ids of people who were removed from the library and are not to come back with an import."""

tag = Table(
    "tag",
    metadata,
    Column("resource_arn", String(2048), primary_key=True),
    Column("name", String(128), primary_key=True),
    Column("value", String(256), nullable=False),
)
"""Tags of resources."""

request_token = Table(
    "request_token",
    metadata,
    Column("operation", String(64), primary_key=True),
    Column("scope", String(512), primary_key=True),
    Column("token", String(128), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("response", Text, nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
)
"""Answers to requests that carried a token, so that the same request gets the same answer."""

review = Table(
    "review",
    metadata,
    Column("key", _Key, primary_key=True, autoincrement=True),
    Column("loop_name", String(63), nullable=False, unique=True),
    Column("flow_arn", String(256), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("picture_sha256", String(64), nullable=False),
    Column("picture_place", Text, nullable=True),
    Column("classifiers", Text, nullable=False),
    Column("min_confidence", Float(53), nullable=False),
    Column("labels", Text, nullable=False),
    Column("model_version", String(255), nullable=False),
    Column("closed_at", Moment, nullable=True),
    Column("reviewer", String(128), nullable=True),
    Column("verdict", String(16), nullable=True),
    Column("note", Text, nullable=True),
    Index("review_still_open", "closed_at"),
    sqlite_autoincrement=True,
)
"""What people are asked to look at; `classifiers` and `labels` are JSON. The last four columns
are null while it is open."""

task = Table(
    "task",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("place", Text, nullable=False, index=True),
    Column("position", Text, nullable=True),
    Column("strikes", Integer, nullable=False, default=0),
    Column("progress", Float(53), nullable=False, default=0.0),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment, nullable=True),
    Column("finished_at", Moment, nullable=True),
)
"""What workers carry out, each for one object in a bucket (`place`, a URL): one decode of a video
for all jobs that wait for it, or one manifest. `position` is JSON: where to go on; `strikes` how
often the chunk there was begun and not finished; `progress` 0..1."""

job = Table(
    "job",
    metadata,
    Column("key", _Key, primary_key=True, autoincrement=True),
    Column("job_id", String(64), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("message", Text, nullable=True),
    Column("task_id", ForeignKey(task.c.task_id), nullable=False, index=True),
    Column("bucket", String(255), nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=True),
    Column("wish", Text, nullable=False),
    Column("tag", Text, nullable=True),
    Column("topic_arn", Text, nullable=True),
    Column("role_arn", Text, nullable=True),
    Column("actor", String(128), nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment, nullable=True),
    Column("finished_at", Moment, nullable=True),
    Column("video", Text, nullable=True),
    Column("outcome", Text, nullable=True),
    Column("snapshot", LargeBinary, nullable=True),
    Column("told", Text, nullable=True),
    Index("job_in_order", "kind", "key"),
    Index("job_by_state", "state", "finished_at"),
    sqlite_autoincrement=True,
)
"""What was asked of a video or a manifest. `wish`, `video` and `outcome` are JSON, `snapshot` is
the analysis's state after the last chunk, `told` what came of the notification."""

job_finding = Table(
    "job_finding",
    metadata,
    Column("key", _Key, primary_key=True, autoincrement=True),
    Column("job_key", ForeignKey(job.c.key, ondelete="CASCADE"), nullable=False),
    Column("series", String(16), nullable=False),
    Column("timestamp_ms", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Index("finding_by_time", "job_key", "series", "timestamp_ms", "key"),
    Index("finding_by_subject", "job_key", "series", "subject", "timestamp_ms", "key"),
    sqlite_autoincrement=True,
)
"""Results of jobs, `value` as JSON, in the order they were found."""

job_subject = Table(
    "job_subject",
    metadata,
    Column(
        "job_key",
        ForeignKey(job.c.key, ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("subject", String(255), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""What is known of a subject of a job's findings as a whole: whom a person matched, say."""

worker = Table(
    "worker",
    metadata,
    Column("worker_id", String(64), primary_key=True),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("beats", BigInteger, nullable=False, default=0),
    Column("task_id", String(64), nullable=True),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)
"""Worker processes that live, as far as is known; `beats` grows while they do."""

ledger = Table(
    "ledger",
    metadata,
    Column("sequence", _Key, primary_key=True, autoincrement=False),
    Column("payload", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
"""The hash chain; `payload` is canonical JSON, hashes are lower-case hexadecimal."""

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("key", Integer, CheckConstraint("key = 1"), primary_key=True, autoincrement=False),
    Column("sequence", _Key, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
)
"""One row that says where the ledger ends."""

access_key = Table(
    "access_key",
    metadata,
    Column("access_key_id", String(128), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("label", String(256), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment, nullable=True),
)
"""Access keys; `secret` is encrypted by accountability/access_keys.py."""
