"""What leaves the desk, or fails to, done at the real window for whoever watches what it writes."""

import json
import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtWidgets import QFileDialog, QWidget

from app.bootstrap import Desk
from app.features.consents.commands import RecordConsent
from app.features.consents.model.records import Signer
from app.features.outbox.commands import AddDestination, SendSummary
from app.kernel.clock import SystemClock
from app.kernel.documents import SummaryKind
from app.kernel.ids import StudentId, new_id
from app.kernel.releases import ConsentKind, Ground, Terms
from app.sync.parcels import Carrier
from consents_desk import FORMS
from faults.typist import Typist
from ui.features.consents.presenter.asking import read_scan
from ui.features.consents.presenter.consent import ConsentPage
from ui.features.district.view import LoadSheet
from ui.features.outbox.presenter.courier import courier_of
from ui.features.outbox.presenter.outbox import OutboxPage
from ui.features.outbox.view.sheets import PlaceSheet
from ui.kit.widgets.entry_sheet import EntrySheet, put


class Leaving:
    """What is done at one window, with what stands on standard input."""

    def __init__(self, typist: Typist) -> None:
        window = typist.frame.desk_window
        assert window is not None
        self.typist, self.window = typist, window
        self.desk: Desk = window.desk
        self.around: dict[str, Any] = json.loads(sys.stdin.readline())
        self.student: StudentId = self.desk.caseload.find("typ")[0].id

    def everything(self) -> None:
        """Do all of it, and tell why nothing went."""
        self.keep_a_consent()
        self.join_a_district()
        self.know_places()
        self.send()

    def arrive(self, page: str, subject: str = "") -> QWidget:
        self.window.go(page, subject)
        self.idle()
        return self.window.page(page)

    def idle(self) -> None:
        self.typist.wait(self.window.tasks.idle)
        self.typist.rest(0.05)
        self.typist.wait(self.window.tasks.idle)

    def sheet(self, kind: type[EntrySheet]) -> EntrySheet:
        found: list[EntrySheet] = []
        self.typist.wait(
            lambda: (
                found.extend(one for one in self.window.findChildren(kind) if one.isVisible())
                or found
            )
        )
        return found[0]

    def fill(self, kind: type[EntrySheet], **entries: object) -> None:
        sheet = self.sheet(kind)
        for name, entry in entries.items():
            put(sheet.form.field(name).editor, entry)
        sheet.save_button.click()
        self.typist.wait(lambda: not sheet.isVisible())
        self.idle()

    def written(self, command: Any) -> str:
        made: list[str] = []
        self.window.tasks.write(command, lambda changed: made.append(changed.made))
        self.idle()
        return made[0]

    def keep_a_consent(self) -> None:
        """Write a consent down with its scan, and look at that."""
        today = SystemClock().now().day()
        form = replace(
            FORMS[ConsentKind.RELEASE],
            student_id=self.student,
            signer=Signer.OTHER,
            signer_name=f"{self.around['mark']}-signer",
            capacity="aunt",
            signed_on=today.isoformat(),
            until_on=(today + timedelta(days=90)).isoformat(),
        )
        command = RecordConsent(new_id(), form, read_scan(self.around["scan"]))
        consent = self.written(partial(self.desk.consents.record, command))
        page = self.arrive("consent", consent)
        assert isinstance(page, ConsentPage)
        page.view.buttons["scan"].click()
        self.idle()
        shown = page.scan_sheet
        assert shown is not None
        (leaf,) = shown.pages.sheets()
        assert form.signer_name in leaf.accessibleDescription()
        shown.accept()
        self.typist.ack("scan seen")

    def join_a_district(self) -> None:
        """Load the district's file, its words compared."""
        QFileDialog.getOpenFileName = staticmethod(  # type: ignore[method-assign,assignment]
            lambda *_asked: (self.around["district"], "")
        )
        self.arrive("district", "load")
        self.fill(LoadSheet, confirmed=True)
        assert self.desk.district.joined() is not None
        self.typist.ack("district joined")

    def know_places(self) -> None:
        """Add the places, the first at its sheet."""
        (label, carrier, options, credentials), *others = self.around["places"]
        self.arrive("outbox", "add")
        sheet = self.sheet(PlaceSheet)
        assert isinstance(sheet, PlaceSheet)
        sheet.carrier.set_value(carrier)
        recipient = self.around["recipient"]
        self.fill(PlaceSheet, label=label, recipients=recipient, **options, **credentials)
        for label, carrier, options, credentials in others:
            command = AddDestination(label, Carrier(carrier), options, (recipient,), credentials)
            self.written(partial(self.desk.outbox.places.add, command))

    def send(self) -> None:
        """Send a summary with a name in it to each of them; say why none arrived."""
        places = [line.destination.id for line in self.desk.outbox.destinations()]
        assert len(places) == len(self.around["places"])
        for place in places:
            command = SendSummary(
                SummaryKind.STUDENT, "../..", place, "Dr. Example", "Care",
                Terms(Ground.SUBJECT), self.student, {"sections": ["profile"]},
            )  # fmt: skip
            self.written(partial(self.desk.outbox.send, command))
        page = self.arrive("outbox")
        assert isinstance(page, OutboxPage)
        courier = courier_of(self.window)
        courier.engine()
        assert courier._network is not None
        courier._network.say(up=True, metered=False, captive=False)
        codes = {""}
        while "" in codes:
            # The desk may be at it by itself already, and then not with all of them.
            self.typist.wait(lambda: not courier.running)
            page.send_now()
            self.typist.wait(lambda: not courier.running)
            self.idle()
            waiting, left = self.desk.outbox.counts()
            assert (waiting, left) == (len(places), 0)
            codes = {line.code for line in self.desk.outbox.waiting(0, waiting)}
        self.typist.ack(f"failed {' '.join(sorted(codes))}")
