"""What lies around a vault, said the same on screen and on the command line."""

from app.kernel.words import N_, _
from app.vault.surroundings import Answer, Observation, Question

SENTENCES: dict[str, str] = {
    "vault-place-synced": N_(
        "{service} copies this folder to other computers: {path}. Two copies that change apart"
        " lose notes, and every copy outlives a changed passphrase. Choose another place; backups"
        " may go there instead."
    ),
    "vault-place-network": N_(
        "{path} is on another computer ({service}). If the connection breaks while a note is"
        " saved, the vault may be damaged. Choose a place on this computer; backups may go there"
        " instead."
    ),
}
"""Why a new vault is not made at a place."""

_QUESTIONS: dict[Question, str] = {
    Question.DISK_ENCRYPTED: N_("The disk of the vault is encrypted"),
    Question.SYNCED: N_("The vault’s folder is copied by a sync service"),
    Question.NETWORK: N_("The vault is on another computer’s disk"),
    Question.REMOVABLE: N_("The vault is on a stick or an external disk"),
    Question.OTHERS_READ: N_("Other accounts of this computer can read the vault’s files"),
    Question.SWAP_ENCRYPTED: N_("Memory that the system writes to the disk is encrypted"),
}

_ANSWERS: dict[Answer, str] = {
    Answer.YES: N_("Yes"),
    Answer.NO: N_("No"),
    Answer.UNTOLD: N_("Cannot be told"),
}

_ADVICE: dict[Question, str] = {
    Question.DISK_ENCRYPTED: N_(
        "The vault’s own encryption holds. But files you save out of it, and traces other programs"
        " keep, can be read by whoever takes the disk. Ask your district’s technicians to switch"
        " on BitLocker, FileVault or LUKS."
    ),
    Question.SYNCED: N_(
        "Work on one computer at a time, and move the vault to a folder that is not copied:"
        " close Casewell, move the whole folder, then open it there."
    ),
    Question.NETWORK: N_(
        "Move the vault to a disk of this computer: close Casewell, move the whole folder, then"
        " open it there. Backups may stay on the share."
    ),
    Question.REMOVABLE: N_(
        "A stick is lost more easily than a laptop, and wears out. Keep the vault on this"
        " computer and let the backups go to the stick. Never pull it out while Casewell is open."
    ),
    Question.OTHERS_READ: N_(
        "They cannot open the vault without a passphrase, but they can copy it and try. Make the"
        " folder readable by your account alone."
    ),
    Question.SWAP_ENCRYPTED: N_(
        "While Casewell is open, the system may write parts of its memory to the disk, and all of"
        " it when the computer hibernates. Encrypting the whole disk closes this; until then, shut"
        " the computer down instead of letting it hibernate."
    ),
}

_UNTOLD: dict[Question, str] = {
    Question.DISK_ENCRYPTED: N_(
        "The system does not say. Ask your district’s technicians whether the whole disk is"
        " encrypted."
    ),
    Question.SYNCED: N_(
        "Look whether your Desktop and Documents are copied to a cloud; keep the vault in a folder"
        " that is not."
    ),
    Question.NETWORK: N_("The system does not say what kind of disk this is."),
    Question.REMOVABLE: N_("The system does not say what kind of disk this is."),
    Question.OTHERS_READ: N_("The system does not say who may read the folder."),
    Question.SWAP_ENCRYPTED: N_(
        "The system does not say. Ask your district’s technicians whether the whole disk is"
        " encrypted."
    ),
}

_LINES: dict[Question, str] = {
    Question.DISK_ENCRYPTED: N_("The disk of this computer is not encrypted"),
    Question.SYNCED: N_("The vault is in a folder that {service} copies"),
    Question.NETWORK: N_("The vault is on another computer’s disk"),
    Question.REMOVABLE: N_("The vault is on a stick or an external disk"),
    Question.OTHERS_READ: N_("Other accounts of this computer can read the vault’s files"),
    Question.SWAP_ENCRYPTED: N_("The system writes memory to the disk unencrypted"),
}


def question_said(question: Question) -> str:
    """Return what is asked, as a statement that the answer confirms or denies."""
    return _(_QUESTIONS[question])


def answer_said(found: Observation) -> str:
    """Return an answer, with the service or kind it rests on."""
    answer = _(_ANSWERS[found.answer])
    if not found.detail or found.detail == "none":
        return answer
    return _("{answer} ({detail})").format(answer=answer, detail=found.detail)


def advice_said(found: Observation) -> str:
    """Return what can be done, or an empty text where all is well."""
    if found.worries:
        return _(_ADVICE[found.question])
    return _(_UNTOLD[found.question]) if found.answer is Answer.UNTOLD else ""


def worry_said(found: Observation) -> str:
    """Return a worry in one line."""
    return _(_LINES[found.question]).format(service=found.detail)
