DROP TRIGGER IF EXISTS marks_no_replace;
CREATE TRIGGER marks_no_replace BEFORE INSERT ON marks WHEN EXISTS (SELECT 1 FROM marks WHERE log = NEW.log AND seq = NEW.seq) OR EXISTS (SELECT 1 FROM marks WHERE log = NEW.log AND prev = NEW.prev) BEGIN SELECT RAISE(ABORT, 'marks are never changed'); END;
