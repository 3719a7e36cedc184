"""Sentences about plans, goals, measures and reviews."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "care-plan-gone": N_("This plan is not in the vault, or your role does not read it."),
    "plan-closed": N_("This plan is closed. Begin a new one."),
    "plan-agreed-already": N_("This version was agreed already."),
    "plan-needs-student": N_("Choose the student."),
    "care-plan-needs-title": N_("Give the plan a title."),
    "plan-needs-day": N_("Enter the day, for example 12 Mar 2027."),
    "plan-needs-needs": N_("Say what is needed."),
    "plan-needs-goal": N_("A plan has at least one goal."),
    "plan-many-goals": N_("A plan has at most {most} goals."),
    "plan-review-before-begin": N_("Choose a review after the plan begins."),
    "plan-review-past": N_("Choose a review in days to come."),
    "goal-needs-statement": N_("Say what the student will do."),
    "goal-needs-measure": N_("Say what is measured, and how."),
    "goal-needs-baseline": N_("Enter where it stands today."),
    "goal-needs-target": N_("Enter what is to be reached."),
    "goal-needs-levels": N_("Describe each of the five levels."),
    "goal-ends-before-it-begins": N_("Choose a day after the baseline’s."),
    "goal-is-baseline": N_("The target is where it stands today. Enter what is to be reached."),
    "intervention-needs-what": N_("Say what is done."),
    "intervention-needs-who": N_("Say who does it."),
    "intervention-needs-often": N_("Say how often."),
    "task-gone": N_("This task is not in the vault, or your role does not read it."),
    "task-needs-text": N_("Say what is to be done."),
    "task-needs-doer": N_("Say who does it."),
    "member-needs-name": N_("Enter the name."),
    "consent-who-said": N_("Say who said so."),
    "signature-needs-name": N_("Enter who signed."),
    "signature-needs-part": N_("Say who this is to the student: mother, teacher …"),
    "signature-declined-why": N_("Say why it was not signed."),
    "plan-not-reviewed": N_("This plan was not reviewed yet."),
    "review-needs-reason": N_("Say why it is decided so."),
    "review-needs-outcome": N_("Say how this goal stands."),
    "templates-malformed": N_(
        "This is no file of plan templates that can be read: {where}. Nothing was taken in."
    ),
    "goal-gone": N_("This goal is not in the vault, or your role does not read it."),
    "goal-of-another": N_("This goal is another student’s."),
    "goal-measured-otherwise": N_(
        "This goal has points already, and they are measured in another way. Take it out and add a"
        " new goal; its points stay with the goal before."
    ),
    "goal-closes-with-review": N_("A goal is closed at the plan’s review."),
    "point-gone": N_("This point is not in the vault, or your role does not read it."),
    "point-needs-why": N_("Say why it is corrected."),
    "point-corrected-already": N_("This point was corrected already. Correct the newer one."),
    "phase-needs-label": N_("Say what is done differently."),
    "tier-look-again-day": N_("Choose a day after the decision, or leave it empty."),
    "rules-unreadable": N_("These rules cannot be read. The shipped ones can be set again."),
    "rule-between": N_("Enter a number from {least} to {most}."),
    "measure-not-a-number": N_("Enter a number, for example 3, 2.5 or 45%."),
    "measure-not-whole": N_("Enter a whole number."),
    "measure-out-of-range": N_("Enter a number from {least} to {most}."),
    "measure-range-empty": N_("The greatest rating must be above the least."),
}
