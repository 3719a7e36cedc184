"""Sentences about consents and releases."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "consent-gone": N_("This consent is not in the vault, or your role does not see it."),
    "consent-kind-unknown": N_("Choose what the consent is about."),
    "consent-kind-twice": N_("This kind of consent stands twice in the list."),
    "consent-of-health-office": N_(
        "A consent to medication belongs to the health office. Let the nurse write it down."
    ),
    "consent-needs-matters": N_("Choose what of the record may leave."),
    "consent-needs-description": N_("Say exactly what may be disclosed."),
    "consent-needs-recipient": N_("Say to whom: a person, an agency, or a class of them."),
    "consent-needs-purpose": N_("Say what it is for."),
    "consent-needs-discloser": N_("Say who may disclose it, by name or as a program."),
    "consent-needs-revoke-how": N_("Say how the consent can be revoked, as it says itself."),
    "consent-needs-redisclosure": N_(
        "A consent for treatment, payment and operations must say that what is disclosed may be"
        " disclosed again. Look whether the paper says so."
    ),
    "consent-needs-refusal": N_(
        "A consent for treatment, payment and operations must say what it means to refuse. Look"
        " whether the paper says so."
    ),
    "consent-needs-end": N_(
        "Enter the last day, or what ends it. Only a consent for treatment, payment and operations"
        " may have no end."
    ),
    "consent-needs-signer": N_("Choose who signed."),
    "consent-needs-name": N_("Enter the name of the person who signed."),
    "consent-needs-capacity": N_("Say in which capacity: mother, legal guardian, surrogate."),
    "consent-needs-way": N_("Choose how it was signed."),
    "consent-needs-identified": N_("Say how the person was identified."),
    "consent-needs-approval": N_("Say how the person showed that they agree."),
    "consent-needs-witness": N_("Enter who listened in and heard the consent."),
    "consent-release-by-telephone": N_(
        "A release must be signed and dated; a word by telephone is no signature."
    ),
    "consent-needs-signed-on": N_("Enter the day on which it was signed."),
    "consent-signed-ahead": N_("This day has not come yet."),
    "consent-begins-before": N_("It cannot begin before it was signed."),
    "consent-ends-too-early": N_("The last day cannot come before the first."),
    "consent-ended-before-signed": N_("This day is before the consent was signed."),
    "consent-guardian-unknown": N_(
        "This person is not among the student’s guardians. Add them there first, or choose someone"
        " else and say in which capacity they signed."
    ),
    "consent-age-unknown": N_(
        "The student’s date of birth is not on record, so it is not known whether they may sign"
        " alone. Add it, or let a guardian sign."
    ),
    "consent-too-young": N_(
        "The student was {age} and signs this alone from {alone} on. A guardian must sign."
    ),
    "consent-student-of-age": N_(
        "The student was 18 or older, so the right to sign is theirs alone. For a guardian by order"
        " of a court choose someone else, and say in which capacity."
    ),
    "consent-student-signs-too": N_("The student must sign as well, from {besides} years on."),
    "consent-corrected": N_("This consent was corrected already. Open the newer one."),
    "consent-ended": N_("This consent has ended. Take the end back first if it is a mistake."),
    "consent-has-no-event": N_("This consent names no event that ends it."),
    "consent-correction-needs-why": N_("Say why it is corrected."),
    "revocation-needs-who": N_("Enter who revoked it."),
    "revocation-needs-how": N_("Say how it was revoked, for example in a letter."),
    "event-needs-how": N_("Say what came to pass."),
    "mistake-needs-why": N_("Say why the entry was a mistake."),
    "end-taken-back": N_("This entry was taken back already."),
    "consent-age-of-release": N_(
        "The rights to the education record become the student’s own at 18. No rule changes that."
    ),
    "consent-age-alone": N_("Enter an age from {least} to {most}."),
    "consent-age-besides": N_("Enter an age from 0 to {most}, or nothing."),
    "consent-age-number": N_("Enter an age in years, for example 14."),
    "consent-ages-of-district": N_(
        "The district has set these ages. They change with its next file."
    ),
    "printer-needed": N_("Choose a printer, or save the form as PDF."),
    "scan-large": N_(
        "The scan is larger than {most} MB. Scan it in gray, or with a coarser grain."
    ),
    "scan-no-type": N_("A scan is a PDF, PNG or JPEG file. This one is none of them."),
    "scan-unreadable": N_("The scan cannot be read. It may be locked with a password, or damaged."),
    "consent-has-no-scan": N_("No scan of this consent is in the vault."),
    "scan-gone": N_("This scan is not in the vault, or your role does not see it."),
}
