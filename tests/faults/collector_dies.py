"""Lets a collection die at each of its steps, finishes it, and tells where it ended otherwise.

    PYTHONPATH=.:tests python collector_dies.py ROOT DATABASE EVERY FIRST [torn]

A process for itself: it forks one that kills itself just before its n-th step (a statement, a read
or a write at the place), then one that collects to the end. Prints, as JSON, how many died, and
what was not as if nothing had happened. With `torn` nothing is kept together in transactions: the
positive control, which must end otherwise.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from app.collect import collecting as collecting_
from app.collect.engines import Engine
from app.collect.places import database
from app.sync.destinations import reach
from app.sync.district_keys import DistrictKeys
from app.sync.parcels import Address, Carrier, Destination
from collecting import collect, held
from desks import District, SyntheticDesk, months, new_place


class Steps:
    """Counts steps, and ends the process before a certain one."""

    def __init__(self, last: int) -> None:
        self.left, self.taken = last, 0

    def step(self) -> None:
        self.taken += 1
        if self.taken == self.left:
            os.kill(os.getpid(), signal.SIGKILL)


class Stepping:
    """A place or a database whose every call is a step."""

    def __init__(self, inner: Engine | Destination, steps: Steps) -> None:
        self._inner, self._steps = inner, steps

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*arguments: object) -> object:
            self._steps.step()
            return found(*arguments)

        return call


def lay(place: Destination, district: District) -> None:
    """Lay what has everything: two desks, a revision, something rejected, something sealed."""
    for seed in range(2):
        desk = SyntheticDesk(district, seed)
        desk.lay(place, desk.enrolment())
        for month in months(2):
            desk.lay(place, desk.services(month, schools=1))
        desk.lay(
            place, desk.services("2026-02", 2, schools=1), desk.sealed_badly(), desk.sealed_newer()
        )


def forked(work: Callable[[], None]) -> int:
    """Carry out `work` in a process of its own; return how that ended."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - the parent is told by the code
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def main(root: Path, text: str, every: int, first: int, *, torn: bool) -> dict[str, Any]:
    if torn:
        collecting_.transaction = lambda _engine: nullcontext()  # type: ignore[assignment]
    os.fsync = lambda _file: None  # type: ignore[assignment] # a process is killed here, no power cut
    district = District(DistrictKeys.new())
    folder = root / "place"
    folder.mkdir()
    address = Address(Carrier.FOLDER, {"path": str(folder)})
    lay(new_place(reach(address, {})), district)
    lake = text.startswith("parquet:")

    def run(name: str, steps: Steps) -> Engine:
        into = database(text.format(name=name))
        place = Stepping(reach(address, {}), steps)
        engine = Stepping(into.engine, steps)
        collect(place, engine, district, lake_folder=into.lake)  # type: ignore[arg-type]
        return into.engine

    def receipts() -> dict[str, bytes]:
        return {
            str(file.relative_to(folder)): file.read_bytes()
            for file in folder.glob("receipts/*/*.json")
        }

    def whole(name: str) -> tuple[object, ...]:
        """Return what is in the database, read in a process of its own."""
        out = root / "held.json"

        def look() -> None:
            engine = database(text.format(name=name), for_reading=not lake).engine
            found = held(engine)
            engine.close()
            out.write_text(json.dumps(found, sort_keys=True))

        assert forked(look) == 0
        files = {
            str(file.relative_to(root / name)): file.read_bytes()
            for file in (root / name).glob("*/*/*.parquet")
        }
        return out.read_text(), files, receipts()

    def fresh(name: str) -> None:
        shutil.rmtree(folder / "receipts", ignore_errors=True)
        if text.startswith("postgresql"):
            import psycopg

            with psycopg.connect(text.format(name="postgres"), autocommit=True) as server:
                server.execute(f"CREATE DATABASE {name}")

    def count() -> None:
        steps = Steps(0)
        run("whole", steps).close()
        (root / "steps").write_text(str(steps.taken))

    fresh("whole")
    assert forked(count) == 0
    steps = int((root / "steps").read_text())
    expected = whole("whole")
    died, wrong = 0, []
    for last in range(1 + first, steps + 1, every):
        name = f"died_{last}"
        fresh(name)
        died += os.WIFSIGNALED(forked(lambda n=name, at=last: run(n, Steps(at)).close()))  # type: ignore[misc]
        ended = forked(lambda n=name: run(n, Steps(0)).close())  # type: ignore[misc]
        if ended or whole(name) != expected:
            wrong.append(last)
    return {
        "steps": steps,
        "died": died,
        "tried": len(range(1 + first, steps + 1, every)),
        "wrong": wrong,
    }


if __name__ == "__main__":
    where, database_at, step, begin = sys.argv[1:5]
    ended_so = main(Path(where), database_at, int(step), int(begin), torn=sys.argv[5:] == ["torn"])
    print(json.dumps(ended_so))
