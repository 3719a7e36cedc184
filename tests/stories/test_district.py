"""From IT's keys to the district's database and back, through a share that shows nobody's name."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Desk
from app.cli import DONE, TROUBLE
from app.cli import run as run_cli
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.kernel.clock import SystemClock
from app.kernel.ids import StudentId
from app.kernel.nouns import Role
from app.sync.district_file import parse
from app.sync.district_folder import DistrictFolder
from app.sync.target import PATH as TARGET
from district_desk import unstretched
from sessions_desk import a_signed_note
from vaults import PASSPHRASE, new_desk

SECRET = "seven quiet herons stand there"
WITHOUT = {"block", "unblock", "desks"}
"""What IT does without the passphrase of the keys."""
PUPIL, COUNSELOR = "Zyxwella Quarrington", "Benedikta Oyelaran"


class Story:
    """IT's folder, a desk's vault, and a share between them."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.keys, self.share, self.database = place / "it", place / "share", place / "d.db"
        self.share.mkdir()
        (place / "it.txt").write_text(SECRET)
        (place / "desk.txt").write_text(PASSPHRASE)
        desk = new_desk(place, Role.COUNSELOR, SystemClock(), name=COUNSELOR)
        self._work(desk)
        desk.close()
        self.vault = desk.folder.path
        self._join()

    def _join(self) -> None:
        """Make the keys, invite the desk, let it load the file and make itself known."""
        self.it("district", "init", self.keys, "--name", "Birchwood Unified")
        file = self.place / "room-12.casewell-district"
        made = self.it(
            "district", "invite", self.keys, "--label", "Room 12", "--out", file,
            "--destination", "Share", "folder", f"path={self.share}",
            "--small-cells", "10", "--counts", "exact",
        )  # fmt: skip
        assert parse(file.read_bytes()).serial == 1
        self.desk("district", "load", file, "--words", " ".join(made["words"]))
        self.desk("sync")

    @staticmethod
    def _work(desk: Desk) -> None:
        given, family = PUPIL.split()
        school = desk.caseload.schools()[0].id
        made = desk.caseload.add_student(AddStudent(Profile(given, family, "07", school))).made
        a_signed_note(desk, StudentId(made))

    def it(self, *words: object) -> dict[str, Any]:
        secret = ("--passphrase-file", self.place / "it.txt")
        return self._run(*words, *(() if words[1] in WITHOUT else secret))

    def desk(self, *words: object, code: int = DONE) -> dict[str, Any]:
        secret = ("--passphrase-file", self.place / "desk.txt")
        return self._run(*words, "--vault", self.vault, *secret, code=code)

    def collect(self, code: int = DONE) -> dict[str, Any]:
        line = ("collect", self.share, "--into", self.database, "--keys", self.keys)
        return self._run(*line, "--passphrase-file", self.place / "it.txt", code=code)

    def send(self) -> str:
        """Send the counts of this month, and return the summary's id."""
        sent = self.desk(
            "outbox", "send", "services", "--period", SystemClock().now().at[:7], "--place",
            "Share", "--to-whom", "Birchwood Unified", "--why", "Asked by phone",
            "--ground", "no_names",
        )  # fmt: skip
        self.desk("sync")
        return str(sent["id"])

    def state(self, summary: str, code: int = DONE) -> tuple[str, str]:
        """Return how it stands with a summary, after the desk has looked for receipts."""
        self.desk("sync", code=code)
        listed = self.desk("outbox", "list", "--all")["summaries"]
        (found,) = [one for one in listed if one["id"] == summary]
        return found["state"], found["reason"]

    def _run(self, *words: object, code: int = DONE) -> dict[str, Any]:
        out, err, home = StringIO(), StringIO(), str(self.place / "home")
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            # One computer through all of the story: the vault has a key for each.
            for name in ("HOME", "USERPROFILE"):
                patch.setenv(name, home)
            for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "LOCALAPPDATA"):
                patch.delenv(name, raising=False)
            ended = run_cli([str(word) for word in (*words, "--json")], lambda *_given: 3)
        assert (ended, err.getvalue().count("\n")) == (code, int(code != DONE)), out.getvalue()
        found: dict[str, Any] = json.loads(out.getvalue())
        return found


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        unstretched(patch)
        yield


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("district"))


def test_a_desk_sends_and_is_answered_and_the_share_shows_no_name(story: Story) -> None:
    story.send()
    taken = story.collect()
    assert (taken["desks"], taken["taken"], taken["findings"]) == (1, 2, [])
    with sqlite3.connect(story.database) as database:
        (desk,) = database.execute("SELECT name, role, label, standing FROM desk").fetchall()
    database.close()
    assert desk == (COUNSELOR, "counselor", "Room 12", "enrolled")
    assert story.collect()["taken"] == 0
    story.desk("sync")
    again = story.desk("outbox", "list", "--all")
    assert {one["state"] for one in again["summaries"]} == {"acknowledged"}

    lying = [path for path in story.share.rglob("*") if path.is_file()]
    assert {path.relative_to(story.share).parts[0] for path in lying} == {
        TARGET, "objects", "manifests", "receipts",
    }  # fmt: skip
    for word in (*PUPIL.split(), *COUNSELOR.split(), "Room 12", "Talked about"):
        assert not [p for p in lying if word in str(p) or word.encode() in p.read_bytes()]


def test_a_key_is_changed_and_retired_while_a_desk_goes_on_sending(tmp_path: Path) -> None:
    story = Story(tmp_path)
    first = story.collect()
    assert (first["taken"], first["findings"]) == (1, [])
    file = tmp_path / "newest.casewell-district"
    old = parse((tmp_path / "room-12.casewell-district").read_bytes()).recipients[0]
    story.it("district", "rotate", story.keys, "--out", file)

    under_way = story.send()
    late = story.collect()
    assert (late["taken"], late["counts"]) == (1, {"desk-earlier-key": 1})
    assert story.state(under_way) == ("acknowledged", "")

    too_late = story.send()
    story.it("district", "retire", story.keys, old, "--yes")
    closed = story.collect(TROUBLE)
    assert [one["reason"] for one in closed["findings"]] == ["parcel-closed"]
    assert story.state(too_late, TROUBLE) == ("failed", "parcel-key-retired")

    story.desk("district", "load", file)
    afresh = story.send()
    taken = story.collect()
    assert (taken["taken"], taken["findings"]) == (1, [])
    assert story.state(afresh) == ("acknowledged", "")
    assert story.state(too_late) == ("delivered", "")


def test_a_desk_is_blocked_and_told_so_and_let_in_again(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.send()
    assert story.collect()["taken"] == 2
    story.it("district", "block", story.keys, "Room 12", "--reason", "Stolen on the bus")
    turned_away = story.send()
    found = story.collect()
    assert (found["taken"], found["rejected"], found["counts"]) == (0, 1, {"desk-blocked": 1})
    assert story.state(turned_away, TROUBLE) == ("failed", "parcel-desk-blocked")
    (row,) = story.it("district", "desks", story.keys, "--from", story.database)["desks"]
    assert (row["label"], row["name"], row["counter"], row["blocked"]) == (
        "Room 12", COUNSELOR, 3, "Stolen on the bus",
    )  # fmt: skip

    story.it("district", "unblock", story.keys, "Room 12")
    story.desk("outbox", "resend", turned_away)
    story.desk("sync")
    assert story.collect()["taken"] == 1
    assert story.state(turned_away) == ("acknowledged", "")


@pytest.mark.skipif(not shutil.which("age"), reason="age is not installed here")
def test_an_outsider_reads_what_was_sent_with_age_and_the_districts_key(story: Story) -> None:
    key = story.place / "key.txt"
    key.write_text(DistrictFolder(story.keys).keys(SECRET).identity)
    shown = [
        subprocess.run(
            ["age", "-d", "-i", key, parcel], capture_output=True, check=True
        ).stdout.split(b"\n", 2)
        for parcel in (story.share / "objects").iterdir()
    ]
    known = {json.loads(header)["kind"]: json.loads(body) for header, _signed, body in shown}
    assert known["enrolment"]["name"] == COUNSELOR
