-- Several people on one vault: who keeps it, who is suspended or gone; what a role may read.

ALTER TABLE person ADD COLUMN keeper INTEGER NOT NULL DEFAULT 0 CHECK (keeper IN (0, 1));
ALTER TABLE person ADD COLUMN removed_at TEXT NOT NULL DEFAULT '';

-- The line of the file that did this to a student; 0 where it is not known.
ALTER TABLE roster_change ADD COLUMN line INTEGER NOT NULL DEFAULT 0;

-- Who made the vault keeps it: adds, suspends and removes people, holds the recovery sheet.
UPDATE person SET keeper = 1 WHERE id = (SELECT id FROM person ORDER BY made_at, id LIMIT 1);

-- The last contact of a whole caseload is read from the index alone, without a page for each note.
DROP INDEX session_note_of_student;
CREATE INDEX session_note_of_student
    ON session_note (student_id, started_at, attendance, person_id, zone);

-- A vault was opened with its recovery sheet: by whom and why, as they said. It cannot be removed.
CREATE TABLE emergency (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    device_id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    seen_by TEXT NOT NULL DEFAULT '',     -- the keeper who has taken note of it
    seen_at TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TRIGGER emergency_stands BEFORE UPDATE ON emergency
WHEN OLD.seen_at <> ''
  OR NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.reason IS NOT OLD.reason
  OR NEW.device_id IS NOT OLD.device_id OR NEW.made_at IS NOT OLD.made_at
  OR NEW.zone IS NOT OLD.zone
BEGIN
    SELECT raise(ABORT, 'frozen: the mark of an emergency opening cannot be changed');
END;
CREATE TRIGGER emergency_stays BEFORE DELETE ON emergency
BEGIN
    SELECT raise(ABORT, 'frozen: the mark of an emergency opening cannot be removed');
END;
CREATE TRIGGER emergency_once BEFORE INSERT ON emergency
WHEN EXISTS (SELECT 1 FROM emergency WHERE id = NEW.id)
BEGIN
    SELECT raise(ABORT, 'frozen: the mark of an emergency opening cannot be replaced');
END;

-- A vault that was built from a damaged one says so for good: what was lost, what stands in for it.
CREATE TABLE repair (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    entries INTEGER NOT NULL,             -- of the damaged vault's journal, as far as was known
    head TEXT NOT NULL,                   -- its last hash, empty when that was lost too
    pages INTEGER NOT NULL,               -- that could not be read
    backup_at TEXT NOT NULL DEFAULT '',   -- the backup that gave rows back, by the time it was made
    schema INTEGER NOT NULL
) STRICT;

-- One row that was lost, brought back from a backup, or left without what it belongs to.
-- No references: what is named here may be gone.
CREATE TABLE repair_loss (
    repair_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,                   -- the table
    row_id TEXT NOT NULL,                 -- empty when nothing is left that names the row
    student_id TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    how TEXT NOT NULL
        CHECK (how IN ('lost', 'regained', 'unproven', 'unlinked', 'stand_in', 'uncounted')),
    PRIMARY KEY (repair_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX repair_loss_by_row ON repair_loss (kind, row_id);

CREATE TRIGGER repair_stands BEFORE UPDATE ON repair
BEGIN
    SELECT raise(ABORT, 'frozen: what is said of a repair cannot be changed');
END;
CREATE TRIGGER repair_stays BEFORE DELETE ON repair
BEGIN
    SELECT raise(ABORT, 'frozen: what is said of a repair cannot be deleted');
END;
CREATE TRIGGER repair_once BEFORE INSERT ON repair
WHEN EXISTS (SELECT 1 FROM repair WHERE id = NEW.id)
BEGIN
    SELECT raise(ABORT, 'frozen: what is said of a repair cannot be replaced');
END;
CREATE TRIGGER repair_loss_stands BEFORE UPDATE ON repair_loss
BEGIN
    SELECT raise(ABORT, 'frozen: a listed loss cannot be changed');
END;
CREATE TRIGGER repair_loss_stays BEFORE DELETE ON repair_loss
BEGIN
    SELECT raise(ABORT, 'frozen: a listed loss cannot be deleted');
END;
CREATE TRIGGER repair_loss_once BEFORE INSERT ON repair_loss
WHEN EXISTS (
    SELECT 1 FROM repair_loss WHERE repair_id = NEW.repair_id AND position = NEW.position
)
BEGIN
    SELECT raise(ABORT, 'frozen: a listed loss cannot be replaced');
END;
