"""The tables that schema version 3 brought: tasks, jobs, what they found, workers."""

from sqlalchemy import Connection

_TASK = """CREATE TABLE task (
    task_id VARCHAR(64) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    state VARCHAR(16) NOT NULL,
    place TEXT NOT NULL,
    position TEXT,
    strikes INTEGER NOT NULL,
    progress {real} NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    PRIMARY KEY (task_id)
)"""

_JOB = """CREATE TABLE job (
    "key" {numbered} NOT NULL,
    job_id VARCHAR(64) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    state VARCHAR(16) NOT NULL,
    message TEXT,
    task_id VARCHAR(64) NOT NULL,
    bucket VARCHAR(255) NOT NULL,
    name TEXT NOT NULL,
    version TEXT,
    wish TEXT NOT NULL,
    tag TEXT,
    topic_arn TEXT,
    role_arn TEXT,
    actor VARCHAR(128) NOT NULL,
    request_id VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    video TEXT,
    outcome TEXT,
    snapshot {bytes},
    told TEXT,
    UNIQUE (job_id),
    FOREIGN KEY (task_id) REFERENCES task (task_id)
)"""

_FINDING = """CREATE TABLE job_finding (
    "key" {numbered} NOT NULL,
    job_key {key} NOT NULL,
    series VARCHAR(16) NOT NULL,
    timestamp_ms BIGINT NOT NULL,
    subject TEXT NOT NULL,
    value {bytes} NOT NULL,
    FOREIGN KEY (job_key) REFERENCES job ("key") ON DELETE CASCADE
)"""

_SUBJECT = """CREATE TABLE job_subject (
    job_key {key} NOT NULL,
    subject VARCHAR(255) NOT NULL,
    value {bytes} NOT NULL,
    PRIMARY KEY (job_key, subject),
    FOREIGN KEY (job_key) REFERENCES job ("key") ON DELETE CASCADE
)"""

_WORKER = """CREATE TABLE worker (
    worker_id VARCHAR(64) NOT NULL,
    host VARCHAR(255) NOT NULL,
    pid INTEGER NOT NULL,
    beats BIGINT NOT NULL,
    task_id VARCHAR(64),
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (worker_id)
)"""

_INDEXES = (
    "ix_task_state ON task (state)",
    "ix_task_place ON task (place)",
    "ix_job_task_id ON job (task_id)",
    'job_in_order ON job (kind, "key")',
    "job_by_state ON job (state, finished_at)",
    'finding_by_time ON job_finding (job_key, series, timestamp_ms, "key")',
    'finding_by_subject ON job_finding (job_key, series, subject, timestamp_ms, "key")',
)


def add_jobs(connection: Connection) -> None:
    """Make the tables as version 3 had them."""
    sqlite = connection.dialect.name == "sqlite"
    words = {
        "numbered": "INTEGER PRIMARY KEY AUTOINCREMENT" if sqlite else "BIGSERIAL PRIMARY KEY",
        "key": "INTEGER" if sqlite else "BIGINT",
        "real": "FLOAT" if sqlite else "DOUBLE PRECISION",
        "bytes": "BLOB" if sqlite else "BYTEA",
    }
    for statement in (_TASK, _JOB, _FINDING, _SUBJECT, _WORKER):
        connection.exec_driver_sql(statement.format(**words))
    for index in _INDEXES:
        connection.exec_driver_sql(f"CREATE INDEX {index}")
