-- Several people on one vault: who keeps it, who is suspended or gone; what a role may read.

ALTER TABLE person ADD COLUMN keeper INTEGER NOT NULL DEFAULT 0 CHECK (keeper IN (0, 1));
ALTER TABLE person ADD COLUMN removed_at TEXT NOT NULL DEFAULT '';

-- Who made the vault keeps it: adds, suspends and removes people, holds the recovery sheet.
UPDATE person SET keeper = 1 WHERE id = (SELECT id FROM person ORDER BY made_at, id LIMIT 1);

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
