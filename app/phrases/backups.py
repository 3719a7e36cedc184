"""Sentences about backups and restoring."""

from pathlib import Path

from app.kernel.words import N_, _

SENTENCES: dict[str, str] = {
    "backup-place-full": N_(
        "There is no room for a backup at {path}. The vault and the older backups are safe;"
        " make room, then back up again."
    ),
    "backup-place-closed": N_(
        "A backup cannot be written to {path} ({reason}). The vault and the older backups are"
        " safe; choose another place."
    ),
    "backup-place-gone": N_(
        "Writing the backup to {path} stopped ({reason}). The vault and the older backups are"
        " safe. Check that the disk is still connected, then back up again."
    ),
    "backup-missing": N_("There is no backup at {path}."),
    "backup-unreadable": N_(
        "What this backup says of itself cannot be read. Choose another backup."
    ),
    "backup-foreign": N_(
        "This backup was changed, or belongs to another vault. Choose another backup."
    ),
    "backup-damaged": N_("The backup at {path} is damaged. Choose another backup."),
    "vault-is-backup": N_(
        "{path} is a backup, and stays as it is. Restore it to a new place, then open that."
    ),
    "restore-place": N_(
        "The vault could not be restored to {path} ({reason}). The backup is safe; choose"
        " another place."
    ),
    "upgrade-no-backup": N_(
        "This vault is of an earlier version of Casewell. Before it is brought up to date, a"
        " backup of it is made, and there was no room for one or no way to write it at {path}."
        " Nothing was changed. Make room, then open the vault again."
    ),
    "journal-behind-backup": N_(
        "This vault is older than its newest backup: the backup knows {count} entries of the"
        " journal, and the last of them are not here. Someone may have put an old copy back."
        " Nothing was changed. Restore the backup {path} to a new place."
    ),
}


def brought_up_said(backup: Path) -> str:
    """Return the line that says that a vault was brought up to date."""
    return _("The vault was brought up to date; a backup of before was kept at {path}.").format(
        path=backup
    )
