-- The tables as version 1 of the schema made them in SQLite; never to be changed.

CREATE TABLE schema_version (
    version INTEGER NOT NULL
);

CREATE TABLE collection (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    collection_id VARCHAR(255) NOT NULL,
    embedder_version VARCHAR(255) NOT NULL,
    created_at BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    face_count BIGINT NOT NULL,
    user_count BIGINT NOT NULL,
    UNIQUE (collection_id)
);

CREATE TABLE tag (
    resource_arn VARCHAR(2048) NOT NULL,
    name VARCHAR(128) NOT NULL,
    value VARCHAR(256) NOT NULL,
    PRIMARY KEY (resource_arn, name)
);

CREATE TABLE request_token (
    operation VARCHAR(64) NOT NULL,
    scope VARCHAR(512) NOT NULL,
    token VARCHAR(128) NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    response TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (operation, scope, token)
);

CREATE INDEX ix_request_token_created_at ON request_token (created_at);

CREATE TABLE ledger (
    sequence INTEGER NOT NULL,
    payload TEXT NOT NULL,
    previous_hash VARCHAR(64) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    PRIMARY KEY (sequence)
);

CREATE TABLE ledger_head (
    "key" INTEGER NOT NULL CHECK (key = 1),
    sequence INTEGER NOT NULL,
    hash VARCHAR(64) NOT NULL,
    seal VARCHAR(64) NOT NULL,
    PRIMARY KEY ("key")
);

CREATE TABLE access_key (
    access_key_id VARCHAR(128) NOT NULL,
    secret BLOB NOT NULL,
    label VARCHAR(256) NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (access_key_id)
);

CREATE TABLE enrolled_user (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    collection_key INTEGER NOT NULL,
    user_id VARCHAR(128) NOT NULL,
    vector BLOB,
    face_count INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (collection_key, user_id),
    FOREIGN KEY(collection_key) REFERENCES collection ("key") ON DELETE CASCADE
);

CREATE INDEX user_in_order ON enrolled_user (collection_key, "key");

CREATE TABLE face (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    collection_key INTEGER NOT NULL,
    face_id VARCHAR(36) NOT NULL,
    image_id VARCHAR(36) NOT NULL,
    external_image_id VARCHAR(255),
    "left" FLOAT NOT NULL,
    top FLOAT NOT NULL,
    width FLOAT NOT NULL,
    height FLOAT NOT NULL,
    confidence FLOAT NOT NULL,
    embedding BLOB NOT NULL,
    embedder_version VARCHAR(255) NOT NULL,
    user_key INTEGER,
    created_at BIGINT NOT NULL,
    UNIQUE (collection_key, face_id),
    FOREIGN KEY(collection_key) REFERENCES collection ("key") ON DELETE CASCADE,
    FOREIGN KEY(user_key) REFERENCES enrolled_user ("key") ON DELETE SET NULL
);

CREATE INDEX face_in_order ON face (collection_key, "key");

CREATE INDEX face_of_user ON face (user_key);

INSERT INTO schema_version VALUES (1);
