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
CREATE INDEX disclosure_by_time ON disclosure (made_at);

-- The row is written before the paper leaves. Where the paper then could not be handed over
-- (disk full, printer gone), this says so; the row itself stays as it was written.
CREATE TABLE disclosure_stopped (
    disclosure_id TEXT PRIMARY KEY REFERENCES disclosure (id),
    reason TEXT NOT NULL,
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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
CREATE TRIGGER disclosure_stopped_stands BEFORE UPDATE ON disclosure_stopped
BEGIN
    SELECT raise(ABORT, 'frozen: what is said of a disclosure cannot be changed');
END;
CREATE TRIGGER disclosure_stopped_stays BEFORE DELETE ON disclosure_stopped
BEGIN
    SELECT raise(ABORT, 'frozen: what is said of a disclosure cannot be deleted');
END;
CREATE TRIGGER disclosure_stopped_once BEFORE INSERT ON disclosure_stopped
WHEN EXISTS (SELECT 1 FROM disclosure_stopped WHERE disclosure_id = NEW.disclosure_id)
BEGIN
    SELECT raise(ABORT, 'frozen: what is said of a disclosure cannot be replaced');
END;
