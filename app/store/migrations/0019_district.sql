-- The district whose file was loaded, and what it asks for.

-- Each file that was taken, whole and signed as it came; the newest counts, unless it was left.
CREATE TABLE district_file (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    district TEXT NOT NULL,               -- first 16 bytes of the SHA-256 of the signing key
    serial INTEGER NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,                 -- of the file
    content TEXT NOT NULL,                -- the file
    shown_as TEXT NOT NULL,               -- how whoever loaded it is named to the district
    person_id TEXT NOT NULL REFERENCES person (id),
    loaded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- That a district was left.
CREATE TABLE district_left (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    file_id TEXT NOT NULL UNIQUE REFERENCES district_file (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    left_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TRIGGER district_file_stands BEFORE UPDATE ON district_file
BEGIN
    SELECT raise(ABORT, 'frozen: a district file cannot be changed');
END;
CREATE TRIGGER district_file_stays BEFORE DELETE ON district_file
BEGIN
    SELECT raise(ABORT, 'frozen: a district file cannot be deleted');
END;
CREATE TRIGGER district_file_once BEFORE INSERT ON district_file
WHEN EXISTS (SELECT 1 FROM district_file WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a district file cannot be replaced');
END;

CREATE TRIGGER district_left_stands BEFORE UPDATE ON district_left
BEGIN
    SELECT raise(ABORT, 'frozen: that a district was left cannot be changed');
END;
CREATE TRIGGER district_left_stays BEFORE DELETE ON district_left
BEGIN
    SELECT raise(ABORT, 'frozen: that a district was left cannot be deleted');
END;
CREATE TRIGGER district_left_once BEFORE INSERT ON district_left
WHEN EXISTS (SELECT 1 FROM district_left WHERE id = NEW.id OR row = NEW.row OR file_id = NEW.file_id)
BEGIN
    SELECT raise(ABORT, 'frozen: that a district was left cannot be replaced');
END;
