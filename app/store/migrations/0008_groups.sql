-- Groups, who is in them and who waits, and their sessions.

-- The name is for the desk alone: no note, paper or calendar that leaves it carries it.
CREATE TABLE student_group (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    purpose TEXT NOT NULL DEFAULT '',
    curriculum TEXT NOT NULL DEFAULT '',
    contents TEXT NOT NULL DEFAULT '[]',  -- JSON: what each planned session is about, in order
    planned INTEGER NOT NULL DEFAULT 0 CHECK (planned BETWEEN 0 AND 99),
    minutes INTEGER NOT NULL DEFAULT 30 CHECK (minutes BETWEEN 1 AND 1440),
    service_id TEXT NOT NULL REFERENCES service_kind (id),
    school_id TEXT REFERENCES school (id),
    person_id TEXT NOT NULL REFERENCES person (id),   -- who leads it
    second_id TEXT REFERENCES person (id),
    size_limit INTEGER NOT NULL DEFAULT 0 CHECK (size_limit BETWEEN 0 AND 99),
    starts_on TEXT NOT NULL DEFAULT '',
    ends_on TEXT NOT NULL DEFAULT '',
    copied_from TEXT REFERENCES student_group (id),
    closed_on TEXT NOT NULL DEFAULT '',
    close_reason TEXT NOT NULL DEFAULT '',
    listed_name TEXT NOT NULL,            -- as a list sorts it and a search finds it, accents folded
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX student_group_by_name ON student_group (closed_on, listed_name, id);
CREATE INDEX student_group_of_person ON student_group (person_id, closed_on);

-- A stretch of a student in a group: asked for, joined, left. Empty `joined_on`: on the waiting list.
CREATE TABLE group_member (
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL REFERENCES student_group (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    person_id TEXT NOT NULL REFERENCES person (id),   -- who wrote it down
    waits_since TEXT NOT NULL DEFAULT '',
    joined_on TEXT NOT NULL DEFAULT '',
    left_on TEXT NOT NULL DEFAULT '',
    left_reason TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    CHECK (waits_since <> '' OR joined_on <> '')
) STRICT;

CREATE UNIQUE INDEX group_member_open ON group_member (group_id, student_id) WHERE left_on = '';
CREATE INDEX group_member_of_group ON group_member (group_id, joined_on);
CREATE INDEX group_member_of_student ON group_member (student_id, joined_on);

-- A session on its way to a signature: its maker's working paper, saved as one types.
CREATE TABLE group_draft (
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL REFERENCES student_group (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    content TEXT NOT NULL,                -- JSON, the form as it stands
    made_at TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

-- Drafts are few: they are looked through, and no index is written with each pause in typing.
DROP INDEX note_draft_of_person;

-- A session as it was signed: what all of them shared.
CREATE TABLE group_session (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    group_id TEXT NOT NULL REFERENCES student_group (id),
    number INTEGER NOT NULL CHECK (number > 0),
    topic TEXT NOT NULL,
    started_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 1440),
    service_id TEXT NOT NULL REFERENCES service_kind (id),
    place TEXT NOT NULL,
    school_id TEXT REFERENCES school (id),
    format TEXT NOT NULL,
    sections TEXT NOT NULL,               -- JSON: [["title", "text"]]
    late_reason TEXT NOT NULL,
    planned_id TEXT NOT NULL,             -- the appointment that it was, if it was planned
    person_id TEXT NOT NULL REFERENCES person (id),
    signed_at TEXT NOT NULL,
    signed_zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX group_session_of_group ON group_session (group_id, started_at);

-- One member at one session; a correction is a row of its own that replaces the one before.
CREATE TABLE group_attendance (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL REFERENCES group_session (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    note_id TEXT NOT NULL REFERENCES session_note (id),
    attendance TEXT NOT NULL CHECK (attendance IN ('present', 'absent', 'declined', 'cancelled')),
    reason TEXT NOT NULL,
    replaces TEXT REFERENCES group_attendance (id),
    correction TEXT NOT NULL,             -- why it was corrected
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX group_attendance_first ON group_attendance (session_id, student_id)
    WHERE replaces IS NULL;
CREATE UNIQUE INDEX group_attendance_next ON group_attendance (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX group_attendance_of_student ON group_attendance (student_id, session_id);
CREATE INDEX group_attendance_of_note ON group_attendance (note_id);

CREATE TRIGGER group_session_stands BEFORE UPDATE ON group_session
BEGIN
    SELECT raise(ABORT, 'frozen: a signed group session cannot be changed');
END;
CREATE TRIGGER group_session_stays BEFORE DELETE ON group_session
BEGIN
    SELECT raise(ABORT, 'frozen: a signed group session cannot be deleted');
END;
CREATE TRIGGER group_session_once BEFORE INSERT ON group_session
WHEN EXISTS (SELECT 1 FROM group_session WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a signed group session cannot be replaced');
END;
CREATE TRIGGER group_attendance_stands BEFORE UPDATE ON group_attendance
BEGIN
    SELECT raise(ABORT, 'frozen: attendance cannot be changed');
END;
CREATE TRIGGER group_attendance_stays BEFORE DELETE ON group_attendance
BEGIN
    SELECT raise(ABORT, 'frozen: attendance cannot be deleted');
END;
CREATE TRIGGER group_attendance_once BEFORE INSERT ON group_attendance
WHEN EXISTS (SELECT 1 FROM group_attendance WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: attendance cannot be replaced');
END;
