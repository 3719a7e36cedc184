"""Sentences about the privacy room."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
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
    "report-ending": N_("Choose a name that ends in .pdf, .csv or .xlsx; {name} does not."),
    "report-needs-range": N_("Say for which days: two days, or a month."),
    "report-needs-group": N_("There is no group to report on yet. Make one under Groups first."),
    "report-choice-unknown": N_(
        "“{name}” is the name or id of none here, or of several. Use the id instead."
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
}
