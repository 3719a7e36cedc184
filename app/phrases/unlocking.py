"""Sentences about new passphrases and about unlocking with the system's keyring."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "passphrase-names": N_(
        "This is made of names that a stranger would try. Five random words are a good choice."
    ),
    "passphrase-guessable": N_(
        "This can be guessed: it is made of few common parts. Five random words are a good choice."
    ),
    "keyring-absent": N_(
        "This computer's keyring cannot be reached. Your passphrase opens the vault as ever."
    ),
    "keyring-unsafe": N_(
        "This account is set to keep secrets in {name}, which Casewell does not trust."
        " Your passphrase opens the vault as ever."
    ),
    "keyring-locked": N_(
        "This computer's keyring stayed locked. Your passphrase opens the vault as ever."
    ),
    "keyring-slow": N_(
        "This computer's keyring did not answer in time. Your passphrase opens the vault as ever."
    ),
    "keyring-emptied": N_(
        "This computer's keyring no longer holds Casewell's secret. Enter your passphrase; you"
        " can turn the keyring on again in Settings."
    ),
    "keyring-changed": N_(
        "This computer uses another keyring than before. Enter your passphrase; you can turn the"
        " keyring on again in Settings."
    ),
    "keyring-off": N_(
        "Unlocking with this computer's keyring is off for this vault. Enter your passphrase."
    ),
    "keyring-due": N_(
        "It is {days} days since you entered your passphrase. Enter it once, then the keyring"
        " works again."
    ),
    "keyring-restarted": N_(
        "This computer was started anew. Enter your passphrase once, then the keyring works again."
    ),
    "keyring-vault-shared": N_(
        "Several people use this vault, so it opens only with a passphrase of each."
    ),
    "keyring-account-name": N_(
        "The name of this computer's account says that several people use it, so the vault opens"
        " only with the passphrase."
    ),
    "keyring-account-fleeting": N_(
        "This computer's account is a guest's or a temporary one, so the vault opens only with"
        " the passphrase."
    ),
    "keyring-not-alone": N_("Please confirm that nobody else uses this computer's account."),
    "keyring-emergency": N_(
        "The vault was opened in an emergency. The keyring can be turned on by who opens it with"
        " a passphrase."
    ),
}
