DROP INDEX brain_crystals_experiment;
ALTER TABLE brain_crystals RENAME TO brain_crystals_0002;
CREATE TABLE brain_crystals (
    "key" INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    tags JSON NOT NULL,
    experiment VARCHAR(32),
    access_count INTEGER DEFAULT '0' NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    salt VARCHAR(32) NOT NULL,
    PRIMARY KEY ("key")
);
INSERT INTO brain_crystals SELECT "key", title, body, tags, experiment, access_count, created_at, updated_at, lower(hex(randomblob(16))) FROM brain_crystals_0002;
DROP TABLE brain_crystals_0002;
CREATE INDEX brain_crystals_experiment ON brain_crystals (experiment);
CREATE TRIGGER marks_no_replace BEFORE INSERT ON marks WHEN EXISTS (SELECT 1 FROM marks WHERE log = NEW.log AND (seq = NEW.seq OR prev = NEW.prev)) BEGIN SELECT RAISE(ABORT, 'marks are never changed'); END;
