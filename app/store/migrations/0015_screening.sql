-- Instruments that a district supplied, screenings, and the risk that an answer told of.

-- An instrument's file as it was loaded; what is shipped lies beside the program.
CREATE TABLE instrument_file (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    instrument TEXT NOT NULL,             -- the instrument's own id
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,                -- JSON, the file
    sha256 TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX instrument_file_of ON instrument_file (instrument, row);

-- The wording of an instrument, from a questionnaire that the district has the right to use.
CREATE TABLE wording (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    instrument TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    copyright TEXT NOT NULL,
    items TEXT NOT NULL,                  -- JSON: [[item, words]]
    answers TEXT NOT NULL,                -- JSON: [[item, value, words]]
    sha256 TEXT NOT NULL,                 -- of the questionnaire
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX wording_of ON wording (instrument, row);

-- A universal screening: one instrument, a time, buildings and grades, and how consent is asked.
CREATE TABLE screening_round (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    instrument TEXT NOT NULL,
    informant TEXT NOT NULL,
    school_id TEXT REFERENCES school (id),
    grades TEXT NOT NULL DEFAULT '[]',    -- JSON: grade codes; empty: all
    consent TEXT NOT NULL CHECK (consent IN ('active', 'passive')),
    begins_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    closed_at TEXT NOT NULL DEFAULT ''
) STRICT;

-- What a guardian said to a round; the newest row counts.
CREATE TABLE round_consent (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    round_id TEXT NOT NULL REFERENCES screening_round (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    state TEXT NOT NULL CHECK (state IN ('given', 'declined', 'opted_out', 'withdrawn')),
    said_by TEXT NOT NULL,
    said_on TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX round_consent_of ON round_consent (round_id, student_id, row);

-- Working papers, saved as one types; not records, so not in the journal.
CREATE TABLE screening_draft (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    student_id TEXT REFERENCES student (id),
    content TEXT NOT NULL,                -- JSON, the form as it stands
    made_at TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX screening_draft_of_person ON screening_draft (person_id, saved_at);

CREATE TABLE screening (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_id TEXT NOT NULL REFERENCES student (id),
    instrument TEXT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL,                 -- of the instrument's file that scored it
    informant TEXT NOT NULL,
    informant_name TEXT NOT NULL,
    taken_on TEXT NOT NULL,
    age INTEGER,                          -- whole years on that day
    grade TEXT NOT NULL,
    school_id TEXT REFERENCES school (id),
    source TEXT NOT NULL CHECK (source IN ('form', 'interview', 'file', 'outside')),
    answers TEXT NOT NULL,                -- JSON: [[item, value]]
    refused INTEGER NOT NULL CHECK (refused IN (0, 1)),  -- the student would not answer
    scores TEXT NOT NULL,                 -- JSON: [[scale, score or null, band, level, cut-offs]]
    outcome TEXT NOT NULL,
    level INTEGER NOT NULL,
    risk TEXT NOT NULL CHECK (risk IN ('', 'follow_up', 'today', 'now')),
    comment TEXT NOT NULL,
    round_id TEXT NOT NULL,
    replaces TEXT UNIQUE REFERENCES screening (id),  -- the screening that this one corrects
    correction TEXT NOT NULL,             -- why
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX screening_of_student ON screening (student_id, instrument, taken_on, row);
CREATE INDEX screening_by_day ON screening (taken_on DESC, row DESC);
CREATE INDEX screening_by_instrument ON screening (instrument, taken_on DESC, row DESC);
CREATE INDEX screening_of_round ON screening (round_id, student_id) WHERE round_id <> '';

-- A screening that was recorded in error: it stays, and counts in nothing from then on. Where it
-- was another student's, the one on record there replaces it.
CREATE TABLE screening_mistake (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    screening_id TEXT NOT NULL UNIQUE REFERENCES screening (id),
    student_id TEXT NOT NULL REFERENCES student (id),  -- under whom it was recorded
    why TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- An answer that asks for a person: it stays until a named person closes it.
CREATE TABLE risk (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_id TEXT NOT NULL REFERENCES student (id),
    screening_id TEXT NOT NULL REFERENCES screening (id),
    code TEXT NOT NULL,
    label TEXT NOT NULL,                  -- as it stood
    urgency TEXT NOT NULL CHECK (urgency IN ('follow_up', 'today', 'now')),
    steps TEXT NOT NULL,                  -- JSON: the protocol's next steps, as they stood
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX risk_of_student ON risk (student_id, row);
CREATE INDEX risk_of_screening ON risk (screening_id);

-- What was done, who was told and when; the one of kind 'closed' ends the follow-up, and one of
-- kind 'mistake' says that the student never gave the answer.
CREATE TABLE risk_entry (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    risk_id TEXT NOT NULL REFERENCES risk (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    kind TEXT NOT NULL CHECK (kind IN ('step', 'told', 'closed', 'reopened', 'mistake')),
    text TEXT NOT NULL,
    told TEXT NOT NULL,                   -- who was told
    told_at TEXT NOT NULL,                -- when, as an instant
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX risk_entry_of ON risk_entry (risk_id, row);

-- What those who look after a child's safety may know of a risk that another field of work saw:
-- about whom, how urgent, who saw it and when, and nothing of what was answered.
CREATE VIEW risk_elsewhere AS
    SELECT r.id, r.student_id, r.urgency, r.person_id, r.recorded_at, r.zone FROM risk r
     WHERE coalesce((SELECT e.kind FROM risk_entry e WHERE e.risk_id = r.id
                      AND e.kind IN ('closed', 'reopened', 'mistake')
                      ORDER BY e.row DESC LIMIT 1), '') NOT IN ('closed', 'mistake');

CREATE TRIGGER instrument_file_stands BEFORE UPDATE ON instrument_file
BEGIN
    SELECT raise(ABORT, 'frozen: an instrument''s file cannot be changed');
END;
CREATE TRIGGER instrument_file_stays BEFORE DELETE ON instrument_file
BEGIN
    SELECT raise(ABORT, 'frozen: an instrument''s file cannot be deleted');
END;
CREATE TRIGGER instrument_file_once BEFORE INSERT ON instrument_file
WHEN EXISTS (SELECT 1 FROM instrument_file WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: an instrument''s file cannot be replaced');
END;

CREATE TRIGGER wording_stands BEFORE UPDATE ON wording
BEGIN
    SELECT raise(ABORT, 'frozen: a wording cannot be changed');
END;
CREATE TRIGGER wording_stays BEFORE DELETE ON wording
BEGIN
    SELECT raise(ABORT, 'frozen: a wording cannot be deleted');
END;
CREATE TRIGGER wording_once BEFORE INSERT ON wording
WHEN EXISTS (SELECT 1 FROM wording WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a wording cannot be replaced');
END;

CREATE TRIGGER round_consent_stands BEFORE UPDATE ON round_consent
BEGIN
    SELECT raise(ABORT, 'frozen: a consent cannot be changed');
END;
CREATE TRIGGER round_consent_stays BEFORE DELETE ON round_consent
BEGIN
    SELECT raise(ABORT, 'frozen: a consent cannot be deleted');
END;
CREATE TRIGGER round_consent_once BEFORE INSERT ON round_consent
WHEN EXISTS (SELECT 1 FROM round_consent WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a consent cannot be replaced');
END;

CREATE TRIGGER screening_stands BEFORE UPDATE ON screening
BEGIN
    SELECT raise(ABORT, 'frozen: a screening cannot be changed');
END;
CREATE TRIGGER screening_stays BEFORE DELETE ON screening
BEGIN
    SELECT raise(ABORT, 'frozen: a screening cannot be deleted');
END;
CREATE TRIGGER screening_once BEFORE INSERT ON screening
WHEN EXISTS (SELECT 1 FROM screening WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a screening cannot be replaced');
END;

CREATE TRIGGER screening_mistake_stands BEFORE UPDATE ON screening_mistake
BEGIN
    SELECT raise(ABORT, 'frozen: that a screening was recorded in error cannot be changed');
END;
CREATE TRIGGER screening_mistake_stays BEFORE DELETE ON screening_mistake
BEGIN
    SELECT raise(ABORT, 'frozen: that a screening was recorded in error cannot be deleted');
END;
CREATE TRIGGER screening_mistake_once BEFORE INSERT ON screening_mistake
WHEN EXISTS (SELECT 1 FROM screening_mistake
              WHERE id = NEW.id OR row = NEW.row OR screening_id = NEW.screening_id)
BEGIN
    SELECT raise(ABORT, 'frozen: that a screening was recorded in error cannot be replaced');
END;

CREATE TRIGGER risk_stands BEFORE UPDATE ON risk
BEGIN
    SELECT raise(ABORT, 'frozen: a risk that was seen cannot be changed');
END;
CREATE TRIGGER risk_stays BEFORE DELETE ON risk
BEGIN
    SELECT raise(ABORT, 'frozen: a risk that was seen cannot be deleted');
END;
CREATE TRIGGER risk_once BEFORE INSERT ON risk
WHEN EXISTS (SELECT 1 FROM risk WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a risk that was seen cannot be replaced');
END;

CREATE TRIGGER risk_entry_stands BEFORE UPDATE ON risk_entry
BEGIN
    SELECT raise(ABORT, 'frozen: what was done about a risk cannot be changed');
END;
CREATE TRIGGER risk_entry_stays BEFORE DELETE ON risk_entry
BEGIN
    SELECT raise(ABORT, 'frozen: what was done about a risk cannot be deleted');
END;
CREATE TRIGGER risk_entry_once BEFORE INSERT ON risk_entry
WHEN EXISTS (SELECT 1 FROM risk_entry WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: what was done about a risk cannot be replaced');
END;
