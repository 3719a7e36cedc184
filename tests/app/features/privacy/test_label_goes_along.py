"""A record that corrects a labelled one is labelled from its first moment on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.features.collaboration.model.contacts import Result
from app.features.privacy.commands import LabelPart2, UnlabelPart2
from app.features.privacy.labels import Labelled
from app.features.screening.commands import CorrectScreening
from app.features.screening.model.records import ScreeningForm
from app.kernel.ids import new_id
from every_room import EveryRoom


@pytest.fixture
def room(tmp_path: Path) -> Iterator[EveryRoom]:
    made = EveryRoom(tmp_path)
    yield made
    made.desk.close()


def leaving(room: EveryRoom, table: str) -> set[str]:
    """Return which records may leave."""
    with room.desk.records.read_for_export() as reader:
        return {one for (one,) in reader.execute(f"SELECT id FROM {table}")}


def corrected(room: EveryRoom, kind: Labelled, record: str) -> str:
    """Correct a record and return the one that takes its place."""
    if kind is Labelled.CONTACT:
        return room.contact(Result.LEFT_MESSAGE, replaces=record, why="It was the voicemail")
    answers = (*((str(item), 1) for item in range(1, 9)), ("9", 0))
    form = ScreeningForm(room.pupil, "phq-9", "self", "", "2026-11-20", answers=answers)
    command = CorrectScreening(new_id(), record, form, "Read the wrong column")
    return room.desk.screening.correct(command).made


@pytest.mark.parametrize("kind", [Labelled.CONTACT, Labelled.SCREENING])
def test_what_corrects_a_labelled_record_stays_behind_with_it(
    room: EveryRoom, kind: Labelled
) -> None:
    first = room.called if kind is Labelled.CONTACT else room.screened
    privacy = room.desk.privacy
    privacy.label(LabelPart2(kind, first))
    second = corrected(room, kind, first)
    third = corrected(room, kind, second)
    assert privacy.is_labelled(kind, second)
    assert privacy.is_labelled(kind, third)
    assert leaving(room, kind.value).isdisjoint({first, second, third})
    privacy.label(UnlabelPart2(kind, third))
    assert third in leaving(room, kind.value), "its label is its own, and comes off"


@pytest.mark.parametrize("kind", [Labelled.CONTACT, Labelled.SCREENING])
def test_what_corrects_a_record_without_a_label_has_none(room: EveryRoom, kind: Labelled) -> None:
    first = room.called if kind is Labelled.CONTACT else room.screened
    privacy = room.desk.privacy
    privacy.label(LabelPart2(kind, first))
    privacy.label(UnlabelPart2(kind, first))
    second = corrected(room, kind, first)
    assert not privacy.is_labelled(kind, second)
    assert second in leaving(room, kind.value)


@pytest.mark.parametrize("kind", [Labelled.CONTACT, Labelled.SCREENING])
def test_what_a_labelled_record_corrects_does_not_leave_in_its_place(
    room: EveryRoom, kind: Labelled
) -> None:
    first = room.called if kind is Labelled.CONTACT else room.screened
    privacy = room.desk.privacy
    second = corrected(room, kind, first)
    third = corrected(room, kind, second)
    privacy.label(LabelPart2(kind, third))
    assert leaving(room, kind.value).isdisjoint({first, second, third})
    privacy.label(UnlabelPart2(kind, third))
    privacy.label(LabelPart2(kind, third))
    assert leaving(room, kind.value).isdisjoint({first, second, third})
