"""The consents room on a real vault: recording, ending, correcting, finding, verifying."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.features.consents.commands import (
    CorrectConsent,
    KeepScan,
    MarkEvent,
    RecordConsent,
    RevokeConsent,
    SetConsentRules,
    TakeBackEnd,
)
from app.features.consents.model.records import Signer
from app.features.consents.model.states import State
from app.features.consents.repo import Narrowing, View, frozen_rows
from app.features.consents.service import ConsentsService
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.nouns import Role
from app.kernel.releases import ConsentKind, Matter
from consents_desk import PNG, ConsentsDesk, scanned
from shared_desk import seated, someone


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ConsentsDesk]:
    made = ConsentsDesk(tmp_path)
    yield made
    made.desk.close()


def covered(desk: ConsentsDesk, day: str = "2026-11-20", student: str = "") -> list[str]:
    with desk.desk.records.read() as reader:
        found = desk.consents.covering(reader, StudentId(student or desk.pupil), day)
    return [one.id for one in found]


def refused(call: object, *arguments: object) -> tuple[str, str]:
    with pytest.raises(Refused) as found:
        call(*arguments)  # type: ignore[operator]
    return found.value.code, found.value.field


def test_a_release_on_file_says_what_it_covers_and_for_whom(desk: ConsentsDesk) -> None:
    made = desk.record()
    with desk.desk.records.transaction() as tx:
        (one,) = desk.consents.covering(tx, desk.pupil, "2026-11-20")
        tx.journal("Looked", "student", desk.pupil)
    assert (one.id, one.kind, one.part2) == (made, ConsentKind.RELEASE, False)
    assert one.matters == {Matter.SESSIONS, Matter.PLANS}
    assert (one.recipient, one.since, one.until) == (
        "Harbor Family Clinic", "2026-11-02", "2027-06-18",
    )  # fmt: skip


def test_what_is_not_in_force_covers_nothing(desk: ConsentsDesk) -> None:
    ahead = desk.record(since="2026-12-01")
    over = desk.record(signed_on="2026-01-05", until_on="2026-11-19")
    revoked = desk.record()
    desk.consents.revoke(RevokeConsent(revoked, "Rosa Ocampo", "In a letter"))
    corrected = desk.record()
    newer = desk.consents.correct(
        CorrectConsent(new_id(), corrected, desk.form(purpose="Therapy"), "Wrong purpose")
    ).made
    part2 = desk.record(ConsentKind.PART2, until_on="", until_event="Discharge")
    assert covered(desk) == [part2, newer]
    assert covered(desk, "2026-12-01") == [part2, newer, ahead]
    assert covered(desk, "2026-11-19") == [part2, newer, revoked, over]


def test_recording_twice_by_one_id_is_recording_once(desk: ConsentsDesk) -> None:
    command = RecordConsent(new_id(), desk.form(), scanned())
    assert desk.consents.record(command) == desk.consents.record(command)
    sheet = desk.consents.sheet(command.consent_id)
    assert len(sheet.scans) == 1
    assert desk.consents.count(Narrowing()) == 1


def test_a_guardian_is_one_of_the_contacts_and_gives_name_and_capacity(desk: ConsentsDesk) -> None:
    made = desk.record(signer_id="", signer_name="hector ocampo", capacity="")
    consent = desk.consents.sheet(made).consent
    assert (consent.signer_id, consent.capacity) == (desk.father, "father")
    stranger = RecordConsent(new_id(), desk.form(signer_id="", signer_name="Ada Bell"))
    assert refused(desk.consents.record, stranger) == ("consent-guardian-unknown", "signer_name")
    other = desk.born("2010-01-01", "Lena")
    command = RecordConsent(new_id(), replace(desk.form(), student_id=other))
    assert refused(desk.consents.record, command) == ("consent-guardian-unknown", "signer")


def test_the_students_age_on_the_day_decides_who_signs(desk: ConsentsDesk) -> None:
    own = {"signer": Signer.STUDENT, "signer_id": "", "signer_name": ""}
    with pytest.raises(Refused, match="consent-too-young"):
        desk.record(ConsentKind.SERVICES, **own)
    desk.consents.set_rules(SetConsentRules((("services", 14, None),), "State law"))
    made = desk.record(ConsentKind.SERVICES, **own)
    assert desk.consents.sheet(made).consent.signer_name == "Mateo Ocampo"
    adult = desk.born("2008-11-02", "Lena")
    command = RecordConsent(new_id(), desk.form(student_id=adult, **own))
    desk.consents.record(command)
    mother = desk.guardian(adult, "Rosa", "mother")
    late = RecordConsent(new_id(), desk.form(student_id=adult, signer_id=mother))
    assert refused(desk.consents.record, late) == ("consent-student-of-age", "signer")


def test_a_revocation_says_who_and_how_and_a_mistaken_one_is_taken_back(
    desk: ConsentsDesk,
) -> None:
    made = desk.record(until_event="Discharge")
    assert refused(desk.consents.revoke, RevokeConsent(made, "", "By letter"))[1] == "said_by"
    assert refused(desk.consents.revoke, RevokeConsent(made, "Rosa", " "))[1] == "how"
    early = RevokeConsent(made, "Rosa", "By letter", "2026-11-01")
    assert refused(desk.consents.revoke, early) == ("consent-ended-before-signed", "on_day")
    end = desk.consents.revoke(RevokeConsent(made, "Rosa", "By letter", "2026-11-18")).made
    sheet = desk.consents.sheet(made)
    assert (sheet.state, sheet.standing_ends[0].said_by) == (State.REVOKED, "Rosa")
    assert covered(desk, "2026-11-17") == [made]
    again = RevokeConsent(made, "Rosa", "By letter")
    assert refused(desk.consents.revoke, again)[0] == "consent-ended"
    assert refused(desk.consents.take_back, TakeBackEnd(end, ""))[1] == "why"
    desk.consents.take_back(TakeBackEnd(end, "It was another student’s letter"))
    assert refused(desk.consents.take_back, TakeBackEnd(end, "Again"))[0] == "end-taken-back"
    assert desk.consents.sheet(made).state is State.ACTIVE
    desk.consents.mark_event(MarkEvent(made, "Discharged"))
    sheet = desk.consents.sheet(made)
    assert (sheet.state, len(sheet.ends)) == (State.EVENT, 3)


def test_only_a_consent_with_an_event_ends_by_one(desk: ConsentsDesk) -> None:
    made = desk.record()
    assert refused(desk.consents.mark_event, MarkEvent(made, "It did")) == (
        "consent-has-no-event", "",
    )  # fmt: skip


def test_a_correction_says_why_and_keeps_the_mistaken_row_and_its_scan(desk: ConsentsDesk) -> None:
    made = desk.record(scan=scanned())
    form = desk.form(recipient="Harbor Clinic")
    blank = CorrectConsent(new_id(), made, form, "")
    assert refused(desk.consents.correct, blank) == ("consent-correction-needs-why", "why")
    newer = desk.consents.correct(CorrectConsent(new_id(), made, form, "Its name changed")).made
    old, new = desk.consents.sheet(made), desk.consents.sheet(newer)
    assert old.state is State.CORRECTED
    assert old.replaced_by == new.consent
    assert new.before == (old.consent,)
    assert [scan.consent_id for scan in new.scans] == [made]
    again = CorrectConsent(new_id(), made, form, "Once more")
    assert refused(desk.consents.correct, again)[0] == "consent-corrected"
    assert refused(desk.consents.revoke, RevokeConsent(made, "R", "x"))[0] == "consent-corrected"
    newest = desk.consents.correct(CorrectConsent(new_id(), newer, form, "Its address, too")).made
    (line,) = desk.consents.page(Narrowing(View.ACTIVE))
    assert (line.consent.id, line.scans) == (newest, len(desk.consents.sheet(newest).scans))
    desk.consents.revoke(RevokeConsent(newest, "Rosa", "By letter"))
    ended = CorrectConsent(new_id(), newest, form, "Once more")
    assert refused(desk.consents.correct, ended)[0] == "consent-ended"


def test_a_consent_of_another_student_goes_to_them_with_its_scans_and_lets_nothing_leave_here(
    desk: ConsentsDesk,
) -> None:
    first = desk.record(scan=scanned())
    form = desk.form(recipient="Harbor Clinic")
    wrong = desk.consents.correct(CorrectConsent(new_id(), first, form, "Its name changed")).made
    (mine,) = desk.consents.sheet(wrong).scans
    other = desk.born("2010-02-03", "Lin", "Abe")
    hers = desk.guardian(other, "Yuki", "mother")
    unknown = replace(form, student_id=other)
    command = CorrectConsent(new_id(), wrong, unknown, "Filed under the wrong student")
    assert refused(desk.consents.correct, command) == ("consent-guardian-unknown", "signer")
    theirs = replace(unknown, signer_id=hers, signer_name="")
    right = desk.consents.correct(replace(command, form=theirs)).made

    with desk.desk.records.read() as reader:
        assert desk.consents.covering(reader, desk.pupil, "2026-11-20") == ()
        (covers,) = desk.consents.covering(reader, other, "2026-11-20")
    assert covers.id == right
    new = desk.consents.sheet(right)
    assert new.consent.signer_name == "Yuki Ocampo"
    assert new.before == (), "the record of one student tells nothing of another's"
    ((scan, content),) = [desk.consents.scan(one.id) for one in new.scans]
    assert (scan.student_id, content) == (other, scanned())
    for old in (first, wrong):
        assert desk.consents.sheet(old).state is State.CORRECTED
        assert desk.consents.sheet(old).scans == ()
        assert refused(desk.consents.keep_scan, KeepScan(old, PNG))[0] == "consent-corrected"
    assert refused(desk.consents.scan, mine.id)[0] == "scan-gone"
    (line,) = desk.consents.page(Narrowing(View.ALL, other))
    assert (line.consent.id, line.scans) == (right, 1)
    assert all(finding.whole for finding in desk.desk.verify().findings)


def test_scans_lie_in_the_vault_and_come_back_as_they_were(desk: ConsentsDesk) -> None:
    made = desk.record()
    first = desk.consents.keep_scan(KeepScan(made, PNG)).made
    second = desk.consents.keep_scan(KeepScan(made, scanned())).made
    assert [scan.id for scan in desk.consents.sheet(made).scans] == [second, first]
    scan, content = desk.consents.scan(first)
    assert (content, scan.bytes, scan.type) == (PNG, len(PNG), "png")
    assert refused(desk.consents.scan, new_id())[0] == "scan-gone"
    assert refused(desk.consents.keep_scan, KeepScan(made, b"text"))[1] == "scan"


@pytest.mark.parametrize("view", list(View))
def test_a_list_holds_what_the_state_says(desk: ConsentsDesk, view: View) -> None:
    """The file narrows by the same rule as the model: held against each other day by day."""
    for since, until in (("", ""), ("2026-11-25", ""), ("", "2026-11-22"), ("", "2026-12-18")):
        desk.record(since=since, until_on=until, recipient=f"Clinic {since}{until}")
    desk.consents.revoke(RevokeConsent(desk.record(), "Rosa", "By letter", "2026-11-19"))
    desk.consents.mark_event(MarkEvent(desk.record(until_event="Discharge"), "Done"))
    wanted = {
        View.ACTIVE: {State.ACTIVE},
        View.LAPSING: {State.ACTIVE},
        View.NOT_BEGUN: {State.NOT_BEGUN},
        View.OVER: {State.LAPSED, State.REVOKED, State.EVENT},
        View.ALL: set(State),
    }[view]
    for _day in range(8):
        everything = desk.consents.page(Narrowing())
        assert len(everything) == 6
        found = {line.consent.id for line in desk.consents.page(Narrowing(view))}
        assert found == {
            line.consent.id
            for line in everything
            if line.state in wanted and (view is not View.LAPSING or line.lapses_soon)
        }
        assert desk.consents.count(Narrowing(view)) == len(found)
        desk.clock.advance(timedelta(days=1))


def test_lists_are_narrowed_and_paged(desk: ConsentsDesk) -> None:
    other = desk.born("2010-01-01", "Lena")
    guardian = desk.guardian(other, "Ida", "aunt")
    for number in range(3):
        desk.record(signed_on=f"2026-11-0{number + 1}")
    desk.record(ConsentKind.SERVICES, student_id=other, signer_id=guardian)
    by = Narrowing(kind=ConsentKind.RELEASE, student_id=desk.pupil)
    assert desk.consents.count(by) == 3
    days = [line.consent.signed_on for line in desk.consents.page(by, 1, 2)]
    assert days == ["2026-11-02", "2026-11-01"]


def test_a_consent_that_was_renewed_does_not_lapse_any_more(desk: ConsentsDesk) -> None:
    desk.record(until_on="2026-12-01")
    assert len(desk.consents.lapsing()) == 1
    newer = desk.record(until_on="2027-12-01")
    assert desk.consents.lapsing() == []
    desk.consents.revoke(RevokeConsent(newer, "Rosa", "By letter"))
    assert len(desk.consents.lapsing()) == 1


def test_the_district_sets_ages_and_then_the_desk_does_not(desk: ConsentsDesk) -> None:
    assert desk.consents.ages()[ConsentKind.SERVICES].alone == 18
    desk.consents.set_rules(SetConsentRules((("services", 16, None),)))
    command = SetConsentRules((("services", 14, None), ("telehealth", None, 13)), "Invented law")
    with desk.desk.records.transaction() as tx:
        assert ConsentsService.set_rules_in(tx, command)
    with desk.desk.records.transaction() as tx:
        assert ConsentsService.set_rules_in(tx, command) == ""
        tx.journal("LoadDistrict", "district", "d")
    rules = desk.consents.rules()
    assert rules is not None
    assert (rules.source, rules.title) == ("district", "Invented law")
    assert desk.consents.ages()[ConsentKind.SERVICES].alone == 14
    assert refused(desk.consents.set_rules, command)[0] == "consent-ages-of-district"
    with desk.desk.records.transaction() as tx:  # the desk leaves its district
        assert ConsentsService.set_rules_in(tx, SetConsentRules(()))
    assert desk.consents.ages()[ConsentKind.SERVICES].alone == 18
    desk.consents.set_rules(SetConsentRules((("services", 15, None),)))
    assert desk.consents.ages()[ConsentKind.SERVICES].alone == 15


def test_who_sees_a_consent_follows_its_kind(desk: ConsentsDesk) -> None:
    made = {kind: desk.record(kind) for kind in ConsentKind if kind is not ConsentKind.MEDICATION}
    scan = desk.consents.keep_scan(KeepScan(made[ConsentKind.PART2], PNG)).made
    medication = RecordConsent(new_id(), desk.form(ConsentKind.MEDICATION))
    assert refused(desk.consents.record, medication) == ("consent-of-health-office", "kind")
    nurse = someone(desk.desk, Role.NURSE)
    with seated(desk.desk, nurse):
        made[ConsentKind.MEDICATION] = desk.consents.record(medication).made
    everything = set(made.values())
    of_counselors = everything - {made[ConsentKind.MEDICATION]}
    release = made[ConsentKind.RELEASE]
    for role, seen in (
        (Role.COUNSELOR, of_counselors),
        (Role.SOCIAL_WORKER, of_counselors),
        (Role.NURSE, {release, made[ConsentKind.MEDICATION]}),
        (Role.ADMINISTRATOR, {release}),
    ):
        with seated(desk.desk, someone(desk.desk, role, role.value)):
            assert {line.consent.id for line in desk.consents.page(Narrowing())} == seen
            assert desk.consents.count(Narrowing()) == len(seen)
            assert set(covered(desk)) == seen
            with desk.desk.records.read() as reader:
                rows = reader.execute("SELECT id FROM consent").fetchall()
                assert {row[0] for row in rows} == seen
                scans = reader.execute("SELECT scan_id FROM consent_scan_content").fetchall()
                assert bool(scans) == (made[ConsentKind.PART2] in seen)
            with desk.desk.records.transaction() as tx:  # which no view stands before
                found = desk.consents.covering(tx, desk.pupil, "2026-11-20")
                assert {one.id for one in found} == seen
                tx.journal("Looked", "student", desk.pupil)
            for consent in everything - seen:
                assert refused(desk.consents.sheet, consent)[0] == "consent-gone"
                assert refused(desk.consents.revoke, RevokeConsent(consent, "a", "b"))[0] == (
                    "consent-gone"
                )
            if made[ConsentKind.PART2] not in seen:
                assert refused(desk.consents.scan, scan)[0] == "scan-gone"


def test_rows_stand_and_verifying_finds_what_was_touched(desk: ConsentsDesk) -> None:
    made = desk.record(scan=scanned())
    desk.consents.revoke(RevokeConsent(made, "Rosa", "By letter"))
    desk.consents.set_rules(SetConsentRules((("services", 16, None),)))
    assert all(finding.whole for finding in desk.desk.verify().findings)
    connection = desk.desk.records._writer
    for table in (
        "consent", "consent_end", "consent_scan", "consent_scan_content", "consent_rules",
    ):  # fmt: skip
        column = "scan_id" if table.endswith("content") else "zone"
        with pytest.raises(dbapi2.IntegrityError, match="frozen"):
            connection.execute(f"UPDATE {table} SET {column} = 'x'")
        with pytest.raises(dbapi2.IntegrityError, match="frozen"):
            connection.execute(f"DELETE FROM {table}")
        with pytest.raises(dbapi2.IntegrityError, match="frozen"):
            connection.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    assert frozen_rows(connection) == (4, [])
    connection.execute("DROP TRIGGER consent_scan_content_stands")
    connection.execute("UPDATE consent_scan_content SET content = x'00'")
    (wrong,) = frozen_rows(connection)[1]
    assert (wrong.table, wrong.how) == ("consent_scan_content", "altered")
    connection.execute("DROP TRIGGER consent_scan_content_stays")
    connection.execute("DELETE FROM consent_scan_content")
    connection.execute("DROP TRIGGER consent_stands")
    connection.execute("UPDATE consent SET purpose = 'Something else'")
    assert {one.how.value for one in frozen_rows(connection)[1]} == {"altered", "gone"}


def test_the_journal_tells_of_every_command_and_of_no_text(desk: ConsentsDesk) -> None:
    made = desk.record(scan=scanned())
    end = desk.consents.revoke(RevokeConsent(made, "Rosa", "By letter")).made
    desk.consents.take_back(TakeBackEnd(end, "A mistake"))
    with desk.desk.records.read() as reader:
        rows = reader.execute(
            "SELECT what, after FROM journal WHERE subject_kind LIKE 'consent%' ORDER BY seq"
        ).fetchall()
    assert [row[0] for row in rows] == ["RecordConsent", "RevokeConsent", "TakeBackEnd"]
    assert "Ocampo" not in str(rows)
    assert "Harbor" not in str(rows)
