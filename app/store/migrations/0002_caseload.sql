-- Students and those around them, the caseload, tiers, alerts; and the roster they came from.

CREATE TABLE school (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'school',
    identifier TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    source_id TEXT NOT NULL DEFAULT '',
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    made_at TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX school_source ON school (source, source_id) WHERE source_id <> '';

-- The buildings a person works in, in the order of their week.
CREATE TABLE person_school (
    person_id TEXT NOT NULL REFERENCES person (id),
    school_id TEXT NOT NULL REFERENCES school (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (person_id, school_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE student (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_number TEXT NOT NULL DEFAULT '',
    state_id TEXT NOT NULL DEFAULT '',
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    middle_name TEXT NOT NULL DEFAULT '',
    preferred_name TEXT NOT NULL DEFAULT '',
    pronouns TEXT NOT NULL DEFAULT '',
    birth_date TEXT NOT NULL DEFAULT '',
    sex TEXT NOT NULL DEFAULT '',
    grade TEXT NOT NULL DEFAULT '',
    grade_rank INTEGER NOT NULL DEFAULT 99,
    school_id TEXT REFERENCES school (id),
    language TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    listed_name TEXT NOT NULL,            -- as a list sorts it, accents folded
    standing TEXT NOT NULL DEFAULT 'enrolled' CHECK (standing IN ('enrolled', 'left')),
    left_on TEXT NOT NULL DEFAULT '',
    tier INTEGER NOT NULL DEFAULT 1 CHECK (tier BETWEEN 1 AND 3),  -- the newest decision's
    source TEXT NOT NULL DEFAULT '',
    source_id TEXT NOT NULL DEFAULT '',
    roster TEXT NOT NULL DEFAULT '',      -- JSON: each field's value as the roster last said it
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX student_source ON student (source, source_id) WHERE source_id <> '';
CREATE INDEX student_by_name ON student (standing, listed_name, row);
CREATE INDEX student_by_school ON student (school_id, standing, listed_name, row);
CREATE INDEX student_by_grade ON student (standing, grade_rank, listed_name, row);
CREATE INDEX student_by_tier ON student (tier, standing, listed_name, row) WHERE tier > 1;

-- Names and numbers as they are searched, already folded; the row is the student's.
CREATE VIRTUAL TABLE student_names USING fts5 (
    names, numbers,
    content = '', contentless_delete = 1, prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 0 categories ''L* N* Co Mc Cn'''
);

-- Every word in it, for those who mistype one.
CREATE VIRTUAL TABLE student_words USING fts5vocab (student_names, 'row');

CREATE TABLE guardian (
    id TEXT PRIMARY KEY,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    phone TEXT NOT NULL DEFAULT '',
    sms TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    interpreter INTEGER NOT NULL DEFAULT 0 CHECK (interpreter IN (0, 1)),
    source TEXT NOT NULL DEFAULT '',
    source_id TEXT NOT NULL DEFAULT '',
    roster TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX guardian_source ON guardian (source, source_id) WHERE source_id <> '';

CREATE TABLE student_guardian (
    student_id TEXT NOT NULL REFERENCES student (id),
    guardian_id TEXT NOT NULL REFERENCES guardian (id),
    relation TEXT NOT NULL DEFAULT '',
    position INTEGER NOT NULL DEFAULT 0,
    lives_with INTEGER NOT NULL DEFAULT 0 CHECK (lives_with IN (0, 1)),
    reach_by TEXT NOT NULL DEFAULT '' CHECK (reach_by IN ('', 'phone', 'sms', 'email', 'letter')),
    reach_when TEXT NOT NULL DEFAULT '',
    do_not_contact TEXT NOT NULL DEFAULT '',   -- the reason; empty when contact is allowed
    ended_on TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (student_id, guardian_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX student_guardian_back ON student_guardian (guardian_id);

CREATE TABLE alert (
    id TEXT PRIMARY KEY,
    student_id TEXT NOT NULL REFERENCES student (id),
    kind TEXT NOT NULL CHECK (kind IN ('health', 'allergy', 'custody', 'safety', 'access', 'other')),
    text TEXT NOT NULL,
    person_id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    ended_at TEXT NOT NULL DEFAULT '',
    ended_by TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX alert_of_student ON alert (student_id, made_at);

CREATE TABLE tag (
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL UNIQUE,
    made_at TEXT NOT NULL
) STRICT;

CREATE TABLE student_tag (
    student_id TEXT NOT NULL REFERENCES student (id),
    tag_id TEXT NOT NULL REFERENCES tag (id),
    PRIMARY KEY (student_id, tag_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX student_tag_back ON student_tag (tag_id, student_id);

-- A stretch of time in which a student is on a person's caseload.
CREATE TABLE caseload (
    id TEXT PRIMARY KEY,
    student_id TEXT NOT NULL REFERENCES student (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    started_on TEXT NOT NULL,
    start_reason TEXT NOT NULL,
    started_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    ended_on TEXT NOT NULL DEFAULT '',
    end_reason TEXT NOT NULL DEFAULT '',
    ended_at TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE UNIQUE INDEX caseload_open ON caseload (person_id, student_id) WHERE ended_on = '';
CREATE INDEX caseload_of_student ON caseload (student_id, started_on);

CREATE TABLE tier_decision (
    id TEXT PRIMARY KEY,
    student_id TEXT NOT NULL REFERENCES student (id),
    tier INTEGER NOT NULL CHECK (tier BETWEEN 1 AND 3),
    was INTEGER NOT NULL CHECK (was BETWEEN 1 AND 3),
    decided_on TEXT NOT NULL,
    reason TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

CREATE INDEX tier_decision_of_student ON tier_decision (student_id, made_at);

CREATE TRIGGER tier_decision_stands BEFORE UPDATE ON tier_decision
BEGIN
    SELECT raise(ABORT, 'frozen: a tier decision cannot be changed');
END;
CREATE TRIGGER tier_decision_stays BEFORE DELETE ON tier_decision
BEGIN
    SELECT raise(ABORT, 'frozen: a tier decision cannot be deleted');
END;
CREATE TRIGGER tier_decision_once BEFORE INSERT ON tier_decision
WHEN EXISTS (SELECT 1 FROM tier_decision WHERE id = NEW.id)
BEGIN
    SELECT raise(ABORT, 'frozen: a tier decision cannot be replaced');
END;

-- What else the roster tells: staff, terms, courses, classes and who is in them.
CREATE TABLE staff (
    id TEXT PRIMARY KEY,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    school_id TEXT REFERENCES school (id),
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    UNIQUE (source, source_id)
) STRICT;

CREATE TABLE term (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    school_year TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    parent_source_id TEXT NOT NULL DEFAULT '',
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    UNIQUE (source, source_id)
) STRICT;

CREATE TABLE class (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    code TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT '',
    course TEXT NOT NULL DEFAULT '',
    location TEXT NOT NULL DEFAULT '',
    periods TEXT NOT NULL DEFAULT '',
    terms TEXT NOT NULL DEFAULT '',
    school_id TEXT REFERENCES school (id),
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    UNIQUE (source, source_id)
) STRICT;

CREATE TABLE enrollment (
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    class_id TEXT NOT NULL REFERENCES class (id),
    student_id TEXT REFERENCES student (id),
    staff_id TEXT REFERENCES staff (id),
    role TEXT NOT NULL,
    begins_on TEXT NOT NULL DEFAULT '',
    ends_on TEXT NOT NULL DEFAULT '',
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    PRIMARY KEY (source, source_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX enrollment_of_student ON enrollment (student_id) WHERE student_id IS NOT NULL;
CREATE INDEX enrollment_of_class ON enrollment (class_id);

CREATE TABLE roster_import (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,                 -- which roster: the system's name, or the table's
    format TEXT NOT NULL,
    sha256 TEXT NOT NULL,                 -- of the file as it was read
    counts TEXT NOT NULL,                 -- JSON
    problems TEXT NOT NULL,               -- JSON: rows not understood, with line and reason
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

-- What one import did to one student; hashed as a whole into the import's journal entry.
CREATE TABLE roster_change (
    import_id TEXT NOT NULL REFERENCES roster_import (id),
    position INTEGER NOT NULL,
    student_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('added', 'changed', 'left', 'returned')),
    before TEXT,
    after TEXT,
    PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX roster_change_of_student ON roster_change (student_id, kind);

CREATE TRIGGER roster_change_stands BEFORE UPDATE ON roster_change
BEGIN
    SELECT raise(ABORT, 'frozen: what an import did cannot be changed');
END;
CREATE TRIGGER roster_change_stays BEFORE DELETE ON roster_change
BEGIN
    SELECT raise(ABORT, 'frozen: what an import did cannot be deleted');
END;

-- A value the roster has for a field that someone here had changed: offered, not imposed.
CREATE TABLE roster_offer (
    student_id TEXT NOT NULL REFERENCES student (id),
    field TEXT NOT NULL,
    ours TEXT NOT NULL,
    theirs TEXT NOT NULL,
    import_id TEXT NOT NULL REFERENCES roster_import (id),
    PRIMARY KEY (student_id, field)
) STRICT, WITHOUT ROWID;

-- How a table's columns were understood, by the fingerprint of its header.
CREATE TABLE roster_mapping (
    fingerprint TEXT PRIMARY KEY,
    mapping TEXT NOT NULL,
    used_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
