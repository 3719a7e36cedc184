"""Sentences about the vault, its keys, people and settings."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "cancelled": N_("Stopped. Nothing was changed."),
    "name-missing": N_("Please enter a name."),
    "name-long": N_("Please use at most {longest} characters."),
    "role-keepers": N_(
        "Your role decides whose records you see. On a shared vault, its keeper changes it."
    ),
    "role-other-field": N_(
        "You wrote records in this role, and others are on the vault: in the new role, people of"
        " another field would read them. Make a vault of its own for the other work."
    ),
    "lock-minutes": N_("Choose between {shortest} and {longest} minutes. The desk always locks."),
    "paper-size": N_("Choose Letter or A4."),
    "number-between": N_("Enter a whole number from {least} to {most}."),
    "passphrase-short": N_(
        "Use at least {shortest} characters; this has {length}. Five random words are a good choice."
    ),
    "passphrase-long": N_("Use at most {longest} characters."),
    "passphrase-common": N_(
        "This is among the first things a stranger would try. Five random words are a good choice."
    ),
    "passphrase-same": N_("This is the passphrase you had. Choose another one."),
    "passphrase-repeat": N_("The two entries differ. Type the same passphrase twice."),
    "passphrase-wrong": N_(
        "This passphrase does not open the vault. Check Caps Lock and the keyboard language."
    ),
    "recovery-wrong": N_(
        "These recovery words do not open this vault. An older sheet may have been replaced."
    ),
    "recovery-count": N_("The recovery sheet has {expected} words; {count} were entered."),
    "recovery-word": N_("Word {number} is not on the list of recovery words. Check its spelling."),
    "recovery-checksum": N_(
        "These words do not belong together. Compare them with the sheet, in order."
    ),
    "recovery-retype": N_("Word {number} is not the one on the sheet."),
    "recovery-unconfirmed": N_(
        "Records are accepted once the recovery words were typed back. Finish this step first."
    ),
    "vault-exists": N_("A vault already stands at {path}. Open it, or choose another place."),
    "vault-place-taken": N_("{path} is in use for something else. Choose another place."),
    "vault-place-unwritable": N_("{path} cannot be written to ({reason}). Choose another place."),
    "vault-missing": N_("No vault was found at {path}."),
    "vault-held": N_(
        "This vault is already open (process {pid}, {purpose}, since {since})."
        " Close it there first; nothing was changed here."
    ),
    "vault-newer": N_(
        "This vault was written by a newer version of Casewell (format {have}; this one knows"
        " {know}). It was not changed. Please update Casewell."
    ),
    "vault-older-read-only": N_(
        "This vault is of an earlier version of Casewell and stands on a place that cannot be"
        " written to, so it cannot be brought up to date. Copy its folder to this computer and"
        " open the copy."
    ),
    "vault-older": N_(
        "This vault is of an earlier version of Casewell. Open it once, which brings it up to"
        " date; then it can be verified."
    ),
    "vault-gone": N_(
        "The vault's folder is not at {path} any more: it was moved or removed, or its disk was"
        " taken away. What was saved before is in it; the last change was not saved. Put the"
        " folder back, then open the vault again."
    ),
    "vault-read-only": N_(
        "The vault is on a place that cannot be written to. You can read; nothing can be saved."
    ),
    "vault-unreadable": N_("The vault's file cannot be opened. Check its permissions."),
    "vault-busy": N_("The vault is busy with another task. Try again in a moment."),
    "memory-short": N_("This computer is short of memory. Close other programs and try again."),
    "disk-full": N_("The disk is full. What was saved before is safe; make room, then save again."),
    "disk-trouble": N_(
        "The disk reported an error ({reason}). What was saved before is safe; check the disk."
    ),
    "keybag-missing": N_(
        "The vault at {path} has lost both copies of its keybag, without which no passphrase"
        " opens it. Repair the vault: the keybag of a backup opens it."
    ),
    "keybag-damaged": N_(
        "Both copies of the vault's keybag are damaged. Repair the vault: the keybag of a backup"
        " opens it."
    ),
    "keybag-tampered": N_(
        "The vault's keybag was changed by something other than Casewell. Repair the vault: the"
        " keybag of a backup opens it."
    ),
    "records-missing": N_(
        "The keybag is there, but the records at {path} are missing. Restore them from a backup."
    ),
    "file-damaged": N_(
        "The vault's file is damaged. Do not work in it; restore the newest backup, or repair the vault."
    ),
    "file-foreign": N_("This file is not a Casewell vault."),
    "journal-older": N_(
        "The vault's file is older than its keybag: entries up to number {count} were seen, and"
        " are not there now. Someone may have put an old copy back. Restore the newest backup."
    ),
    "sqlite-old": N_(
        "The database library here ({have}) is older than {need} and could damage records."
        " Please reinstall Casewell."
    ),
    "file-unwritable": N_("{path} cannot be written ({reason}). Choose another place."),
    "file-exists": N_("{path} already exists. Choose another name."),
    "file-unreadable": N_("{path} cannot be read ({reason})."),
    "passphrase-absent": N_(
        "A passphrase is needed. Run this in a terminal, or give --passphrase-file FILE."
    ),
    "found-keybag-copies-whole": N_("Keybag: both copies are whole."),
    "found-keybag-copies-broken": N_(
        "Keybag: one of the two copies is missing or damaged. Opening the vault heals it."
    ),
    "found-salt-header-whole": N_("File header: as it was written."),
    "found-salt-header-broken": N_(
        "File header: damaged. The keybag holds what it held; opening the vault heals it."
    ),
    "found-file-structure-whole": N_("File structure: whole."),
    "found-file-structure-broken": N_("File structure: {count} faults. {detail}"),
    "found-file-seals-whole": N_("Seals of the pages: whole."),
    "found-file-seals-broken": N_("Seals of the pages: {count} broken. {detail}"),
    "found-references-whole": N_("References between records: whole."),
    "found-references-broken": N_("References between records: {count} lead nowhere. {detail}"),
    "found-journal-chain-whole": N_("Journal: {count} entries, unbroken, ending in {detail}."),
    "found-journal-chain-broken": N_("Journal: {count} links broken, the first at {detail}."),
    "found-journal-head-whole": N_("Journal head: holds the {count} entries last seen at closing."),
    "found-journal-head-broken": N_(
        "Journal head: the {count} entries last seen at closing are not all there. The file is"
        " older than its keybag."
    ),
    "found-search-index-whole": N_("Search: {count} texts, each with all its words."),
    "found-search-index-broken": N_(
        "The search index is not what it should be. It is put right when the vault is verified on"
        " a place that can be written to; no record is affected."
    ),
    "found-search-index-anew-whole": N_(
        "The search index was not what it should be; it was made anew of the {count} texts. No"
        " record was affected."
    ),
    "found-search-index-anew-broken": N_(
        "The search index could not be made anew. Searching may miss texts; no record is affected."
    ),
    "found-signed-rows-whole": N_("Signed notes: {count}, each as it was signed."),
    "found-signed-rows-broken": N_("Signed notes: {count} are not as they were signed. {detail}"),
    "found-disclosures-whole": N_("Disclosures: {count}, each as it was recorded."),
    "found-disclosures-broken": N_("Disclosures: {count} are not as they were recorded. {detail}"),
    "found-tier-decisions-whole": N_("Tier decisions: {count}, each as it was made."),
    "found-tier-decisions-broken": N_(
        "Tier decisions: {count} are not as they were made. {detail}"
    ),
    "found-roster-changes-whole": N_("Changes by imports: {count}, each as it was written."),
    "found-roster-changes-broken": N_(
        "Changes by imports: {count} imports are not as they were written. {detail}"
    ),
    "found-medication-rows-whole": N_("Medication records: {count} rows, each as it was written."),
    "found-medication-rows-broken": N_(
        "Medication records: {count} rows are not as they were written. {detail}"
    ),
    "found-collaboration-rows-whole": N_(
        "Concerns, consultations and contacts: {count} rows, each as it was written."
    ),
    "found-collaboration-rows-broken": N_(
        "Concerns, consultations and contacts: {count} rows are not as they were written. {detail}"
    ),
    "found-district-rows-whole": N_("District files: {count} rows, each as it was taken."),
    "found-district-rows-broken": N_(
        "District files: {count} rows are not as they were taken. {detail}"
    ),
    "found-consents-whole": N_("Consents and releases: {count} rows, each as it was written."),
    "found-consents-broken": N_(
        "Consents and releases: {count} rows are not as they were written. {detail}"
    ),
    "found-plans-whole": N_("Plans, goals and reviews: {count} rows, each as it was agreed."),
    "found-plans-broken": N_(
        "Plans, goals and reviews: {count} rows are not as they were agreed. {detail}"
    ),
    "found-screenings-whole": N_("Screenings and risks: {count} rows, each as it was written."),
    "found-screenings-broken": N_(
        "Screenings and risks: {count} rows are not as they were written. {detail}"
    ),
    "found-service-rows-whole": N_("Services owed and given: {count} rows, each as written."),
    "found-service-rows-broken": N_(
        "Services owed and given: {count} rows are not as they were written. {detail}"
    ),
    "found-devices-whole": N_("Computers: {count}, each as the journal tells."),
    "found-devices-broken": N_("Computers: {count} are not as the journal tells. {detail}"),
    "found-repair-list-whole": N_(
        "This vault was repaired on {detail}. What could not be saved then is listed: {count} lines."
    ),
    "found-repair-list-broken": N_(
        "The list of what the repair of {detail} could not save was changed."
    ),
    "no-display": N_(
        "There is no display to draw on. Set one up, or use the commands: casewell --help."
    ),
}
