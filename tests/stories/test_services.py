"""A service owed and a referral, with the keyboard alone: written down once, then they go by themselves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.bootstrap import open_vault
from app.features.services.model.deliveries import Outcome
from app.features.services.model.engagement import EpisodeState
from app.features.services.repo.engagement import EpisodeFilter
from app.kernel.clock import SystemClock
from app.kernel.ids import DeviceId, StudentId, new_id
from person import ALT, CTRL, Key, Person
from sessions_desk import add_student
from ui.kit.widgets.lists import CardList
from ui.kit.widgets.pupil import PupilSheet
from vaults import PASSPHRASE, new_desk

pytestmark = pytest.mark.gui


@pytest.fixture
def student() -> list[StudentId]:
    return []


@pytest.fixture
def vault(tmp_path: Path, student: list[StudentId]) -> Path:
    """Return a vault with one student."""
    desk = new_desk(tmp_path, clock=SystemClock(), schools=("Alder Elementary",))
    student.append(add_student(desk, "Piotr", "Wrona"))
    place = desk.folder.path
    desk.close()
    return place


@pytest.fixture
def person(app: QApplication, vault: Path) -> Iterator[Person]:
    seated = Person(vault, locked=True)
    seated.type(PASSPHRASE)
    seated.press(Key.Key_Return)
    seated.until(lambda: seated.here()[0] == "today")
    yield seated
    seated.leave()


def go(person: Person, letters: str, page: str) -> None:
    """Reach a page or an action with the palette."""
    person.press(Key.Key_K, CTRL)
    person.type(letters)
    person.rest()
    person.press(Key.Key_Return)
    person.until(lambda: person.here()[0] == page)
    person.rest()


def sought() -> CardList:
    """Return the list of those found, on the sheet that is open."""
    top = QApplication.activeModalWidget()
    assert isinstance(top, PupilSheet)
    return top.found


def choose_student(person: Person) -> None:
    """Choose the student on the sheet that asks for one."""
    person.until(lambda: person.focus == "Find by letters, or scan a card")
    person.type("wrona")
    person.until(lambda: bool(sought().entries.total()))
    person.press(Key.Key_Return)
    person.rest()


def sign(person: Person, minutes: str) -> None:
    """Sign a note of a session with the student."""
    person.press(Key.Key_N, CTRL)
    person.until(lambda: person.here()[0] == "note")
    person.rest()
    person.type("piotr")
    person.rest()
    person.press(Key.Key_Return)
    person.until(lambda: person.focus == "Minutes")
    person.type(minutes)
    person.tab_to("Note")
    person.type("Talked about the exam.")
    person.press(Key.Key_Return, CTRL, then=lambda: person.press(Key.Key_S, ALT))
    person.until(lambda: person.here()[0] == "signed")


def test_what_is_owed_and_who_was_referred_go_by_themselves(
    person: Person, vault: Path, student: list[StudentId]
) -> None:
    today = SystemClock().now().day()

    # A teacher asks for counseling: the referral waits.
    go(person, "refer a student", "engagement")
    choose_student(person)
    person.reads("By whom, in kind")
    person.tab_to("By whom, in kind (required)")
    person.type("Teacher")
    person.press(Key.Key_Return, CTRL)
    person.reads("Waiting (1)")

    # The IEP owes forty minutes a week.
    go(person, "write down a service", "minutes")
    choose_student(person)
    person.reads("How much")
    person.tab_to("How much")
    person.type("40")
    person.fill(**{"From (required)": (today - timedelta(days=30)).isoformat()})
    person.fill(**{"Its date (required)": (today - timedelta(days=40)).isoformat()})
    person.press(Key.Key_Return, CTRL)
    person.until(lambda: person.here()[0] == "student-minutes")
    person.reads("Piotr Wrona needs 40 minutes more")

    # A note is signed; nothing is typed twice.
    sign(person, "30")
    go(person, "service minutes", "minutes")
    person.until(lambda: person.focus == "Services owed")
    person.press(Key.Key_Return)
    person.until(lambda: person.here() == ("student-minutes", student[0]))
    person.reads("Piotr Wrona needs 10 minutes more")

    # A session that fell out, and one key that says why.
    person.choose("Session without a note")
    person.reads("What became of it")
    person.press(Key.Key_Return, CTRL)
    person.reads("The session is written down")
    person.tab_to("Sessions")
    person.press(Key.Key_Home)
    person.press(Key.Key_P)
    person.reads("Provider absent")

    # The referral has begun by itself.
    go(person, "engagement", "engagement")
    person.reads("Coming (1)")
    person.leave()

    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    try:
        (line,) = desk.services.engagement.episodes(EpisodeFilter())[0]
        assert line.state is EpisodeState.COMING
        assert line.episode.started_on == line.episode.asked_on == today.isoformat()
        (owed,) = desk.services.minutes.sheet(student[0]).owed
        assert {one.outcome for one in owed.deliveries} == {
            Outcome.DELIVERED,
            Outcome.PROVIDER_ABSENT,
        }
        assert all(finding.whole for finding in desk.verify().findings)
    finally:
        desk.close()
