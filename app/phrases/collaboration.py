"""Sentences about concerns, consultations, contacts and the care team."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "day-ahead": N_("This has not come yet. Enter a day and time that have."),
    "day-past": N_("This day has passed. Choose today or a later day."),
    "concern-gone": N_("This concern is not in the vault, or your role does not read it."),
    "concern-needs-words": N_("Write what was noticed, or choose at least one sign."),
    "concern-needs-raiser": N_("Enter who raised the concern."),
    "concern-needs-day": N_("Enter the day, for example 12 Mar 2027."),
    "concern-not-dismissed": N_(
        "This concern speaks of danger. First close it with what was done and who was told."
    ),
    "sign-unknown": N_("This sign is not on the list in use. Look at the list again."),
    "sign-needs-label": N_("Give the sign a name of at most 120 characters."),
    "sign-twice": N_("This sign stands on the list twice."),
    "signs-between": N_("A list has from {least} to {most} signs."),
    "signs-need-danger": N_(
        "The list needs a sign for each danger: self-harm, abuse, and violence."
    ),
    "signs-need-title": N_("Give the list a name, for example the district’s."),
    "decision-missing": N_("Choose what is to become of it."),
    "feedback-no-place": N_("Choose where the file goes, or let it be copied."),
    "decision-needs-reason": N_("Say why it is decided so."),
    "watch-needs-day": N_("Choose a day after today on which to look again."),
    "danger-needs-done": N_("Say what was done."),
    "danger-needs-told": N_("Say who was told, by name."),
    "danger-closed": N_("Someone has closed this already. Look at the concern again."),
    "feedback-not-for-them": N_("Whoever raised this concern may not be told this."),
    "feedback-needs-words": N_("Write what is to be said."),
    "feedback-needs-whom": N_("Enter who hears this."),
    "feedback-thanks-only": N_("A peer is thanked, and told nothing else."),
    "feedback-names": N_("Take out the names before this leaves: {names}."),
    "feedback-quotes": N_("These words stand in the student’s notes: “{words}”. Say it otherwise."),
    "consultation-gone": N_(
        "This consultation is not in the vault, or your role does not read it."
    ),
    "consultation-needs-about": N_("Choose a student, or enter the class this is about."),
    "consultation-needs-whom": N_("Enter with whom you spoke."),
    "consultation-needs-question": N_("Write what the question was."),
    "consultation-ahead": N_(
        "A consultation is signed after it began. Enter a day and time that have come."
    ),
    "step-needs-text": N_("Say what is to be done."),
    "step-needs-doer": N_("Say who does it."),
    "step-needs-day": N_("Choose the day by which it is done."),
    "step-before": N_("This day is before the consultation."),
    "step-needs-fidelity": N_("Say whether it was done as agreed."),
    "steps-many": N_("At most {most} steps can be agreed at once."),
    "matter-gone": N_("This matter is not in the vault, or your role does not read it."),
    "matter-closed": N_("This matter is closed. Begin a new one."),
    "contact-gone": N_("This contact is not in the vault, or your role does not read it."),
    "contact-corrected": N_("This row was corrected already. Correct the newer one."),
    "contact-needs-whom": N_("Enter whom you tried to reach."),
    "contact-needs-result": N_("Say what came of it."),
    "contact-needs-about": N_("Say what it was about."),
    "contact-needs-reason": N_("Say why nobody is tried any more."),
    "contact-needs-next": N_("Choose the day of the next attempt, or leave it empty."),
    "contact-not-wanted": N_(
        "This guardian is not to be contacted: {reason} Give a reason for doing so all the same."
    ),
    "correction-needs-why": N_("Say why the row is corrected. The earlier one stays readable."),
    "member-there": N_("This person is on the team already."),
    "member-gone": N_("This member of the team is not in the vault."),
    "member-ends-before": N_("This day is before they joined the team."),
}
