-- Activities, the categories of time, and what a claim asks for.

-- One version of a set of categories; a version stands as it was loaded, a new one is added.
CREATE TABLE category_set (
    code TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    name TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',        -- where it comes from
    starts_on TEXT NOT NULL DEFAULT '',
    ends_on TEXT NOT NULL DEFAULT '',
    groups TEXT NOT NULL,                 -- JSON: [{"code", "label"}], in order
    targets TEXT NOT NULL DEFAULT '[]',   -- JSON: [{"groups", "kind", "percent"}]
    fallback TEXT NOT NULL,               -- the category of a session that has no other
    shipped INTEGER NOT NULL DEFAULT 0 CHECK (shipped IN (0, 1)),  -- its words are translated
    made_at TEXT NOT NULL,
    PRIMARY KEY (code, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE category (
    set_code TEXT NOT NULL,
    set_version INTEGER NOT NULL,
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    bundle TEXT NOT NULL,                 -- its group's code
    words TEXT NOT NULL DEFAULT '',       -- what else finds it
    PRIMARY KEY (set_code, set_version, code),
    FOREIGN KEY (set_code, set_version) REFERENCES category_set (code, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER category_set_stands BEFORE UPDATE ON category_set
BEGIN
    SELECT raise(ABORT, 'frozen: a set of categories cannot be changed');
END;
CREATE TRIGGER category_set_stays BEFORE DELETE ON category_set
BEGIN
    SELECT raise(ABORT, 'frozen: a set of categories cannot be deleted');
END;
CREATE TRIGGER category_stands BEFORE UPDATE ON category
BEGIN
    SELECT raise(ABORT, 'frozen: a category cannot be changed');
END;
CREATE TRIGGER category_stays BEFORE DELETE ON category
BEGIN
    SELECT raise(ABORT, 'frozen: a category cannot be deleted');
END;

-- Which category is usual for a kind of service: by its id, or by the code it shipped with.
CREATE TABLE usual_category (
    set_code TEXT NOT NULL,
    service TEXT NOT NULL,
    category TEXT NOT NULL,
    PRIMARY KEY (set_code, service)
) STRICT, WITHOUT ROWID;

-- A person's time, each stretch once: of a session or a group when it is signed, or logged.
-- One tree and no index beside it, in the order in which it is read: it grows by one page's
-- writing in each signature.
CREATE TABLE time_entry (
    person_id TEXT NOT NULL REFERENCES person (id),
    on_day TEXT NOT NULL,                 -- the calendar day it began on, where it was
    id TEXT NOT NULL,                     -- of the note, the group session or the activity
    kind TEXT NOT NULL CHECK (kind IN ('session', 'group', 'activity')),
    started_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    place TEXT NOT NULL,
    school_id TEXT REFERENCES school (id),
    service_id TEXT NOT NULL DEFAULT '',
    service_label TEXT NOT NULL DEFAULT '',
    set_code TEXT NOT NULL,
    set_version INTEGER NOT NULL,
    category TEXT NOT NULL,
    category_label TEXT NOT NULL,         -- as it stood
    bundle TEXT NOT NULL,
    student_id TEXT REFERENCES student (id),  -- of a session
    students INTEGER NOT NULL DEFAULT 0 CHECK (students >= 0),
    note TEXT NOT NULL DEFAULT '',
    planned_id TEXT NOT NULL DEFAULT '',
    duty_id TEXT NOT NULL DEFAULT '',
    logged INTEGER NOT NULL DEFAULT 0 CHECK (logged IN (0, 1)),  -- typed here, not told of
    made_at TEXT NOT NULL,
    removed_at TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (person_id, on_day, id)
) STRICT, WITHOUT ROWID;

-- Who came to a group.
CREATE TABLE time_served (
    person_id TEXT NOT NULL REFERENCES person (id),
    on_day TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    student_id TEXT NOT NULL REFERENCES student (id),
    PRIMARY KEY (person_id, on_day, entry_id, student_id)
) STRICT, WITHOUT ROWID;

-- What comes back on the same weekdays, offered to be logged with one key.
CREATE TABLE duty (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id),
    category TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    clock TEXT NOT NULL,                  -- HH:MM
    weekdays TEXT NOT NULL,               -- ISO weekday digits, as '12345'
    school_id TEXT REFERENCES school (id),
    note TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    retired_at TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX duty_of_person ON duty (person_id, clock) WHERE retired_at = '';

-- Working papers: the line as one types it, and the clock that runs.
CREATE TABLE time_draft (
    person_id TEXT PRIMARY KEY REFERENCES person (id),
    content TEXT NOT NULL,                -- JSON
    timer_at TEXT NOT NULL DEFAULT '',
    saved_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a claim to Medicaid asks of a student: the number, and the parent's consent to bill
-- (34 CFR 300.154(d)(2)(iv)).
CREATE TABLE student_medicaid (
    student_id TEXT PRIMARY KEY REFERENCES student (id),
    medicaid_id TEXT NOT NULL,
    consent_on TEXT NOT NULL DEFAULT '',
    consent_until TEXT NOT NULL DEFAULT '',
    person_id TEXT NOT NULL REFERENCES person (id),
    saved_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The district's own table: which procedure a kind of service is claimed as, and in what units.
CREATE TABLE billing_code (
    service_id TEXT NOT NULL REFERENCES service_kind (id),
    setting TEXT NOT NULL CHECK (setting IN ('individual', 'group')),
    procedure TEXT NOT NULL,
    modifiers TEXT NOT NULL DEFAULT '',
    units TEXT NOT NULL CHECK (units IN ('quarter_hours', 'encounter')),
    saved_at TEXT NOT NULL,
    PRIMARY KEY (service_id, setting)
) STRICT, WITHOUT ROWID;

-- A claim line that a person has looked at; what was exported stands.
CREATE TABLE billing_line (
    entry_id TEXT NOT NULL,
    student_id TEXT NOT NULL REFERENCES student (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    state TEXT NOT NULL CHECK (state IN ('ready', 'exported', 'left_out')),
    line TEXT NOT NULL DEFAULT '',        -- JSON, as it was exported
    export_id TEXT NOT NULL DEFAULT '',
    marked_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    PRIMARY KEY (entry_id, student_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER billing_line_stands BEFORE UPDATE ON billing_line WHEN OLD.state = 'exported'
BEGIN
    SELECT raise(ABORT, 'frozen: an exported line cannot be changed');
END;
CREATE TRIGGER billing_line_stays BEFORE DELETE ON billing_line WHEN OLD.state = 'exported'
BEGIN
    SELECT raise(ABORT, 'frozen: an exported line cannot be deleted');
END;

INSERT INTO category_set (code, version, name, note, starts_on, groups, targets, fallback, shipped, made_at) VALUES
    ('asca', 1, 'ASCA National Model, 4th edition',
     'The use-of-time categories of the ASCA National Model, 4th edition (2019): 80 percent or more of the time goes to direct and indirect student services, 20 percent or less to program planning and school support, none to other tasks. Crisis response counts as an indirect service. The words that find a category are Casewell’s.',
     '',
     '[{"code": "direct", "label": "Direct student services"}, {"code": "indirect", "label": "Indirect student services"}, {"code": "program", "label": "Program planning and school support"}, {"code": "other", "label": "Non-school-counseling tasks"}]',
     '[{"groups": ["direct", "indirect"], "kind": "at_least", "percent": 80}, {"groups": ["program"], "kind": "at_most", "percent": 20}, {"groups": ["other"], "kind": "at_most", "percent": 0}]',
     'counseling', 1, '2026-11-01T00:00:00.000Z'),
    ('school-nursing', 1, 'School nursing',
     'Plain categories for a school nurse’s day. They are Casewell’s own; no body has prescribed them, and they set no target. A district can load its own.',
     '',
     '[{"code": "direct", "label": "Direct care"}, {"code": "indirect", "label": "Care for a student without the student"}, {"code": "program", "label": "Health program and health office"}, {"code": "other", "label": "Other tasks"}]',
     '[]',
     'care', 1, '2026-11-01T00:00:00.000Z'),
    ('school-social-work', 1, 'School social work and psychology',
     'Plain categories for a school social worker’s or psychologist’s day. They are Casewell’s own; no body has prescribed them, and they set no target. A district can load its own.',
     '',
     '[{"code": "direct", "label": "Direct services"}, {"code": "indirect", "label": "Indirect services"}, {"code": "program", "label": "Program and school support"}, {"code": "other", "label": "Other tasks"}]',
     '[]',
     'individual', 1, '2026-11-01T00:00:00.000Z');

INSERT INTO category (set_code, set_version, code, position, label, bundle, words) VALUES
    ('asca', 1, 'instruction', 1, 'Instruction', 'direct', 'lesson classroom class guidance curriculum'),
    ('asca', 1, 'advisement', 2, 'Appraisal and advisement', 'direct', 'advising college career course planning test assessment'),
    ('asca', 1, 'counseling', 3, 'Counseling', 'direct', 'individual group student check-in'),
    ('asca', 1, 'consultation', 4, 'Consultation', 'indirect', 'teacher parent family phone email advice'),
    ('asca', 1, 'collaboration', 5, 'Collaboration', 'indirect', 'meeting team mtss iep committee workshop'),
    ('asca', 1, 'referrals', 6, 'Referrals', 'indirect', 'agency outside resource linkage'),
    ('asca', 1, 'crisis', 7, 'Crisis response', 'indirect', 'emergency safety risk threat'),
    ('asca', 1, 'planning', 8, 'Program planning', 'program', 'data calendar goals advisory training professional learning office mail'),
    ('asca', 1, 'support', 9, 'School support', 'program', 'duty bus lunch hall fair share supervision travel drive'),
    ('asca', 1, 'other', 10, 'Other tasks', 'other', 'testing coordination master schedule substitute discipline clerical'),
    ('school-nursing', 1, 'care', 1, 'Nursing care and visits', 'direct', 'illness injury first aid treatment visit'),
    ('school-nursing', 1, 'medication', 2, 'Medication', 'direct', 'dose insulin inhaler pills'),
    ('school-nursing', 1, 'screening', 3, 'Health screening', 'direct', 'vision hearing scoliosis dental'),
    ('school-nursing', 1, 'teaching', 4, 'Health teaching', 'direct', 'lesson classroom class hygiene education instruction'),
    ('school-nursing', 1, 'coordination', 5, 'Care coordination', 'indirect', 'doctor clinic plan ihp referral insurance'),
    ('school-nursing', 1, 'family', 6, 'Contact with families', 'indirect', 'parent guardian phone call home'),
    ('school-nursing', 1, 'consultation', 7, 'Consultation with staff', 'indirect', 'teacher meeting team iep 504'),
    ('school-nursing', 1, 'emergency', 8, 'Emergencies', 'direct', '911 crisis anaphylaxis seizure'),
    ('school-nursing', 1, 'records', 9, 'Records and immunizations', 'program', 'charting compliance state report vaccine'),
    ('school-nursing', 1, 'office', 10, 'Health office and supplies', 'program', 'stock order restock inventory'),
    ('school-nursing', 1, 'training', 11, 'Training', 'program', 'delegation staff cpr professional learning'),
    ('school-nursing', 1, 'travel', 12, 'Travel between buildings', 'program', 'drive'),
    ('school-nursing', 1, 'other', 13, 'Other tasks', 'other', 'duty bus lunch supervision clerical substitute'),
    ('school-social-work', 1, 'individual', 1, 'Individual counseling', 'direct', 'session student check-in therapy'),
    ('school-social-work', 1, 'group', 2, 'Group counseling', 'direct', 'session skills'),
    ('school-social-work', 1, 'lesson', 3, 'Classroom lesson', 'direct', 'instruction class sel'),
    ('school-social-work', 1, 'assessment', 4, 'Assessment and evaluation', 'direct', 'testing observation screening social history interview'),
    ('school-social-work', 1, 'crisis', 5, 'Crisis response', 'direct', 'emergency safety risk threat'),
    ('school-social-work', 1, 'family', 6, 'Work with families', 'indirect', 'parent guardian phone home visit'),
    ('school-social-work', 1, 'consultation', 7, 'Consultation', 'indirect', 'teacher staff advice behavior'),
    ('school-social-work', 1, 'meetings', 8, 'Team and IEP meetings', 'indirect', 'meeting mtss iep 504 collaboration committee'),
    ('school-social-work', 1, 'referral', 9, 'Referral and community resources', 'indirect', 'agency outside food housing basic needs linkage'),
    ('school-social-work', 1, 'records', 10, 'Records and reports', 'program', 'notes paperwork documentation writing'),
    ('school-social-work', 1, 'training', 11, 'Training', 'program', 'professional learning supervision workshop'),
    ('school-social-work', 1, 'travel', 12, 'Travel between buildings', 'program', 'drive'),
    ('school-social-work', 1, 'duty', 13, 'Duty and supervision', 'other', 'bus lunch hall recess'),
    ('school-social-work', 1, 'other', 14, 'Other tasks', 'other', 'clerical substitute testing coordination');

INSERT INTO usual_category (set_code, service, category) VALUES
    ('asca', 'individual-counseling', 'counseling'),
    ('asca', 'check-in', 'counseling'),
    ('asca', 'crisis-response', 'crisis'),
    ('asca', 'consultation', 'consultation'),
    ('asca', 'family-contact', 'consultation'),
    ('asca', 'academic-advising', 'advisement'),
    ('asca', 'career-college', 'advisement'),
    ('asca', 'attendance-support', 'counseling'),
    ('asca', 'behavior-support', 'counseling'),
    ('asca', 'conflict-mediation', 'counseling'),
    ('asca', 'assessment', 'advisement'),
    ('asca', 'observation', 'consultation'),
    ('asca', 're-entry-meeting', 'collaboration'),
    ('asca', 'care-coordination', 'collaboration'),
    ('asca', 'referral-support', 'referrals'),
    ('asca', 'basic-needs', 'referrals'),
    ('asca', 'health-counseling', 'counseling'),
    ('asca', 'home-visit', 'consultation'),
    ('asca', 'group', 'counseling'),
    ('school-nursing', 'individual-counseling', 'care'),
    ('school-nursing', 'check-in', 'care'),
    ('school-nursing', 'crisis-response', 'emergency'),
    ('school-nursing', 'consultation', 'consultation'),
    ('school-nursing', 'family-contact', 'family'),
    ('school-nursing', 'academic-advising', 'care'),
    ('school-nursing', 'career-college', 'care'),
    ('school-nursing', 'attendance-support', 'coordination'),
    ('school-nursing', 'behavior-support', 'care'),
    ('school-nursing', 'conflict-mediation', 'care'),
    ('school-nursing', 'assessment', 'screening'),
    ('school-nursing', 'observation', 'care'),
    ('school-nursing', 're-entry-meeting', 'consultation'),
    ('school-nursing', 'care-coordination', 'coordination'),
    ('school-nursing', 'referral-support', 'coordination'),
    ('school-nursing', 'basic-needs', 'coordination'),
    ('school-nursing', 'health-counseling', 'teaching'),
    ('school-nursing', 'home-visit', 'family'),
    ('school-nursing', 'group', 'teaching'),
    ('school-social-work', 'individual-counseling', 'individual'),
    ('school-social-work', 'check-in', 'individual'),
    ('school-social-work', 'crisis-response', 'crisis'),
    ('school-social-work', 'consultation', 'consultation'),
    ('school-social-work', 'family-contact', 'family'),
    ('school-social-work', 'academic-advising', 'individual'),
    ('school-social-work', 'career-college', 'individual'),
    ('school-social-work', 'attendance-support', 'individual'),
    ('school-social-work', 'behavior-support', 'individual'),
    ('school-social-work', 'conflict-mediation', 'individual'),
    ('school-social-work', 'assessment', 'assessment'),
    ('school-social-work', 'observation', 'assessment'),
    ('school-social-work', 're-entry-meeting', 'meetings'),
    ('school-social-work', 'care-coordination', 'meetings'),
    ('school-social-work', 'referral-support', 'referral'),
    ('school-social-work', 'basic-needs', 'referral'),
    ('school-social-work', 'health-counseling', 'individual'),
    ('school-social-work', 'home-visit', 'family'),
    ('school-social-work', 'group', 'group');
