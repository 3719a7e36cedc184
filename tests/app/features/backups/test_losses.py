from pathlib import Path

import pytest

import app.features.backups.service
from app.features.backups.losses import FIELDS, Fate, Loss, LossLine, withheld
from app.kernel.nouns import Role
from app.store.seen import _VIEWS
from app.store.words import OF_WORDS
from shared_desk import seated, someone
from vaults import new_desk

NOTE = LossLine(Loss("session_note", "n1", "s1", "2026-11-03", Fate.LOST), "Ines", "Fadel")
DOSE = LossLine(Loss("dose", "d1", "s1", "2026-11-03", Fate.LOST), "Ines", "Fadel")
SOLE = LossLine(Loss("sole_note", "p1", "s1", "2026-11-03", Fate.LOST), "Ines", "Fadel")
STUDENT = LossLine(Loss("student", "s1", "s1", "", Fate.STAND_IN), "Ines", "Fadel")


def test_every_table_that_a_role_does_not_see_whole_has_its_field() -> None:
    assert set(FIELDS) == set(_VIEWS) - OF_WORDS


@pytest.mark.parametrize(
    ("role", "told"),
    [
        (Role.COUNSELOR, {"session_note", "student"}),
        (Role.SOCIAL_WORKER, {"session_note", "student"}),
        (Role.NURSE, {"dose", "student"}),
        (Role.ADMINISTRATOR, {"student"}),
    ],
)
def test_whose_record_of_another_field_was_lost_is_not_told(role: Role, told: set[str]) -> None:
    lines = [withheld(line, role) for line in (NOTE, DOSE, SOLE, STUDENT)]
    assert {line.loss.kind for line in lines if line.family} == told
    for line in lines:
        assert line.loss.how in Fate
        if not line.family:
            assert (line.given, line.loss.student, line.loss.on, line.loss.row) == ("", "", "", "")


def test_the_desk_withholds_on_a_shared_vault_and_tells_who_is_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.features.backups.service, "listed_losses", lambda _reader: [NOTE])
    desk = new_desk(tmp_path)
    assert desk.backups.losses() == [NOTE]
    nurse = someone(desk, Role.NURSE)
    assert desk.backups.losses() == [NOTE]
    with seated(desk, nurse):
        assert [line.family for line in desk.backups.losses()] == [""]
    desk.close()
