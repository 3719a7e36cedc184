"""Sentences about the time room."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "time-not-yours": N_(
        "Time is each person’s own, and the administrator’s role keeps none here."
    ),
    "time-minutes": N_(
        "Enter how long it took, for example 45, 1:15 or 1h15; at most {most} minutes."
    ),
    "time-students": N_("Enter how many students were reached, as a whole number up to {most}."),
    "activity-in-future": N_("Log it when it has begun. Enter a day and time that have come."),
    "category-missing": N_("Type the number of a category, or the first letters of its name."),
    "category-unknown": N_("No category begins like this. Its number or a few letters will do."),
    "time-entry-gone": N_("This entry is not among yours, or it was taken out."),
    "time-of-a-note": N_(
        "This time comes from a signed record and stands as it was signed. Its category can be"
        " changed."
    ),
    "nothing-to-repeat": N_("Nothing of that day could be logged again by this hour."),
    "timer-not-running": N_("No clock is running."),
    "duty-needs-days": N_("Choose at least one day of the week."),
    "duty-needs-time": N_("Enter when it begins, for example 07:40."),
    "duty-gone": N_("This duty is not among yours."),
    "time-school-gone": N_("No building of the vault is called so."),
    "period-ends-before": N_("The last day cannot come before the first."),
    # A district's own categories
    "categories-not-json": N_("The file is not JSON from line {line} on. Nothing of it was taken."),
    "categories-large": N_("The file is larger than {most} KB. Nothing of it was taken."),
    "categories-missing": N_("“{where}” is missing. Nothing of the file was taken."),
    "categories-shape": N_(
        "“{where}” is not what it should be: {wanted}. Nothing of the file was taken."
    ),
    "categories-stray": N_(
        "“{where}” is not known here; it may be mistyped. Nothing of the file was taken."
    ),
    "categories-twice": N_("“{name}” stands twice in {where}. Nothing of the file was taken."),
    "categories-unknown": N_(
        "“{where}” names none of these: {known}. Nothing of the file was taken."
    ),
    "categories-target": N_(
        "“{where}” needs either “at_least” or “at_most”. Nothing of the file was taken."
    ),
    "categories-ends-before": N_(
        "“effective_to” comes before “effective_from”. Nothing of the file was taken."
    ),
    "categories-shipped": N_(
        "“{name}” is a set that came with Casewell and stays as it is. Give yours another code."
    ),
    "categories-version": N_(
        "Version {version} of this set is here already. A change needs a higher version, so that"
        " what was logged keeps its words."
    ),
    # Claims
    "billing-procedure": N_("Enter the code as your district has it: 3 to 8 letters and digits."),
    "billing-modifiers": N_(
        "Enter at most {most} modifiers of two letters or digits each, with spaces between."
    ),
    "medicaid-number": N_("A Medicaid number has 4 to 20 letters and digits."),
    "consent-ends-before": N_("Consent cannot end before it was given."),
    "consent-in-future": N_("Consent is given before it is entered here."),
    "claim-exported": N_("This line was exported and stands as it went out."),
    "claim-lacks": N_("A line is ready when nothing is missing from it."),
    "claim-gone": N_("This line is not among yours."),
    "claim-changed": N_("The lines have changed meanwhile. Look at them again, then export them."),
    "file-not-chosen": N_("No file was chosen, so nothing left the desk."),
    "claims-none": N_("Choose at least one line."),
}
