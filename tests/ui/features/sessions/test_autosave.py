"""A draft is never a second behind, however one types."""

from hypothesis import given
from hypothesis import strategies as st

from ui.features.sessions.autosave import Autosave, Pace


@given(st.lists(st.floats(0.001, 3.0), min_size=1, max_size=60))
def test_no_key_waits_as_long_as_a_second_for_the_vault(pauses: list[float]) -> None:
    pace = Pace()
    now, due = 0.0, None
    unsaved: list[float] = []
    for pause in pauses:
        now += pause
        if due is not None and due <= now:
            assert all(due - key < 0.9 for key in unsaved)
            unsaved.clear()
            pace.saved()
        due = pace.touched(now)
        unsaved.append(now)
    assert due is not None
    assert all(due - key < 0.9 for key in unsaved)


@given(st.lists(st.floats(0.55, 3.0), min_size=2, max_size=20))
def test_a_pause_in_typing_is_when_it_is_saved(pauses: list[float]) -> None:
    pace = Pace()
    now = 0.0
    for pause in pauses:
        assert pace.touched(now) == now + 0.5
        pace.saved()
        now += pause


def test_what_was_typed_is_saved_once_and_at_once_when_it_has_to_be() -> None:
    saved: list[int] = []
    autosave = Autosave(lambda: saved.append(1), now=lambda: 0.0)
    autosave.flush()
    assert saved == []
    autosave.touch()
    autosave.touch()
    autosave.flush()
    autosave.flush()
    assert saved == [1]


def test_what_is_saved_in_another_way_is_not_saved_again() -> None:
    saved: list[int] = []
    autosave = Autosave(lambda: saved.append(1), now=lambda: 0.0)
    autosave.touch()
    autosave.stop()
    autosave.flush()
    assert saved == []


def test_what_could_not_be_saved_is_tried_again_until_it_is() -> None:
    saved: list[int] = []
    autosave = Autosave(lambda: saved.append(1), now=lambda: 0.0)
    autosave.touch()
    autosave.flush()
    autosave.again()
    autosave.flush()
    autosave.flush()
    assert saved == [1, 1]
