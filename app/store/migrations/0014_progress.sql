-- The points of a goal, its phases, and what was decided on them; what a tier was decided on.

-- A point, or with no value that a goal was worked on; a correction takes an earlier one's place.
CREATE TABLE goal_point (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    goal_key TEXT NOT NULL,
    student_id TEXT NOT NULL REFERENCES student (id),
    day TEXT NOT NULL,
    value INTEGER,                        -- thousandths
    comment TEXT NOT NULL,
    note_id TEXT NOT NULL,                -- the session note it was entered with
    replaces TEXT UNIQUE REFERENCES goal_point (id),
    taken_out INTEGER NOT NULL CHECK (taken_out IN (0, 1)),
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX goal_point_of ON goal_point (goal_key, day, row);
CREATE UNIQUE INDEX goal_point_of_note ON goal_point (note_id, goal_key)
    WHERE note_id <> '' AND replaces IS NULL;

-- What was done differently from a day on.
CREATE TABLE goal_phase (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    goal_key TEXT NOT NULL,
    student_id TEXT NOT NULL REFERENCES student (id),
    begins_on TEXT NOT NULL,
    label TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX goal_phase_of ON goal_phase (goal_key, begins_on, row);

-- What a person decided on the points, and what the points spoke for on that day.
CREATE TABLE goal_decision (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    goal_key TEXT NOT NULL,
    student_id TEXT NOT NULL REFERENCES student (id),
    decided_on TEXT NOT NULL,
    proposal TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('continue', 'change', 'intensify', 'fade')),
    reason TEXT NOT NULL,
    points TEXT NOT NULL,                 -- JSON: [[day, thousandths]], as they stood
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX goal_decision_of ON goal_decision (goal_key, row);

-- What was known when a tier was decided, and when it is to be looked at again.
CREATE TABLE tier_evidence (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    decision_id TEXT NOT NULL UNIQUE REFERENCES tier_decision (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    facts TEXT NOT NULL,                  -- JSON: [[kind, day, text, number]]
    look_again_on TEXT NOT NULL,          -- when the plan said it would be over; empty: not said
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX tier_evidence_of ON tier_evidence (student_id, row);

CREATE TRIGGER goal_point_stands BEFORE UPDATE ON goal_point
BEGIN
    SELECT raise(ABORT, 'frozen: a point of a goal cannot be changed');
END;
CREATE TRIGGER goal_point_stays BEFORE DELETE ON goal_point
BEGIN
    SELECT raise(ABORT, 'frozen: a point of a goal cannot be deleted');
END;
CREATE TRIGGER goal_point_once BEFORE INSERT ON goal_point
WHEN EXISTS (SELECT 1 FROM goal_point WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a point of a goal cannot be replaced');
END;

CREATE TRIGGER goal_phase_stands BEFORE UPDATE ON goal_phase
BEGIN
    SELECT raise(ABORT, 'frozen: a phase of a goal cannot be changed');
END;
CREATE TRIGGER goal_phase_stays BEFORE DELETE ON goal_phase
BEGIN
    SELECT raise(ABORT, 'frozen: a phase of a goal cannot be deleted');
END;
CREATE TRIGGER goal_phase_once BEFORE INSERT ON goal_phase
WHEN EXISTS (SELECT 1 FROM goal_phase WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a phase of a goal cannot be replaced');
END;

CREATE TRIGGER goal_decision_stands BEFORE UPDATE ON goal_decision
BEGIN
    SELECT raise(ABORT, 'frozen: a decision on a goal cannot be changed');
END;
CREATE TRIGGER goal_decision_stays BEFORE DELETE ON goal_decision
BEGIN
    SELECT raise(ABORT, 'frozen: a decision on a goal cannot be deleted');
END;
CREATE TRIGGER goal_decision_once BEFORE INSERT ON goal_decision
WHEN EXISTS (SELECT 1 FROM goal_decision WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a decision on a goal cannot be replaced');
END;

CREATE TRIGGER tier_evidence_stands BEFORE UPDATE ON tier_evidence
BEGIN
    SELECT raise(ABORT, 'frozen: what a tier was decided on cannot be changed');
END;
CREATE TRIGGER tier_evidence_stays BEFORE DELETE ON tier_evidence
BEGIN
    SELECT raise(ABORT, 'frozen: what a tier was decided on cannot be deleted');
END;
CREATE TRIGGER tier_evidence_once BEFORE INSERT ON tier_evidence
WHEN EXISTS (SELECT 1 FROM tier_evidence WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: what a tier was decided on cannot be replaced');
END;
