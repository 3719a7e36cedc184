"""Sentences about the medication room."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "medication-not-yours": N_("The medication room is open to the nurse's role only."),
    "setting-not-offered": N_("Choose one of the values that are offered."),
    "student-gone": N_("This student is not in the vault."),
    # Amounts, days, times
    "amount-unreadable": N_("Enter a number, for example 1, 1/2, 1½ or 2.5."),
    "amount-too-fine": N_("Enter an amount no finer than a thousandth, for example 0.125."),
    "amount-too-large": N_("Enter an amount up to a million."),
    "amount-nothing": N_("Enter an amount that is more than nothing."),
    "day-unreadable": N_("Enter a day, for example 12 Mar 2027."),
    "month-unreadable": N_("Enter a month as year and month, for example 2026-11."),
    "time-unreadable": N_("“{text}” is no time of day. Enter it like 11:45 or 2:30 pm."),
    # Papers
    "paper-needs-student": N_("Choose the student."),
    "paper-needs-incident": N_("Choose the incident."),
    "paper-needs-trip": N_("Choose the trip."),
    "paper-says-nothing": N_("Nothing stands on this paper for these days."),
    # Orders
    "order-gone": N_("This order is not in the vault."),
    "order-needs-student": N_("Choose the student, or the building of a standing order."),
    "standing-as-needed": N_("A standing order of a school is given as needed, not by a schedule."),
    "order-needs-name": N_("Enter the name of the medication as the label has it."),
    "order-needs-dose": N_("Enter the dose, for example 1, 1/2 or 5."),
    "order-range": N_("The most of a range cannot be less than its least."),
    "order-needs-times": N_("Enter at least one time of day, for example 11:45."),
    "order-many-times": N_("Enter at most {most} times of day."),
    "order-needs-days": N_("Choose at least one day of the week."),
    "order-needs-indication": N_("Say what the medication is for when it is given as needed."),
    "order-interval": N_("Enter the hours between doses, from 0 to 72, for example 4 or 0.5."),
    "order-rxnorm": N_("An RxNorm code has digits only, at most eight. Leave it empty if unsure."),
    "order-ends-before": N_("The order cannot end before it starts."),
    "order-needs-prescriber": N_("Enter who prescribed it."),
    "order-needs-prescriber-phone": N_("Enter the prescriber's phone number."),
    "order-needs-guardian": N_("Enter which parent or guardian authorized it."),
    "order-needs-guardian-day": N_("Enter the day the parent or guardian signed."),
    "authorisation-in-future": N_("An authorization is signed before it is entered here."),
    "self-carry-needs-day": N_("Enter the day the self-carry contract was signed."),
    "order-needs-reason": N_("Say what changed and on whose word. The earlier version stays."),
    "order-changed-already": N_("This order was changed since. Open its newest version."),
    "order-over": N_("This order was discontinued. Write a new one if it is given again."),
    "order-checked-already": N_("A second person has checked this version already."),
    "check-by-writer": N_("Whoever transcribed the order cannot be the one who checks it."),
    "hold-needs-reason": N_("Say why the order is held."),
    "order-held-already": N_("This order is held already."),
    "order-not-held": N_("This order is not held."),
    "end-needs-reason": N_("Say why it ends."),
    "photo-unreadable": N_("This is no picture that can be kept. Use a JPEG or PNG file."),
    "photo-large": N_("The picture is larger than {most} KB. Choose a smaller one."),
    "photo-gone": N_("There is no picture of this student."),
    "year-stock-left": N_(
        "Medication of students is still in {count} containers. Return or destroy it first, or"
        " say that it stays."
    ),
    "year-nothing-open": N_("No order is open: there is nothing to end."),
    # The second person
    "witness-missing": N_("This needs a second person, who enters their own passphrase."),
    "witness-same": N_("The second person must be someone else."),
    "witness-unknown": N_("This person is not among those who work at this vault."),
    "witness-wrong": N_("This is not that person's passphrase. Nothing was recorded."),
    "witness-first": N_(
        "This is a first passphrase, which someone else may know, so it proves nobody. They unlock"
        " the vault once and choose their own."
    ),
    "witness-stale": N_("The second person's proof has run out. Ask them for it once more."),
    # Doses: what stops one, and what mends it
    "wrong-student": N_("This order is another student's. Nothing was recorded."),
    "wrong-order": N_("This dose belongs to another order. Nothing was recorded."),
    "dose-in-future": N_("A dose is recorded after it was given. Enter a time that has come."),
    "dose-too-long-ago": N_("This is more than a year ago. Check the day."),
    "already-given": N_(
        "{by} has recorded this dose as given. To change what is recorded, correct it."
    ),
    "already-not-given": N_(
        "{by} has recorded that this dose was not given. Say why it is given after all, or"
        " correct the record."
    ),
    "allergy": N_(
        "The student's allergy “{allergy}” meets this medication. Say why to record it all the"
        " same."
    ),
    "order-not-started": N_("This order has not started yet. Say why to record it all the same."),
    "order-held": N_("This order is held. Say why to record it all the same."),
    "order-ended": N_("This order has ended. Say why to record it all the same."),
    "order-discontinued": N_("This order was discontinued. Say why to record it all the same."),
    "order-superseded": N_(
        "This order was changed since. Use its newest version, or say why it is this one."
    ),
    "prescriber-expired": N_(
        "The prescriber's authorization has ended. Say why to record it all the same."
    ),
    "guardian-expired": N_(
        "The guardian's authorization has ended. Say why to record it all the same."
    ),
    "guardian-missing": N_("No guardian authorized this. Say why to record it all the same."),
    "too-early": N_(
        "This is {minutes} minutes before its time, {time}. Say why to record it all the same."
    ),
    "too-late": N_(
        "This is {minutes} minutes after its time, {time}. Say why to record it all the same."
    ),
    "not-scheduled": N_("No dose is due now by this order. Say why to record it all the same."),
    "given-just-now": N_(
        "{by} has recorded a dose of this a few minutes ago. Say why this is another one."
    ),
    "too-soon": N_(
        "Less than {least} minutes have passed since the last dose. Say why to record it all the"
        " same."
    ),
    "dose-differs": N_("The order says {ordered}. Say why another amount was given."),
    "over-daily-doses": N_(
        "That would be more than {most} doses in 24 hours. Say why to record it all the same."
    ),
    "over-daily-amount": N_(
        "That would be more than the most in 24 hours. Say why to record it all the same."
    ),
    "stock-expired": N_("What is left has expired. Say why to record it all the same."),
    "stock-none": N_("There is not enough left of it. Say why to record it all the same."),
    "self-carry-missing": N_(
        "No contract allows this student to give it to themselves. Say why to record it all the"
        " same."
    ),
    "self-carry-expired": N_(
        "The self-carry contract has ended. Say why to record it all the same."
    ),
    "delegation-missing": N_(
        "No delegation to this person is on record. Say why to record it all the same."
    ),
    "delegation-expired": N_(
        "The training of this person has expired. Say why to record it all the same."
    ),
    "giver-missing": N_("Enter who gave it."),
    "prn-needs-reason": N_("Say why it was given: what the student had."),
    "container-wrong": N_("This container does not hold what the order says."),
    "slot-not-ordered": N_("The order has no dose on {day} at {time}."),
    "slot-in-future": N_("That day has not come yet."),
    "code-missing": N_("Choose why it was not given."),
    "code-needs-note": N_("Say more about why it was not given."),
    "dose-gone": N_("This dose is not in the vault."),
    "dose-already-in-error": N_("This was entered in error already."),
    "dose-corrected-already": N_("This was corrected since. Open it again to see how it stands."),
    "undo-over": N_("The minute to undo is over. Correct the record, with the reason."),
    "correction-needs-reason": N_("Say what is corrected and why. The original stays readable."),
    "correction-other-dose": N_("A correction is about the same student, day and time."),
    "effect-before-dose": N_("The effect cannot be seen before the dose was given."),
    "note-needs-words": N_("Write at least a few words."),
    "downtime-nothing": N_("There is nothing on the sheet to enter."),
    "downtime-unreadable": N_(
        "“{text}” is neither a time nor one of the codes. Write 11:45, or a code such as A or R."
    ),
    "no-school-needs-reason": N_("Say why there is no school."),
    "no-school-already": N_("This day is marked as without school already."),
    "no-school-not-marked": N_("This day is not marked as without school."),
    # Stock and controlled substances
    "container-gone": N_("This container is not in the vault."),
    "container-needs-owner": N_("Choose the order, the student, or the building it is for."),
    "receipt-needs-second": N_("Enter who brought it and counted along, or a second person."),
    "received-expired": N_("This has expired. Send it back instead of taking it in."),
    "movement-not-by-hand": N_("Choose wasted, dropped, returned or destroyed."),
    "movement-needs-reason": N_("Say what happened to it."),
    "return-needs-whom": N_("Enter to whom it was returned."),
    "stock-less": N_("There is less than that in the container. Count it first."),
    "count-nothing": N_("Count at least one container."),
    "count-twice": N_("A container stands twice in this count."),
    "discrepancy-gone": N_("This discrepancy is not in the vault."),
    "discrepancy-explained": N_("This discrepancy was explained already."),
    "explanation-missing": N_("Say how the difference came about."),
    # Incidents
    "incident-gone": N_("This incident is not in the vault."),
    "incident-needs-words": N_("Say what happened."),
    "not-an-incident": N_(
        "This is no medication error: a refusal, no supply from home, or a dose that was held."
    ),
    "incident-found-before": N_("An incident cannot be found before it happened."),
    "incident-closed": N_("This incident is closed already."),
    "incident-needs-outcome": N_("Say how it came out before closing it."),
    "call-needs-whom": N_("Choose who was called."),
    # Trips
    "trip-gone": N_("This trip is not in the vault."),
    "trip-nothing-packed": N_("Nothing was counted out for this trip yet."),
    "trip-needs-title": N_("Say where the trip goes."),
    "trip-needs-staff": N_("Enter who gives the doses on the trip."),
    "trip-ends-before": N_("The trip cannot be back before it leaves."),
    "trip-reconciled": N_("This trip is reconciled already."),
    "trip-item-missing": N_("Enter what came back of everything that went out: {count} are open."),
    "trip-does-not-add-up": N_(
        "What was given and what came back are not what went out. Say why, or correct a number."
    ),
    "trip-needs-students": N_("Choose at least one student."),
    "trip-line-kept": N_(
        "This line is kept already, as it stood before. Close the sheet; it shows on the trip."
    ),
    "trip-back-missing": N_("Enter what came back; 0 if nothing did."),
    # Other nursing
    "visit-gone": N_("This visit is not in the vault."),
    "visit-over": N_("This visit has ended already."),
    "visit-before": N_("This cannot be before the student came."),
    "visit-needs-whom": N_("Enter who came for the student."),
    "plan-gone": N_("This plan is not in the vault."),
    "plan-over": N_("This plan has ended."),
    "plan-changed-already": N_("This plan was changed since. Open its newest version."),
    "plan-needs-title": N_("Give the plan a title, for example the condition it is for."),
    "plan-needs-words": N_("Write at least one section of the plan."),
    "delegation-gone": N_("This delegation is not in the vault."),
    "delegation-over": N_("This delegation was taken back already."),
    "delegation-needs-staff": N_("Enter who was trained."),
    "delegation-needs-task": N_("Say what they were trained for."),
    "delegation-ends-before": N_("The training cannot expire before it took place."),
    "vitals-nothing": N_("Enter at least one vital sign."),
    "pressure-needs-both": N_("Enter both numbers of the blood pressure."),
}
