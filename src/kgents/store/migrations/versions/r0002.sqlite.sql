DROP INDEX experiments_created;
DROP INDEX experiments_kind;
DROP INDEX experiments_status;
DROP INDEX experiments_verdict;
DROP TRIGGER marks_no_update;
DROP TRIGGER marks_no_delete;
ALTER TABLE marks RENAME TO marks_0001;
DROP TABLE brain_text;
CREATE TABLE marks (
    log INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id BLOB NOT NULL,
    prev BLOB NOT NULL,
    stem TEXT NOT NULL,
    PRIMARY KEY (log, seq),
    UNIQUE (log, prev),
    FOREIGN KEY(log) REFERENCES logs ("key")
)
 WITHOUT ROWID;
CREATE INDEX experiments_tagged ON experiments (created_at, log, tags) WHERE tags <> '[]';
CREATE VIEW witness AS SELECT logs.name AS log, marks.seq AS seq, lower(hex(marks.id)) AS id, lower(hex(marks.prev)) AS prev, stem || ',"log":"' || logs.name || '","prev":"' || lower(hex(marks.prev)) || '","seq":' || seq || ',"v":1}' AS body FROM marks JOIN logs ON logs.key = marks.log;
CREATE TRIGGER marks_no_update BEFORE UPDATE ON marks BEGIN SELECT RAISE(ABORT, 'marks are never changed'); END;
CREATE TRIGGER marks_no_delete BEFORE DELETE ON marks BEGIN SELECT RAISE(ABORT, 'marks are never changed'); END;
CREATE VIRTUAL TABLE brain_text USING fts5(title, body, tags, tokenize = 'unicode61 remove_diacritics 0');
CREATE INDEX experiments_status ON experiments (status, created_at, log);
CREATE INDEX experiments_created ON experiments (created_at, log);
CREATE INDEX experiments_verdict ON experiments (verdict, created_at, log);
CREATE INDEX experiments_kind ON experiments (kind, created_at, log);
INSERT INTO marks (log, seq, id, prev, stem) SELECT log, seq, id, prev, substr(body, 1, length(body) - (length(',"log":"' || logs.name || '","prev":"","seq":' || marks.seq || ',"v":1}') + 64)) FROM marks_0001 AS marks JOIN logs ON logs.key = marks.log;
DROP TABLE marks_0001;
INSERT INTO brain_text (rowid, title, body, tags) SELECT key, title, body, (SELECT group_concat(value, ' ') FROM json_each(tags)) FROM brain_crystals;
