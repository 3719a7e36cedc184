"""Around a student: the care team, matters with the family, concerns and consultations."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from app.features.collaboration.commands import (
    AddToTeam,
    ChangeMember,
    EndMember,
    RestoreMember,
)
from app.features.collaboration.model.contacts import Matter
from app.features.collaboration.model.team import MayKnow, Member, MemberKind, usually_knows
from app.features.collaboration.repo.lists import (
    ConcernLine,
    ConsultationLine,
    ContactLine,
)
from app.features.collaboration.service.contacts import ContactChoices
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId, is_id
from app.kernel.words import _
from app.overviews.collaboration_words import MAY_KNOW, MEMBERS, choices, spoken_attempts
from app.overviews.reports.wording import spoken_day, spoken_grade
from ui.features.collaboration.presenter.asking import ask_contact
from ui.features.collaboration.presenter.concerns import concern_entry
from ui.features.collaboration.presenter.consultations import consultation_entry
from ui.features.collaboration.presenter.contacts import contact_entry
from ui.features.collaboration.view.sheets import MemberEntry
from ui.kit.asking import Asker, Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import RecordsView

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything around a student."""

    choices: ContactChoices
    team: list[Member]
    matters: list[Matter]
    contacts: list[ContactLine]
    concerns: list[ConcernLine]
    consultations: list[ConsultationLine]


class AroundPage(PageWidget):
    """One student's care team and what this room has about them."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._id = StudentId("")
        self._found: _Found | None = None
        start = Button(_("Add to the team"), "add", "primary")
        self.view = RecordsView(
            _("Around the student"),
            (_("Add to the team"), "add"),
            [
                ("team", _("Care team")),
                ("matters", _("Matters")),
                ("contacts", _("Contacts")),
                ("concerns", _("Concerns")),
                ("consultations", _("Consultations")),
            ],
            EmptyState(
                "guardian",
                _("Nothing here yet"),
                _("Add who works with the student."),
                start,
            ),
            start,
            (
                ("contact", _("Log a contact"), "call"),
                ("concern", _("Raise a concern"), "alert"),
                ("consult", _("Consultation"), "note"),
            ),
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.asked.connect(self._add)
        self.view.started.connect(self._add)
        self.view.turned.connect(lambda _part: self._list())
        self.view.linked.connect(self._link)
        self.view.list.opened.connect(self._open)

    def show_subject(self, subject: str) -> None:
        """Show what is around the student with this id."""
        self._id = StudentId(subject)

    def arrive(self) -> None:
        """Look again, and stand in the list; without a student there is nothing to stand in."""
        if not is_id(self._id):
            self._context.go("caseload", instead=True)
            return
        self._reload()
        self.view.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def heed(self, changed: Changed) -> None:
        """Look again when something around the student changed."""
        if (
            self.isVisible()
            and is_id(self._id)
            and changed.meets({Kind.CONTACT, Kind.CONCERN, Kind.CONSULTATION})
        ):
            self._reload()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
        else:
            super().keyPressEvent(event)

    def _reload(self) -> None:
        rooms, student = self._context.desk.collaboration, self._id
        self._context.tasks.read(
            lambda: _Found(
                rooms.contacts.choices(student),
                rooms.team.of_student(student),
                rooms.contacts.matters(student),
                rooms.contacts.page(student, 0, _SHOWN),
                rooms.concerns.of_student(student),
                rooms.consultations.page(student, 0, _SHOWN),
            ),
            self._show,
            self._context.say,
            key="around",
            owner=self,
        )

    def _show(self, found: _Found) -> None:
        self._found = found
        self._list()

    def _list(self) -> None:
        found = self._found
        if found is None:
            return
        pupil = found.choices.pupil
        part = self.view.parts.value()
        entries = {
            "team": lambda: [_member(one) for one in found.team],
            "matters": lambda: [_matter(one) for one in found.matters],
            "contacts": lambda: [contact_entry(one) for one in found.contacts],
            "concerns": lambda: [concern_entry(one, self._context) for one in found.concerns],
            "consultations": lambda: [consultation_entry(one) for one in found.consultations],
        }[str(part)]()
        line = " · ".join(part for part in (spoken_grade(pupil.grade), pupil.school) if part)
        self.view.title.setText(pupil.name)
        self.view.show_entries(entries, line)

    def _link(self, name: str) -> None:
        context = self._context
        if name == "contact":
            ask_contact(context, self._asker, self, self._id)
        elif name == "concern":
            context.go("concerns", f"raise:{self._id}")
        else:
            context.go("consultation-draft", f"student:{self._id}")

    def _open(self, entry: Entry) -> None:
        part, subject = self.view.parts.value(), entry.subject
        if part == "team" and isinstance(subject, Member):
            self._change(subject)
        elif part == "matters" and isinstance(subject, Matter):
            matter = subject.id if subject.open else ""
            ask_contact(self._context, self._asker, self, self._id, matter=matter)
        elif part == "contacts" and isinstance(subject, ContactLine) and not subject.corrected:
            ask_contact(self._context, self._asker, self, self._id, corrects=subject.row)
        elif part == "concerns":
            self._context.go("concern", entry.id)
        elif part == "consultations":
            self._context.go("consultation", entry.id)

    # -- the team --------------------------------------------------------------------

    def _add(self) -> None:
        found, context = self._found, self._context
        if found is None:
            return
        known = {one.name: one.id for one in found.choices.guardians}
        known |= {one.name: one.id for one in found.choices.staff}
        sheet = MemberEntry(
            (_("Add to the team"), _("Add"), found.choices.pupil.name),
            {"kind": choices(MEMBERS), "may_know": choices(MAY_KNOW)},
            list(known),
            context.today,
            parent=self,
        )
        may_know = sheet.form.field("may_know").editor
        kind = sheet.form.field("kind").editor

        def turn(value: object) -> None:
            if isinstance(value, MemberKind):
                may_know.set_values(usually_knows(value))  # type: ignore[attr-defined]

        kind.chosen.connect(turn)  # type: ignore[attr-defined]
        turn(MemberKind.STAFF)
        student = self._id

        def act(entries: Entries) -> Callable[[], Changed]:
            name = str(entries["name"]).strip()
            command = AddToTeam(
                student,
                MemberKind(entries["kind"]),
                name,
                str(entries["role"]),
                known.get(name, ""),
                str(entries["phone"]),
                str(entries["since_on"]),
                tuple(MayKnow(one) for one in entries["may_know"]),
                str(entries["note"]),
            )
            return partial(context.desk.collaboration.team.add, command)

        self._asker.ask(
            sheet,
            act,
            lambda _changed, _entries: context.notices.say(_("Added to the team.")),
            kept=about("member", student),
        )

    def _change(self, member: Member) -> None:
        context = self._context
        rooms = context.desk.collaboration.team
        if member.until_on:

            def back(_changed: Changed) -> None:
                context.notices.say(_("Back on the team."))

            context.tasks.write(
                partial(rooms.restore, RestoreMember(member.id)),
                back,
                context.say,
                owner=self,
            )
            return
        who = _("{name}, {role}").format(name=member.name, role=_(MEMBERS[member.kind]))
        sheet = MemberEntry(
            (_("Member of the team"), _("Save"), who),
            {"may_know": choices(MAY_KNOW)},
            (),
            context.today,
            changing=True,
            parent=self,
        )
        sheet.take_up(
            {
                "role": member.role,
                "phone": member.phone,
                "may_know": [MayKnow(one) for one in member.may_know],
                "note": member.note,
            },
            who,
        )
        leave = sheet.add_button(_("Left the team"), icon="off")

        def end() -> None:
            def done(_changed: Changed) -> None:
                def undo() -> None:
                    context.tasks.write(
                        partial(rooms.restore, RestoreMember(member.id)), failed=context.say
                    )

                sheet.reject()
                context.notices.say(_("Off the team from today."), undo=undo)

            context.tasks.write(
                partial(rooms.end, EndMember(member.id)), done, context.say, owner=self
            )

        leave.clicked.connect(end)

        def act(entries: Entries) -> Callable[[], Changed]:
            command = ChangeMember(
                member.id,
                str(entries["role"]),
                tuple(MayKnow(one) for one in entries["may_know"]),
                str(entries["phone"]),
                str(entries["note"]),
            )
            return partial(rooms.change, command)

        self._asker.ask(sheet, act, lambda _changed, _entries: context.notices.say(_("Saved.")))


def _member(member: Member) -> Entry:
    told = [_(MAY_KNOW[MayKnow(one)]) for one in member.may_know]
    since = _("since {day}").format(day=spoken_day(member.since_on))
    chips = [(_(MEMBERS[member.kind]), Mark.PLAIN)]
    if member.until_on:
        chips.append((_("Until {day}").format(day=spoken_day(member.until_on)), Mark.WARN))
    elif not told:
        chips.append((_("Told nothing without a release"), Mark.WARN))
    return Entry(
        member.id,
        _("{name}, {role}").format(name=member.name, role=member.role)
        if member.role
        else member.name,
        _("May be told: {what}").format(what=", ".join(told)) if told else member.note,
        since,
        "person",
        tuple(chips),
        subject=member,
    )


def _matter(matter: Matter) -> Entry:
    if matter.reached:
        mark = (_("Reached"), Mark.GOOD)
    elif matter.open:
        mark = (_("Not reached yet"), Mark.WARN)
    else:
        mark = (_("Tried no more"), Mark.PLAIN)
    chips = [mark]
    if matter.letter_offered:
        chips.append((_("Write a letter"), Mark.ACCENT))
    return Entry(
        matter.id,
        matter.about,
        _("{attempts}; last {whom}").format(
            attempts=spoken_attempts(matter), whom=matter.last.with_name
        ),
        _("again on {day}").format(day=spoken_day(matter.next_on)) if matter.next_on else "",
        "call",
        tuple(chips),
        subject=matter,
    )
