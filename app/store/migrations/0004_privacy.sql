-- What left the desk: to whom, why, and exactly what (34 CFR 99.32).

CREATE TABLE disclosure (
    id TEXT PRIMARY KEY,
    student_id TEXT NOT NULL REFERENCES student (id),
    paper TEXT NOT NULL,                  -- which paper: student-summary …
    scope TEXT NOT NULL,                  -- JSON: sections and period
    recipient TEXT NOT NULL,
    purpose TEXT NOT NULL,
    means TEXT NOT NULL,                  -- pdf, print …
    sha256 TEXT NOT NULL,                 -- of what left
    bytes INTEGER NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX disclosure_of_student ON disclosure (student_id, made_at);

CREATE TRIGGER disclosure_stands BEFORE UPDATE ON disclosure
BEGIN
    SELECT raise(ABORT, 'frozen: a disclosure cannot be changed');
END;
CREATE TRIGGER disclosure_stays BEFORE DELETE ON disclosure
BEGIN
    SELECT raise(ABORT, 'frozen: a disclosure cannot be deleted');
END;
CREATE TRIGGER disclosure_once BEFORE INSERT ON disclosure
WHEN EXISTS (SELECT 1 FROM disclosure WHERE id = NEW.id)
BEGIN
    SELECT raise(ABORT, 'frozen: a disclosure cannot be replaced');
END;
