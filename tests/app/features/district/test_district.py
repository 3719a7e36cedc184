"""Loading a district's file, what it asks for applied, and leaving the district."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.features.consents.commands import SetConsentRules
from app.features.district.commands import LeaveDistrict, LoadDistrictFile
from app.features.district.model import PackKind, Step
from app.features.people.commands import ChangeSetting
from app.kernel.changes import Kind
from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.kernel.nouns import Role
from app.kernel.releases import ConsentKind
from app.kernel.shipped import shipped
from app.sync.desk_key import DeskKey
from app.sync.district_file import Policy, SigningAge, invitation_of, invite
from app.sync.district_keys import DistrictKeys
from district_desk import KEYS, MADE, OTHERS, POLICY, WORDS, categories, district_file, instrument
from shared_desk import seated, someone
from vaults import fixed_clock, new_desk


def load(desk: Desk, data: bytes, words: str = WORDS, shown_as: str = "") -> Step:
    return desk.district.load(LoadDistrictFile(data, words, shown_as)).step


def refused(desk: Desk, data: bytes, words: str = WORDS) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        load(desk, data, words)
    return caught.value.code, caught.value.field


def test_a_vault_of_no_district_is_asked_for_nothing(desk: Desk) -> None:
    assert desk.district.joined() is None
    assert desk.district.district() is None
    assert desk.district.policy() == Policy()
    assert desk.district.allowed("student", "folder")
    with pytest.raises(Refused, match="district-none"):
        desk.district.leave(LeaveDistrict())
    with pytest.raises(Refused, match="district-none"):
        desk.district.enrolment(DeskKey.new())


def test_the_first_file_is_taken_with_its_words_and_kept_whole(desk: Desk) -> None:
    data = district_file()
    assert refused(desk, data, "") == ("district-needs-words", "words")
    assert refused(desk, data, "abandon " * 8) == ("district-words-differ", "words")
    assert desk.district.joined() is None
    looked = desk.district.preview(data)
    assert (looked.step, " ".join(looked.words), looked.shown_as) == (
        Step.FIRST,
        WORDS,
        "Ana Núñez",
    )
    assert load(desk, data, WORDS.upper()) is Step.FIRST
    joined = desk.district.joined()
    assert joined is not None
    assert joined.file == looked.file
    assert joined.loaded_by == "Ana Núñez"
    assert desk.district.policy() == POLICY
    with desk.records.read() as reader:
        (content,) = reader.execute("SELECT content FROM district_file").fetchone() or ()
    assert content.encode() == data


def test_its_places_are_on_the_list_from_the_moment_it_is_loaded_until_it_is_left(
    desk: Desk,
) -> None:
    def listed() -> list[tuple[str, bool]]:
        return [
            (line.destination.label, bool(line.destination.district))
            for line in desk.outbox.destinations()
        ]

    assert listed() == []
    taken = desk.district.load(LoadDistrictFile(district_file(), WORDS, ""))
    assert listed() == [("District share", True)]
    assert Kind.OUTBOX in taken.changed.kinds
    assert desk.outbox.counts() == (0, 0), "nothing is made and nothing sent by it"
    journal = desk.records.head.count
    desk.outbox.take_over()
    assert desk.records.head.count == journal, "what is known already is not kept again"
    load(desk, district_file(serial=9, places=()))
    assert listed() == []
    load(desk, district_file(serial=10), "")
    assert listed() == [("District share", True)]
    assert Kind.OUTBOX in desk.district.leave(LeaveDistrict()).kinds
    assert listed() == []


def test_since_when_the_districts_keys_are_known_is_when_a_file_first_named_them(
    tmp_path: Path,
) -> None:
    clock = fixed_clock()
    desk = new_desk(tmp_path, Role.COUNSELOR, clock)

    def loaded(**changed: object) -> str:
        clock.advance(timedelta(hours=1))
        load(desk, district_file(**changed))
        return clock.now().at

    assert desk.district.keys_since() == ""
    first = loaded()
    loaded(serial=2, name="Birchwood")
    assert desk.district.keys_since() == first
    other = loaded(serial=3, recipients=(DistrictKeys.new().recipient,))
    assert desk.district.keys_since() == other
    back = loaded(serial=4)
    assert desk.district.keys_since() == back, "it was another one in between"
    desk.close()


def test_places_that_are_taken_over_from_two_sides_at_once_are_kept_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        desk.district, "_neighbours", replace(desk.district._neighbours, places=lambda: None)
    )
    load(desk, district_file())
    assert desk.outbox.destinations() == []
    together = threading.Barrier(4)

    def take_over() -> None:
        together.wait()
        desk.outbox.take_over()

    sides = [threading.Thread(target=take_over) for _side in range(4)]
    for side in sides:
        side.start()
    for side in sides:
        side.join()
    assert [line.destination.label for line in desk.outbox.destinations()] == ["District share"]


def test_a_later_file_of_the_same_key_is_taken_without_words(desk: Desk) -> None:
    load(desk, district_file())
    assert load(desk, district_file(serial=7, name="Birchwood"), "") is Step.NEWER
    joined = desk.district.joined()
    assert joined is not None
    assert joined.file.name == "Birchwood"
    assert refused(desk, district_file(serial=6)) == ("district-file-older", "file")
    other_seven = district_file(serial=7, name="Birchwood, but otherwise")
    assert refused(desk, other_seven) == ("district-file-older", "file")


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    data = district_file()
    load(desk, data)
    before = desk.district.joined()
    assert load(desk, data, "") is Step.SAME
    assert desk.district.joined() == before


def test_another_districts_file_is_refused_until_this_one_is_left(desk: Desk) -> None:
    load(desk, district_file())
    theirs = district_file(OTHERS, invitation=None)
    assert refused(desk, theirs) == ("district-other", "file")
    desk.district.leave(LeaveDistrict())
    assert refused(desk, theirs) == ("district-words-differ", "words")
    words = " ".join(desk.district.preview(theirs).words)
    assert load(desk, theirs, words) is Step.FIRST


def test_after_leaving_an_older_file_stays_refused_and_words_are_asked_again(desk: Desk) -> None:
    load(desk, district_file(serial=5))
    desk.district.leave(LeaveDistrict())
    assert desk.district.policy() == Policy()
    assert refused(desk, district_file(serial=4)) == ("district-file-older", "file")
    assert refused(desk, district_file(serial=6), "") == ("district-needs-words", "words")
    assert load(desk, district_file(serial=6)) is Step.FIRST


def test_a_file_that_was_changed_is_refused(desk: Desk) -> None:
    data = district_file()
    assert refused(desk, data.replace(b"Birchwood", b"Birchwoods")) == (
        "district-file-signature",
        "file",
    )
    assert refused(desk, b"") == ("district-file-malformed", "file")


def test_only_a_keeper_loads_and_leaves(desk: Desk) -> None:
    data = district_file()
    with seated(desk, someone(desk, Role.NURSE)):
        assert not desk.district.may_load()
        assert refused(desk, data)[0] == "keepers-only"
        with pytest.raises(Refused, match="keepers-only"):
            desk.district.preview(data)
    assert desk.district.may_load()
    load(desk, data)
    with seated(desk, someone(desk, Role.NURSE)), pytest.raises(Refused, match="keepers-only"):
        desk.district.leave(LeaveDistrict())


def test_the_lock_comes_at_the_latest_when_the_district_says(desk: Desk) -> None:
    people, who = desk.people, desk.seat.person
    assert (people.settings(who)["lock_minutes"], people.lock_minutes_most()) == ("5", 15)
    loaded = desk.district.load(LoadDistrictFile(district_file(), WORDS))
    assert loaded.changed.meets({Kind.SETTING})
    assert (people.settings(who)["lock_minutes"], people.lock_minutes_most()) == ("3", 3)
    with pytest.raises(Refused) as caught:
        people.change_setting(ChangeSetting("lock_minutes", "4"))
    assert (caught.value.code, caught.value.facts["longest"]) == ("lock-minutes", 3)
    people.change_setting(ChangeSetting("lock_minutes", "2"))
    assert people.settings(who)["lock_minutes"] == "2"
    desk.district.leave(LeaveDistrict())
    people.change_setting(ChangeSetting("lock_minutes", "10"))
    assert people.settings(who)["lock_minutes"] == "10"


def test_ages_of_consent_are_the_districts_until_it_is_left(desk: Desk) -> None:
    load(desk, district_file())
    ages = desk.consents.ages()[ConsentKind.SERVICES]
    assert (ages.alone, ages.besides) == (14, 12)
    ours = SetConsentRules((("services", 16, None),))
    with pytest.raises(Refused, match="consent-ages-of-district"):
        desk.consents.set_rules(ours)
    load(desk, district_file(serial=2, policy=Policy()))
    assert desk.consents.ages()[ConsentKind.SERVICES].alone == 18
    desk.district.leave(LeaveDistrict())
    desk.consents.set_rules(ours)
    assert desk.consents.ages()[ConsentKind.SERVICES].alone == 16


def test_ages_that_no_law_allows_refuse_the_whole_file(desk: Desk) -> None:
    unlawful = Policy(age_of_consent={"release": SigningAge(12)})
    assert refused(desk, district_file(policy=unlawful))[0] == "consent-age-of-release"
    assert desk.district.joined() is None


def test_what_may_leave_is_what_the_district_lets(desk: Desk) -> None:
    load(desk, district_file())
    assert desk.district.allowed("services", "webdav")
    assert not desk.district.allowed("student", "webdav")
    assert not desk.district.allowed("services", "s3")


def test_packs_are_taken_and_one_that_is_none_hinders_nothing(desk: Desk) -> None:
    data = district_file(
        instruments=({"title": "Not one"}, instrument()), categories=(categories(), {"code": "x"})
    )
    packs = desk.district.load(LoadDistrictFile(data, WORDS)).packs
    assert [(one.kind, one.title, bool(one.code)) for one in packs] == [
        (PackKind.INSTRUMENT, "Not one", True),
        (PackKind.INSTRUMENT, "Birchwood mood check", False),
        (PackKind.CATEGORIES, "Birchwood’s categories", False),
        (PackKind.CATEGORIES, "x", True),
    ]
    assert desk.screening.instruments()["birchwood-mood"].title == "Birchwood mood check"
    assert "birchwood" in {one.code for one in desk.time_use.categories.sets()}
    again = desk.district.load(LoadDistrictFile(data)).packs
    assert [one.code for one in again] == [one.code for one in packs]
    newer = district_file(serial=2, categories=(categories(2),))
    assert [one.code for one in desk.district.load(LoadDistrictFile(newer)).packs] == [""]
    versions = {one.version for one in desk.time_use.categories.sets() if one.code == "birchwood"}
    assert versions == {1, 2}


def test_a_desk_enrols_with_its_key_its_invitation_and_no_student(desk: Desk) -> None:
    from jsonschema import Draft202012Validator

    load(desk, district_file(), shown_as="  Ana   Núñez, LPC ")
    key = DeskKey.new()
    summary = desk.district.enrolment(key)
    assert (summary.kind, summary.version, summary.students) == (SummaryKind.ENROLMENT, 1, ())
    schema = json.loads(shipped("schemas", "enrolment-1.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(json.dumps(summary.body)))
    assert invitation_of(summary.body["invitation"]).key == KEYS.public
    body = {name: summary.body[name] for name in ("desk", "name", "role", "schools")}
    assert body == {
        "desk": key.id,
        "name": "Ana Núñez, LPC",
        "role": "counselor",
        "schools": ["Alder Elementary", "Birch Middle School"],
    }


def test_a_file_for_all_desks_leaves_the_invitation_as_it_was(desk: Desk) -> None:
    mine = invite("Room 12", MADE, KEYS)
    load(desk, district_file(invitation=mine), shown_as="Ana N.")
    load(desk, district_file(serial=2, invitation=None))
    joined = desk.district.joined()
    assert joined is not None
    assert (joined.invitation, joined.shown_as) == (mine, "Ana N.")
    desk.district.leave(LeaveDistrict())
    load(desk, district_file(serial=3, invitation=None))
    with pytest.raises(Refused, match="district-no-invitation"):
        desk.district.enrolment(DeskKey.new())


def test_the_journal_tells_of_each_file_and_of_leaving(desk: Desk) -> None:
    first = district_file()
    load(desk, first)
    load(desk, first)
    load(desk, district_file(serial=2))
    desk.district.leave(LeaveDistrict())
    with desk.records.read() as reader:
        told = reader.execute(
            "SELECT what, json_extract(after, '$.serial') FROM journal"
            " WHERE subject_kind LIKE 'district%' ORDER BY seq"
        ).fetchall()
    assert [tuple(one) for one in told] == [
        ("LoadDistrictFile", 1),
        ("LoadDistrictFile", None),
        ("LoadDistrictFile", 2),
        ("LeaveDistrict", 2),
    ]
    assert desk.verify().whole


def test_the_district_is_the_same_after_the_vault_was_closed(tmp_path: Path) -> None:
    from app.bootstrap import open_vault
    from vaults import PASSPHRASE

    desk = new_desk(tmp_path)
    load(desk, district_file())
    folder, device = desk.folder.path, desk.seat.device
    desk.close()
    again = open_vault(folder, PASSPHRASE, device)
    try:
        assert again.district.policy() == POLICY
        assert again.people.settings(again.seat.person)["lock_minutes"] == "3"
    finally:
        again.close()
