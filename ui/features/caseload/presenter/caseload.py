"""The caseload page: asks for pages of the list, and for what is done with a selection."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from app.features.caseload.commands import AddStudent, Done
from app.features.caseload.model import (
    CaseloadCounts,
    CaseloadRow,
    Profile,
    School,
    Scope,
    Sort,
    Standing,
    StudentFilter,
    Tag,
)
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId
from app.kernel.nouns import Tier
from app.kernel.words import _, ngettext
from ui.features.caseload import said
from ui.features.caseload.presenter.asking import Asking
from ui.features.caseload.view.caseload import CaseloadView
from ui.features.caseload.view.sheets import StudentSheet
from ui.kit.asking import Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.tables import Column

_HEEDED = (Kind.STUDENT, Kind.CASELOAD, Kind.TIER, Kind.ROSTER, Kind.NOTE, Kind.FOLLOW_UP)


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around the list."""

    sizes: Mapping[Scope, int]
    schools: tuple[School, ...]
    grades: tuple[str, ...]
    tags: tuple[Tag, ...]


class CaseloadPage(PageWidget):
    """Every student, or those on one's caseload."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asking = Asking(context, self)
        self._scope = Scope.MINE
        self._around = _Around({}, (), (), ())
        self._wish = ""
        self._stale = True
        self._kept: Mapping[str, str] = {}
        self.view = CaseloadView(_columns())
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        view = self.view
        view.model.set_sort(Sort.NAME)
        view.narrowed.connect(self._narrowed)
        view.add_asked.connect(self.add_student)
        view.import_asked.connect(lambda: context.go("roster"))
        view.everyone_asked.connect(self._show_everyone)
        view.table.opened.connect(lambda row: context.go("student", row.id))
        view.table.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        view.model.loaded.connect(self._loaded)
        view.model.modelReset.connect(self._selected)
        buttons = view.doing.buttons
        buttons["open"].clicked.connect(lambda: self._with_one(partial(context.go, "student")))
        buttons["note"].clicked.connect(self._new_note)
        for name, then in (
            ("tier", self._decide_tier),
            ("put_on", self._put_on),
            ("take_off", self._take_off),
            ("tag", self._add_tag),
        ):
            buttons[name].clicked.connect(partial(self._with_selected, then))
        self._say_scopes()
        self._say_choices()
        self._selected()

    # -- what the shell asks ---------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Do what was asked from elsewhere: `add` a student, or `find` one."""
        self._wish = subject

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asking.flush()

    def arrive(self) -> None:
        """Look again; stand where one was, or in the search line."""
        wish, self._wish = self._wish, ""
        if self._stale:
            self._reload()
        if wish == "add":
            self.add_student()
        elif wish == "find" or not self.view.model.total():
            self.view.go_to_search()
        else:
            self.view.go_to_list()

    def heed(self, changed: Changed) -> None:
        """Look again when a student, a caseload, a tier, a note or the roster changed."""
        if changed.meets((*_HEEDED, Kind.SCHOOL)):
            self._stale = True
            if self.isVisible():
                self._reload()

    def state(self) -> dict[str, str]:
        """Return scope, filters, sort and place; what was searched for may be a name and stays."""
        sort, descending = self.view.model.sorted_by
        return {
            "scope": self._scope,
            "sort": sort,
            "descending": "1" if descending else "",
            "school": str(self._value("school")),
            "grade": str(self._value("grade")),
            "tier": str(self._value("tier")),
            "row": str(max(0, self.view.table.currentIndex().row())),
        }

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to scope, filters, sort and place."""
        if state.get("scope") in set(Scope):
            self._scope = Scope(state["scope"])
        if state.get("sort") in set(Sort):
            self.view.model.set_sort(state["sort"], descending=bool(state.get("descending")))
        self._kept = state
        self._say_scopes()
        self._stale = True

    # -- the list --------------------------------------------------------------------

    def which(self) -> StudentFilter:
        """Return the filter as it stands on the screen."""
        tier = str(self._value("tier"))
        return StudentFilter(
            self._scope,
            _one(self._value("school")),
            _one(self._value("grade")),
            (Tier(int(tier)),) if tier else (),
            _one(self._value("tag")),
            self.view.search.text(),
        )

    def _value(self, name: str) -> object:
        return self.view.choices[name].value() or ""

    def _narrowed(self) -> None:
        chosen = self.view.scope.value()
        if chosen is None:
            self._say_scopes()
        else:
            self._scope = Scope(str(chosen))
        self._reload_list()

    def _show_everyone(self) -> None:
        self._scope = Scope.ALL
        self._say_scopes()
        self._reload_list()
        self.view.go_to_search()

    def _reload(self) -> None:
        self._stale = False
        caseload = self._context.desk.caseload
        self._context.tasks.read(
            lambda: _Around(
                caseload.sizes(), caseload.schools(), caseload.grades(), caseload.tags()
            ),
            self._show_around,
            key="caseload-around",
            owner=self,
        )
        self._reload_list()

    def _reload_list(self) -> None:
        self.view.model.set_source(self._fetch)
        caseload, which = self._context.desk.caseload, self.which()
        self._context.tasks.read(
            lambda: caseload.counts(which), self._show_counts, key="caseload-counts", owner=self
        )

    def _show_around(self, around: _Around | None) -> None:
        if around is None:
            return
        self._around = around
        self._say_scopes()
        self._say_choices()
        if self._kept:
            self._go_back()
        self._loaded(self.view.model.total())

    def _go_back(self) -> None:
        """Choose again what was chosen, now that it is offered."""
        kept, self._kept = self._kept, {}
        for name in ("school", "grade", "tier"):
            self.view.choices[name].set_value(kept.get(name, ""))
        row = kept.get("row", "")
        self.view.table.go_to(int(row) if row.isdecimal() else 0)

    def _show_counts(self, counts: CaseloadCounts | None) -> None:
        if counts is not None:
            self.view.show_tiers(
                [(said.tier(tier), counts.tiers.get(tier, 0)) for tier in reversed(Tier)]
            )

    def _fetch(
        self,
        offset: int,
        limit: int,
        sort: str,
        descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
    ) -> None:
        caseload, which = self._context.desk.caseload, self.which()

        def done(found: tuple[list[CaseloadRow], int]) -> None:
            answer(found[1], found[0])

        self._context.tasks.read(
            lambda: caseload.page(
                which, Sort(sort), descending=descending, offset=offset, limit=limit
            ),
            done,
            owner=self,
        )

    def _loaded(self, total: int) -> None:
        sizes = self._around.sizes
        state = ""
        if not total and sizes:
            which = self.which()
            narrowed = which != StudentFilter(which.scope)
            if not any(sizes.values()):
                state = "nobody"
            elif self._scope is Scope.MINE and not narrowed:
                state = "none-mine"
            else:
                state = "none"
        self.view.show_total(total, state)

    def _say_scopes(self) -> None:
        sizes = self._around.sizes

        def words(scope: Scope, name: str) -> str:
            if not sizes:
                return name
            return _("{name} ({count})").format(name=name, count=sizes[scope])

        self.view.show_scopes(
            [
                (Scope.MINE, words(Scope.MINE, _("Mine"))),
                (Scope.ALL, words(Scope.ALL, _("All"))),
                (Scope.LEFT, words(Scope.LEFT, _("Left"))),
            ]
        )
        self.view.scope.set_value(self._scope)

    def _say_choices(self) -> None:
        around = self._around
        self.view.show_choices(
            {
                "school": [
                    ("", _("All schools")),
                    *((school.id, school.name) for school in around.schools),
                ],
                "grade": [
                    ("", _("All grades")),
                    *((code, said.grade(code)) for code in around.grades),
                ],
                "tier": [("", _("All tiers")), *((str(int(t)), said.tier(t)) for t in Tier)],
                "tag": [("", _("All tags")), *((tag.label, tag.label) for tag in around.tags)],
            }
        )

    # -- the selection ---------------------------------------------------------------

    def _selected(self) -> None:
        count = len(self.view.rows_selected())
        self.view.show_selected(
            ngettext("{count} selected", "{count} selected", count).format(count=count),
            some=count > 0,
            one=count == 1,
        )

    def _with_one(self, then: Callable[[str], object]) -> None:
        row = self.view.table.row()
        if row is not None:
            then(row.id)

    def _new_note(self) -> None:
        self._with_one(lambda student: self._context.go("note", f"new:{student}"))

    def _with_selected(self, then: Callable[[Sequence[StudentId], str], None]) -> None:
        """Hand on the selected students; those that are not in memory are asked for."""
        places = self.view.rows_selected()
        rows = [self.view.row_at(place) for place in places]
        if not rows:
            return
        if all(row is not None for row in rows):
            who = rows[0].name if len(rows) == 1 else _students(len(rows))
            then([row.id for row in rows], who)
            return
        caseload, which = self._context.desk.caseload, self.which()
        sort, descending = self.view.model.sorted_by
        self._context.tasks.read(
            lambda: caseload.ids(which, Sort(sort), descending=descending),
            lambda ids: then(
                [ids[place] for place in places if place < len(ids)], _students(len(places))
            ),
            owner=self,
        )

    def _decide_tier(self, students: Sequence[StudentId], who: str) -> None:
        row = self.view.table.row() if len(students) == 1 else None
        self._asking.decide_tier(students, who, row.tier if row is not None else None)

    def _put_on(self, students: Sequence[StudentId], who: str) -> None:
        self._asking.put_on(students, who)

    def _take_off(self, students: Sequence[StudentId], who: str) -> None:
        self._asking.take_off(students, who)

    def _add_tag(self, students: Sequence[StudentId], who: str) -> None:
        self._asking.add_tag(students, who, [tag.label for tag in self._around.tags])

    # -- adding ----------------------------------------------------------------------

    def add_student(self) -> None:
        """Ask for a student's profile, write it, and show the student."""
        schools = self._around.schools
        usual = next((school.id for school in schools if school.mine), "")
        sheet = StudentSheet(
            _("Add a student"),
            _("Add student"),
            {"school_id": usual},
            said.grades(),
            [("", _("Not said")), *((school.id, school.name) for school in schools)],
            [(code, _(words)) for code, words in said.SEXES.items()],
            self._context.today,
            adding=True,
            parent=self,
        )
        self._asking.ask(
            sheet,
            _added,
            lambda _typed: _("Student added."),
            self._show_added,
            kept=about("student"),
        )

    def _show_added(self, done: Done) -> None:
        self._context.go("student", done.made)

    # -- keys ------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Let Ctrl+N begin a note about the selected student rather than about nobody."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._is_new_note(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin a note about the selected student with Ctrl+N."""
        if self._is_new_note(event):
            self._new_note()
            return
        super().keyPressEvent(event)

    def _is_new_note(self, event: QKeyEvent) -> bool:
        return (
            event.key() == Qt.Key.Key_N
            and event.modifiers() == Qt.KeyboardModifier.ControlModifier
            and len(self.view.rows_selected()) == 1
            and self.view.table.isVisible()
        )


def _added(typed: Entries) -> AddStudent:
    names = Profile().facts()
    profile = Profile(**{name: str(typed.get(name) or "") for name in names})
    return AddStudent(profile, str(typed["caseload_reason"]).strip(), anyway=typed["anyway"])


def _one(value: object) -> tuple[str, ...]:
    return (str(value),) if value else ()


def _students(count: int) -> str:
    return ngettext("{count} student", "{count} students", count).format(count=count)


def _columns() -> tuple[Column, ...]:
    return (
        Column(Sort.NAME, _("Name"), _name, width=180, stretch=True, strong=True, icon=_sign),
        Column(Sort.GRADE, _("Grade"), lambda row: said.grade_short(row.grade), width=68),
        Column(Sort.SCHOOL, _("School"), lambda row: row.school, width=190, muted=True),
        Column(
            Sort.TIER,
            _("Tier"),
            lambda row: said.tier(row.tier),
            width=84,
            chips=lambda row: [said.tier_chip(row.tier)],
        ),
        Column(
            "tags",
            _("Tags"),
            lambda row: ", ".join(row.tags),
            width=120,
            sort=False,
            chips=lambda row: [(label, Mark.ACCENT) for label in row.tags],
        ),
        Column(
            Sort.LAST_CONTACT,
            _("Last contact"),
            lambda row: said.days_ago(row.last_contact),
            width=108,
        ),
        Column(Sort.NEXT_STEP, _("Next step"), lambda row: said.day(row.next_step), width=108),
        Column(Sort.SINCE, _("On since"), lambda row: said.day(row.since), width=108, muted=True),
    )


def _name(row: CaseloadRow) -> str:
    if row.standing is Standing.LEFT:
        return _("{name} (left)").format(name=row.name)
    return row.name


def _sign(row: CaseloadRow) -> str:
    return "alert" if row.alerts else ""
