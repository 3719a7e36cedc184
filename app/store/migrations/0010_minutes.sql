-- The services owed and given, and how long those who were referred stay.

-- What an IEP, a 504 or another plan owes a student. A change is a new version; each stands.
CREATE TABLE mandate (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    series_id TEXT NOT NULL,              -- the id of its first version
    version INTEGER NOT NULL CHECK (version > 0),
    replaces TEXT REFERENCES mandate (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    person_id TEXT NOT NULL REFERENCES person (id),   -- who provides it
    provider TEXT NOT NULL,               -- as the plan names who provides it
    service_id TEXT NOT NULL REFERENCES service_kind (id),
    service_label TEXT NOT NULL,          -- as it stood
    setting TEXT NOT NULL CHECK (setting IN ('individual', 'group', 'either')),
    unit TEXT NOT NULL CHECK (unit IN ('minutes', 'sessions')),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 100000),  -- of the unit in a period
    times INTEGER NOT NULL CHECK (times >= 0),        -- 0: not said how often
    each_minutes INTEGER NOT NULL CHECK (each_minutes BETWEEN 0 AND 1440),  -- of one session; 0: not said
    period TEXT NOT NULL CHECK (period IN ('week', 'month', 'year')),
    place TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,                -- 9999-12-31: no end was set
    basis TEXT NOT NULL CHECK (basis IN ('iep', '504', 'plan')),
    basis_on TEXT NOT NULL,
    reason TEXT NOT NULL,                 -- of a change
    written_by TEXT NOT NULL REFERENCES person (id),
    written_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL,
    CHECK (starts_on <= ends_on)
) STRICT;

CREATE UNIQUE INDEX mandate_version ON mandate (series_id, version);
CREATE INDEX mandate_of_student ON mandate (student_id, starts_on);

-- That it is owed no more after a day, and why; an empty day takes that back. The newest holds.
CREATE TABLE mandate_end (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    series_id TEXT NOT NULL,
    student_id TEXT NOT NULL REFERENCES student (id),
    ended_on TEXT NOT NULL,
    reason TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    written_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX mandate_end_of ON mandate_end (series_id);

-- On which days each version is in force; drawn from the two above whenever they grow.
CREATE TABLE mandate_span (
    mandate_id TEXT PRIMARY KEY REFERENCES mandate (id),
    series_id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    service_id TEXT NOT NULL,
    setting TEXT NOT NULL,
    unit TEXT NOT NULL,
    amount INTEGER NOT NULL,
    each_minutes INTEGER NOT NULL,
    period TEXT NOT NULL,
    from_on TEXT NOT NULL,
    upto TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX mandate_span_of_student ON mandate_span (student_id, from_on, upto);
CREATE INDEX mandate_span_of_series ON mandate_span (series_id, from_on);
CREATE INDEX mandate_span_ends ON mandate_span (upto, series_id);

-- A session that counts toward what is owed, or that fell out. A correction is a row of its own.
CREATE TABLE delivery (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    first_id TEXT NOT NULL,               -- the id of its first row
    replaces TEXT REFERENCES delivery (id),
    entry_id TEXT NOT NULL,               -- the note or the group session; empty: entered by hand
    note_id TEXT REFERENCES session_note (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    person_id TEXT NOT NULL REFERENCES person (id),   -- who gave it
    series_id TEXT NOT NULL,              -- what it counts toward; empty: not decided yet
    service_id TEXT NOT NULL REFERENCES service_kind (id),
    setting TEXT NOT NULL CHECK (setting IN ('individual', 'group')),
    day TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 1440),
    planned_minutes INTEGER NOT NULL CHECK (planned_minutes BETWEEN 0 AND 1440),  -- of one that fell out
    outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'excused', 'unexcused', 'provider_absent',
        'declined', 'holiday', 'cancelled', 'unaccounted')),
    reason TEXT NOT NULL,
    makes_up TEXT NOT NULL,               -- the first id of the missed one; empty: none
    made_up_on TEXT NOT NULL,             -- the day of the missed one
    correction TEXT NOT NULL,             -- why it replaces the row before
    written_by TEXT NOT NULL REFERENCES person (id),
    written_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL,
    CHECK (outcome = 'delivered' OR (minutes = 0 AND makes_up = ''))
) STRICT;

CREATE UNIQUE INDEX delivery_once ON delivery (entry_id, student_id)
    WHERE entry_id <> '' AND replaces IS NULL;
CREATE UNIQUE INDEX delivery_next ON delivery (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX delivery_of_series ON delivery (series_id, day);
CREATE INDEX delivery_making_up ON delivery (series_id, made_up_on) WHERE made_up_on <> '';
CREATE INDEX delivery_of_student ON delivery (student_id, day);
CREATE INDEX delivery_undecided ON delivery (day) WHERE series_id = '';

CREATE TRIGGER mandate_stands BEFORE UPDATE ON mandate
BEGIN
    SELECT raise(ABORT, 'frozen: what is owed cannot be changed, only replaced by a new version');
END;
CREATE TRIGGER mandate_stays BEFORE DELETE ON mandate
BEGIN
    SELECT raise(ABORT, 'frozen: what is owed cannot be removed');
END;
CREATE TRIGGER mandate_once BEFORE INSERT ON mandate
WHEN EXISTS (SELECT 1 FROM mandate WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: what is owed cannot be replaced in place');
END;
CREATE TRIGGER mandate_end_stands BEFORE UPDATE ON mandate_end
BEGIN
    SELECT raise(ABORT, 'frozen: an end cannot be changed');
END;
CREATE TRIGGER mandate_end_stays BEFORE DELETE ON mandate_end
BEGIN
    SELECT raise(ABORT, 'frozen: an end cannot be removed');
END;
CREATE TRIGGER mandate_end_once BEFORE INSERT ON mandate_end
WHEN EXISTS (SELECT 1 FROM mandate_end WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: an end cannot be replaced');
END;
CREATE TRIGGER delivery_stands BEFORE UPDATE ON delivery
BEGIN
    SELECT raise(ABORT, 'frozen: a delivery cannot be changed');
END;
CREATE TRIGGER delivery_stays BEFORE DELETE ON delivery
BEGIN
    SELECT raise(ABORT, 'frozen: a delivery cannot be removed');
END;
CREATE TRIGGER delivery_single BEFORE INSERT ON delivery
WHEN EXISTS (SELECT 1 FROM delivery WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a delivery cannot be replaced in place');
END;

-- A student and a service, from the referral to the end: waits, comes, came to an end. Whoever
-- begins without a referral has one from the first session on, and `asked_on` stays empty.
CREATE TABLE episode (
    id TEXT PRIMARY KEY,
    student_id TEXT NOT NULL REFERENCES student (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    service_id TEXT NOT NULL REFERENCES service_kind (id),
    asked_on TEXT NOT NULL DEFAULT '',
    asked_by TEXT NOT NULL DEFAULT '' CHECK (asked_by IN
        ('', 'teacher', 'parent', 'student', 'nurse', 'team', 'screening', 'outside', 'staff')),
    words TEXT NOT NULL DEFAULT '',
    concern_id TEXT NOT NULL DEFAULT '',  -- the concern it came of
    tier INTEGER NOT NULL CHECK (tier BETWEEN 1 AND 3),   -- at that time
    school_id TEXT REFERENCES school (id),                -- at that time
    started_on TEXT NOT NULL DEFAULT '',  -- the first session attended
    last_on TEXT NOT NULL DEFAULT '',     -- the last session attended
    closed_on TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'not_started', 'completed', 'ended')),
    reason TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    CHECK ((closed_on = '') = (outcome = '')),
    CHECK ((started_on = '') = (last_on = '')),
    CHECK (asked_on <> '' OR started_on <> '')
) STRICT;

CREATE UNIQUE INDEX episode_open ON episode (student_id, service_id) WHERE closed_on = '';
CREATE INDEX episode_of_student ON episode (student_id, asked_on);
CREATE INDEX episode_waiting ON episode (asked_on) WHERE started_on = '' AND closed_on = '';
CREATE INDEX episode_coming ON episode (last_on) WHERE started_on <> '' AND closed_on = '';
CREATE INDEX episode_started ON episode (started_on) WHERE started_on <> '';
