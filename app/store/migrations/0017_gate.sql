-- What a disclosure stands on, requests to inspect, and labels of substance use records.

-- On what ground a paper left (34 CFR 99.30, 99.31, 99.36). Rows from before say nothing of it.
ALTER TABLE disclosure ADD COLUMN ground TEXT NOT NULL DEFAULT '';
ALTER TABLE disclosure ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE disclosure ADD COLUMN release_of TEXT NOT NULL DEFAULT '';
ALTER TABLE disclosure ADD COLUMN interest TEXT NOT NULL DEFAULT '';
ALTER TABLE disclosure ADD COLUMN threat TEXT NOT NULL DEFAULT '';
ALTER TABLE disclosure ADD COLUMN who_needs TEXT NOT NULL DEFAULT '';
ALTER TABLE disclosure ADD COLUMN because TEXT NOT NULL DEFAULT '';

-- A record that holds something about substance use (42 CFR part 2): the newest row of a
-- record says whether it is labelled now.
CREATE TABLE part2_label (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL
        CHECK (kind IN ('note', 'screening', 'plan', 'consultation', 'contact', 'concern')),
    record TEXT NOT NULL,                 -- the record's id
    student_id TEXT NOT NULL REFERENCES student (id),
    labelled INTEGER NOT NULL CHECK (labelled IN (0, 1)),
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX part2_label_of ON part2_label (kind, record, row, labelled, student_id);
CREATE INDEX part2_label_of_student ON part2_label (student_id, row);

CREATE TRIGGER part2_label_stands BEFORE UPDATE ON part2_label
BEGIN
    SELECT raise(ABORT, 'frozen: a label cannot be changed');
END;
CREATE TRIGGER part2_label_stays BEFORE DELETE ON part2_label
BEGIN
    SELECT raise(ABORT, 'frozen: a label cannot be deleted');
END;
CREATE TRIGGER part2_label_once BEFORE INSERT ON part2_label
WHEN EXISTS (SELECT 1 FROM part2_label WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a label cannot be replaced');
END;

-- Who asked for something of a record, when and for what (99.32(a)(1)), and by when a request
-- to inspect is to be met (99.10(b)).
CREATE TABLE record_request (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_id TEXT NOT NULL REFERENCES student (id),
    kind TEXT NOT NULL CHECK (kind IN ('inspect', 'disclose')),
    party TEXT NOT NULL CHECK (party IN ('parent', 'student', 'other')),
    asked_by TEXT NOT NULL,
    what TEXT NOT NULL,                   -- which records
    interest TEXT NOT NULL,               -- what they are wanted for
    received_on TEXT NOT NULL,
    due_on TEXT NOT NULL,                 -- of a request to inspect; else empty
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX record_request_of_student ON record_request (student_id, received_on);

-- What became of it.
CREATE TABLE request_entry (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    request_id TEXT NOT NULL REFERENCES record_request (id),
    kind TEXT NOT NULL CHECK (kind IN ('answered', 'extended', 'closed')),
    outcome TEXT NOT NULL,                -- of 'closed': inspected, copies …
    text TEXT NOT NULL,
    on_day TEXT NOT NULL,
    due_on TEXT NOT NULL,                 -- of 'extended': by when it is to be met now
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX request_entry_of ON request_entry (request_id, row);
CREATE UNIQUE INDEX request_closed_once ON request_entry (request_id) WHERE kind = 'closed';

CREATE TRIGGER record_request_stands BEFORE UPDATE ON record_request
BEGIN
    SELECT raise(ABORT, 'frozen: a request cannot be changed');
END;
CREATE TRIGGER record_request_stays BEFORE DELETE ON record_request
BEGIN
    SELECT raise(ABORT, 'frozen: a request cannot be deleted');
END;
CREATE TRIGGER record_request_once BEFORE INSERT ON record_request
WHEN EXISTS (SELECT 1 FROM record_request WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a request cannot be replaced');
END;
CREATE TRIGGER request_entry_stands BEFORE UPDATE ON request_entry
BEGIN
    SELECT raise(ABORT, 'frozen: what became of a request cannot be changed');
END;
CREATE TRIGGER request_entry_stays BEFORE DELETE ON request_entry
BEGIN
    SELECT raise(ABORT, 'frozen: what became of a request cannot be deleted');
END;
CREATE TRIGGER request_entry_once BEFORE INSERT ON request_entry
WHEN EXISTS (SELECT 1 FROM request_entry WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: what became of a request cannot be replaced');
END;

-- What holds for the whole desk: the notice that goes along with a substance use record, and
-- within how many days a request to inspect is met.
CREATE TABLE gate_setting (
    name TEXT PRIMARY KEY CHECK (name IN ('part2_notice', 'inspection_days')),
    value TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    set_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT, WITHOUT ROWID;
