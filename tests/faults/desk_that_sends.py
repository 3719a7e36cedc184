"""A desk that queues one summary after another and sends them; a process there to be killed.

    python desk_that_sends.py VAULT PASSPHRASE DEVICE ACKS PLACE SEED

Every line in ACKS is written and synced after what it tells of: `ready`, then the id of each
parcel once it is queued.
"""

import os
import random
import sys
from pathlib import Path

from app.bootstrap import open_vault
from app.features.outbox.commands import SendSummary
from app.kernel.documents import SummaryKind
from app.kernel.ids import DeviceId
from app.kernel.releases import Ground, Terms
from app.sync.network import UnknownNetwork


def work(vault: str, secret: str, device: str, acks: str, place: str, seed: str) -> None:
    """Queue and send for ever."""
    told = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def ack(line: str) -> None:
        os.write(told, f"{line}\n".encode())
        os.fsync(told)

    dice = random.Random(seed)
    desk = open_vault(Path(vault), secret, DeviceId(device))
    engine = desk.outbox.sender(UnknownNetwork())
    ack("ready")
    while True:
        for _ in range(dice.randint(1, 4)):
            period = f"2026-{dice.randint(1, 10):02d}"
            sent = desk.outbox.send(
                SendSummary(
                    SummaryKind.SERVICES, period, place, "", "Drill", Terms(Ground.NO_NAMES)
                )
            )
            ack(sent.made)
        engine.run_once(forced=True)


if __name__ == "__main__":
    work(*sys.argv[1:])
