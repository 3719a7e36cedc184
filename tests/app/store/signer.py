"""Signs notes and says on a file when each began and when it was acknowledged; to be traced.

python signer.py FOLDER MARKS FULL|OFF
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.features.sessions.commands import SignNote
from sessions_desk import a_draft, add_student
from vaults import new_desk

NOTES = 3


def sign(folder: Path, marks: Path, synchronous: str) -> None:
    desk = new_desk(folder)
    student = add_student(desk)
    drafts = [a_draft(desk, student, f"Note {number}") for number in range(NOTES)]
    if synchronous != "FULL":
        desk.records._writer.execute(f"PRAGMA synchronous = {synchronous}")
    descriptor = os.open(marks, os.O_WRONLY | os.O_CREAT)
    for number, draft in enumerate(drafts):
        os.write(descriptor, f"begin {number}".encode())
        desk.sessions.sign_note(SignNote(draft))
        os.write(descriptor, f"signed {number}".encode())
    os.close(descriptor)
    desk.close()


if __name__ == "__main__":
    sign(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
