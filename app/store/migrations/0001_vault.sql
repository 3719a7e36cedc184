-- The vault itself: what it is, who works at it, on which devices, and its journal.
-- Ids are UUIDv7. Instants are UTC text with milliseconds; `zone` is the IANA zone they were lived in.

CREATE TABLE vault (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    recovery_confirmed_at TEXT
) STRICT;

CREATE TABLE person (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL
        CHECK (role IN ('counselor', 'nurse', 'social_worker', 'psychologist', 'administrator')),
    credentials TEXT NOT NULL DEFAULT '',
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE TABLE device (
    id TEXT PRIMARY KEY,
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
    person_id TEXT NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (person_id, name)
) STRICT, WITHOUT ROWID;

-- Where someone left the desk: page, scroll position. Not a record, so not in the journal.
CREATE TABLE desk_state (
    person_id TEXT NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (person_id, name)
) STRICT, WITHOUT ROWID;

-- Each command appends what it did; each entry carries the hash of the one before.
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    zone TEXT NOT NULL,
    person_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    what TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    before TEXT,
    after TEXT,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX journal_subject ON journal (subject_id, seq);

CREATE TRIGGER journal_continues BEFORE INSERT ON journal
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM journal WHERE seq = NEW.seq - 1), zeroblob(32))
BEGIN
    SELECT raise(ABORT, 'frozen: the journal is continued at its end only');
END;

CREATE TRIGGER journal_keeps_entries BEFORE UPDATE ON journal
BEGIN
    SELECT raise(ABORT, 'frozen: a journal entry cannot be changed');
END;

CREATE TRIGGER journal_drops_nothing BEFORE DELETE ON journal
BEGIN
    SELECT raise(ABORT, 'frozen: a journal entry cannot be deleted');
END;
