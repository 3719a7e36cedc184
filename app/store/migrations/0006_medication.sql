-- The medication room: orders, doses, stock, controlled substances, incidents, and other nursing.
-- Nothing in these tables is changed or removed: what comes later is a row of its own.
-- Amounts are whole thousandths of a unit. Each row carries the SHA-256 of its other columns.

-- An order as it was transcribed. A change is a new version that points to the one before;
-- a standing order of a school has no student.
CREATE TABLE medication_order (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    series_id TEXT NOT NULL,              -- the id of its first version
    version INTEGER NOT NULL CHECK (version > 0),
    replaces TEXT REFERENCES medication_order (id),
    student_id TEXT REFERENCES student (id),
    school_id TEXT REFERENCES school (id),
    name TEXT NOT NULL,
    strength TEXT NOT NULL,
    form TEXT NOT NULL,
    rxnorm TEXT NOT NULL,
    ingredients TEXT NOT NULL,
    supply TEXT NOT NULL,                 -- what a container must hold to serve it: name, strength, unit, folded
    schedule TEXT NOT NULL CHECK (schedule IN ('', 'II', 'III', 'IV', 'V')),
    dose INTEGER NOT NULL CHECK (dose > 0),          -- thousandths of the unit
    dose_most INTEGER NOT NULL CHECK (dose_most >= dose),
    unit TEXT NOT NULL,
    route TEXT NOT NULL,
    timing TEXT NOT NULL CHECK (timing IN ('scheduled', 'prn')),
    times TEXT NOT NULL,                  -- JSON: ["11:45", "14:00"] on the clock of the school
    days INTEGER NOT NULL CHECK (days BETWEEN 1 AND 127),  -- bit 0 is Monday
    indication TEXT NOT NULL,
    min_minutes INTEGER NOT NULL CHECK (min_minutes >= 0),
    day_doses INTEGER NOT NULL CHECK (day_doses >= 0),
    day_amount INTEGER NOT NULL CHECK (day_amount >= 0),
    effect_minutes INTEGER NOT NULL CHECK (effect_minutes >= 0),
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    prescriber TEXT NOT NULL,
    prescriber_phone TEXT NOT NULL,
    prescribed_on TEXT NOT NULL,
    prescriber_until TEXT NOT NULL,
    guardian TEXT NOT NULL,
    guardian_signed_on TEXT NOT NULL,
    guardian_until TEXT NOT NULL,
    emergency TEXT NOT NULL,
    self_carry TEXT NOT NULL CHECK (self_carry IN ('', 'carries', 'gives')),
    self_carry_on TEXT NOT NULL,
    self_carry_until TEXT NOT NULL,
    refill_doses INTEGER NOT NULL CHECK (refill_doses >= 0),
    refill_days INTEGER NOT NULL CHECK (refill_days >= 0),
    instructions TEXT NOT NULL,
    reason TEXT NOT NULL,                 -- of a new version: why it was changed
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX medication_order_next ON medication_order (replaces) WHERE replaces IS NOT NULL;
CREATE UNIQUE INDEX medication_order_version ON medication_order (series_id, version);
CREATE INDEX medication_order_of_student ON medication_order (student_id, ends_on);
CREATE INDEX medication_order_by_end ON medication_order (ends_on);

-- A task that was handed to someone trained for it.
CREATE TABLE delegation (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    staff TEXT NOT NULL,
    staff_id TEXT REFERENCES person (id),
    task TEXT NOT NULL,
    student_id TEXT REFERENCES student (id),
    series_id TEXT NOT NULL,
    trained_on TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    note TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX delegation_by_end ON delegation (expires_on);

-- A field trip: what was counted out goes with it, and is reconciled on return.
CREATE TABLE trip (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    school_id TEXT REFERENCES school (id),
    leaves_at TEXT NOT NULL,
    returns_at TEXT NOT NULL,
    staff TEXT NOT NULL,                  -- who gives the doses on the way
    staff_phone TEXT NOT NULL,
    delegation_id TEXT REFERENCES delegation (id),
    note TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX trip_by_time ON trip (leaves_at);

-- One bottle, box, inhaler: from its receipt to its end. What is in it is the sum of its movements.
CREATE TABLE container (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_id TEXT REFERENCES student (id),
    school_id TEXT REFERENCES school (id),
    name TEXT NOT NULL,
    strength TEXT NOT NULL,
    form TEXT NOT NULL,
    unit TEXT NOT NULL,
    supply TEXT NOT NULL,
    schedule TEXT NOT NULL CHECK (schedule IN ('', 'II', 'III', 'IV', 'V')),
    prescription TEXT NOT NULL,
    pharmacy TEXT NOT NULL,
    lot TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    place TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX container_of_student ON container (student_id, supply);

-- What became of a dose. The first row of a scheduled dose is the only one of its order, day and
-- time; what is said of it later replaces the row before, and each row is replaced once at most.
CREATE TABLE dose (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_id TEXT NOT NULL REFERENCES student (id),
    series_id TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES medication_order (id),
    day TEXT NOT NULL,                    -- the calendar day where it was due, or given
    slot TEXT NOT NULL,                   -- the time on the clock where it was due; empty as needed
    scheduled_at TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('given', 'not_given', 'in_error')),
    code TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    unit TEXT NOT NULL,
    given_at TEXT NOT NULL,
    given_by TEXT NOT NULL,
    giver TEXT NOT NULL,
    second_id TEXT REFERENCES person (id),
    reason TEXT NOT NULL,
    assessment TEXT NOT NULL,
    note TEXT NOT NULL,
    site TEXT NOT NULL,
    container_id TEXT REFERENCES container (id),
    effect_due_at TEXT NOT NULL,
    warnings TEXT NOT NULL,               -- JSON: the codes that were shown, with their facts
    override_reason TEXT NOT NULL,
    replaces TEXT REFERENCES dose (id),
    why TEXT NOT NULL,                    -- of a row that replaces another: what was corrected
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    clock_jump INTEGER NOT NULL,          -- seconds by which the clock was seen to jump; 0 for none
    source TEXT NOT NULL CHECK (source IN ('', 'home', 'trip', 'downtime')),
    trip_id TEXT REFERENCES trip (id),
    person_id TEXT REFERENCES person (id),       -- none: the desk itself saw that it was missed
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX dose_slot ON dose (series_id, day, slot) WHERE replaces IS NULL AND slot <> '';
CREATE UNIQUE INDEX dose_next ON dose (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX dose_of_student ON dose (student_id, day);
CREATE INDEX dose_of_trip ON dose (trip_id) WHERE trip_id IS NOT NULL;
CREATE INDEX dose_effect ON dose (effect_due_at) WHERE effect_due_at <> '';

-- One container in one count: what should have been there and what was.
CREATE TABLE stock_count (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL,
    container_id TEXT NOT NULL REFERENCES container (id),
    occasion TEXT NOT NULL,
    expected INTEGER NOT NULL,
    counted INTEGER NOT NULL CHECK (counted >= 0),
    witness_id TEXT REFERENCES person (id),
    counterpart TEXT NOT NULL,
    note TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX stock_count_of_container ON stock_count (container_id);
CREATE INDEX stock_count_of_session ON stock_count (session_id);

-- What came into a container and what left it, with what was in it afterwards.
CREATE TABLE stock_movement (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    container_id TEXT NOT NULL REFERENCES container (id),
    kind TEXT NOT NULL CHECK (kind IN ('received', 'given', 'undone', 'wasted', 'dropped', 'trip_out',
        'trip_in', 'returned', 'destroyed', 'adjusted')),
    amount INTEGER NOT NULL CHECK (amount <> 0),     -- thousandths of the unit; less than none leaves
    balance INTEGER NOT NULL,
    at TEXT NOT NULL,
    dose_id TEXT REFERENCES dose (id),
    trip_id TEXT REFERENCES trip (id),
    count_id TEXT REFERENCES stock_count (id),
    undoes TEXT REFERENCES stock_movement (id),
    counterpart TEXT NOT NULL,            -- who brought it or took it, where that is no person of the vault
    witness_id TEXT REFERENCES person (id),
    reason TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX stock_movement_of_container ON stock_movement (container_id);
CREATE UNIQUE INDEX stock_movement_undone ON stock_movement (undoes) WHERE undoes IS NOT NULL;

-- The count of a controlled substance that did not come out: open until its explanation, with a
-- witness, stands among its entries.
CREATE TABLE discrepancy (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    container_id TEXT NOT NULL REFERENCES container (id),
    source TEXT NOT NULL CHECK (source IN ('count', 'receipt', 'trip', 'below_zero')),
    source_id TEXT NOT NULL,
    expected INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    note TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX discrepancy_of_container ON discrepancy (container_id);

-- A medication error, or one that was caught in time.
CREATE TABLE incident (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_id TEXT NOT NULL REFERENCES student (id),
    order_id TEXT REFERENCES medication_order (id),
    dose_id TEXT REFERENCES dose (id),
    kind TEXT NOT NULL,
    near_miss INTEGER NOT NULL CHECK (near_miss IN (0, 1)),
    happened_at TEXT NOT NULL,
    found_at TEXT NOT NULL,
    happened TEXT NOT NULL,
    cause TEXT NOT NULL,
    done TEXT NOT NULL,
    condition TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX incident_of_student ON incident (student_id, happened_at);
CREATE INDEX incident_by_time ON incident (happened_at);

-- A student who came to the health office; what was seen and done stands among the entries.
CREATE TABLE visit (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_id TEXT NOT NULL REFERENCES student (id),
    school_id TEXT REFERENCES school (id),
    came_at TEXT NOT NULL,
    sent_by TEXT NOT NULL,
    complaint TEXT NOT NULL,
    words TEXT NOT NULL,                  -- what the student said
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX visit_of_student ON visit (student_id, came_at);
CREATE INDEX visit_by_time ON visit (came_at);

-- An individual health plan or an emergency action plan; a change is a new version.
CREATE TABLE health_plan (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    series_id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    replaces TEXT REFERENCES health_plan (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    kind TEXT NOT NULL CHECK (kind IN ('health', 'emergency')),
    title TEXT NOT NULL,
    sections TEXT NOT NULL,               -- JSON: [{"title", "text"}]
    starts_on TEXT NOT NULL,
    review_on TEXT NOT NULL,
    reason TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX health_plan_next ON health_plan (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX health_plan_of_student ON health_plan (student_id, review_on);

-- What was counted out for one student's order on a trip.
CREATE TABLE trip_item (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    trip_id TEXT NOT NULL REFERENCES trip (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    order_id TEXT NOT NULL REFERENCES medication_order (id),
    container_id TEXT NOT NULL REFERENCES container (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    counterpart TEXT NOT NULL,
    witness_id TEXT REFERENCES person (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX trip_item_of_trip ON trip_item (trip_id);

-- What was added to one of the records above later: the second person's check of an order, its hold
-- or end; a dose's effect; a call, an outcome; vitals, care, the leaving of a visit; an explanation.
CREATE TABLE care_entry (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL CHECK (subject IN ('order', 'dose', 'discrepancy', 'incident', 'visit', 'plan',
        'delegation', 'trip')),
    subject_id TEXT NOT NULL,
    student_id TEXT REFERENCES student (id),
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    text TEXT NOT NULL,
    facts TEXT NOT NULL,                  -- JSON
    witness_id TEXT REFERENCES person (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX care_entry_of ON care_entry (subject_id, kind);
CREATE UNIQUE INDEX care_entry_end ON care_entry (subject_id)
    WHERE kind IN ('discontinued', 'explained', 'ended', 'reconciled', 'left', 'closed');

-- Days without school, or with school again; the newest row for a day counts.
CREATE TABLE no_school (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    day TEXT NOT NULL,
    school_id TEXT REFERENCES school (id),   -- none: every building
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    reason TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX no_school_by_day ON no_school (day);

-- The count runs on: what is in a container is what was in it, and what came or went.
CREATE TRIGGER stock_movement_adds_up BEFORE INSERT ON stock_movement
WHEN NEW.balance IS NOT NEW.amount + coalesce((SELECT m.balance FROM stock_movement m
    WHERE m.container_id = NEW.container_id ORDER BY m.row DESC LIMIT 1), 0)
BEGIN
    SELECT raise(ABORT, 'the running count of a container is its movements'' sum');
END;

CREATE TRIGGER medication_order_stands BEFORE UPDATE ON medication_order
BEGIN
    SELECT raise(ABORT, 'frozen: a medication order cannot be changed');
END;
CREATE TRIGGER medication_order_stays BEFORE DELETE ON medication_order
BEGIN
    SELECT raise(ABORT, 'frozen: a medication order cannot be removed');
END;
CREATE TRIGGER medication_order_once BEFORE INSERT ON medication_order
WHEN EXISTS (SELECT 1 FROM medication_order WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a medication order cannot be replaced');
END;

CREATE TRIGGER delegation_stands BEFORE UPDATE ON delegation
BEGIN
    SELECT raise(ABORT, 'frozen: a delegation cannot be changed');
END;
CREATE TRIGGER delegation_stays BEFORE DELETE ON delegation
BEGIN
    SELECT raise(ABORT, 'frozen: a delegation cannot be removed');
END;
CREATE TRIGGER delegation_once BEFORE INSERT ON delegation
WHEN EXISTS (SELECT 1 FROM delegation WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a delegation cannot be replaced');
END;

CREATE TRIGGER trip_stands BEFORE UPDATE ON trip
BEGIN
    SELECT raise(ABORT, 'frozen: a field trip cannot be changed');
END;
CREATE TRIGGER trip_stays BEFORE DELETE ON trip
BEGIN
    SELECT raise(ABORT, 'frozen: a field trip cannot be removed');
END;
CREATE TRIGGER trip_once BEFORE INSERT ON trip
WHEN EXISTS (SELECT 1 FROM trip WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a field trip cannot be replaced');
END;

CREATE TRIGGER container_stands BEFORE UPDATE ON container
BEGIN
    SELECT raise(ABORT, 'frozen: a container cannot be changed');
END;
CREATE TRIGGER container_stays BEFORE DELETE ON container
BEGIN
    SELECT raise(ABORT, 'frozen: a container cannot be removed');
END;
CREATE TRIGGER container_once BEFORE INSERT ON container
WHEN EXISTS (SELECT 1 FROM container WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a container cannot be replaced');
END;

CREATE TRIGGER dose_stands BEFORE UPDATE ON dose
BEGIN
    SELECT raise(ABORT, 'frozen: a dose cannot be changed');
END;
CREATE TRIGGER dose_stays BEFORE DELETE ON dose
BEGIN
    SELECT raise(ABORT, 'frozen: a dose cannot be removed');
END;
CREATE TRIGGER dose_once BEFORE INSERT ON dose
WHEN EXISTS (SELECT 1 FROM dose WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a dose cannot be replaced');
END;

CREATE TRIGGER stock_count_stands BEFORE UPDATE ON stock_count
BEGIN
    SELECT raise(ABORT, 'frozen: a count cannot be changed');
END;
CREATE TRIGGER stock_count_stays BEFORE DELETE ON stock_count
BEGIN
    SELECT raise(ABORT, 'frozen: a count cannot be removed');
END;
CREATE TRIGGER stock_count_once BEFORE INSERT ON stock_count
WHEN EXISTS (SELECT 1 FROM stock_count WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a count cannot be replaced');
END;

CREATE TRIGGER stock_movement_stands BEFORE UPDATE ON stock_movement
BEGIN
    SELECT raise(ABORT, 'frozen: a movement of stock cannot be changed');
END;
CREATE TRIGGER stock_movement_stays BEFORE DELETE ON stock_movement
BEGIN
    SELECT raise(ABORT, 'frozen: a movement of stock cannot be removed');
END;
CREATE TRIGGER stock_movement_once BEFORE INSERT ON stock_movement
WHEN EXISTS (SELECT 1 FROM stock_movement WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a movement of stock cannot be replaced');
END;

CREATE TRIGGER discrepancy_stands BEFORE UPDATE ON discrepancy
BEGIN
    SELECT raise(ABORT, 'frozen: a discrepancy cannot be changed');
END;
CREATE TRIGGER discrepancy_stays BEFORE DELETE ON discrepancy
BEGIN
    SELECT raise(ABORT, 'frozen: a discrepancy cannot be removed');
END;
CREATE TRIGGER discrepancy_once BEFORE INSERT ON discrepancy
WHEN EXISTS (SELECT 1 FROM discrepancy WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a discrepancy cannot be replaced');
END;

CREATE TRIGGER incident_stands BEFORE UPDATE ON incident
BEGIN
    SELECT raise(ABORT, 'frozen: an incident cannot be changed');
END;
CREATE TRIGGER incident_stays BEFORE DELETE ON incident
BEGIN
    SELECT raise(ABORT, 'frozen: an incident cannot be removed');
END;
CREATE TRIGGER incident_once BEFORE INSERT ON incident
WHEN EXISTS (SELECT 1 FROM incident WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: an incident cannot be replaced');
END;

CREATE TRIGGER visit_stands BEFORE UPDATE ON visit
BEGIN
    SELECT raise(ABORT, 'frozen: a visit cannot be changed');
END;
CREATE TRIGGER visit_stays BEFORE DELETE ON visit
BEGIN
    SELECT raise(ABORT, 'frozen: a visit cannot be removed');
END;
CREATE TRIGGER visit_once BEFORE INSERT ON visit
WHEN EXISTS (SELECT 1 FROM visit WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a visit cannot be replaced');
END;

CREATE TRIGGER health_plan_stands BEFORE UPDATE ON health_plan
BEGIN
    SELECT raise(ABORT, 'frozen: a health plan cannot be changed');
END;
CREATE TRIGGER health_plan_stays BEFORE DELETE ON health_plan
BEGIN
    SELECT raise(ABORT, 'frozen: a health plan cannot be removed');
END;
CREATE TRIGGER health_plan_once BEFORE INSERT ON health_plan
WHEN EXISTS (SELECT 1 FROM health_plan WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a health plan cannot be replaced');
END;

CREATE TRIGGER trip_item_stands BEFORE UPDATE ON trip_item
BEGIN
    SELECT raise(ABORT, 'frozen: what was counted out cannot be changed');
END;
CREATE TRIGGER trip_item_stays BEFORE DELETE ON trip_item
BEGIN
    SELECT raise(ABORT, 'frozen: what was counted out cannot be removed');
END;
CREATE TRIGGER trip_item_once BEFORE INSERT ON trip_item
WHEN EXISTS (SELECT 1 FROM trip_item WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: what was counted out cannot be replaced');
END;

CREATE TRIGGER care_entry_stands BEFORE UPDATE ON care_entry
BEGIN
    SELECT raise(ABORT, 'frozen: an entry cannot be changed');
END;
CREATE TRIGGER care_entry_stays BEFORE DELETE ON care_entry
BEGIN
    SELECT raise(ABORT, 'frozen: an entry cannot be removed');
END;
CREATE TRIGGER care_entry_once BEFORE INSERT ON care_entry
WHEN EXISTS (SELECT 1 FROM care_entry WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: an entry cannot be replaced');
END;

CREATE TRIGGER no_school_stands BEFORE UPDATE ON no_school
BEGIN
    SELECT raise(ABORT, 'frozen: a day without school cannot be changed');
END;
CREATE TRIGGER no_school_stays BEFORE DELETE ON no_school
BEGIN
    SELECT raise(ABORT, 'frozen: a day without school cannot be removed');
END;
CREATE TRIGGER no_school_once BEFORE INSERT ON no_school
WHEN EXISTS (SELECT 1 FROM no_school WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a day without school cannot be replaced');
END;

-- A student's picture, for whoever gives the dose; no record, so it may be taken away.
CREATE TABLE student_photo (
    student_id TEXT PRIMARY KEY REFERENCES student (id),
    bytes BLOB NOT NULL CHECK (length(bytes) <= 262144),
    kind TEXT NOT NULL CHECK (kind IN ('image/jpeg', 'image/png')),
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Up to which day every dose that was missed has its row.
CREATE TABLE dose_seen (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    day TEXT NOT NULL
) STRICT;
