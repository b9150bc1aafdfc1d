ALTER TABLE brain_crystals ADD COLUMN salt VARCHAR(32);
UPDATE brain_crystals SET salt = replace(gen_random_uuid()::text, '-', '');
ALTER TABLE brain_crystals ALTER COLUMN salt SET NOT NULL;
