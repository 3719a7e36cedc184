"""Sentences about the groups room."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "found-group-rows-whole": N_("Group sessions: {count} rows, each as it was signed."),
    "found-group-rows-broken": N_(
        "Group sessions: {count} rows are not as they were signed. {detail}"
    ),
    "group-needs-name": N_("Give the group a name. It is seen at this desk only."),
    "group-name-long": N_("Please use at most {longest} characters."),
    "group-text-long": N_("Please use at most {longest} characters."),
    "group-planned": N_("Enter the number of sessions as a whole number up to {most}."),
    "group-size": N_("Enter the largest size as a whole number up to {most}, or leave it empty."),
    "group-ends-before": N_("The group cannot end before it starts."),
    "group-second-same": N_("Choose someone else as the second leader, or nobody."),
    "group-needs-day": N_("Enter a day, for example 12 Mar 2027."),
    "group-gone": N_("This group is not in the vault, or your role does not see it."),
    "group-closed": N_("This group is closed. Open it again, or copy it for the next term."),
    "group-open": N_("This group is open already."),
    "group-closed-before": N_(
        "A session was signed for {day}. Close the group on that day or a later one."
    ),
    "group-needs-student": N_("Choose a student."),
    "group-already-in": N_("This student is in the group already."),
    "group-already-waits": N_("This student is on the waiting list already."),
    "group-not-waiting": N_("This student is not on the waiting list any more."),
    "group-never-waited": N_("This student did not come from the waiting list."),
    "group-full": N_(
        "The group is full ({limit}). Put the student on the waiting list, or allow more members."
    ),
    "group-has-attended": N_(
        "A signed session names this student. Enter when and why they left instead."
    ),
    "group-member-gone": N_("This student is not in the group any more."),
    "group-needs-leaving-reason": N_("Say why the student leaves."),
    "group-left-already": N_("This student has left already."),
    "group-left-before": N_("The last day cannot be before the first."),
    "group-left-before-session": N_(
        "A signed session names the student on a later day. Enter that day or a later one."
    ),
    "group-nobody": N_("Nobody is in the group on this day. Add members, or choose another day."),
    "group-members-changed": N_(
        "Who is in the group on this day has changed. Look at the list again, then sign."
    ),
    "group-needs-reason": N_("Say why the student did not take part."),
    "group-session-signed": N_("This session is signed already."),
    "group-session-gone": N_("This session is not in the vault, or your role does not see it."),
    "group-names-member": N_(
        "“{words}” names another member of the group, and this goes into other students’ records."
        " Write “{instead}” instead."
    ),
    "group-may-name-student": N_(
        "“{words}” may be the name of a student. Write “{instead}” instead, or say that it is none."
    ),
    "attendance-corrected-since": N_("This was corrected already. Look at it again."),
    "attendance-the-same": N_("Choose what is right; this is what stands there now."),
}
