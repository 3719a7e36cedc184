"""Sentences about the sessions room."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "note-needs-student": N_("Choose the student this note is about."),
    "note-needs-minutes": N_("Enter the minutes as a whole number from {least} to {most}."),
    "note-needs-service": N_("Choose the kind of service."),
    "note-needs-day": N_("Enter the day of the session, for example 12 Mar 2027."),
    "note-needs-time": N_("Enter when the session began, for example 10:30."),
    "note-in-future": N_(
        "A session is signed after it began. Enter a day and time that have come."
    ),
    "note-needs-attendance-reason": N_("Say why the session did not take place."),
    "note-needs-text": N_("Write at least a few words before signing."),
    "note-needs-late-reason": N_(
        "More than {hours} hours have passed since the session, so this is kept as a late entry."
        " Say why it is written now."
    ),
    "next-step-needs-text": N_("Say what the next step is, or clear its date."),
    "next-step-needs-day": N_("Choose the day on which the next step comes back on Today."),
    "next-step-before": N_("The next step cannot be due before the session."),
    "amendment-needs-reason": N_("Say what is corrected and why. The original stays readable."),
    "amendment-not-yours": N_(
        "Only {maker} can amend this note. You can add an addendum with what you know."
    ),
    "note-names-member": N_(
        "This is added to a note of a group session. Another member of the group is named in it:"
        " replace the name before signing."
    ),
    "already-signed": N_("This note is signed already. What you add now becomes an addendum."),
    "draft-gone": N_("This draft was discarded or signed. Nothing else was changed."),
    "note-gone": N_("This note is not in the vault, or your role does not read it."),
    "follow-up-gone": N_("This next step is not in the vault, or your role does not read it."),
    "sole-gone": N_("This note is not among yours. It may have been purged."),
    "sole-needs-day": N_("Enter the day this note is about."),
    "sole-needs-purge-day": N_("Enter the day on which to ask about purging it."),
    "sole-purge-past": N_("Choose a day after today, or purge the note now."),
    "label-missing": N_("Please enter a name."),
    "label-long": N_("Please use at most {longest} characters."),
    "label-taken": N_("“{label}” is on the list already."),
    "template-sections": N_("A template has between one and {most} sections."),
    "template-section-title": N_("Section {number} needs a title."),
    "template-shipped": N_("This template came with Casewell. Copy it, then change the copy."),
    "template-last": N_("One template has to stay. Bring back another one first."),
    "template-gone": N_("This template is not in the vault."),
    "choice-gone": N_("This entry is not on the list any more."),
    "order-incomplete": N_("The list was changed meanwhile. Look at it again, then reorder it."),
}
