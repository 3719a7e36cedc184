"""Sentences about the caseload room."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "student-needs-name": N_("Enter a first or a last name."),
    "tier-needs-student": N_("Choose a student first."),
    "student-number-taken": N_(
        "{name} has this number already. Check it, or save anyway if both are right."
    ),
    "student-there-already": N_(
        "{name}, born on the same day, is here already. Open that page, or save anyway if this"
        " is someone else."
    ),
    "student-has-records": N_(
        "Something was recorded about this student. The student can be marked as left, not removed."
    ),
    "student-left-already": N_("This student is marked as left already."),
    "student-is-enrolled": N_("This student is enrolled already."),
    "text-long": N_("Please use at most {longest} characters."),
    "birth-in-future": N_("The date of birth is yet to come. Check the year."),
    "birth-too-early": N_("The date of birth is more than {years} years ago. Check the year."),
    "day-unclear": N_("Enter a date with day, month and year."),
    "day-in-future": N_("Choose today or an earlier day."),
    "grade-unknown": N_("Choose a grade from the list."),
    "school-unknown": N_("Choose a school from the list."),
    "school-needs-name": N_("Enter the name of the school."),
    "school-name-taken": N_("Another school has this name already."),
    "school-in-use": N_("Students or records name this school, so it stays."),
    "email-unclear": N_("Enter an email address like name@example.org."),
    "guardian-needs-name": N_("Enter the guardian’s first or last name."),
    "reach-by-missing": N_("Enter the number or address to reach them by, or choose another way."),
    "alert-needs-text": N_("Write what whoever meets the student must know."),
    "tag-needs-label": N_("Enter a word for the tag."),
    "tag-borne-already": N_("The tag “{label}” is there already."),
    "tag-not-borne": N_("The tag “{label}” is not there."),
    "caseload-needs-reason": N_("Write the reason in a few words."),
    "caseload-on-already": N_("Already on your caseload."),
    "caseload-not-on": N_("Not on your caseload."),
    "caseload-ends-early": N_("The student came on your caseload later than this, on {day}."),
    "tier-needs-choice": N_("Choose a tier."),
    "tier-needs-reason": N_("Write the reason for the decision."),
    "undo-too-late": N_("Something has changed since, so this can no longer be undone."),
}
