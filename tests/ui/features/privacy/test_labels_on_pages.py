"""A record is labelled on its own page, with the keyboard, and the label is taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from walk import nameless

from app.bootstrap import Desk
from app.features.privacy.labels import Labelled
from every_room import EveryRoom
from ui.features.collaboration.presenter.concerns import ConcernPage
from ui.features.collaboration.presenter.consultations import ConsultationPage
from ui.features.collaboration.presenter.contacts import ContactsPage
from ui.features.collaboration.view.sheets import ContactEntry
from ui.features.plans.presenter.plan import PlanPage
from ui.features.screening.presenter.lists import ScreeningPage
from ui.features.sessions.presenter.signed import SignedPage
from ui.kit.part2 import Part2Button
from ui.kit.room import PageWidget


@pytest.fixture
def room(tmp_path: Path) -> Iterator[EveryRoom]:
    opened = EveryRoom(tmp_path)
    yield opened
    opened.desk.close()


@pytest.fixture
def desk(room: EveryRoom) -> Desk:
    return room.desk


def test_each_kind_of_record_is_labelled_on_its_page(context: FakeContext, room: EveryRoom) -> None:
    desk = room.desk
    pages: tuple[tuple[type[PageWidget], Labelled, str], ...] = (
        (SignedPage, Labelled.NOTE, room.note),
        (PlanPage, Labelled.PLAN, room.plan),
        (ScreeningPage, Labelled.SCREENING, room.screened),
        (ConsultationPage, Labelled.CONSULTATION, room.consulted),
        (ConcernPage, Labelled.CONCERN, room.raised),
    )
    for page_type, kind, record in pages:
        page = context.put(page_type, record)
        context.settle()
        (button,) = page.findChildren(Part2Button)
        assert button.text() == "Label as substance use", kind
        assert button.isVisible()
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)
        context.settle()
        assert desk.privacy.is_labelled(kind, record)
        assert button.text() == "Take the substance use label off"
        QTest.keyClick(button, Qt.Key.Key_Space)
        context.settle()
        assert not desk.privacy.is_labelled(kind, record)
        assert not nameless(page)
    assert context.errors == []


def test_a_contact_is_labelled_where_its_row_is_opened(
    context: FakeContext, room: EveryRoom
) -> None:
    desk = room.desk
    page = context.put(ContactsPage)
    assert isinstance(page, ContactsPage)
    page.view.parts.set_value("all")
    page.reload()
    context.settle()
    page.view.list.opened.emit(page.view.list.entry())
    context.settle()
    (sheet,) = [one for one in page.findChildren(ContactEntry) if one.isVisible()]
    assert sheet.label.isVisible()
    sheet.label.setFocus()
    QTest.keyClick(sheet.label, Qt.Key.Key_Space)
    context.settle()
    assert desk.privacy.is_labelled(Labelled.CONTACT, room.called)
    assert sheet.label.text() == "Take the substance use label off"
    QTest.keyClick(sheet.label, Qt.Key.Key_Space)
    context.settle()
    assert not desk.privacy.is_labelled(Labelled.CONTACT, room.called)
    sheet.reject()
    context.settle()
    context.show_page(page, f"log:{room.pupil}")
    (fresh,) = [one for one in page.findChildren(ContactEntry) if one.isVisible()]
    assert not fresh.label.isVisible(), "what is not kept yet has no label"
    assert context.errors == []
