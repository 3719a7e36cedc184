"""Sentences about the privacy room."""

from app.kernel.words import N_, _

SENTENCES: dict[str, str] = {
    "gate-ground-missing": N_(
        "Choose on what ground this may leave: a release, the family’s own right, a school"
        " official, your own use, or another."
    ),
    "gate-interest-missing": N_("Say what the recipient needs it for in their work."),
    "gate-threat-missing": N_("Say what the threat to health or safety is."),
    "gate-who-needs-missing": N_("Say who has to know of it to keep someone safe."),
    "gate-said-long": N_("Please use at most {longest} characters."),
    "gate-release-missing": N_(
        "No release on file lets this go to {recipient}. It would have to cover: {matters}."
        " Enter the signed release under Consents, or choose another ground."
    ),
    "gate-release-lapsed": N_(
        "This release is not in force today: it has ended, was revoked, or is another student’s."
        " Choose another release, or enter a new one under Consents."
    ),
    "gate-release-other": N_(
        "This release is for {party}, not for {recipient}. Choose the release for this recipient."
    ),
    "gate-release-narrow": N_(
        "The release for {recipient} does not cover: {matters}. Leave these out, or have a"
        " release signed that covers them."
    ),
    "gate-own-use-sync": N_(
        "Your own use lets nothing be sent. Choose the ground on which the recipient gets it."
    ),
    "gate-own-use-recipient": N_(
        "For your own use it stays with you, {maker}. For anyone else choose another ground."
    ),
    "gate-names-somebody": N_(
        "This tells about a student. Choose the ground on which it may leave."
    ),
    "gate-more-than-needed": N_(
        "Such a recipient does not usually need: {matters}. Leave these out, or say why they are"
        " needed."
    ),
    "gate-others-unanswered": N_(
        "The texts of notes have not been looked through for other students’ names. Make the"
        " summary again."
    ),
    "gate-paper-unknown": N_(
        "Nothing leaves under the name “{paper}”: it is not written down what it holds."
    ),
    "gate-section-unknown": N_(
        "It is not known what the section “{section}” holds, so nothing leaves."
    ),
    "gate-part2-consent-missing": N_(
        "It holds records about substance use, and no consent under 42 CFR part 2 lets them go to"
        " {recipient}. Enter that consent, or leave these sections out."
    ),
    "gate-part2-notice-missing": N_(
        "Records about substance use leave only with the notice against further disclosure. Enter"
        " the district’s wording under Privacy first."
    ),
    "part2-record-gone": N_("This record is not there, or is about no student."),
    "part2-labelled-already": N_("This record is labelled already."),
    "part2-not-labelled": N_("This record is not labelled."),
    "request-outstanding": N_(
        "A request to inspect this student’s record is open. Nothing of the record is destroyed"
        " until it is closed."
    ),
    "request-needs-whom": N_("Say who asked."),
    "request-needs-what": N_("Say which records were asked for."),
    "request-needs-interest": N_("Say what they are wanted for."),
    "request-needs-answer": N_("Say what was answered."),
    "request-needs-reason": N_("Say why."),
    "request-ahead": N_("This day has not come yet."),
    "request-before": N_("This is before the request came in."),
    "request-outcome": N_("Choose how it ended."),
    "request-no-clock": N_("Only a request to inspect has a day by which it is due."),
    "request-not-later": N_("Choose a day after the one that is set now."),
    "request-beyond": N_(
        "The law gives {days} days at the most: {latest} is the last day for this request."
    ),
    "request-gone": N_("This request is not there."),
    "request-closed": N_("This request is closed already."),
    "others-named": N_(
        "Other students are named in {count} places of this summary. Say what is to become of the"
        " names before it leaves."
    ),
    "names-need-reason": N_("Say why these names are shown. The reason stands in the disclosure."),
    "recipient-missing": N_("Say who receives this; it is written into the disclosure record."),
    "recipient-long": N_("Please use at most {longest} characters."),
    "purpose-missing": N_("Say what it is for; it is written into the disclosure record."),
    "purpose-long": N_("Please use at most {longest} characters."),
    "sections-missing": N_("Choose at least one section."),
    "period-order": N_("The period ends before it begins. Choose a later end."),
    "student-unknown": N_("No student with this number or id is in the vault."),
    "student-several": N_(
        "{count} students have this number. Use the student's id from the student page instead."
    ),
    "report-ending": N_(
        "Choose a name that ends in .pdf, .csv or .xlsx, or in .json for a report that is data too;"
        " {name} does not."
    ),
    "report-needs-range": N_("Say for which days: two days, or a month."),
    "report-needs-group": N_("There is no group to report on yet. Make one under Groups first."),
    "report-choice-unknown": N_(
        "“{name}” is the name or id of none here, or of several. Use the id instead."
    ),
    "report-no-data": N_("This report cannot be saved as data."),
    "printer-not-chosen": N_("Choose the printer it goes to."),
    "report-data-whole": N_("As data this report is of all buildings. Choose no building."),
    "services-need-month": N_(
        "This report is of one whole month. Choose its first and its last day."
    ),
    "report-texts-name": N_(
        "The text of notes can name people. Choose names for the list, or leave the text out."
    ),
    "report-not-yours": N_("This report belongs to another role. Choose another one."),
    "sheet-rows": N_(
        "A workbook holds at most {most} lines. Choose a shorter period, or save it as CSV."
    ),
    "paper-place-missing": N_("The folder {path} does not exist. Choose another place."),
    "paper-not-left": N_(
        "The paper could not be saved to {path} ({reason}). Nothing left the desk, and the"
        " disclosure record says so. Choose another place."
    ),
    "print-not-left": N_(
        "The printer did not take the paper ({reason}). Nothing left the desk, and the"
        " disclosure record says so."
    ),
    "fhir-faulty": N_(
        "The FHIR document would not have been valid, so it was not made. Nothing left the desk."
        " This is a fault of the program; the summary can be saved as PDF."
    ),
    "fhir-needs-student": N_("Choose one student. A FHIR document is about one person."),
    "fhir-only": N_("Only a FHIR document takes this. Leave it out, or choose that format."),
}


MATTERS: dict[str, str] = {
    "directory": N_("name, grade, school and guardians"),
    "alerts": N_("alerts"),
    "caseload": N_("that the student is served"),
    "sessions": N_("sessions and minutes"),
    "notes": N_("what notes say"),
    "plans": N_("plans, goals and progress"),
    "screenings": N_("screenings"),
    "risk": N_("answers about a risk to life"),
    "medication": N_("medication"),
    "health": N_("health office and health plans"),
    "concerns": N_("concerns, consultations and contacts"),
    "referrals": N_("referrals"),
    "consents": N_("consents"),
    "disclosures": N_("to whom the record was disclosed"),
}
"""What of a record a paper holds, in words, by its code."""


def spoken_matters(codes: str) -> str:
    """Return matters in words; `codes` are joined by commas, as a refusal's facts have them."""
    return ", ".join(_(MATTERS[code]) for code in codes.split(",") if code in MATTERS)
