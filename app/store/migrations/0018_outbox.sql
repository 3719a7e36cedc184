-- What waits to leave, sealed; where it goes; what became of it.

-- The key that the vault's desk signs with, made when it is first needed, and on which computer.
CREATE TABLE desk_key (
    device_id TEXT PRIMARY KEY,
    seed BLOB NOT NULL,                   -- Ed25519
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Where parcels go, without what opens it.
CREATE TABLE destination (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    district TEXT NOT NULL,               -- which place of the district's file; empty: one's own
    carrier TEXT NOT NULL,
    options TEXT NOT NULL,                -- JSON
    recipients TEXT NOT NULL,             -- JSON: age public keys that may open what goes there
    target TEXT NOT NULL,                 -- id of the place as it was last met; empty: never
    paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
    removed INTEGER NOT NULL CHECK (removed IN (0, 1)),
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT;

-- What opens it: read in a transaction of the outbox, by no screen, paper or backup list.
CREATE TABLE destination_secret (
    id TEXT PRIMARY KEY REFERENCES destination (id),
    credentials TEXT NOT NULL,            -- JSON
    replaced_at TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How far a desk has come with a place.
CREATE TABLE outbox_course (
    destination_id TEXT NOT NULL REFERENCES destination (id),
    device_id TEXT NOT NULL,
    counter INTEGER NOT NULL,             -- of the last manifest that was made
    previous TEXT NOT NULL,               -- its SHA-256
    confirmed INTEGER NOT NULL,           -- of the last manifest that was read back, or given up
    receipts_seen INTEGER NOT NULL,
    restart INTEGER NOT NULL CHECK (restart IN (0, 1)),
    PRIMARY KEY (destination_id, device_id)
) STRICT, WITHOUT ROWID;

-- One summary for one place, sealed once. It stands as it was written.
CREATE TABLE outbox_parcel (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    destination_id TEXT NOT NULL REFERENCES destination (id),
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,             -- of the kind's schema
    period TEXT NOT NULL,
    series TEXT NOT NULL,
    revision INTEGER NOT NULL,
    name TEXT NOT NULL,                   -- SHA-256 of the sealed bytes
    bytes INTEGER NOT NULL,
    content TEXT NOT NULL,                -- SHA-256 of what was sealed
    standing INTEGER NOT NULL CHECK (standing IN (0, 1)),
    student_id TEXT REFERENCES student (id),
    recipient TEXT NOT NULL,
    purpose TEXT NOT NULL,
    disclosures TEXT NOT NULL,            -- JSON: ids in the log of what left; first the report's
    person_id TEXT NOT NULL REFERENCES person (id),
    device_id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX outbox_parcel_named ON outbox_parcel (name);
CREATE INDEX outbox_parcel_of ON outbox_parcel (destination_id, row);
CREATE INDEX outbox_parcel_series ON outbox_parcel (destination_id, series, revision);
CREATE INDEX outbox_parcel_by ON outbox_parcel (person_id, row);
CREATE INDEX outbox_parcel_about ON outbox_parcel (student_id) WHERE student_id IS NOT NULL;

-- Its bytes, until nobody can ask for them again. Nothing but the place's own key opens them.
CREATE TABLE outbox_sealed (
    id TEXT PRIMARY KEY REFERENCES outbox_parcel (id),
    sealed BLOB NOT NULL
) STRICT;

-- How far it has come.
CREATE TABLE outbox_state (
    parcel_id TEXT PRIMARY KEY REFERENCES outbox_parcel (id),
    destination_id TEXT NOT NULL REFERENCES destination (id),
    state TEXT NOT NULL CHECK (state IN
        ('queued', 'sending', 'delivered', 'acknowledged', 'failed', 'paused', 'cancelled')),
    reach INTEGER NOT NULL CHECK (reach BETWEEN 0 AND 3),
    -- 0: not there; 1: read back; 2: in a manifest; 3: in a manifest that was read back
    tries INTEGER NOT NULL,
    due TEXT NOT NULL,
    code TEXT NOT NULL,
    facts TEXT NOT NULL,
    ask INTEGER NOT NULL CHECK (ask IN (0, 1)),
    delivered_at TEXT NOT NULL,
    acknowledged_at TEXT NOT NULL,
    kept INTEGER NOT NULL CHECK (kept IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_state_due ON outbox_state (destination_id, due)
    WHERE reach = 0 AND kept = 1 AND state NOT IN ('paused', 'cancelled');
CREATE INDEX outbox_state_unnamed ON outbox_state (destination_id) WHERE reach = 1;
CREATE INDEX outbox_state_is ON outbox_state (state);

-- What became of it, and when.
CREATE TABLE outbox_event (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    parcel_id TEXT NOT NULL REFERENCES outbox_parcel (id),
    what TEXT NOT NULL,
    code TEXT NOT NULL,
    facts TEXT NOT NULL,
    counter INTEGER NOT NULL,             -- of the manifest or receipt it is told by; 0: none
    person_id TEXT NOT NULL REFERENCES person (id),
    at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX outbox_event_of ON outbox_event (parcel_id, row);

-- What a desk said, signed, that it has left at a place.
CREATE TABLE outbox_manifest (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    destination_id TEXT NOT NULL REFERENCES destination (id),
    device_id TEXT NOT NULL,
    counter INTEGER NOT NULL,
    data TEXT NOT NULL,
    parcels TEXT NOT NULL,                -- JSON: ids
    person_id TEXT NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX outbox_manifest_of ON outbox_manifest (destination_id, device_id, counter, row);

-- What the district said, signed, that it has loaded.
CREATE TABLE outbox_receipt (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    destination_id TEXT NOT NULL REFERENCES destination (id),
    device_id TEXT NOT NULL,
    counter INTEGER NOT NULL,
    data TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    taken_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX outbox_receipt_of ON outbox_receipt (destination_id, device_id, counter);

-- The last revision of what goes somewhere by a schedule, and whether its ground has moved since.
CREATE TABLE outbox_standing (
    destination_id TEXT NOT NULL REFERENCES destination (id),
    kind TEXT NOT NULL,
    period TEXT NOT NULL,
    whose TEXT NOT NULL,                  -- of one person, or of everyone in a field of work
    content TEXT NOT NULL,
    revision INTEGER NOT NULL,
    stale INTEGER NOT NULL CHECK (stale IN (0, 1)),
    looked_on TEXT NOT NULL,
    PRIMARY KEY (destination_id, kind, period, whose)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_standing_fresh ON outbox_standing (kind) WHERE stale = 0;

CREATE TRIGGER outbox_parcel_stands BEFORE UPDATE ON outbox_parcel
BEGIN
    SELECT raise(ABORT, 'frozen: a parcel cannot be changed');
END;
CREATE TRIGGER outbox_parcel_stays BEFORE DELETE ON outbox_parcel
BEGIN
    SELECT raise(ABORT, 'frozen: a parcel cannot be deleted');
END;
CREATE TRIGGER outbox_parcel_once BEFORE INSERT ON outbox_parcel
WHEN EXISTS (SELECT 1 FROM outbox_parcel WHERE id = NEW.id)
BEGIN
    SELECT raise(ABORT, 'frozen: a parcel cannot be replaced');
END;

CREATE TRIGGER outbox_event_stands BEFORE UPDATE ON outbox_event
BEGIN
    SELECT raise(ABORT, 'frozen: what became of a parcel cannot be changed');
END;
CREATE TRIGGER outbox_event_stays BEFORE DELETE ON outbox_event
BEGIN
    SELECT raise(ABORT, 'frozen: what became of a parcel cannot be deleted');
END;
CREATE TRIGGER outbox_event_once BEFORE INSERT ON outbox_event
WHEN EXISTS (SELECT 1 FROM outbox_event WHERE id = NEW.id)
BEGIN
    SELECT raise(ABORT, 'frozen: what became of a parcel cannot be replaced');
END;

CREATE TRIGGER outbox_manifest_stands BEFORE UPDATE ON outbox_manifest
BEGIN
    SELECT raise(ABORT, 'frozen: a manifest cannot be changed');
END;
CREATE TRIGGER outbox_manifest_stays BEFORE DELETE ON outbox_manifest
BEGIN
    SELECT raise(ABORT, 'frozen: a manifest cannot be deleted');
END;
CREATE TRIGGER outbox_manifest_once BEFORE INSERT ON outbox_manifest
WHEN EXISTS (SELECT 1 FROM outbox_manifest WHERE id = NEW.id)
BEGIN
    SELECT raise(ABORT, 'frozen: a manifest cannot be replaced');
END;

CREATE TRIGGER outbox_receipt_stands BEFORE UPDATE ON outbox_receipt
BEGIN
    SELECT raise(ABORT, 'frozen: a receipt cannot be changed');
END;
CREATE TRIGGER outbox_receipt_stays BEFORE DELETE ON outbox_receipt
BEGIN
    SELECT raise(ABORT, 'frozen: a receipt cannot be deleted');
END;
CREATE TRIGGER outbox_receipt_once BEFORE INSERT ON outbox_receipt
WHEN EXISTS (SELECT 1 FROM outbox_receipt WHERE id = NEW.id)
BEGIN
    SELECT raise(ABORT, 'frozen: a receipt cannot be replaced');
END;

CREATE TRIGGER outbox_sealed_stands BEFORE UPDATE ON outbox_sealed
BEGIN
    SELECT raise(ABORT, 'frozen: sealed bytes cannot be changed');
END;
CREATE TRIGGER outbox_sealed_stays BEFORE DELETE ON outbox_sealed
WHEN (SELECT kept FROM outbox_state WHERE parcel_id = OLD.id) IS NOT 0
BEGIN
    SELECT raise(ABORT, 'frozen: sealed bytes are kept while their place may ask for them');
END;
CREATE TRIGGER outbox_sealed_once BEFORE INSERT ON outbox_sealed
WHEN EXISTS (SELECT 1 FROM outbox_sealed WHERE id = NEW.id)
BEGIN
    SELECT raise(ABORT, 'frozen: sealed bytes cannot be replaced');
END;
