-- Consents and releases, as they were signed.

-- A correction is a row of its own in the place of another; what ended a consent stands in
-- consent_end. Whether it is in force on a day is computed from both.
CREATE TABLE consent (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    student_id TEXT NOT NULL REFERENCES student (id),
    kind TEXT NOT NULL CHECK (
        kind IN ('services', 'screening', 'release', 'medication', 'telehealth', 'part2')
    ),
    matters TEXT NOT NULL,                -- JSON: what of the record it covers
    description TEXT NOT NULL,            -- what exactly, in words
    recipient TEXT NOT NULL,
    recipient_class INTEGER NOT NULL CHECK (recipient_class IN (0, 1)),  -- a class of parties
    purpose TEXT NOT NULL,
    discloser TEXT NOT NULL,              -- 42 CFR 2.31(a)(2)
    treatment INTEGER NOT NULL CHECK (treatment IN (0, 1)),  -- for treatment, payment, operations
    revoke_how TEXT NOT NULL,             -- 42 CFR 2.31(a)(6)
    says_redisclosure INTEGER NOT NULL CHECK (says_redisclosure IN (0, 1)),
    says_refusal INTEGER NOT NULL CHECK (says_refusal IN (0, 1)),
    signer TEXT NOT NULL CHECK (signer IN ('guardian', 'student', 'other')),
    signer_id TEXT NOT NULL,              -- of a guardian in the contacts; else empty
    signer_name TEXT NOT NULL,
    capacity TEXT NOT NULL,
    student_signed INTEGER NOT NULL CHECK (student_signed IN (0, 1)),  -- besides the signer
    way TEXT NOT NULL CHECK (way IN ('paper', 'on_screen', 'electronic', 'telephone')),
    identified TEXT NOT NULL,             -- how the person was identified and authenticated
    approval TEXT NOT NULL,               -- how the person showed approval
    witness TEXT NOT NULL,                -- of a word by telephone
    signed_on TEXT NOT NULL,
    since TEXT NOT NULL,                  -- its first day
    until_on TEXT NOT NULL,               -- its last day; empty: none
    until_event TEXT NOT NULL,            -- what ends it, in words; empty: none
    comment TEXT NOT NULL,
    replaces TEXT UNIQUE REFERENCES consent (id),  -- the consent that this one corrects
    correction TEXT NOT NULL,             -- why
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX consent_of_student ON consent (student_id, signed_on DESC, row DESC);
CREATE INDEX consent_by_day ON consent (signed_on DESC, row DESC);
CREATE INDEX consent_lapsing ON consent (until_on, row) WHERE until_on <> '';

-- What ended a consent: it was revoked, or its event came to pass. An entry that was made by
-- mistake is taken back by a row that names it.
CREATE TABLE consent_end (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    consent_id TEXT NOT NULL REFERENCES consent (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    kind TEXT NOT NULL CHECK (kind IN ('revoked', 'event', 'mistake')),
    on_day TEXT NOT NULL,
    said_by TEXT NOT NULL,                -- who revoked
    how TEXT NOT NULL,                    -- how they did; how the event is known; why a mistake
    takes_back TEXT UNIQUE REFERENCES consent_end (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX consent_end_of ON consent_end (consent_id, row);
CREATE INDEX consent_end_of_student ON consent_end (student_id, row);

-- The signed paper as it was scanned.
CREATE TABLE consent_scan (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    consent_id TEXT NOT NULL REFERENCES consent (id),
    student_id TEXT NOT NULL REFERENCES student (id),
    type TEXT NOT NULL CHECK (type IN ('pdf', 'png', 'jpeg')),
    pages INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX consent_scan_of ON consent_scan (consent_id, row);

CREATE TABLE consent_scan_content (
    scan_id TEXT PRIMARY KEY REFERENCES consent_scan (id),
    content BLOB NOT NULL
) STRICT;

-- From which age a student signs, by kind of consent; the newest row counts.
CREATE TABLE consent_rules (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL CHECK (source IN ('desk', 'district')),
    title TEXT NOT NULL,
    ages TEXT NOT NULL,                   -- JSON: [[kind, alone or null, besides or null]]
    person_id TEXT NOT NULL REFERENCES person (id),
    recorded_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TRIGGER consent_stands BEFORE UPDATE ON consent
BEGIN
    SELECT raise(ABORT, 'frozen: a consent cannot be changed');
END;
CREATE TRIGGER consent_stays BEFORE DELETE ON consent
BEGIN
    SELECT raise(ABORT, 'frozen: a consent cannot be deleted');
END;
CREATE TRIGGER consent_once BEFORE INSERT ON consent
WHEN EXISTS (SELECT 1 FROM consent WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a consent cannot be replaced');
END;

CREATE TRIGGER consent_end_stands BEFORE UPDATE ON consent_end
BEGIN
    SELECT raise(ABORT, 'frozen: the end of a consent cannot be changed');
END;
CREATE TRIGGER consent_end_stays BEFORE DELETE ON consent_end
BEGIN
    SELECT raise(ABORT, 'frozen: the end of a consent cannot be deleted');
END;
CREATE TRIGGER consent_end_once BEFORE INSERT ON consent_end
WHEN EXISTS (SELECT 1 FROM consent_end WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: the end of a consent cannot be replaced');
END;

CREATE TRIGGER consent_scan_stands BEFORE UPDATE ON consent_scan
BEGIN
    SELECT raise(ABORT, 'frozen: a scan cannot be changed');
END;
CREATE TRIGGER consent_scan_stays BEFORE DELETE ON consent_scan
BEGIN
    SELECT raise(ABORT, 'frozen: a scan cannot be deleted');
END;
CREATE TRIGGER consent_scan_once BEFORE INSERT ON consent_scan
WHEN EXISTS (SELECT 1 FROM consent_scan WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a scan cannot be replaced');
END;

CREATE TRIGGER consent_rules_stands BEFORE UPDATE ON consent_rules
BEGIN
    SELECT raise(ABORT, 'frozen: a rule of consent cannot be changed');
END;
CREATE TRIGGER consent_rules_stays BEFORE DELETE ON consent_rules
BEGIN
    SELECT raise(ABORT, 'frozen: a rule of consent cannot be deleted');
END;
CREATE TRIGGER consent_rules_once BEFORE INSERT ON consent_rules
WHEN EXISTS (SELECT 1 FROM consent_rules WHERE id = NEW.id OR row = NEW.row)
BEGIN
    SELECT raise(ABORT, 'frozen: a rule of consent cannot be replaced');
END;

CREATE TRIGGER consent_scan_content_stands BEFORE UPDATE ON consent_scan_content
BEGIN
    SELECT raise(ABORT, 'frozen: a scan cannot be changed');
END;
CREATE TRIGGER consent_scan_content_stays BEFORE DELETE ON consent_scan_content
BEGIN
    SELECT raise(ABORT, 'frozen: a scan cannot be deleted');
END;
CREATE TRIGGER consent_scan_content_once BEFORE INSERT ON consent_scan_content
WHEN EXISTS (SELECT 1 FROM consent_scan_content WHERE scan_id = NEW.scan_id)
BEGIN
    SELECT raise(ABORT, 'frozen: a scan cannot be replaced');
END;
