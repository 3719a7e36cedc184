-- Plans of care: versions, goals, what is done by whom, reviews and signatures.

-- A plan as one goes on with it: its versions, reviews and tasks name it.
CREATE TABLE care_plan (
    id TEXT PRIMARY KEY,
    student_id TEXT NOT NULL REFERENCES student (id),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    version INTEGER NOT NULL,             -- the number of the newest
    begins_on TEXT NOT NULL,              -- of the newest version
    review_on TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    closed_on TEXT NOT NULL DEFAULT '',
    closed_why TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX care_plan_of_student ON care_plan (student_id, made_at);
CREATE INDEX care_plan_open ON care_plan (review_on, id) WHERE closed_on = '';

-- Working papers, saved as one types; not records, so not in the journal.
CREATE TABLE plan_draft (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    student_id TEXT REFERENCES student (id),
    plan_id TEXT NOT NULL DEFAULT '',     -- of the plan whose next version this is
    content TEXT NOT NULL,                -- JSON, the form as it stands
    made_at TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX plan_draft_of_person ON plan_draft (person_id, saved_at);

-- A version as it was agreed.
CREATE TABLE plan_version (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    plan_id TEXT NOT NULL REFERENCES care_plan (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    review_on TEXT NOT NULL,
    tier INTEGER NOT NULL CHECK (tier BETWEEN 0 AND 3),
    sections TEXT NOT NULL,               -- JSON: [[key, text]]
    interventions TEXT NOT NULL,          -- JSON: [[what, who, how often, goal key]]
    team TEXT NOT NULL,                   -- JSON: [[name, part]]
    family TEXT NOT NULL,                 -- the family's part, in their words
    consent TEXT NOT NULL CHECK (consent IN ('', 'given', 'verbal', 'declined', 'not_needed')),
    consent_by TEXT NOT NULL,
    consent_on TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL,
    UNIQUE (plan_id, number)
) STRICT;

-- A goal as it was agreed; the same goal keeps its key from version to version.
CREATE TABLE plan_goal (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version_id TEXT NOT NULL REFERENCES plan_version (id),
    plan_id TEXT NOT NULL REFERENCES care_plan (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    need TEXT NOT NULL,
    statement TEXT NOT NULL,
    measure TEXT NOT NULL,                -- what is measured, and how
    kind TEXT NOT NULL,                   -- of the measure
    baseline INTEGER,                     -- thousandths
    target INTEGER,
    baseline_on TEXT NOT NULL,
    by_when TEXT NOT NULL,
    levels TEXT NOT NULL,                 -- JSON: five descriptions of a goal attainment scale
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX plan_goal_of_version ON plan_goal (version_id, position);
CREATE INDEX plan_goal_of_student ON plan_goal (student_id, key, row);

CREATE TABLE plan_signature (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version_id TEXT NOT NULL REFERENCES plan_version (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    name TEXT NOT NULL,
    part TEXT NOT NULL,                   -- parent, student, teacher …
    way TEXT NOT NULL CHECK (way IN ('paper', 'present', 'remote', 'declined')),
    signed_on TEXT NOT NULL,
    comment TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX plan_signature_of ON plan_signature (version_id, row);

CREATE TABLE plan_review (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    plan_id TEXT NOT NULL REFERENCES care_plan (id),
    version_id TEXT NOT NULL REFERENCES plan_version (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    held_on TEXT NOT NULL,
    present TEXT NOT NULL,
    outcomes TEXT NOT NULL,               -- JSON: [[goal key, outcome, comment]]
    decision TEXT NOT NULL
        CHECK (decision IN ('continue', 'change', 'intensify', 'fade', 'close')),
    reason TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX plan_review_of ON plan_review (plan_id, row);

-- Who does what until when; it comes back on Today until it is done.
CREATE TABLE plan_task (
    id TEXT PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES care_plan (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    doer TEXT NOT NULL,
    text TEXT NOT NULL,
    due_on TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    done_at TEXT NOT NULL DEFAULT '',
    done_by TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX plan_task_open ON plan_task (person_id, due_on) WHERE done_at = '';
CREATE INDEX plan_task_of ON plan_task (plan_id, due_on);

CREATE TABLE plan_template (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,                -- JSON, a form without a student
    source TEXT NOT NULL CHECK (source IN ('own', 'district')),
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
) STRICT;

CREATE TRIGGER plan_version_stands BEFORE UPDATE ON plan_version
BEGIN
    SELECT raise(ABORT, 'frozen: an agreed plan cannot be changed');
END;
CREATE TRIGGER plan_version_stays BEFORE DELETE ON plan_version
BEGIN
    SELECT raise(ABORT, 'frozen: an agreed plan cannot be deleted');
END;
CREATE TRIGGER plan_version_once BEFORE INSERT ON plan_version
WHEN EXISTS (SELECT 1 FROM plan_version WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: an agreed plan cannot be replaced');
END;

CREATE TRIGGER plan_goal_stands BEFORE UPDATE ON plan_goal
BEGIN
    SELECT raise(ABORT, 'frozen: an agreed goal cannot be changed');
END;
CREATE TRIGGER plan_goal_stays BEFORE DELETE ON plan_goal
BEGIN
    SELECT raise(ABORT, 'frozen: an agreed goal cannot be deleted');
END;
CREATE TRIGGER plan_goal_once BEFORE INSERT ON plan_goal
WHEN EXISTS (SELECT 1 FROM plan_goal WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: an agreed goal cannot be replaced');
END;

CREATE TRIGGER plan_signature_stands BEFORE UPDATE ON plan_signature
BEGIN
    SELECT raise(ABORT, 'frozen: a signature cannot be changed');
END;
CREATE TRIGGER plan_signature_stays BEFORE DELETE ON plan_signature
BEGIN
    SELECT raise(ABORT, 'frozen: a signature cannot be deleted');
END;
CREATE TRIGGER plan_signature_once BEFORE INSERT ON plan_signature
WHEN EXISTS (SELECT 1 FROM plan_signature WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a signature cannot be replaced');
END;

CREATE TRIGGER plan_review_stands BEFORE UPDATE ON plan_review
BEGIN
    SELECT raise(ABORT, 'frozen: a review cannot be changed');
END;
CREATE TRIGGER plan_review_stays BEFORE DELETE ON plan_review
BEGIN
    SELECT raise(ABORT, 'frozen: a review cannot be deleted');
END;
CREATE TRIGGER plan_review_once BEFORE INSERT ON plan_review
WHEN EXISTS (SELECT 1 FROM plan_review WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a review cannot be replaced');
END;
