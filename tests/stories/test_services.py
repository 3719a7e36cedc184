"""A service owed and a referral, with the keyboard alone: written down once, then they go by themselves."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap import open_vault
from app.features.services.model.deliveries import Outcome
from app.features.services.model.engagement import EpisodeState
from app.features.services.repo.engagement import EpisodeFilter
from app.kernel.clock import SystemClock
from app.kernel.ids import DeviceId, StudentId, new_id
from person import ALT, CTRL, Key, Person
from vaults import PASSPHRASE

pytestmark = pytest.mark.gui


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
    person: Person, vault: Path, student: StudentId
) -> None:
    today = SystemClock().now().day()

    # A teacher asks for counseling: the referral waits.
    person.go("refer a student", "engagement")
    person.pick("wrona", "Wrona, Piotr")
    person.reads("By whom, in kind")
    person.tab_to("By whom, in kind (required)")
    person.type("Teacher")
    person.press(Key.Key_Return, CTRL)
    person.reads("Waiting (1)")

    # The IEP owes forty minutes a week.
    person.go("write down a service", "minutes")
    person.pick("wrona", "Wrona, Piotr")
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
    person.go("service minutes", "minutes")
    person.until(lambda: person.focus == "Services owed")
    person.press(Key.Key_Return)
    person.until(lambda: person.here() == ("student-minutes", student))
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
    person.go("engagement", "engagement")
    person.reads("Coming (1)")
    person.leave()

    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    try:
        (line,) = desk.services.engagement.episodes(EpisodeFilter())[0]
        assert line.state is EpisodeState.COMING
        assert line.episode.started_on == line.episode.asked_on == today.isoformat()
        (owed,) = desk.services.minutes.sheet(student).owed
        assert {one.outcome for one in owed.deliveries} == {
            Outcome.DELIVERED,
            Outcome.PROVIDER_ABSENT,
        }
        assert all(finding.whole for finding in desk.verify().findings)
    finally:
        desk.close()
