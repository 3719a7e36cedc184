"""The demonstration: the same seed gives the same district, and every part of it is valid."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from app.bootstrap import Desk, Founder, create_vault, open_vault, verify_vault
from app.demo import DemoFacts, DemoOptions, build_demo, content_digest, ensure_demo
from app.demo.calendar import first_day, last_day, school_days, year_end
from app.demo.history import history
from app.demo.joining import DISTRICT_PASSPHRASE, KEYS, SHARE
from app.demo.people import table
from app.demo.samples import write_samples
from app.demo.writing import themes
from app.features.sessions.shipped import INTERVENTIONS, SERVICES
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import DeviceId, StudentId, new_id
from app.kernel.nouns import Role
from app.overviews.reports.student_summary import Part, SummaryScope
from app.paper.preview import page_texts
from app.sync.district_folder import DistrictFolder
from app.sync.parcels import State
from app.vault.sealing import floor
from vaults import fixed_clock

DEVICE = DeviceId(new_id())
NOW = "2026-11-20T16:30"
SMALL = DemoOptions(students=40, years=2, seed=7)


def built(place: Path, options: DemoOptions = SMALL) -> DemoFacts:
    return build_demo(place, options, clock=fixed_clock(NOW), device=DEVICE)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFacts:
    return built(tmp_path_factory.mktemp("demo") / "one")


@pytest.fixture
def desk(demo: DemoFacts) -> Iterator[Desk]:
    desk = open_vault(demo.vault, demo.passphrase, DEVICE, clock=fixed_clock(NOW))
    yield desk
    desk.close()


def test_the_same_seed_gives_the_same_content(desk: Desk, tmp_path: Path) -> None:
    same = built(tmp_path / "same")
    other = built(tmp_path / "other", DemoOptions(40, 2, 8))
    digests = []
    for facts in (same, other):
        opened = open_vault(facts.vault, facts.passphrase, DEVICE, clock=fixed_clock(NOW))
        digests.append(content_digest(opened))
        opened.close()
    assert digests[0] == content_digest(desk)
    assert digests[1] != digests[0]


def test_the_vault_verifies_clean(demo: DemoFacts) -> None:
    verdict = verify_vault(demo.vault, demo.passphrase)
    assert [finding for finding in verdict.findings if not finding.whole] == []
    assert verdict.entries > demo.notes > 40 * 2 * 4


def test_everything_a_desk_holds_is_there(desk: Desk) -> None:
    with desk.records.read() as reader:
        counts = {
            name: reader.execute(f"SELECT count(*) FROM {name}").fetchone()
            for name in (
                "student", "guardian", "alert", "tag", "caseload", "tier_decision",
                "session_note", "note_addition", "follow_up", "sole_note", "note_draft",
                "disclosure",
            )
        }  # fmt: skip
        kinds = reader.execute(
            "SELECT count(DISTINCT format), count(DISTINCT attendance), sum(late) FROM session_note"
        ).fetchone()
        due = reader.execute(
            "SELECT count(*) FROM follow_up WHERE done_at = '' AND due_on <= '2026-11-20'"
        ).fetchone()
    assert all(count and count[0] > 0 for count in counts.values()), counts
    assert kinds is not None
    assert kinds[0] == 5
    assert kinds[1] == 4
    assert kinds[2] > 0
    assert due is not None
    assert due[0] > 0
    assert desk.sessions.counts()[0] >= 2


def test_it_belongs_to_a_district_whose_share_is_in_its_own_folder(
    desk: Desk, demo: DemoFacts
) -> None:
    joined = desk.district.joined()
    assert joined is not None
    assert joined.invitation is not None
    (place,) = joined.file.places
    assert Path(place.address.options["path"]) == demo.vault / SHARE
    assert (demo.vault / SHARE).is_dir()
    assert not (demo.vault / KEYS).exists()


def test_nothing_happened_after_today_and_no_note_before_its_session(desk: Desk) -> None:
    with desk.records.read() as reader:
        wrong = reader.execute(
            "SELECT count(*) FROM session_note WHERE signed_at <= started_at"
        ).fetchone()
        newest = reader.execute("SELECT max(at) FROM journal WHERE what <> 'MeetDevice'").fetchone()
        backwards = reader.execute(
            "SELECT count(*) FROM (SELECT what, at, lag(at) OVER (ORDER BY seq) AS earlier"
            " FROM journal) WHERE at < earlier AND what <> 'TrustClock'"
        ).fetchone()
    assert wrong == (0,)
    assert newest is not None
    assert newest[0] <= desk.clock.now().at
    assert backwards == (0,)


def test_names_of_many_scripts_are_in_a_larger_district() -> None:
    pupils = history(1, 1500, 1, Role.COUNSELOR, datetime(2026, 11, 20, 16)).pupils
    names = " ".join(p.child.given + p.child.family + p.child.preferred for p in pupils)
    for first, last in (
        ("\u0590", "\u05ff"), ("\u0600", "\u06ff"), ("\u0400", "\u04ff"), ("\u0900", "\u097f"),
        ("\u1200", "\u137f"), ("\u0e00", "\u0e7f"), ("\u4e00", "\u9fff"), ("\uac00", "\ud7af"),
        ("\u1e00", "\u1eff"),
    ):  # fmt: skip
        assert any(first <= sign <= last for sign in names), (first, last)
    assert any(pupil.child.preferred for pupil in pupils)
    assert {"she/her", "he/him", "they/them"} <= {pupil.child.pronouns for pupil in pupils}


def test_sole_notes_are_on_no_paper(desk: Desk) -> None:
    with desk.records.read() as reader:
        rows = reader.execute("SELECT student_id, text FROM sole_note").fetchall()
    assert rows
    for student, text in rows:
        pdf = desk.summaries.summary(SummaryScope(StudentId(student), tuple(Part))).pdf
        said = " ".join(" ".join(page_texts(pdf)).split())
        assert " ".join(text.split()) not in said
        assert "yellow boat" not in said


def test_every_role_has_its_own_district(tmp_path: Path) -> None:
    facts = built(tmp_path / "nurse", DemoOptions(8, 1, 1, Role.NURSE))
    desk = open_vault(facts.vault, facts.passphrase, DEVICE, clock=fixed_clock(NOW))
    with desk.records.read() as reader:
        row = reader.execute(
            "SELECT service_label, count(*) FROM session_note GROUP BY 1 ORDER BY 2 DESC"
        ).fetchone()
    assert desk.seat.role is Role.NURSE
    assert row is not None
    name, passphrase = facts.witness
    (colleague,) = desk.medication.witnesses()
    assert desk.medication.prove(colleague.id, passphrase).name == colleague.name == name
    desk.close()


@pytest.mark.parametrize("today", ["2026-07-15", "2026-09-01", "2027-01-01", "2026-11-22"])
def test_history_ends_on_any_day_of_the_year(today: str) -> None:
    now = datetime.fromisoformat(f"{today}T07:30")
    past = history(3, 30, 1, Role.COUNSELOR, now)
    assert past.happenings
    assert all(
        earlier.at <= later.at
        for earlier, later in zip(past.happenings, past.happenings[1:], strict=False)
    )
    assert past.happenings[-1].at < now


def test_impossible_numbers_are_refused() -> None:
    for options in (DemoOptions(0), DemoOptions(10, 0), DemoOptions(10, 99)):
        with pytest.raises(Refused):
            options.accepted()


def test_samples_are_papers_that_were_recorded(desk: Desk, tmp_path: Path) -> None:
    before = desk.privacy.count()
    made = write_samples(desk, tmp_path / "papers")
    assert len(made) == 4
    assert all(path.read_bytes().startswith(b"%PDF") for path in made)
    assert desk.privacy.count() == before + 2


# -- keeping it --------------------------------------------------------------------------


def test_a_demonstration_is_built_anew_only_for_other_options_and_never_under_an_open_desk(
    tmp_path: Path,
) -> None:
    options = DemoOptions(4, 1)
    first = ensure_demo(tmp_path, options)
    keys = DistrictFolder(first.vault / KEYS)
    sent_to = keys.settings().content.places[0].address.options["path"]
    assert Path(sent_to) == first.vault / SHARE
    assert keys.keys(DISTRICT_PASSPHRASE).public == keys.settings().content.signing_key
    mark = (first.vault / "demo.json").stat().st_mtime_ns
    again = ensure_demo(tmp_path, options)
    assert (first.fresh, again.fresh) == (True, False)
    assert again == replace(first, fresh=False)
    assert (first.vault / "demo.json").stat().st_mtime_ns == mark
    desk = open_vault(first.vault, first.passphrase, DEVICE)
    with pytest.raises(Trouble, match="vault-held"):
        ensure_demo(tmp_path, DemoOptions(5, 1))
    desk.close()
    other = ensure_demo(tmp_path, DemoOptions(5, 1))
    assert other.fresh
    assert json.loads((other.vault / "demo.json").read_text())["students"] == 5
    assert [each.name for each in tmp_path.iterdir() if "demo" in each.name] == ["demo.casewell"]


def test_a_place_given_from_here_holds_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    facts = ensure_demo(Path("shown"), DemoOptions(4, 1))
    assert facts.vault.is_absolute()
    desk = open_vault(facts.vault, facts.passphrase, DEVICE)
    try:
        (line,) = [one for one in desk.outbox.destinations() if one.destination.district]
        share = Path(line.destination.address.options["path"])
        # The demonstration shows what was received, and what waits.
        assert {each.state for each in desk.outbox.left()} == {State.ACKNOWLEDGED}
        assert {each.state for each in desk.outbox.waiting()} == {State.QUEUED}
    finally:
        desk.close()
    assert share.is_absolute()
    assert share == facts.vault / SHARE
    assert share.is_dir()


def test_nothing_that_opens_it_stands_beside_a_demonstration(demo: DemoFacts) -> None:
    mark = demo.vault / "demo.json"
    assert json.loads(mark.read_text()) == {
        "students": 40, "years": 2, "seed": 7, "role": "counselor", "notes": demo.notes,
    }  # fmt: skip
    assert sys.platform == "win32" or mark.stat().st_mode & 0o777 == 0o600


def test_no_demonstration_is_built_inside_a_vault(tmp_path: Path) -> None:
    founder = Founder("Ana", Role.COUNSELOR, "seven lanterns over the quiet harbour")
    founding = create_vault(tmp_path / "mine", founder, DEVICE, stretch=floor())
    founding.desk.close()
    before = sorted(path.name for path in founding.desk.folder.path.iterdir())
    with pytest.raises(Refused, match="vault-exists"):
        ensure_demo(founding.desk.folder.path, DemoOptions(4, 1))
    assert sorted(path.name for path in founding.desk.folder.path.iterdir()) == before


def test_a_vault_of_someone_is_never_replaced(tmp_path: Path) -> None:
    passphrase = "seven lanterns over the quiet harbour"
    founder = Founder("Ana", Role.COUNSELOR, passphrase)
    create_vault(tmp_path / "demo", founder, DEVICE, stretch=floor()).desk.close()
    before = sorted((p.name, p.stat().st_size) for p in (tmp_path / "demo.casewell").iterdir())
    with pytest.raises(Refused, match="vault-exists"):
        ensure_demo(tmp_path, DemoOptions(4, 1))
    after = sorted((p.name, p.stat().st_size) for p in (tmp_path / "demo.casewell").iterdir())
    assert after == before


# -- its tables --------------------------------------------------------------------------


def test_every_theme_names_services_and_interventions_that_are_shipped() -> None:
    for role in Role:
        for tier in (1, 2, 3):
            for grade in range(13):
                assert list(themes(role, grade, tier))
    for name, theme in table("notes").items():
        if "services" in theme:
            assert set(theme["services"]) <= set(SERVICES), name
            assert set(theme["interventions"]) <= set(INTERVENTIONS), name
            assert {"goal", "said", "seen", "did", "felt", "sense", "plan", "next"} <= set(theme)


def test_school_days_are_weekdays_of_a_school_year() -> None:
    days = school_days(date(2025, 7, 1), date(2026, 6, 30))
    assert 170 <= len(days) <= 185
    assert days[0] == first_day(2026) == date(2025, 8, 25)
    assert days[-1] == last_day(2026) == date(2026, 6, 5)
    assert {year_end(day) for day in days} == {2026}
    assert all(day.weekday() < 5 for day in days)
    assert date(2025, 11, 27) not in days
    assert date(2025, 12, 25) not in days
