"""A nurse recording one dose after another; a process of its own, there to be killed.

    python nurse_at_work.py VAULT PASSPHRASE ACKS ORDER NEEDED STUDENT SEED [careless]

Every line in ACKS is written and synced after what it tells of: `ready`, then `dose ID` once
the dose is recorded and `undone ID` once it was entered in error. A `careless` one says so
before it records.
"""

import os
import random
import sys
from datetime import timedelta
from pathlib import Path

from app.bootstrap import open_vault
from app.features.medication.commands import RecordDose, UndoDose
from app.kernel.errors import Refused
from app.kernel.ids import DeviceId, StudentId, new_id


def work(
    vault: str, secret: str, acks: str, order: str, needed: str, student: str, seed: str, *mode: str
) -> None:
    """Record doses for ever: scheduled ones of past days, ones as needed, and undo some."""
    told = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def ack(line: str) -> None:
        os.write(told, f"{line}\n".encode())
        os.fsync(told)

    dice = random.Random(seed)
    desk = open_vault(Path(vault), secret, DeviceId(new_id()))
    room, pupil = desk.medication, StudentId(student)
    today = desk.clock.now().day()
    times = room.orders.order_sheet(order).order.times
    ack("ready")
    while True:
        dose = new_id()
        day = today - timedelta(days=dice.randrange(1, 300))
        slot = dice.choice(times)
        scheduled = dice.random() < 0.6
        command = RecordDose(
            order if scheduled else needed,
            pupil,
            day=day.isoformat() if scheduled else "",
            slot=slot if scheduled else "",
            reason="Drill",
            override_reason="Drill",
            dose_id=dose,
        )
        if mode:
            ack(f"dose {dose}")
        try:
            room.doses.record_dose(command)
        except Refused:
            continue
        if not mode:
            ack(f"dose {dose}")
        if dice.random() < 0.2:
            undone = new_id()
            room.doses.undo_dose(UndoDose(dose, undone))
            ack(f"undone {undone}")


if __name__ == "__main__":
    work(*sys.argv[1:])
