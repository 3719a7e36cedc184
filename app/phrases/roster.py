"""Sentences about rosters.

Files that cannot be used: {file}, {line}, {column}, {expected}. Problems in a file that
was read: {column}, {shown}, {expected}, {rows}; file and line stand beside the sentence.
"""

from app.kernel.words import N_

FILES: dict[str, str] = {
    "roster-not-found": N_(
        "{file} is not there any more. Choose a roster file ({expected}) or a folder."
    ),
    "roster-not-readable": N_(
        "{file} may not be read with your account. Copy it to your own folder and try again."
    ),
    "roster-empty-file": N_(
        "{file}, line {line}: the file is empty. Expected a header line and rows ({expected})."
    ),
    "roster-too-big": N_("{file} is larger than a roster may be. Expected at most {expected}."),
    "roster-too-many-files": N_("{file} holds too many files. Expected at most {expected}."),
    "roster-too-many-rows": N_(
        "{file}, line {line}: there are more rows than a roster may have. "
        "Expected at most {expected}."
    ),
    "roster-too-many-columns": N_(
        "{file}, line {line}: there are more columns than a roster may have. "
        "Expected at most {expected}."
    ),
    "roster-field-long": N_(
        "{file}, line {line}: a value is too long, often because a quotation mark is missing. "
        "Expected at most {expected} characters."
    ),
    "roster-old-workbook": N_(
        "{file}, line {line}: this is an old or locked Excel file. Open it in Excel and save it "
        "as {expected} without a password."
    ),
    "roster-web-page": N_(
        "{file}, line {line}: this is a web page, often a sign-in page saved under another name. "
        "Download the roster again; expected {expected}."
    ),
    "roster-not-a-table": N_(
        "{file}, line {line}: this is not a table of students. Expected one of: {expected}."
    ),
    "roster-not-text": N_(
        "{file}, line {line}: there are signs here that are not text. "
        "Expected a CSV file in {expected}."
    ),
    "roster-damaged-text": N_(
        "{file}, line {line}: letters are damaged here. Export the file again; "
        "expected unbroken {expected} text."
    ),
    "roster-quote": N_(
        "{file}, line {line}: a quotation mark stands inside a value. "
        "Expected {expected} at the end of a quoted value, and two quotation marks within it."
    ),
    "roster-quote-open": N_(
        "{file}, line {line}: a quoted value that begins in this row is never closed; the file "
        "may have been cut off. Expected a closing {expected}."
    ),
    "roster-zip-damaged": N_(
        "{file}, line {line}: the file is damaged and cannot be unpacked. Download or export it "
        "again; expected a whole {expected} file."
    ),
    "roster-zip-locked": N_(
        "{file}, line {line}: the file is locked with a password. "
        "Expected a {expected} file without one."
    ),
    "roster-zip-method": N_(
        "{file}, line {line}: the file is packed in an unusual way. "
        "Expected a zip packed with {expected}, as every computer makes it."
    ),
    "roster-zip-bomb": N_(
        "{file} would unpack to far more than a roster holds. Expected at most {expected}."
    ),
    "roster-zip-path": N_(
        "{file} holds names that lead outside of it, which no roster does. "
        "Expected plain names such as {expected}."
    ),
    "roster-zip-nested": N_(
        "{file} is a packed file inside a packed file. Unpack it once; expected {expected}."
    ),
    "roster-file-twice": N_(
        "{file}, line {line}: the same file is there twice. Expected {expected} once."
    ),
    "roster-nothing-inside": N_("There is no roster in {file}. Expected files such as {expected}."),
    "roster-no-users": N_(
        "{file}, line {line}: the export has no file of people. Expected {expected}."
    ),
    "roster-several-tables": N_(
        "There are several tables and it is not plain which one holds the students: {file}, "
        "line {line}. Expected {expected}, or choose one file."
    ),
    "roster-file-missing": N_(
        "{file}, line {line}: {column} is announced, but {expected} is not there. "
        "Expected every announced file; export the roster again."
    ),
    "roster-version": N_(
        "{file}, line {line}: this version of OneRoster is not known. Expected one of: {expected}."
    ),
    "roster-manifest-mode": N_(
        "{file}, line {line}: {column} has a value that is not known. Expected one of: {expected}."
    ),
    "roster-manifest-conflict": N_(
        "{file}, line {line}: {column} is said twice with different values. "
        "Expected {expected}, as above."
    ),
    "roster-header-missing": N_(
        "{file}, line {line}: the column {column} is missing. Expected the columns: {expected}."
    ),
    "roster-header-twice": N_(
        "{file}, line {line}: the column {column} is there twice. Expected {expected} once."
    ),
    "roster-no-students": N_(
        "{file}, line {line}: there are no students in the file. "
        "Expected at least one row with: {expected}."
    ),
    "roster-no-rows-read": N_(
        "{file}, line {line}: not one student could be read. The first row fails at {column}; "
        "expected {expected}."
    ),
    "roster-workbook-damaged": N_(
        "{file}, line {line}: the workbook is damaged. Open it in Excel and save it again as "
        "{expected}."
    ),
    "roster-formulas": N_(
        "{file}, line {line}: the cells hold formulas without results. Open the file in Excel "
        "and save it once as {expected}, or paste the values alone."
    ),
    "roster-mapping-unreadable": N_("The remembered columns cannot be read. Choose them again."),
    "roster-mapping-other": N_(
        "The columns of {file} are not the ones that were chosen. Choose them again."
    ),
    "roster-mapping-twice": N_(
        "Two columns of {file} are to hold the same thing ({column}). Choose one of them."
    ),
    "roster-mapping-no-name": N_("Choose which column of {file} holds the students’ names."),
}
"""Why a file cannot be used at all."""

PROBLEMS: dict[str, str] = {
    "line-value-missing": N_("A value is missing here. Expected: {expected}."),
    "line-row-too-many-cells": N_("The row has {shown} values. Expected {expected}."),
    "line-row-too-few-cells": N_(
        "The row has {shown} values. Expected {expected}; the missing ones are taken as empty."
    ),
    "line-row-twice": N_("The same row is there again; it is read once."),
    "line-rows-joined": N_(
        "The student has several rows; they are read as one student with all schools and contacts."
    ),
    "line-id-twice": N_(
        "This id already belongs to someone else in the file, or to another row of it."
    ),
    "line-id-rounded": N_(
        "Excel has rounded this number ({shown}). Expected all its digits, such as {expected}."
    ),
    "line-id-signs": N_(
        "The id has signs that the standard does not allow; it is kept. Expected: {expected}."
    ),
    "line-id-made": N_(
        "The row has no id; the student is known by name and birth date from now on."
    ),
    "line-name-part-missing": N_("One part of the name is missing; the row is read without it."),
    "line-role-unknown": N_("The role “{shown}” is not known. Expected one of: {expected}."),
    "line-role-missing": N_("No role is given for this person. Expected one in {expected}."),
    "line-role-extension": N_(
        "A role of the sender’s own; the person is not read. Expected one of: {expected}."
    ),
    "line-enrollment-role": N_("The role “{shown}” is not known. Expected one of: {expected}."),
    "line-enrolled-not-student": N_(
        "The person is enrolled as {shown} but is not a student. Expected: {expected}."
    ),
    "line-reference-missing": N_("“{shown}” leads to something that is not in the export."),
    "line-agent-not-guardian": N_(
        "The person named here is not a guardian; the tie is left out. Expected: {expected}."
    ),
    "line-school-unnamed": N_(
        "The school “{shown}” is named nowhere in the export; its id is used as its name."
    ),
    "line-grade-unknown": N_(
        "The grade “{shown}” is not understood and left empty. Expected values such as {expected}."
    ),
    "line-grade-several": N_("Several grades are given ({shown}); {expected} is taken."),
    "line-sex-unknown": N_(
        "“{shown}” is not understood and left empty. Expected one of: {expected}."
    ),
    "line-date-unreadable": N_(
        "The date “{shown}” is not understood and left empty. Expected {expected}."
    ),
    "line-date-form": N_("The date is written in its own way and was read as {expected}."),
    "line-date-order-assumed": N_(
        "Nothing shows whether day or month stands first; dates are read as {expected}."
    ),
    "line-dates-reversed": N_(
        "The end lies before the beginning. Expected a day after {expected}."
    ),
    "line-timestamp-form": N_(
        "The time of change is not written as the standard says. Expected {expected}."
    ),
    "line-org-type": N_(
        "The kind “{shown}” is not known; it is read as a school. Expected one of: {expected}."
    ),
    "line-session-type": N_("The kind “{shown}” is not known. Expected one of: {expected}."),
    "line-status-in-bulk": N_(
        "In a full export the status should be empty; “{shown}” is heeded all the same."
    ),
    "line-status-inactive": N_("“{shown}” is read as having left. Expected one of: {expected}."),
    "line-status-missing": N_(
        "The status is missing; the row is read as active. Expected one of: {expected}."
    ),
    "line-status-unknown": N_(
        "The status “{shown}” is not known; the row is read as active. Expected one of: {expected}."
    ),
    "line-user-disabled": N_(
        "The account is switched off at the school’s system; the person is read all the same."
    ),
    "line-column-missing": N_("The column {expected} is missing; it is taken as empty."),
    "line-column-unknown": N_("The column {column} is not part of the format; it is not read."),
    "line-file-unknown": N_("The file is not part of the format; it is not read."),
    "line-file-undeclared": N_(
        "The manifest says the file is absent, but it is there; it is read. Expected: {expected}."
    ),
    "line-file-missing-unread": N_(
        "The manifest announces {expected}, which is not there; it is not needed here."
    ),
    "line-mode-assumed": N_(
        "The manifest does not say how the file is meant; it is read as {expected}."
    ),
    "line-manifest-missing": N_(
        "There is no manifest; every file is read as a full export. Expected {expected}."
    ),
    "line-manifest-version": N_(
        "The version is not said; it is told from the columns. Expected one of: {expected}."
    ),
    "line-manifest-unknown-file": N_("The manifest names a file that the format does not have."),
    "line-text-utf-16": N_("The text is stored as UTF-16 and was converted. Expected {expected}."),
    "line-text-windows-1252": N_(
        "The text is stored as Windows-1252 and was converted. Expected {expected}."
    ),
    "line-text-nul": N_("Empty signs stood between the letters; they are left out."),
    "line-text-delimiter": N_("Values are set apart by “{shown}”. Expected “{expected}”."),
    "line-text-space-after-quote": N_("Spaces stand after quoted values; they are left out."),
}
"""What is wrong in a file that was read."""

MERGING: dict[str, str] = {
    "roster-many-leaving": N_(
        "{leaving} of {of} students would be marked as having left. If the file was cut short, "
        "export it again; if they have really left, allow it and import."
    ),
    "roster-problems-dry": N_(
        "With --dry-run nothing is imported, so there is no outcome to save. Leave out one of"
        " --dry-run and --problems."
    ),
    "sheet-ending": N_("{name} must end in .csv or .xlsx."),
    "roster-offer-gone": N_("The roster no longer offers a value for this field."),
    "roster-needs-mapping": N_(
        "{file} is a table of its own kind. Say which column holds what, such as {expected}."
    ),
    "roster-mapping-field": N_("{column} is not a field. Expected one of: {expected}."),
    "roster-mapping-column": N_("{file} has no column {column}. Expected one of: {expected}."),
    "line-student-ambiguous": N_(
        "Several students share this number, or this name and birth date; "
        "the student is added as a new one."
    ),
    "line-student-number-reused": N_(
        "A student of another name or birth date has this number here; "
        "the student is added as a new one."
    ),
    "line-student-role-unknown": N_(
        "The file of changes does not say what these people are, and they are not known here; "
        "they are not read."
    ),
    "line-student-unknown": N_(
        "The file of changes speaks of a student who is not known here; it is not read."
    ),
    "line-more": N_("There were more problems; only their number was kept."),
}
"""What happens when a roster meets what is kept here."""

FIELDS: dict[str, str] = {
    "student_number": N_("Student number"),
    "state_id": N_("State id"),
    "username": N_("User name"),
    "full_name": N_("Whole name"),
    "given_name": N_("Given name"),
    "family_name": N_("Family name"),
    "second_family_name": N_("Second family name"),
    "middle_name": N_("Middle name"),
    "preferred_name": N_("Preferred name"),
    "preferred_given_name": N_("Preferred given name"),
    "preferred_family_name": N_("Preferred family name"),
    "pronouns": N_("Pronouns"),
    "birth_date": N_("Birth date"),
    "sex": N_("Sex"),
    "grade": N_("Grade"),
    "school": N_("School"),
    "school_id": N_("School"),
    "language": N_("Language"),
    "email": N_("Email"),
    "phone": N_("Phone"),
    "sms": N_("Text messages"),
    "status": N_("Status"),
    "guardians": N_("Guardians"),
}
"""The fields of a student as lists of changes name them."""

COLUMNS: dict[str, str] = {
    **{name: text for name, text in FIELDS.items() if name != "guardians"},
    "school": N_("School name"),
    "school_id": N_("School number"),
    "guardian_name": N_("Guardian’s name"),
    "guardian_relation": N_("Guardian’s relation"),
    "guardian_phone": N_("Guardian’s phone"),
    "guardian_email": N_("Guardian’s email"),
    "guardian_2_name": N_("Second guardian’s name"),
    "guardian_2_relation": N_("Second guardian’s relation"),
    "guardian_2_phone": N_("Second guardian’s phone"),
    "guardian_2_email": N_("Second guardian’s email"),
}
"""What a column of a table may hold, as the mapping step names it."""

SENTENCES: dict[str, str] = {**FILES, **PROBLEMS, **MERGING}
