-- Session notes: drafts, signed notes and what was added to them, next steps, templates.

CREATE TABLE note_template (
    id TEXT PRIMARY KEY,
    format TEXT NOT NULL CHECK (format IN ('soap', 'dap', 'birp', 'girp', 'free')),
    name TEXT NOT NULL,
    sections TEXT NOT NULL,               -- JSON: [{"key", "title", "hint"}]
    builtin INTEGER NOT NULL DEFAULT 0 CHECK (builtin IN (0, 1)),
    retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
    position INTEGER NOT NULL DEFAULT 0,
    made_at TEXT NOT NULL
) STRICT;

CREATE TABLE service_kind (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL DEFAULT '',        -- of a kind that the program ships; its label is translated
    label TEXT NOT NULL,
    retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
    position INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE intervention (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL DEFAULT '',
    label TEXT NOT NULL,
    retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
    position INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Working papers, saved as one types; not records, so not in the journal.
CREATE TABLE note_draft (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    student_id TEXT REFERENCES student (id),
    kind TEXT NOT NULL CHECK (kind IN ('session', 'addendum', 'amendment')),
    note_id TEXT REFERENCES session_note (id),
    content TEXT NOT NULL,                -- JSON, the form as it stands
    ready INTEGER NOT NULL DEFAULT 0 CHECK (ready IN (0, 1)),  -- saved, waits for a signature
    made_at TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX note_draft_of_person ON note_draft (person_id, saved_at);

CREATE TABLE session_note (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_id TEXT NOT NULL REFERENCES student (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    started_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 1440),
    service_id TEXT NOT NULL REFERENCES service_kind (id),
    service_label TEXT NOT NULL,          -- as it stood: a kind renamed later renames no signed note
    place TEXT NOT NULL,
    school_id TEXT REFERENCES school (id),
    attendance TEXT NOT NULL CHECK (attendance IN ('present', 'absent', 'declined', 'cancelled')),
    attendance_reason TEXT NOT NULL DEFAULT '',
    present TEXT NOT NULL DEFAULT '',
    interventions TEXT NOT NULL DEFAULT '[]',   -- JSON: labels as they stood
    format TEXT NOT NULL,
    sections TEXT NOT NULL,               -- JSON: [{"title", "text"}]
    late_reason TEXT NOT NULL DEFAULT '',
    late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),
    from_sole INTEGER NOT NULL DEFAULT 0 CHECK (from_sole IN (0, 1)),
    signed_at TEXT NOT NULL,
    signed_zone TEXT NOT NULL,
    hash BLOB NOT NULL                    -- SHA-256 of all of the above as it was signed
) STRICT;

CREATE INDEX session_note_of_student ON session_note (student_id, started_at);
CREATE INDEX session_note_of_person ON session_note (person_id, started_at);

-- What came after: an addendum (new information) or an amendment (a correction, with its reason).
CREATE TABLE note_addition (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    note_id TEXT NOT NULL REFERENCES session_note (id),
    kind TEXT NOT NULL CHECK (kind IN ('addendum', 'amendment')),
    reason TEXT NOT NULL DEFAULT '',
    sections TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    signed_at TEXT NOT NULL,
    signed_zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX note_addition_of_note ON note_addition (note_id, signed_at);

CREATE TRIGGER session_note_stands BEFORE UPDATE ON session_note
BEGIN
    SELECT raise(ABORT, 'frozen: a signed note cannot be changed');
END;
CREATE TRIGGER session_note_stays BEFORE DELETE ON session_note
BEGIN
    SELECT raise(ABORT, 'frozen: a signed note cannot be deleted');
END;
CREATE TRIGGER session_note_once BEFORE INSERT ON session_note
WHEN EXISTS (SELECT 1 FROM session_note WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a signed note cannot be replaced');
END;
CREATE TRIGGER note_addition_stands BEFORE UPDATE ON note_addition
BEGIN
    SELECT raise(ABORT, 'frozen: a signed addition cannot be changed');
END;
CREATE TRIGGER note_addition_stays BEFORE DELETE ON note_addition
BEGIN
    SELECT raise(ABORT, 'frozen: a signed addition cannot be deleted');
END;
CREATE TRIGGER note_addition_once BEFORE INSERT ON note_addition
WHEN EXISTS (SELECT 1 FROM note_addition WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a signed addition cannot be replaced');
END;

-- A next step with a date: it comes back on Today.
CREATE TABLE follow_up (
    id TEXT PRIMARY KEY,
    student_id TEXT NOT NULL REFERENCES student (id),
    note_id TEXT REFERENCES session_note (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    text TEXT NOT NULL,
    due_on TEXT NOT NULL,
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    done_at TEXT NOT NULL DEFAULT '',
    done_by TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX follow_up_open ON follow_up (person_id, due_on) WHERE done_at = '';
CREATE INDEX follow_up_of_student ON follow_up (student_id, due_on);

-- Sole-possession notes: the maker's own memory aid (34 CFR 99.3), a compartment of their own.
-- Every export, report and sync reads through a connection on which tables named sole_* are denied.
CREATE TABLE sole_note (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    student_id TEXT REFERENCES student (id),
    text TEXT NOT NULL,
    about_on TEXT NOT NULL,
    purge_on TEXT NOT NULL DEFAULT '',
    kept_at TEXT NOT NULL DEFAULT '',     -- when its maker last chose to keep it instead of purging
    made_at TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX sole_note_of_person ON sole_note (person_id, student_id, about_on);
