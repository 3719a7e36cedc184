"""A counselor logging contacts, raising and deciding concerns; a process there to be killed.

    python counselor_at_work.py VAULT PASSPHRASE ACKS STUDENT SEED [careless]

Every line in ACKS is written and synced after what it tells of: `ready`, then `row ID` once a
contact, a decision or a consultation is kept. A `careless` one says so before it keeps it.
"""

import os
import random
import sys
from dataclasses import replace
from pathlib import Path

from app.bootstrap import open_vault
from app.features.collaboration.commands import (
    DecideConcern,
    LogContact,
    RaiseConcern,
    SignConsultation,
    StartConsultation,
)
from app.features.collaboration.model.concerns import Decision, Raiser
from app.features.collaboration.model.contacts import By, Result, WithKind
from app.kernel.ids import DeviceId, StudentId, new_id


def work(vault: str, secret: str, acks: str, student: str, seed: str, *mode: str) -> None:
    """Keep rows for ever: attempts of one matter, decisions on one concern, consultations."""
    told = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def ack(line: str) -> None:
        os.write(told, f"{line}\n".encode())
        os.fsync(told)

    dice = random.Random(seed)
    desk = open_vault(Path(vault), secret, DeviceId(new_id()))
    rooms, pupil = desk.collaboration, StudentId(student)
    concern = rooms.concerns.raise_concern(
        RaiseConcern(pupil, Raiser.STUDENT, "Drill", concern_id=new_id())
    ).made
    matter = ""
    ack("ready")
    while True:
        row = new_id()
        if mode:
            ack(f"row {row}")
        turn = dice.randrange(3)
        if turn == 0:
            rooms.contacts.log(
                LogContact(
                    pupil, WithKind.OTHER, "Drill", By.PHONE, Result.NO_ANSWER, "Drill",
                    matter_id=matter, contact_id=row,
                )
            )  # fmt: skip
            matter = matter or row
        elif turn == 1:
            rooms.concerns.decide(
                DecideConcern(concern, dice.choice(list(Decision)[1:4]), "Drill", entry_id=row)
            )
        else:
            opened = rooms.consultations.start(StartConsultation(pupil))
            form = replace(opened.draft.form, with_name="Drill", minutes="5", question="Drill")
            rooms.consultations.sign(SignConsultation(replace(opened.draft, id=row, form=form)))
        if not mode:
            ack(f"row {row}")


if __name__ == "__main__":
    work(*sys.argv[1:])
