"""Sentences about the services room."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "mandate-needs-student": N_("Choose the student to whom the service is owed."),
    "mandate-needs-service": N_("Choose the kind of service."),
    "mandate-needs-amount": N_(
        "Enter how much is owed in each period, as a whole number from 1 to {most}."
    ),
    "mandate-needs-each": N_("Enter how many minutes one session has."),
    "mandate-two-amounts": N_(
        "The times and the minutes of each come to {total}. Enter that, or leave this empty."
    ),
    "mandate-needs-start": N_("Enter the first day on which it is owed, for example 12 Mar 2027."),
    "mandate-needs-basis-day": N_("Enter the date of the plan that owes it."),
    "mandate-needs-reason": N_("Say why. The reason stays with the record."),
    "mandate-other-service": N_(
        "Another kind of service is owed on its own. End this one, and write the other down."
    ),
    "mandate-gone": N_("This service is not in the vault, or your role does not read it."),
    "mandate-not-in-force": N_(
        "Nothing of this is owed on that day. Choose a day within its dates."
    ),
    "delivery-gone": N_("This session is not in the vault, or your role does not read it."),
    "delivery-in-future": N_("Choose a day that has come."),
    "delivery-not-missed": N_("Choose why the session did not take place."),
    "delivery-needs-why": N_("Say what is corrected and why. The row before stays readable."),
    "delivery-was-made-up": N_(
        "Another session makes up for this one. Take that back first, then correct it."
    ),
    "make-up-not-given": N_("Only a session that took place can make up for another."),
    "make-up-not-missed": N_("Choose a session of the same service that did not take place."),
    "make-up-twice": N_("Another session makes up for that one already."),
    "mandates-file-big": N_("The file is larger than {most} megabytes. Divide it."),
    "mandates-file-encoding": N_("The file is not in UTF-8. Save it as CSV UTF-8, then try again."),
    "mandates-file-columns": N_("The first row must name these columns: {columns}."),
    "mandates-file-doubled": N_("The column {column} is there twice."),
    "mandates-file-rows": N_("The file has more than {most} rows. Divide it."),
    "mandates-file-broken": N_("Line {line} is not well-formed CSV. Nothing was taken over."),
    "mandates-row-wide": N_("The row has more than {columns} cells."),
    "mandates-row-twice": N_("An earlier row speaks of the same student, service and setting."),
    "mandates-cell-missing": N_("The cell is empty."),
    "mandates-cell-unknown": N_("Use one of these: {accepted}."),
    "mandates-cell-day": N_("Write the day as 2027-03-12 or 3/12/2027."),
    "mandates-two-counts": N_("Give either times or sessions, not both."),
    "mandates-student-unknown": N_("No student has the number {number}."),
    "mandates-student-double": N_("Several students have the number {number}."),
    "mandates-service-unknown": N_("No kind of service is called “{service}”."),
    "mandates-refused": N_(
        "{count} rows cannot be taken over, so nothing was. Mend them, or take over the rest."
    ),
    "referral-needs-student": N_("Choose the student who is referred."),
    "referral-needs-service": N_("Choose the kind of service."),
    "referral-needs-by": N_("Say who asked for it."),
    "referral-in-future": N_("A referral is asked for on a day that has come."),
    "referral-running": N_(
        "The student is referred to this service already, or comes to it. Look at that one."
    ),
    "episode-gone": N_("This referral is not in the vault, or your role does not read it."),
    "episode-closed": N_("This was closed before. Open it again to change how it ended."),
    "episode-open": N_("This is open."),
    "episode-begun": N_("The service has begun. Say how it ended instead."),
    "episode-not-begun": N_("The service has not begun. Say why it will not begin instead."),
    "episode-needs-reason": N_("Say why."),
    "episode-closed-in-future": N_("Choose a day that has come."),
    "episode-closed-before": N_(
        "The last session, or the referral, was later than that. Choose a later day."
    ),
}
