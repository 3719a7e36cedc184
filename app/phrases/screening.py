"""Sentences about instruments, screenings and the risk that an answer told of."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "instrument-malformed": N_(
        "This is no instrument that can be read: {reason}, at {where}. Nothing was taken in."
    ),
    "instrument-unknown": N_("This instrument is not known here. Choose one of the list."),
    "instrument-loaded": N_("{title}: this very file is in use already."),
    "questionnaire-malformed": N_(
        "This is no FHIR R4 Questionnaire that can be read: {reason}, at {where}. Nothing was"
        " taken in."
    ),
    "questionnaire-of-another": N_(
        "None of the questions in this file is one of {instrument}. They are known by their LOINC"
        " codes or link ids."
    ),
    "questionnaire-twice": N_("This file has two questions for item {item}."),
    "questionnaire-answers": N_(
        "The answers of item {item} in this file are not the instrument’s."
    ),
    "answer-unknown-item": N_("The instrument has no item {item}."),
    "answer-not-offered": N_("Item {item} does not offer the answer {value}."),
    "score-out-of-range": N_("Enter a score from {least} to {most}."),
    "day-not-understood": N_("Enter the day, for example 12 Mar 2027."),
    "text-too-long": N_("Write at most {most} characters here."),
    "screening-gone": N_("This screening is not in the vault, or your role does not read it."),
    "screening-needs-student": N_("Choose the student."),
    "screening-needs-informant": N_("Say who answered."),
    "screening-not-for-informant": N_("This instrument is not for this informant."),
    "screening-in-future": N_("This day has not come yet."),
    "screening-needs-answers": N_("Enter the answers, or say that they were refused."),
    "screening-from-outside": N_(
        "Of this instrument only a score from elsewhere is recorded; of the others, the answers."
    ),
    "screening-recorded-already": N_("This screening is on record already."),
    "screening-corrected-already": N_(
        "This screening was corrected already. Correct the newer one."
    ),
    "screening-correction-needs-reason": N_("Say why it is corrected."),
    "screening-in-error": N_("This screening was recorded in error, and counts in nothing."),
    "screening-mistake-needs-why": N_("Say how it came to stand here."),
    "screening-mistake-asks-for-a-person": N_(
        "An answer of it asks for a person. If a student gave it, record it on that student with"
        " “This is another student’s”; if nobody did, say so here."
    ),
    "screening-same-student": N_("It is on record under this student. Choose the other one."),
    "screening-no-consent": N_(
        "The guardian’s answer does not allow this screening: in a round with active consent a yes"
        " is needed, in one with passive consent nobody may have said no."
    ),
    "screening-not-yours": N_(
        "Your role keeps the vault and reads no screening: an answer that asks for a person would"
        " be seen by nobody. Let someone do this who works with students."
    ),
    "screening-draft-asks-for-a-person": N_(
        "This form has an answer that asks for a person. Record it; or take that answer away, if"
        " it was a slip."
    ),
    "screened-already": N_("This student was screened with this on that day already."),
    "number-unknown": N_("No enrolled student has this number."),
    "number-twice": N_("Two students have this number."),
    "no-number": N_("The student’s number is missing."),
    "no-answers": N_("The row has no answers."),
    "not-an-answer": N_("This is not an answer of this item."),
    "answer-not-asked": N_(
        "This question is answered, and an earlier answer says that it is not to be asked. Look at"
        " the form itself."
    ),
    "too-many-cells": N_("The row has more cells than the heading."),
    "risk-gone": N_("This follow-up is not in the vault, or your role does not read it."),
    "risk-needs-what-was-done": N_("Say what was done."),
    "risk-needs-who-was-told": N_("Say who was told, by name and role."),
    "risk-needs-why": N_("Say why it is taken up again."),
    "risk-open": N_("This follow-up is open."),
    "risk-closed-already": N_("Someone has closed this already."),
    "risk-in-error": N_("Its screening was recorded in error: this student never gave the answer."),
    "risk-told-in-future": N_("This time has not come yet."),
    "time-not-understood": N_("Enter a day and time, for example 12 Mar 2027, 9:30 AM."),
    "round-gone": N_("This round is not in the vault."),
    "round-closed": N_("This round is closed."),
    "round-other-instrument": N_("This round is about another instrument."),
    "round-needs-title": N_("Give the round a name, for example Fall 2026."),
    "round-ends-before-it-begins": N_("Choose an end on or after the beginning."),
    "consent-needs-who": N_("Say who said so."),
    "import-no-number-column": N_(
        "The file has no column with the student’s number. Name it student_number."
    ),
    "import-no-item-column": N_(
        "The file has no column with an item. Name the columns by the item’s number or id."
    ),
    "import-column-twice": N_("The column {column} stands in the file twice."),
    "file-needed": N_("Choose a file."),
    "target-needed": N_("Choose where the file goes."),
    "file-not-csv": N_("The file cannot be read as CSV, at line {line}."),
    "file-not-text": N_("The file is not text. Save it as CSV in UTF-8."),
    "file-too-large": N_("The file is larger than {most} MB."),
    "file-too-many-rows": N_("The file has more than {most} rows."),
}
