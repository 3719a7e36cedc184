"""The text of what was written about a student, so that none of it is repeated outside."""

import json
from collections.abc import Iterator

from app.kernel.ids import StudentId
from app.kernel.ports import Reader


def note_texts(reader: Reader, student_id: StudentId) -> Iterator[str]:
    """Yield every text of the student's notes and consultations that the reader can see.

    Within a transaction that is all of them, whoever is at the desk.
    """
    for (sections,) in reader.execute(
        "SELECT n.sections FROM session_note n WHERE n.student_id = :student UNION ALL"
        " SELECT a.sections FROM note_addition a JOIN session_note n ON n.id = a.note_id"
        " WHERE n.student_id = :student",
        {"student": student_id},
    ):
        yield from (part["text"] for part in json.loads(sections))
    for row in reader.execute(
        "SELECT question, antecedent, behavior, consequence, advised, outcome"
        " FROM consultation WHERE student_id = ?",
        (student_id,),
    ):
        yield from row
