-- Concerns and their triage, consultations, contacts, and who is around a student.

-- The early warning signs that are asked for; a district changes them by a new version.
CREATE TABLE warning_list (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    signs TEXT NOT NULL,                  -- JSON: [[code, label, unit, danger]]
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX warning_list_version ON warning_list (version);

-- A concern as it was raised; what became of it stands in concern_entry.
CREATE TABLE concern (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_id TEXT NOT NULL REFERENCES student (id),
    raised_on TEXT NOT NULL,
    way TEXT NOT NULL,
    raiser TEXT NOT NULL CHECK (raiser IN ('teacher', 'guardian', 'student', 'peer', 'staff')),
    raiser_id TEXT NOT NULL,              -- of staff or a guardian whom the roster knows
    raiser_name TEXT NOT NULL,
    words TEXT NOT NULL,
    whose_words TEXT NOT NULL CHECK (whose_words IN ('theirs', 'mine')),
    signs TEXT NOT NULL,                  -- JSON: [[code, label, count, weeks, danger]], as they stood
    signs_version INTEGER NOT NULL,       -- of the list that was asked; 0: the one that is shipped
    tried TEXT NOT NULL,
    urgency INTEGER NOT NULL CHECK (urgency BETWEEN 1 AND 3),
    danger TEXT NOT NULL,                 -- JSON: self_harm, abuse, violence
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX concern_of_student ON concern (student_id, raised_on);
CREATE INDEX concern_by_urgency ON concern (urgency DESC, raised_on, row);
CREATE INDEX concern_of_danger ON concern (recorded_at) WHERE danger <> '[]';

-- A decision, its undoing by a later one, the closing of danger, a note, what was fed back.
CREATE TABLE concern_entry (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    concern_id TEXT NOT NULL REFERENCES concern (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    kind TEXT NOT NULL CHECK (kind IN ('decision', 'closed', 'note', 'feedback')),
    decision TEXT NOT NULL,               -- of kind 'decision'
    text TEXT NOT NULL,                   -- the reason; what was done; what was fed back
    told TEXT NOT NULL,                   -- of kind 'closed': who was told; of 'feedback': to whom
    until_on TEXT NOT NULL,               -- of the decision to watch
    made TEXT NOT NULL,                   -- what came of it: the referral's or the disclosure's id
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX concern_entry_of_concern ON concern_entry (concern_id, kind, row);

-- Working papers, saved as one types; not records, so not in the journal.
CREATE TABLE consultation_draft (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    student_id TEXT REFERENCES student (id),
    content TEXT NOT NULL,                -- JSON, the form as it stands
    made_at TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX consultation_draft_of_person ON consultation_draft (person_id, saved_at);

CREATE TABLE consultation (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_id TEXT REFERENCES student (id),  -- none: about a class
    about TEXT NOT NULL,                  -- the class, where it is about one
    with_kind TEXT NOT NULL,
    with_id TEXT NOT NULL,
    with_name TEXT NOT NULL,
    started_at TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 1440),
    place TEXT NOT NULL,
    school_id TEXT REFERENCES school (id),
    question TEXT NOT NULL,
    antecedent TEXT NOT NULL,
    behavior TEXT NOT NULL,
    consequence TEXT NOT NULL,
    purpose TEXT NOT NULL,                -- the function that is guessed
    advised TEXT NOT NULL,
    follows TEXT NOT NULL,                -- the consultation that this one looks back on
    fidelity TEXT NOT NULL,
    outcome TEXT NOT NULL,
    concern_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX consultation_of_student ON consultation (student_id, started_at);
CREATE INDEX consultation_by_time ON consultation (started_at, row);

CREATE TABLE consultation_addition (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    consultation_id TEXT NOT NULL REFERENCES consultation (id),
    text TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX consultation_addition_of ON consultation_addition (consultation_id, row);

-- Who does what until when, as it was agreed; it comes back on Today until it is looked at.
CREATE TABLE agreed_step (
    id TEXT PRIMARY KEY,
    consultation_id TEXT NOT NULL REFERENCES consultation (id),
    student_id TEXT REFERENCES student (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    doer TEXT NOT NULL,
    text TEXT NOT NULL,
    due_on TEXT NOT NULL,
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    done_at TEXT NOT NULL DEFAULT '',
    done_by TEXT NOT NULL DEFAULT '',
    fidelity TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX agreed_step_open ON agreed_step (person_id, due_on) WHERE done_at = '';
CREATE INDEX agreed_step_of ON agreed_step (consultation_id, due_on);

-- Each attempt to reach someone; a correction is a row that takes an earlier one's place.
CREATE TABLE contact (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    matter_id TEXT NOT NULL,              -- the id of the first row about the same matter
    student_id TEXT NOT NULL REFERENCES student (id),
    with_kind TEXT NOT NULL,
    with_id TEXT NOT NULL,
    with_name TEXT NOT NULL,
    way TEXT NOT NULL,
    result TEXT NOT NULL,
    at TEXT NOT NULL,
    about TEXT NOT NULL,
    said TEXT NOT NULL,
    next_on TEXT NOT NULL,
    despite TEXT NOT NULL,                -- why someone was contacted who is not to be
    interpreter TEXT NOT NULL,            -- which language was interpreted, if one was
    replaces TEXT NOT NULL,
    why TEXT NOT NULL,                    -- of a correction
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX contact_of_student ON contact (student_id, at);
CREATE INDEX contact_of_matter ON contact (matter_id, row);
CREATE INDEX contact_by_time ON contact (at, row);
CREATE INDEX contact_next ON contact (next_on) WHERE next_on <> '';
CREATE UNIQUE INDEX contact_replaced ON contact (replaces) WHERE replaces <> '';

-- Who is around a student, and what they may be told.
CREATE TABLE team_member (
    id TEXT PRIMARY KEY,
    student_id TEXT NOT NULL REFERENCES student (id),
    kind TEXT NOT NULL CHECK (kind IN ('staff', 'guardian', 'provider')),
    ref_id TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    phone TEXT NOT NULL,
    since_on TEXT NOT NULL,
    until_on TEXT NOT NULL DEFAULT '',
    may_know TEXT NOT NULL,               -- JSON: codes
    note TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX team_member_of_student ON team_member (student_id, until_on, since_on);

CREATE TRIGGER warning_list_stands BEFORE UPDATE ON warning_list
BEGIN
    SELECT raise(ABORT, 'frozen: a list of warning signs cannot be changed');
END;
CREATE TRIGGER warning_list_stays BEFORE DELETE ON warning_list
BEGIN
    SELECT raise(ABORT, 'frozen: a list of warning signs cannot be deleted');
END;
CREATE TRIGGER warning_list_once BEFORE INSERT ON warning_list
WHEN EXISTS (SELECT 1 FROM warning_list WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a list of warning signs cannot be replaced');
END;

CREATE TRIGGER concern_stands BEFORE UPDATE ON concern
BEGIN
    SELECT raise(ABORT, 'frozen: a concern cannot be changed');
END;
CREATE TRIGGER concern_stays BEFORE DELETE ON concern
BEGIN
    SELECT raise(ABORT, 'frozen: a concern cannot be deleted');
END;
CREATE TRIGGER concern_once BEFORE INSERT ON concern
WHEN EXISTS (SELECT 1 FROM concern WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a concern cannot be replaced');
END;

CREATE TRIGGER concern_entry_stands BEFORE UPDATE ON concern_entry
BEGIN
    SELECT raise(ABORT, 'frozen: what became of a concern cannot be changed');
END;
CREATE TRIGGER concern_entry_stays BEFORE DELETE ON concern_entry
BEGIN
    SELECT raise(ABORT, 'frozen: what became of a concern cannot be deleted');
END;
CREATE TRIGGER concern_entry_once BEFORE INSERT ON concern_entry
WHEN EXISTS (SELECT 1 FROM concern_entry WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: what became of a concern cannot be replaced');
END;

CREATE TRIGGER consultation_stands BEFORE UPDATE ON consultation
BEGIN
    SELECT raise(ABORT, 'frozen: a signed consultation cannot be changed');
END;
CREATE TRIGGER consultation_stays BEFORE DELETE ON consultation
BEGIN
    SELECT raise(ABORT, 'frozen: a signed consultation cannot be deleted');
END;
CREATE TRIGGER consultation_once BEFORE INSERT ON consultation
WHEN EXISTS (SELECT 1 FROM consultation WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a signed consultation cannot be replaced');
END;

CREATE TRIGGER consultation_addition_stands BEFORE UPDATE ON consultation_addition
BEGIN
    SELECT raise(ABORT, 'frozen: a signed addendum cannot be changed');
END;
CREATE TRIGGER consultation_addition_stays BEFORE DELETE ON consultation_addition
BEGIN
    SELECT raise(ABORT, 'frozen: a signed addendum cannot be deleted');
END;
CREATE TRIGGER consultation_addition_once BEFORE INSERT ON consultation_addition
WHEN EXISTS (SELECT 1 FROM consultation_addition WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a signed addendum cannot be replaced');
END;

CREATE TRIGGER contact_stands BEFORE UPDATE ON contact
BEGIN
    SELECT raise(ABORT, 'frozen: a contact cannot be changed');
END;
CREATE TRIGGER contact_stays BEFORE DELETE ON contact
BEGIN
    SELECT raise(ABORT, 'frozen: a contact cannot be deleted');
END;
CREATE TRIGGER contact_once BEFORE INSERT ON contact
WHEN EXISTS (SELECT 1 FROM contact WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a contact cannot be replaced');
END;
