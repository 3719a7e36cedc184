-- Bell schedules, calendars and what is planned.

-- A school year of a building: its zone, its days of school, its cycle of days.
CREATE TABLE school_year (
    id TEXT PRIMARY KEY,
    school_id TEXT NOT NULL REFERENCES school (id),
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    zone TEXT NOT NULL,                   -- IANA; the building's clocks show its time
    weekdays TEXT NOT NULL,               -- digits, Monday is 1
    cycle TEXT NOT NULL DEFAULT '[]',     -- JSON: the names of a rotating cycle's days; empty: none
    bells TEXT NOT NULL DEFAULT '{}',     -- JSON: bell schedule by '' (usual), weekday digit, '=' cycle day
    made_at TEXT NOT NULL,
    CHECK (starts_on <= ends_on)
) STRICT;

CREATE UNIQUE INDEX school_year_of ON school_year (school_id, starts_on);

-- A named variant of a building's bells: regular, early release.
CREATE TABLE bell_schedule (
    id TEXT PRIMARY KEY,
    school_id TEXT NOT NULL REFERENCES school (id),
    name TEXT NOT NULL,
    position INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX bell_schedule_named ON bell_schedule (school_id, name COLLATE NOCASE);

CREATE TABLE bell_period (
    bell_id TEXT NOT NULL REFERENCES bell_schedule (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    starts INTEGER NOT NULL CHECK (starts BETWEEN 0 AND 1439),   -- minutes after midnight on the wall
    ends INTEGER NOT NULL CHECK (ends BETWEEN 1 AND 1440),
    teaches INTEGER NOT NULL CHECK (teaches IN (0, 1)),          -- class time, or lunch and the like
    PRIMARY KEY (bell_id, position),
    CHECK (starts < ends)
) STRICT, WITHOUT ROWID;

-- A day that is not as its weekday is: no school, another bell schedule, another cycle day.
CREATE TABLE special_day (
    school_id TEXT NOT NULL REFERENCES school (id),
    day TEXT NOT NULL,
    closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
    bell_id TEXT REFERENCES bell_schedule (id),
    cycle_day TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (school_id, day)
) STRICT, WITHOUT ROWID;

-- Minutes on the way between two buildings, both ways alike; the smaller id comes first.
CREATE TABLE travel_time (
    one_school TEXT NOT NULL REFERENCES school (id),
    other_school TEXT NOT NULL REFERENCES school (id),
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 600),
    PRIMARY KEY (one_school, other_school),
    CHECK (one_school < other_school)
) STRICT, WITHOUT ROWID;

-- What comes again: the rule, and the days it was laid out to.
CREATE TABLE appointment_series (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    every TEXT NOT NULL CHECK (every IN ('week', 'two_weeks', 'cycle')),
    days TEXT NOT NULL,                   -- JSON: weekdays (1 to 7), or names of cycle days
    starts_on TEXT NOT NULL,
    until_on TEXT NOT NULL,
    closed TEXT NOT NULL CHECK (closed IN ('skip', 'next', 'keep')),  -- on a day without school
    school_id TEXT REFERENCES school (id),
    plan TEXT NOT NULL,                   -- JSON: what is planned, less its day
    made_at TEXT NOT NULL
) STRICT;

CREATE INDEX appointment_series_in ON appointment_series (school_id, until_on);

-- One time that is planned, on the clocks of its building.
CREATE TABLE appointment (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES person (id),
    day TEXT NOT NULL,
    starts INTEGER NOT NULL CHECK (starts BETWEEN 0 AND 1439),
    ends INTEGER NOT NULL CHECK (ends BETWEEN 1 AND 1440),
    zone TEXT NOT NULL,
    starts_at TEXT NOT NULL,              -- the same in UTC
    ends_at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('session', 'group', 'duty', 'travel', 'meeting', 'lunch', 'other')),
    student_id TEXT REFERENCES student (id),
    group_id TEXT,
    school_id TEXT REFERENCES school (id),
    room TEXT NOT NULL DEFAULT '',
    place TEXT NOT NULL DEFAULT 'office',
    service_id TEXT REFERENCES service_kind (id),
    title TEXT NOT NULL DEFAULT '',       -- of a block of one's own
    state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'held', 'fallen', 'off')),
    reason TEXT NOT NULL DEFAULT '',      -- why it fell out
    entry_id TEXT NOT NULL DEFAULT '',    -- of the note, group session or activity that it became
    series_id TEXT REFERENCES appointment_series (id),
    slot_on TEXT NOT NULL DEFAULT '',     -- the day the rule gave it
    changed INTEGER NOT NULL DEFAULT 0 CHECK (changed IN (0, 1)),  -- unlike its series: stays as it is
    taken_off TEXT NOT NULL DEFAULT '',   -- which taking off it went with
    made_at TEXT NOT NULL,
    CHECK (starts < ends),
    CHECK ((kind = 'session') = (student_id IS NOT NULL)),
    CHECK ((kind = 'group') = (group_id IS NOT NULL))
) STRICT;

CREATE INDEX appointment_by_day ON appointment (person_id, day, starts) WHERE state <> 'off';
CREATE INDEX appointment_of_student ON appointment (student_id, starts_at) WHERE student_id IS NOT NULL;
CREATE INDEX appointment_of_group ON appointment (group_id, starts_at) WHERE group_id IS NOT NULL;
CREATE INDEX appointment_on_day ON appointment (day) WHERE state = 'planned';
CREATE UNIQUE INDEX appointment_slot ON appointment (series_id, slot_on) WHERE series_id IS NOT NULL;
CREATE UNIQUE INDEX appointment_entry ON appointment (entry_id) WHERE entry_id <> '';
CREATE INDEX appointment_taken_off ON appointment (taken_off) WHERE taken_off <> '';

-- What colleagues of one's own field may know of each other's appointments: that a student or a
-- room is taken, and nothing else.
CREATE VIEW booked AS
    SELECT id, person_id, student_id, group_id, school_id, room, day, starts, ends
      FROM appointment WHERE state = 'planned';

-- Times that are taken elsewhere, as a calendar file said: the time, never the title.
CREATE TABLE busy_time (
    row INTEGER PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    day TEXT NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    CHECK (starts < ends)
) STRICT;

CREATE UNIQUE INDEX busy_time_by_day ON busy_time (person_id, day, starts, ends);

-- What the ids of a person's exported appointments are made with, so that they tell nothing.
CREATE TABLE calendar_secret (
    person_id TEXT PRIMARY KEY REFERENCES person (id),
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;
