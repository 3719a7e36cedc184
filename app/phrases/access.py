"""Sentences about several people on one vault, its keys, and opening it in an emergency."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "keybag-full": N_(
        "This vault has as many ways in as it can hold ({most}). Remove someone who is gone first."
    ),
    "rekey-slot-old": N_(
        "{name} has not opened this vault since Casewell was updated, so the vault's key cannot"
        " be changed for them. Ask them to unlock it once, or give them a new first passphrase."
    ),
    "rekey-sheet-old": N_(
        "The recovery sheet was made before Casewell was updated, so it cannot be given the"
        " vault's new key. Make a new sheet along with it."
    ),
    "rekey-unfinished": N_(
        "The vault is being given a new key. Close it and open it again, then repeat this."
    ),
    "first-passphrase": N_(
        "This is a first passphrase, which someone else may know. Choose your own before"
        " anything else is saved."
    ),
    "first-passphrase-shut": N_(
        "This is a first passphrase, which someone else may know. Choose your own where the vault"
        " can be written to: in Casewell, or with casewell vault passphrase."
    ),
    "keepers-only": N_("Only a keeper of this vault can do this. Ask one of them."),
    "last-keeper": N_(
        "This is the vault's only keeper. Make someone else a keeper first; a vault always has one."
    ),
    "person-oneself": N_("You cannot do this to yourself. Ask another keeper of this vault."),
    "person-gone": N_("This person was removed from the vault. Add them anew if they come back."),
    "person-unknown": N_("Nobody of this name is on the vault: casewell vault people lists them."),
    "person-unclear": N_(
        "More than one person has this name. Give their id: casewell vault people lists them."
    ),
    "person-suspended": N_("{name} is suspended already and has no way in."),
    "emergency-reason-missing": N_(
        "Opening with the recovery sheet stays marked. Say who opens the vault, and why."
    ),
    "emergency-reason-long": N_("Please use at most {longest} characters."),
    "emergency-unmarked": N_(
        "The vault stays closed: that it was opened with the recovery sheet could not be written"
        " down ({reason}). Put it on a disk that can be written to and has room, then try again."
    ),
    "emergency-gone": N_("There is no such mark in this vault."),
    "emergency-own": N_(
        "The vault is open with its recovery sheet. A keeper who unlocked it with a passphrase"
        " takes note of this."
    ),
    "emergency-seen": N_("A keeper has taken note of this already."),
    "vault-key-older": N_(
        "This is an older copy of the vault, from before its key was changed: this computer has"
        " seen the newer one. Someone may have put it back. Restore the newest backup."
    ),
    "emergency-mark-missing": N_(
        "Marks of emergency openings are missing from the vault: {count} that its keybag knows."
        " Someone may have put an old copy back. Restore the newest backup."
    ),
    "found-emergency-marks-whole": N_("Emergency openings: {count}, each marked."),
    "found-emergency-marks-broken": N_(
        "Emergency openings: {count} that the keybag knows are not marked in the file."
    ),
    "keyring-slot-wrong": N_(
        "What this computer's keyring kept no longer opens the vault. Use your passphrase."
    ),
}
