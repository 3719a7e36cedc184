"""Clocks that lie: set back or forth by years, by the season, by a journey, in mid-session."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bootstrap import Desk, open_vault, restore_backup, verify_vault
from app.features.backups.model import aging
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.sessions.commands import SaveDraft, SignNote, StartDraft
from app.features.sessions.model import NoteForm, Section
from app.kernel import ids
from app.kernel.clock import FixedClock, Moment, from_utc_text
from app.kernel.errors import Damage
from app.kernel.ids import StudentId, new_id
from faults.record import record
from vaults import PASSPHRASE, ZONE, new_desk

YEARS = timedelta(days=730)
JUMPS = {
    "two years back": lambda moment: moment.later(-YEARS),
    "two years forth": lambda moment: moment.later(YEARS),
    "summer time ends": lambda _moment: Moment("2026-11-01T06:10:00.000Z", ZONE),
    "another zone": lambda moment: Moment(moment.at, "Pacific/Auckland"),
}


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Desk:
    return new_desk(tmp_path, clock=clock)


def again(desk: Desk, clock: FixedClock) -> Desk:
    return open_vault(desk.folder.path, PASSPHRASE, desk.seat.device, clock=clock)


def add(desk: Desk, name: str) -> StudentId:
    return StudentId(
        desk.caseload.add_student(
            AddStudent(Profile(given_name="Ada", family_name=name), anyway=True)
        ).made
    )


def signed(desk: Desk, student: StudentId, text: str) -> str:
    draft = desk.sessions.start_draft(StartDraft(student_id=student)).draft
    form = replace(
        draft.form,
        service_id=desk.sessions.choices().services[0].id,
        sections=tuple(replace(part, text=text) for part in draft.form.sections)
        or (Section("note", "", text),),
    )
    assert isinstance(form, NoteForm)
    desk.sessions.sign_note(SignNote(replace(draft, form=form)))
    return draft.id


def journal(desk: Desk) -> list[tuple[int, str, int]]:
    with desk.records.read_whole() as reader:
        return [
            (int(seq), str(at), int(behind or 0))
            for seq, at, behind in reader.execute(
                "SELECT seq, at, after ->> '$.clock_behind' FROM journal ORDER BY seq"
            )
        ]


@pytest.mark.parametrize("jump", JUMPS.values(), ids=list(JUMPS))
def test_a_jump_in_mid_session_reorders_and_loses_nothing(
    desk: Desk, clock: FixedClock, jump: Callable[[Moment], Moment]
) -> None:
    student = add(desk, "Before")
    texts = [f"Session {number}" for number in range(6)]
    notes, drafts = [], []
    for number, text in enumerate(texts):
        if number in (2, 4):
            clock.moment = jump(clock.moment) if number == 2 else clock.moment.later(-YEARS)
        clock.advance(timedelta(minutes=1))
        notes.append(signed(desk, student, text))
        draft = desk.sessions.start_draft(StartDraft(student_id=student)).draft
        kept = replace(draft.form, sections=(Section("note", "", f"{text} goes on"),))
        desk.sessions.save_draft(SaveDraft(replace(draft, form=kept)))
        drafts.append((draft.id, f"{text} goes on"))
    entries = journal(desk)
    assert [seq for seq, _at, _behind in entries] == list(range(1, len(entries) + 1))
    assert notes == sorted(notes), "ids sort as they were made"
    with desk.records.read_whole() as reader:
        rows = reader.execute("SELECT id FROM session_note ORDER BY row").fetchall()
    assert [row[0] for row in rows] == notes
    lost = [
        draft for draft, text in drafts
        if text not in str(desk.sessions.open_draft(draft).draft.form.sections)
    ]  # fmt: skip
    record(
        "R7", "saves while the clock jumps", tried=len(notes) + len(drafts), lost=len(lost),
        of="saves", control="without the vault's ids to follow, new ones would go back",
    )  # fmt: skip
    assert lost == []
    desk.close()
    assert verify_vault(desk.folder.path, PASSPHRASE).whole


def test_an_entry_made_while_the_clock_stood_behind_says_by_how_much(
    desk: Desk, clock: FixedClock
) -> None:
    add(desk, "Before")
    true = clock.moment
    clock.moment = true.later(-YEARS)
    add(desk, "Behind")
    clock.advance(timedelta(days=1))
    add(desk, "Still behind")
    entries = journal(desk)
    assert [behind for *_rest, behind in entries[-3:]] == [0, 730 * 86_400, 729 * 86_400]
    warned = desk.clock_behind()
    assert warned is not None
    assert warned.at == true.at
    note = signed(desk, add(desk, "Noted"), "Met in the library")
    assert desk.sessions.note_sheet(note).clock_behind == 729 * 86_400
    desk.close()
    desk = again(desk, clock)
    assert desk.clock_behind() == warned, "the next session knows it as well"
    clock.moment = true.later(timedelta(minutes=5))
    assert desk.clock_behind() is None
    add(desk, "Right again")
    assert journal(desk)[-1][2] == 0
    desk.close()


def test_a_small_step_of_the_clock_is_not_told(desk: Desk, clock: FixedClock) -> None:
    add(desk, "Before")
    clock.advance(timedelta(seconds=-45))
    assert desk.clock_behind() is None
    add(desk, "After")
    assert journal(desk)[-1][2] == 0
    desk.close()


def test_who_says_that_the_clock_is_right_ends_the_warning(desk: Desk, clock: FixedClock) -> None:
    true = clock.moment
    clock.moment = true.later(YEARS)
    add(desk, "From the future")
    clock.moment = true.later(timedelta(hours=1))
    assert desk.clock_behind() is not None
    desk.trust_clock()
    assert desk.clock_behind() is None
    add(desk, "True")
    assert journal(desk)[-1][2] == 0
    desk.close()
    desk = again(desk, clock)
    assert desk.clock_behind() is None
    with desk.records.read_whole() as reader:
        (what,) = reader.execute(
            "SELECT count(*) FROM journal WHERE what = 'TrustClock'"
        ).fetchone() or (0,)
    assert what == 1
    desk.close()


def test_ids_follow_those_of_the_vault_though_the_clock_was_set_back(
    desk: Desk, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add(desk, "Before")
    desk.close()
    # A new process, at a computer whose clock was set back meanwhile.
    monkeypatch.setattr(ids, "_last_ms", 0)
    past = from_utc_text(clock.moment.later(-YEARS).at)
    monkeypatch.setattr("time.time_ns", lambda: int(past.timestamp() * 1e9))
    assert new_id() < first, "the control: without the vault, ids would go back"
    clock.moment = clock.moment.later(-YEARS)
    desk = again(desk, clock)
    assert add(desk, "After") > first
    desk.close()


def test_backups_go_on_when_the_clock_is_set_back_and_the_last_one_is_known(
    desk: Desk, clock: FixedClock
) -> None:
    add(desk, "Before")
    clock.moment = clock.moment.later(YEARS)
    desk.backups.make()
    clock.moment = clock.moment.later(-YEARS)
    assert not desk.backups.is_due(), "nothing changed"
    add(desk, "After")
    assert desk.backups.is_due()
    made = desk.backups.make().made
    assert not desk.backups.is_due(at_once=True), "the false future stands in nobody's way"
    standing = desk.backups.standing()
    assert standing.last == made
    assert standing.unsaved_since is None
    clock.moment = clock.moment.later(-YEARS)
    add(desk, "Long ago")
    assert desk.backups.is_due()
    desk.backups.make()
    assert not desk.backups.is_due(at_once=True)
    desk.close()


@pytest.mark.parametrize("step", [YEARS, -YEARS], ids=["forth", "back"])
def test_a_jumped_clock_ages_no_good_backup_away(
    desk: Desk, clock: FixedClock, step: timedelta
) -> None:
    for number in range(9):
        add(desk, f"Student{number}")
        desk.backups.make()
        clock.advance(timedelta(days=1))
    before = {backup.path for backup in desk.backups.all()}
    true = clock.moment
    clock.moment = true.later(step)
    for number in range(8):
        add(desk, f"False{number}")
        gone = set(desk.backups.make().gone)
        # A day ahead counts as the next day would; a day that is over takes no true one's place.
        assert len(gone & before) <= (1 if step > timedelta() else 0)
        clock.advance(timedelta(days=1))
    clock.moment = true
    for number in range(9):
        add(desk, f"True{number}")
        desk.backups.make()
        clock.advance(timedelta(days=1))
    kept = {backup.made.day() for backup in desk.backups.all()}
    week = {true.later(timedelta(days=number)).day() for number in range(2, 9)}
    assert week <= kept, "once the clock is right, the last seven days are kept again"
    desk.close()


@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 40), st.sampled_from([730, -730]))
def test_a_false_stretch_takes_no_true_backups_place(
    before: int, false: int, more: int, jump: int
) -> None:
    start = datetime.fromisoformat("2026-01-01T12:00:00+00:00")
    made: dict[str, Moment] = {}
    true: dict[str, Moment] = {}
    for day in range(before + false + false + more):
        name, lies = f"b{day:03d}", before <= day < before + false
        when = start + timedelta(days=day + (jump if lies else 0))
        made[name] = Moment.of(when, ZONE)
        if not lies:
            true[name] = made[name]
    assert aging(made, max(made), sorted(made)).kept >= aging(true, max(true), sorted(true)).kept


def test_a_vault_restored_under_a_wrong_clock_opens_beside_its_former_backups(
    desk: Desk, clock: FixedClock, tmp_path: Path
) -> None:
    add(desk, "Before")
    old = desk.backups.make().copies[0]
    clock.advance(timedelta(days=1))
    add(desk, "Later")
    desk.backups.make()
    desk.close()
    clock.moment = clock.moment.later(-YEARS)
    fresh = restore_backup(old, tmp_path / "fresh", desk.seat.device, PASSPHRASE, clock=clock)
    # It takes the place, and the backups, of the one it was restored from.
    moved = desk.folder.path.with_name("former.casewell")
    desk.folder.path.rename(moved)
    fresh.rename(desk.folder.path)
    desk = again(desk, clock)
    assert desk.backups.standing().last is None, "those are of its former life"
    add(desk, "Anew")
    desk.backups.make()
    desk.records.forget_purged()
    anew = desk.folder.records.read_bytes()
    add(desk, "Once more")
    desk.backups.make()
    desk.close()
    desk.folder.records.write_bytes(anew)
    for log in ("records.db-wal", "records.db-shm"):
        (desk.folder.path / log).unlink(missing_ok=True)
    with pytest.raises(Damage, match="journal"):
        again(desk, clock)
