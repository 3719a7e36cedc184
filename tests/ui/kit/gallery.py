"""Renders the whole kit to pictures, to be looked at: `python tests/ui/kit/gallery.py FOLDER`."""

import os
import sys
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for place in (Path(__file__).parents[3], Path(__file__).parents[2]):
    sys.path.insert(0, str(place))

from PySide6.QtCore import QCoreApplication, Qt  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.kernel import words  # noqa: E402
from app.kernel.words import _  # noqa: E402
from pseudo import Pseudo  # noqa: E402
from ui.kit.chart import (  # noqa: E402
    Bar,
    BarRow,
    LineChart,
    Marker,
    Point,
    Series,
    TierBars,
)
from ui.kit.icons import ICONS  # noqa: E402
from ui.kit.look import look  # noqa: E402
from ui.kit.notices import Banner, NextStep, Notices  # noqa: E402
from ui.kit.palette import Command, CommandPalette  # noqa: E402
from ui.kit.privacy import PrivacyCurtain  # noqa: E402
from ui.kit.widgets.buttons import Button, IconButton  # noqa: E402
from ui.kit.widgets.calendar import CalendarPopup  # noqa: E402
from ui.kit.widgets.dialogs import Question  # noqa: E402
from ui.kit.widgets.editors import (  # noqa: E402
    Check,
    Chips,
    Choice,
    DateEdit,
    LineEdit,
    Minutes,
    NoteText,
    SearchEdit,
    TimeEdit,
)
from ui.kit.widgets.empty import EmptyState  # noqa: E402
from ui.kit.widgets.fields import Field, Form  # noqa: E402
from ui.kit.widgets.flow import FlowLayout  # noqa: E402
from ui.kit.widgets.headings import (  # noqa: E402
    Card,
    Chip,
    Divider,
    KeyHint,
    Lead,
    Muted,
    PageTitle,
    SectionTitle,
    Words,
)
from ui.kit.widgets.lists import Entry, TimelineList  # noqa: E402
from ui.kit.widgets.passphrase import PassphraseEdit  # noqa: E402
from ui.kit.widgets.scroll import ScrollColumn  # noqa: E402
from ui.kit.widgets.tables import Column, PagedModel, PagedTable  # noqa: E402

NAMES = ("Okafor, Adaeze", "Núñez, Ana", "Łuczak, Tomasz", "Garcia, Mateo", "Haddad, Layla",
         "Nguyen, Minh", "O’Brien, Saoirse", "Petrov, Iván", "Smith, Jordan", "Yang, Kou")  # fmt: skip


def _pad(layout: Any, room: int = 24, space: int = 12) -> None:
    gap = look().gap(room)
    layout.setContentsMargins(gap, gap, gap, gap)
    layout.setSpacing(look().gap(space))


def scrolled(name: str) -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    whole = QVBoxLayout(page)
    whole.setContentsMargins(0, 0, 0, 0)
    scroll = ScrollColumn(name)
    whole.addWidget(scroll)
    return page, scroll.body


def buttons_page() -> QWidget:
    page, column = scrolled(_("Buttons"))
    column.setSpacing(look().gap(12))
    column.addWidget(PageTitle(_("Session notes")))
    column.addWidget(Lead(_("What was said stays here. Drafts are kept as you type.")))
    flow = FlowLayout()
    for button in (
        Button(_("Sign note"), "sign", "primary"),
        Button(_("Save draft"), "draft"),
        Button(_("Cancel")),
        Button(_("Show all"), "list", "quiet"),
        Button(_("Remove guardian"), "delete", "danger"),
    ):
        flow.addWidget(button)
    off = Button(_("Not possible now"), "lock")
    off.setEnabled(False)
    flow.addWidget(off)
    focused = Button(_("Focused"), "check")
    flow.addWidget(focused)
    primary = Button(_("Focused primary"), None, "primary")
    flow.addWidget(primary)
    column.addLayout(flow)
    icons = FlowLayout()
    for name in ("edit", "print", "more", "filter", "sort", "curtain", "help"):
        icons.addWidget(IconButton(name, name))
    column.addLayout(icons)
    chips = FlowLayout()
    for text, kind, icon in (
        ("Grade 9", "plain", ""), ("Tier 3", "bad", "tier"), ("Tier 2", "warn", ""),
        ("Signed", "good", "signed"), ("Draft", "accent", "draft"), ("Sole possession", "sole", "sole"),
    ):  # fmt: skip
        chips.addWidget(Chip(text, kind, icon))
    for keys in ("Ctrl+N", "Ctrl+K", "F1"):
        chips.addWidget(KeyHint(keys))
    column.addLayout(chips)
    column.addWidget(Divider())
    row = QHBoxLayout()
    row.setSpacing(look().gap(16))
    for kind, title, text in (
        ("plain", _("Profile"), _("Prefers Ada. She, her. Reach her mother after 4 PM by phone.")),
        ("accent", _("Follow-up on Friday"), _("Ask how the first week with the group went.")),
        ("sole", _("Sole-possession note"), _("Excluded from every export, report and hand-over.")),
    ):
        card = Card(kind)
        card.body.addWidget(SectionTitle(title))
        card.body.addWidget(Muted(text))
        card.body.addStretch(1)
        row.addWidget(card, 1)
    column.addLayout(row)
    column.addWidget(
        Banner(
            _("The disk is full. Nothing you wrote is lost; free some space and try again."),
            step=NextStep(_("Try again"), lambda: None),
        )
    )
    column.addWidget(Banner(_("Three consents lapse within 30 days."), "warn"))
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setRange(0, 100)
    bar.setValue(40)
    bar.setAccessibleName(_("Import"))
    column.addWidget(bar)
    column.addWidget(Muted(_("1,200 of 50,000 students")))
    grid = QGridLayout()
    from ui.kit.icons import pixmap

    for place, name in enumerate(sorted(ICONS)):
        label = Words("", wrap=False)
        label.setPixmap(pixmap(name, 20))
        grid.addWidget(label, place // 30, place % 30)
    column.addLayout(grid)
    column.addStretch(1)
    return page


def form_page() -> QWidget:
    page, body = scrolled(_("Form"))
    outer = QHBoxLayout()
    outer.setSpacing(look().gap(32))
    body.addLayout(outer)
    form = Form()
    form.add("name", Field(_("Student"), SearchEdit(_("A few letters of the name")), required=True))
    form.add_row(
        day=Field(_("Day"), DateEdit(date(2027, 3, 12))),
        at=Field(_("Time"), TimeEdit(time(14, 5))),
        minutes=Field(_("Minutes"), Minutes(30)),
    )
    kinds = [(n, _(n)) for n in ("Individual session", "Consultation", "Crisis response")]
    form.add("kind", Field(_("Kind of service"), Choice(kinds)))
    places = Chips([(n, _(n)) for n in ("Office", "Classroom", "Telehealth", "Home", "Phone")],
                   exclusive=True)  # fmt: skip
    places.set_value("Office")
    form.add("place", Field(_("Place"), places))
    note = NoteText(
        _("Came in on her own. Talked about the move and about sleeping badly since. "
          "Wants to try the breathing exercise before the maths test."),
        lines=5,
    )  # fmt: skip
    form.add("text", Field(_("Note"), note, hint=_("Saved as a draft while you type.")))
    form.add_widget(Check(_("Follow up with the family"), on=True))
    form.add_widget(Check(_("Keep for my own use only")))
    side = Form()
    side.add("pass", Field(_("Passphrase"), PassphraseEdit(), hint=_("Five words are good.")))
    bad = Field(_("Length"), Minutes(0))
    side.add("length", bad)
    many = Chips([(n, _(n)) for n in ("Breathing", "Reframing", "Role play", "Check-in",
                                      "Problem solving", "Safety planning")])  # fmt: skip
    many.set_values(["Breathing", "Check-in"])
    side.add("did", Field(_("Interventions"), many))
    off = LineEdit("Alder Elementary")
    off.setReadOnly(True)
    side.add("school", Field(_("School"), off))
    disabled = LineEdit("")
    disabled.setEnabled(False)
    side.add("other", Field(_("District id"), disabled))
    side.refuse("length", _("Write how many minutes it took, from 1 to 480."))
    left, right = QVBoxLayout(), QVBoxLayout()
    left.addWidget(form)
    left.addStretch(1)
    right.addWidget(side)
    right.addStretch(1)
    outer.addLayout(left, 3)
    outer.addLayout(right, 2)
    return page


def student_rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "name": NAMES[i % 10],
            "grade": f"{9 + i % 4:02d}",
            "school": ("Alder Elementary", "Birch Middle School", "Cedar High")[i % 3],
            "tier": i % 3 + 1,
            "last": f"{1 + i % 28} Nov 2026",
            "minutes": i * 7 % 240,
        }
        for i in range(count)
    ]


def columns() -> Sequence[Column]:
    kinds = {1: "good", 2: "warn", 3: "bad"}
    return (
        Column("name", _("Student"), lambda r: str(r["name"]), 200, strong=True, stretch=True),
        Column("grade", _("Grade"), lambda r: str(r["grade"]), 70),
        Column("school", _("School"), lambda r: str(r["school"]), 170, muted=True),
        Column("tier", _("Tier"), lambda r: f"Tier {r['tier']}", 90,
               chips=lambda r: [(f"Tier {r['tier']}", kinds[r["tier"]])]),
        Column("last", _("Last session"), lambda r: str(r["last"]), 120, muted=True),
        Column("minutes", _("Minutes"), lambda r: str(r["minutes"]), 90, end=True),
    )  # fmt: skip


def table_page(*, touch: bool = False) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    _pad(column)
    head = QHBoxLayout()
    head.addWidget(PageTitle(_("Caseload")), 1)
    head.addWidget(Button(_("Add student"), "add", "primary"))
    column.addLayout(head)
    tools = QHBoxLayout()
    tools.setSpacing(look().gap(8))
    tools.addWidget(SearchEdit(_("Find a student")), 2)
    tools.addWidget(Choice([(None, _("All schools"))], name=_("School")), 1)
    tools.addWidget(Button(_("More filters"), "filter", "quiet"))
    column.addLayout(tools)
    model = PagedModel(columns())
    model.set_rows(student_rows(40))
    model.set_sort("name")
    table = PagedTable(model, _("Students"), touch=touch)
    table.go_to(2)
    column.addWidget(table, 1)
    column.addWidget(Muted(_("40 students")))
    page.table = table  # type: ignore[attr-defined]
    return page


def timeline_page() -> QWidget:
    page = QWidget()
    row = QHBoxLayout(page)
    _pad(row)
    tabs = QTabWidget()
    line = TimelineList(_("Timeline"))
    line.set_entries([
        Entry("1", _("Individual session"), _("SOAP; office; 30 minutes"), "12 Mar 2027", "note",
              (("Signed", "good"),), _("Came in on her own. Talked about the move and about sleeping "
              "badly since. Wants to try the breathing exercise before the maths test. We agreed "
              "that she tells me on Friday how it went.")),
        Entry("2", _("Own note"), _("Sole possession"), "10 Mar 2027", "sole", kind="sole"),
        Entry("3", _("Tier 2 from Tier 1"), _("Four absences in two weeks"), "8 Mar 2027", "tier"),
        Entry("4", _("Phone call with guardian"), _("Left a message"), "1 Mar 2027", "phone",
              (("Draft", "accent"),)),
        Entry("5", _("Put on the caseload"), _("Referred by a teacher"), "20 Feb 2027", "on"),
    ])  # fmt: skip
    line.open_out(0)
    line.go_to(2)
    tabs.addTab(line, _("Timeline"))
    tabs.addTab(QWidget(), _("Profile"))
    tabs.addTab(QWidget(), _("Guardians"))
    row.addWidget(tabs, 3)
    side = QVBoxLayout()
    card = Card()
    card.body.addWidget(SectionTitle(_("Students by tier")))
    card.body.addWidget(TierBars(_("Tiers"), [("Tier 3", 14), ("Tier 2", 52), ("Tier 1", 334)]))
    side.addWidget(card)
    second = Card()
    second.body.addWidget(SectionTitle(_("Minutes on task")))
    points = tuple(Point(i, v, f"{1 + i * 7} Feb") for i, v in enumerate((8, 9, 12, 11, 15, 18)))
    second.body.addWidget(
        LineChart(
            _("Minutes on task"),
            [Series(_("Reading"), points),
             Series(_("Maths"), tuple(Point(p.x, p.y - 4 + i % 3) for i, p in enumerate(points)))],
            (Point(0, 8), Point(5, 20)),
            [Marker(2, _("Plan changed"))],
        )
    )  # fmt: skip
    side.addWidget(second)
    third = Card()
    third.body.addWidget(SectionTitle(_("Where the time went")))
    third.body.addWidget(
        BarRow(_("Time"), [Bar(_("Direct service"), 1260), Bar(_("Consultation"), 420),
                           Bar(_("Paperwork"), 180, "plain")])
    )  # fmt: skip
    side.addWidget(third)
    side.addStretch(1)
    row.addLayout(side, 2)
    return page


def empty_page() -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(
        EmptyState(
            "caseload",
            _("No students yet"),
            _(
                "Bring in the roster your school exports, or add one student by hand. Nothing leaves this computer."
            ),
            Button(_("Import a roster"), "import", "primary"),
            Button(_("Add a student"), "add"),
        )
    )
    return page


def commands() -> list[Command]:
    return [
        Command("note", _("New note"), _("Session notes"), "note", print, shortcut="Ctrl+N"),
        Command("today", _("Today"), _("Page"), "today", print),
        Command("caseload", _("Caseload"), _("Page"), "caseload", print),
        Command("a", "Núñez, Ana", _("Grade 9, Alder Elementary"), "student", print),
        Command("lock", _("Lock the desk"), "", "lock", print, shortcut="Ctrl+L"),
    ]


def picture(
    app: QApplication, page: QWidget, path: Path, size: tuple[int, int] = (1280, 720)
) -> None:
    page.resize(*size)
    page.show()
    for _turn in range(4):
        QCoreApplication.processEvents()
    page.grab().save(str(path))
    page.close()
    page.deleteLater()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    looks: list[tuple[str, str, float, bool]] = [
        ("light", "light", 1.0, False),
        ("dark", "dark", 1.0, False),
        ("contrast", "contrast", 1.0, False),
        ("light200", "light", 2.0, False),
        ("rtl", "light", 1.0, True),
    ]
    for name, theme, scale, rtl in looks:
        look().apply(app, theme, scale)  # type: ignore[arg-type]
        words.use_catalogue(Pseudo() if scale > 1 else words._gettext.NullTranslations())
        way = Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight
        app.setLayoutDirection(way)
        page = buttons_page()
        picture(app, page, folder / f"{name}-buttons.png", (1280, 720))
        picture(app, form_page(), folder / f"{name}-form.png", (1280, 720))
        table = table_page()
        table.show()
        table.activateWindow()
        table.table.setFocus()  # type: ignore[attr-defined]
        QCoreApplication.processEvents()
        picture(app, table, folder / f"{name}-table.png")
        picture(app, table_page(touch=True), folder / f"{name}-touch.png")
        picture(app, timeline_page(), folder / f"{name}-timeline.png")
        picture(app, empty_page(), folder / f"{name}-empty.png")
        over = table_page()
        over.resize(1280, 720)
        over.show()
        notices = Notices(over)
        notices.say(_("Tier 2 set for one student."), undo=lambda: None)
        notices.say(_("The roster could not be read: line 3 has no name."), kind="trouble")
        palette = CommandPalette(over)
        palette.set_commands(commands())
        palette.open("")
        picture(app, over, folder / f"{name}-over.png")
        question = Question(
            None, _("Sign this note?"),
            _("After signing it cannot be changed, only added to or amended with a reason."),
            _("Sign note"), _("Keep as draft"), danger=False,
        )  # fmt: skip
        question.show()
        question.activateWindow()
        QCoreApplication.processEvents()
        question.grab().save(str(folder / f"{name}-question.png"))
        question.close()
        line = DateEdit(date(2027, 3, 12))
        line.show()
        popup = CalendarPopup(date(2027, 3, 12), date(2027, 3, 9), line)
        popup.show_under(line)
        QCoreApplication.processEvents()
        popup.grab().save(str(folder / f"{name}-calendar.png"))
        popup.close()
        line.close()
    look().apply(app, "light")
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    words.use_language("en")
    covered = table_page()
    covered.resize(1280, 720)
    covered.show()
    QCoreApplication.processEvents()
    curtain = PrivacyCurtain(covered)
    curtain.on()
    picture(app, covered, folder / "curtain.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
