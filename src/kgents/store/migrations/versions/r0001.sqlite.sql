CREATE VIRTUAL TABLE brain_text USING fts5(title, body, tags, tokenize = 'unicode61 remove_diacritics 0');
CREATE TABLE logs (
    "key" INTEGER NOT NULL,
    name VARCHAR(64) NOT NULL,
    PRIMARY KEY ("key"),
    UNIQUE (name)
);
CREATE TABLE blobs (
    digest BLOB NOT NULL,
    size INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (digest)
);
CREATE TABLE brain_crystals (
    "key" INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    tags JSON NOT NULL,
    experiment VARCHAR(32),
    access_count INTEGER DEFAULT '0' NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    PRIMARY KEY ("key")
);
CREATE TABLE marks (
    log INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id BLOB NOT NULL,
    prev BLOB NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (log, seq),
    UNIQUE (log, prev),
    FOREIGN KEY(log) REFERENCES logs ("key"),
    UNIQUE (id)
)
 WITHOUT ROWID;
CREATE TABLE experiments (
    log INTEGER NOT NULL,
    id VARCHAR(32) NOT NULL,
    name TEXT,
    kind VARCHAR(40) NOT NULL,
    status VARCHAR(16) NOT NULL,
    verdict VARCHAR(16),
    model TEXT,
    spec VARCHAR(64),
    tags JSON NOT NULL,
    doc JSON NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    PRIMARY KEY (log),
    FOREIGN KEY(log) REFERENCES logs ("key"),
    UNIQUE (id)
);
CREATE TABLE trials (
    log INTEGER NOT NULL,
    "index" INTEGER NOT NULL,
    arm INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    success SMALLINT,
    PRIMARY KEY (log, "index", arm),
    FOREIGN KEY(log) REFERENCES logs ("key")
)
 WITHOUT ROWID;
CREATE INDEX brain_crystals_experiment ON brain_crystals (experiment);
CREATE INDEX experiments_created ON experiments (created_at);
CREATE INDEX experiments_name ON experiments (name);
CREATE INDEX experiments_status ON experiments (status, created_at);
CREATE INDEX experiments_verdict ON experiments (verdict, created_at);
CREATE INDEX experiments_spec ON experiments (spec, model);
CREATE INDEX experiments_kind ON experiments (kind, created_at);
CREATE TRIGGER marks_no_update BEFORE UPDATE ON marks BEGIN SELECT RAISE(ABORT, 'marks are never changed'); END;
CREATE TRIGGER marks_no_delete BEFORE DELETE ON marks BEGIN SELECT RAISE(ABORT, 'marks are never changed'); END;
