"""A student's page: reads who they are and what happened, and carries out what is asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.caseload.commands import (
    AddGuardian,
    ChangeGuardian,
    ChangeStudent,
    EndAlert,
    MarkLeft,
    MarkReturned,
    RemoveStudent,
    RemoveTag,
    UnlinkGuardian,
)
from app.features.caseload.model import (
    Contact,
    Guardian,
    Profile,
    ReachBy,
    School,
    Standing,
    Student,
    Tag,
    Tie,
)
from app.features.privacy.commands import ViewStudent
from app.features.roster.commands import KeepOurs, TakeOffer
from app.features.roster.report import Decided, Offer
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId, is_id
from app.kernel.names import shown_name
from app.kernel.rights import Discipline, discipline, gives_medication
from app.kernel.words import _
from app.overviews.reports.medication_papers import PaperKind
from app.overviews.timeline import Happening, TimelineKind, TimelineRow
from ui.features.caseload import said
from ui.features.caseload.presenter.asking import Asking
from ui.features.caseload.view.sheets import GuardianSheet, LeftSheet, StudentSheet
from ui.features.caseload.view.student import (
    AlertCard,
    GuardianCard,
    Headline,
    OfferCard,
    StudentView,
)
from ui.features.caseload.view.student import Profile as ShownProfile
from ui.kit.asking import Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.lists import Entry

_HEEDED = frozenset(Kind) - {Kind.SETTING, Kind.TEMPLATE, Kind.PERSON}


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything the page shows but the timeline's rows."""

    student: Student
    schools: tuple[School, ...]
    tags: tuple[Tag, ...]
    offers: tuple[Offer, ...]
    kinds: Mapping[TimelineKind, int]


class StudentPage(PageWidget):
    """Who a student is, and everything that happened, newest first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asking = Asking(context, self)
        self._id = StudentId("")
        self._student: Student | None = None
        self._schools: tuple[School, ...] = ()
        self._names: dict[str, str] = {}
        self._tags: tuple[Tag, ...] = ()
        self._kinds: tuple[TimelineKind, ...] = ()
        self._arrived = False
        self.view = StudentView()
        nurse = gives_medication(context.desk.seat.role)
        self.view.buttons["emergency"].setVisible(nurse)
        office = discipline(context.desk.seat.role) is Discipline.OFFICE
        self.view.buttons["around"].setVisible(not office)
        for name in ("contact", "concern", "plans", "screenings", "medicaid"):
            self.view.menu[name].setVisible(not office)
        shortcuts = [("O", "consents")]
        if not office:
            shortcuts += [("L", "contact"), ("P", "plans")]
        for key, name in shortcuts:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self._act, name))
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        view, profile = self.view, self.view.profile
        view.act.connect(self._act)
        view.alert_ended.connect(self._end_alert)
        view.tag_removed.connect(self._remove_tag)
        profile.taken.connect(self._take)
        profile.kept.connect(self._keep)
        profile.edit_asked.connect(self._edit)
        profile.guardian_asked.connect(self._ask_guardian)
        profile.guardian_ended.connect(self._end_guardian)
        view.story.narrowed.connect(self._narrow)
        view.story.list.opened.connect(self._open)
        view.story.list.entries.loaded.connect(self._loaded)
        view.setEnabled(False)

    # -- what the shell asks ---------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show the student with this id."""
        if subject != self._id:
            self._id = StudentId(subject)
            self._student = None
            self._kinds = ()
            self.view.story.kinds.set_values([])
            self.view.story.list.entries.set_entries([])
            self.view.setEnabled(False)
        self._arrived = False

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asking.flush()

    def arrive(self) -> None:
        """Look again, and put the focus on the timeline once the student is here."""
        self._arrived = True
        self._reload()

    def heed(self, changed: Changed) -> None:
        """Look again when anything about a student changed."""
        if self.isVisible() and changed.meets(_HEEDED):
            self._reload()

    def state(self) -> dict[str, str]:
        """Return what the timeline shows and how far down one is."""
        return {
            "kinds": ",".join(self._kinds),
            "scroll": str(self.view.story.list.verticalScrollBar().value()),
        }

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to it."""
        known = set(TimelineKind)
        names = state.get("kinds", "").split(",")
        self._kinds = tuple(TimelineKind(name) for name in names if name in known)

    # -- reading ---------------------------------------------------------------------

    def _reload(self) -> None:
        if not is_id(self._id):
            self._context.go("caseload")
            return
        desk, student = self._context.desk, self._id
        self._context.tasks.read(
            lambda: _Found(
                desk.caseload.student(student),
                desk.caseload.schools(),
                desk.caseload.tags(),
                tuple(desk.roster.offers_about(student)),
                desk.timeline.counts(student),
            ),
            self._show,
            self._not_found,
            key="student",
            owner=self,
        )

    def _not_found(self, error: Exception) -> None:
        if isinstance(error, KeyError):
            self._id = StudentId("")
            self._context.go("caseload", instead=True)
        else:
            self._context.say(error)

    def _show(self, found: _Found | None) -> None:
        if found is None or found.student.id != self._id:
            return
        student = self._student = found.student
        self._note_look(student.id)
        self._schools, self._tags = found.schools, found.tags
        self._names = {school.id: school.name for school in found.schools}
        if student.profile.school_id:
            self._names.setdefault(student.profile.school_id, student.school)
        view = self.view
        view.setEnabled(True)
        view.show_headline(_headline(student))
        view.show_alerts(
            [
                AlertCard(
                    alert.id,
                    _(said.ALERTS[alert.kind]),
                    alert.text,
                    _("Since {day}, by {name}").format(
                        day=said.days_ago(alert.made), name=alert.by
                    ),
                )
                for alert in student.alerts
            ]
        )
        view.profile.show_profile(self._profile(student, found.offers))
        view.word_action(
            "caseload", _("Take off my caseload") if student.mine_since else _("Put on my caseload")
        )
        left = student.standing is Standing.LEFT
        view.word_action("standing", _("Mark as returned") if left else _("Mark as left"))
        fresh = set(found.kinds) <= {TimelineKind.PROFILE, TimelineKind.CASELOAD}
        view.word_action(
            "remove",
            _("Remove, added by mistake"),
            offered=fresh and not student.from_roster and not student.guardians,
        )
        self._show_kinds(found.kinds)
        view.story.list.entries.set_source(self._fetch)
        if self._arrived:
            self._arrived = False
            view.story.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _note_look(self, student: StudentId) -> None:
        """Write down that the record was opened; nothing that is shown waits for it."""
        privacy, look = self._context.desk.privacy, ViewStudent(student)
        if not privacy.is_noted(look):
            self._context.tasks.write(
                partial(privacy.view_student, look), failed=self._look_not_noted
            )

    def _look_not_noted(self, error: Exception) -> None:
        """A read-only vault says so at its top; any other trouble is said."""
        if getattr(error, "code", "") != "vault-read-only":
            self._context.say(error)

    def _show_kinds(self, counts: Mapping[TimelineKind, int]) -> None:
        story = self.view.story
        story.show_kinds(
            [
                (kind, _("{name} ({count})").format(name=_(said.KINDS[kind]), count=count))
                for kind, count in counts.items()
            ]
        )
        self._kinds = tuple(kind for kind in self._kinds if kind in counts)
        story.kinds.set_values(self._kinds)

    def _narrow(self, kinds: Sequence[Any]) -> None:
        self._kinds = tuple(TimelineKind(kind) for kind in kinds)
        self.view.story.list.entries.set_source(self._fetch)

    def _fetch(
        self,
        offset: int,
        limit: int,
        _sort: str,
        _descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
    ) -> None:
        timeline, student, kinds = self._context.desk.timeline, self._id, self._kinds

        def done(found: tuple[list[TimelineRow], int]) -> None:
            rows, total = found
            answer(total, [said.entry(row, self._names) for row in rows])

        self._context.tasks.read(
            lambda: timeline.page(student, kinds, offset=offset, limit=limit), done, owner=self
        )

    def _loaded(self, total: int) -> None:
        self.view.story.show_some(some=bool(total) or bool(self._kinds))

    def _profile(self, student: Student, offers: Sequence[Offer]) -> ShownProfile:
        profile = student.profile
        today = self._context.today()
        shown = {
            "full": student.full_name if profile.preferred_name else "",
            "birth_date": said.age_on(profile.birth_date, today) if profile.birth_date else "",
        }
        facts = [(_("Legal name"), shown["full"]), (_("Date of birth"), shown["birth_date"])]
        facts += [
            (_(said.FIELDS[name]), said.value_of(name, value, self._names))
            for name in ("language", "sex", "student_number", "state_id", "phone", "email")
            if (value := profile.facts()[name])
        ]
        facts += [
            (_("On my caseload since"), said.day(student.mine_since) if student.mine_since else ""),
            (_("Comes from"), _("the roster") if student.from_roster else _("this desk")),
        ]
        return ShownProfile(
            tuple((name, value) for name, value in facts if value),
            tuple(_guardian(guardian) for guardian in student.guardians),
            tuple(
                OfferCard(
                    offer.field,
                    _(said.FIELDS[offer.field]),
                    _offered(offer.field, offer.ours),
                    _offered(offer.field, offer.theirs),
                )
                for offer in offers
            ),
        )

    # -- doing -----------------------------------------------------------------------

    def _act(self, name: str) -> None:
        student = self._student
        if student is None:
            return
        one = (student.id,)
        pages = {
            "note": ("note", f"new:{student.id}"),
            "summary": ("summary", student.id),
            "emergency": ("papers", f"{PaperKind.EMERGENCY}|{student.id}|"),
            "around": ("around", student.id),
            "contact": ("contacts", f"log:{student.id}"),
            "concern": ("concerns", f"raise:{student.id}"),
            "plan": ("schedule", f"plan:{student.id}"),
            "plans": ("plans", f"student:{student.id}"),
            "screenings": ("screenings", f"student:{student.id}"),
            "looks": ("looks", student.id),
            "disclosures": ("disclosures", student.id),
            "consents": ("consents", f"student:{student.id}"),
            "medicaid": ("medicaid", student.id),
        }
        if name in pages:
            self._context.go(*pages[name])
        elif name == "tier":
            self._asking.decide_tier(one, student.name, student.tier)
        elif name == "caseload" and student.mine_since:
            self._asking.take_off(one, student.name)
        elif name == "caseload":
            self._asking.put_on(one, student.name)
        elif name == "alert":
            self._asking.add_alert(student.id)
        elif name == "tag":
            borne = set(student.tags)
            in_use = [tag.label for tag in self._tags if tag.label not in borne]
            self._asking.add_tag(one, student.name, in_use)
        elif name == "edit":
            self._edit()
        elif name == "standing":
            self._change_standing(student)
        elif name == "remove":
            self._remove(student)

    def _edit(self) -> None:
        student = self._student
        if student is None:
            return
        schools = [("", _("Not said")), *self._names.items()]
        sheet = StudentSheet(
            _("Edit profile"),
            _("Save"),
            student.profile.facts(),
            said.grades(),
            schools,
            [(code, _(words)) for code, words in said.SEXES.items()],
            self._context.today,
            parent=self,
        )
        self._asking.ask(
            sheet,
            _change(student.id),
            lambda _typed: _("Profile saved."),
            kept=about("profile", student.id),
        )

    def _change_standing(self, student: Student) -> None:
        if student.standing is Standing.LEFT:
            self._asking.carry_out(MarkReturned(student.id), _("Marked as returned."))
            return
        self._asking.ask(
            LeftSheet(self._context.today, self),
            lambda typed: MarkLeft(student.id, typed["left_on"], typed["reason"]),
            lambda _typed: _("Marked as left."),
            kept=about("left", student.id),
        )

    def _remove(self, student: Student) -> None:
        def gone(_done: object) -> None:
            self._id = StudentId("")
            self._context.go("caseload", instead=True)

        self._asking.carry_out(RemoveStudent(student.id), _("Student removed."), gone)

    def _end_alert(self, alert: str) -> None:
        self._asking.carry_out(EndAlert(alert), _("Alert ended."))

    def _remove_tag(self, label: str) -> None:
        self._asking.carry_out(
            RemoveTag((self._id,), label), _("Tag “{label}” removed.").format(label=label)
        )

    def _take(self, field: str) -> None:
        self._decide(
            partial(self._context.desk.roster.take_offer, TakeOffer(self._id, field)),
            _("{field}: the roster’s value was taken.").format(field=_(said.FIELDS[field])),
        )

    def _keep(self, field: str) -> None:
        self._decide(
            partial(self._context.desk.roster.keep_ours, KeepOurs(self._id, field)),
            _("{field}: our value was kept.").format(field=_(said.FIELDS[field])),
        )

    def _decide(self, decide: Callable[[], Decided], say: str) -> None:
        """Decide on what the roster offers; say what was done, with Undo."""
        context = self._context

        def done(decided: Decided) -> None:
            restore = partial(context.desk.roster.restore_offer, decided.undo)
            undo = partial(context.tasks.write, restore, failed=context.say, owner=self)
            context.notices.say(say, undo=undo)

        context.tasks.write(decide, done, context.say, owner=self)

    def _ask_guardian(self, guardian_id: str) -> None:
        student = self._student
        if student is None:
            return
        known = next((g for g in student.guardians if g.id == guardian_id), None)
        ways = [(way, _(words)) for way, words in said.REACH_BY.items()]
        if known is None:
            sheet = GuardianSheet(_("Add a guardian"), _("Add guardian"), ways, {}, self)
            self._asking.ask(
                sheet,
                lambda typed: AddGuardian(student.id, *_tied(typed)),
                lambda _typed: _("Guardian added."),
                kept=about("guardian", student.id),
            )
            return
        entries = {**asdict(known.contact), **asdict(known.tie)}
        sheet = GuardianSheet(_("Change a guardian"), _("Save"), ways, entries, self)
        self._asking.ask(
            sheet,
            lambda typed: ChangeGuardian(student.id, guardian_id, *_tied(typed)),
            lambda _typed: _("Guardian saved."),
            kept=about("guardian", student.id, guardian_id),
        )

    def _end_guardian(self, guardian_id: str) -> None:
        self._asking.carry_out(UnlinkGuardian(self._id, guardian_id), _("Taken off the guardians."))

    def _open(self, entry: Entry) -> None:
        """Open a note or a draft where it can be read whole; open the rest out here."""
        row: TimelineRow = entry.subject
        pages: dict[Happening, tuple[str, str]] = {
            Happening.NOTE: ("signed", row.id),
            Happening.ADDENDUM: ("signed", str(row.facts.get("note", ""))),
            Happening.AMENDMENT: ("signed", str(row.facts.get("note", ""))),
            Happening.DRAFT: ("note", row.id),
            Happening.SOLE: ("sole", row.id),
            Happening.SCREENING: ("screening", row.id),
            Happening.RISK: ("risk", row.id),
            Happening.RISK_CLOSED: ("risk", str(row.facts.get("risk", ""))),
            Happening.CONCERN: ("concern", row.id),
            Happening.CONCERN_DECIDED: ("concern", str(row.facts.get("concern", ""))),
            Happening.CONCERN_CLOSED: ("concern", str(row.facts.get("concern", ""))),
            Happening.CONCERN_ANSWERED: ("concern", str(row.facts.get("concern", ""))),
            Happening.PLAN_AGREED: ("plan", str(row.facts.get("plan", ""))),
            Happening.PLAN_REVIEWED: ("plan", str(row.facts.get("plan", ""))),
            Happening.GOAL_DECIDED: ("goal", str(row.facts.get("goal", ""))),
            Happening.CONSULTATION: ("consultation", row.id),
            Happening.CONSENT: ("consent", row.id),
            Happening.ASKED: ("request", row.id),
            Happening.ASKED_OVER: ("request", str(row.facts.get("id", ""))),
            Happening.CONSENT_OVER: ("consent", str(row.facts.get("id", ""))),
            Happening.APPOINTMENT: ("schedule", row.id),
            Happening.APPOINTMENT_FELL: ("schedule", row.id),
            Happening.GROUP_WAITS: ("group", str(row.facts.get("group", ""))),
            Happening.GROUP_JOINED: ("group", str(row.facts.get("group", ""))),
            Happening.GROUP_LEFT: ("group", str(row.facts.get("group", ""))),
        }
        if row.what is Happening.FOLLOW_UP and row.facts.get("note"):
            pages[Happening.FOLLOW_UP] = ("signed", str(row.facts["note"]))
        if row.what in pages:
            self._context.go(*pages[row.what])
        else:
            timeline = self.view.story.list
            timeline.open_out(timeline.currentIndex().row())

    # -- keys ------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Let Ctrl+N begin a note about this student rather than about nobody."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._is_new_note(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin a note about this student with Ctrl+N; go back with Esc."""
        if self._is_new_note(event):
            self._act("note")
        elif event.key() == Qt.Key.Key_Escape:
            self._context.back()
        else:
            super().keyPressEvent(event)

    def _is_new_note(self, event: QKeyEvent) -> bool:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        return event.key() == Qt.Key.Key_N and control and self._student is not None


def _headline(student: Student) -> Headline:
    profile = student.profile
    legal = student.full_name if profile.preferred_name else ""
    if legal == shown_name(profile.given_name, profile.family_name, profile.preferred_name):
        legal = ""
    parts = (
        legal,
        profile.pronouns,
        said.grade(profile.grade) if profile.grade else "",
        student.school,
    )
    chips = [said.tier_chip(student.tier)]
    if student.standing is Standing.LEFT:
        chips.append((_("Left on {day}").format(day=said.day(student.left_on)), Mark.WARN))
    if student.mine_since:
        chips.append((_("On my caseload"), Mark.GOOD))
    return Headline(
        student.name, " · ".join(part for part in parts if part), tuple(chips), student.tags
    )


def _offered(field: str, value: str) -> str:
    """Return one side of an offer as it is shown; the roster room names schools itself."""
    return value if field == "school_id" and value else said.value_of(field, value, {})


def _guardian(guardian: Guardian) -> GuardianCard:
    contact, tie = guardian.contact, guardian.tie
    chips = []
    if tie.lives_with:
        chips.append((_("Lives with the student"), Mark.PLAIN))
    if contact.interpreter:
        chips.append(
            (
                _("Interpreter: {language}").format(language=contact.language)
                if contact.language
                else _("Needs an interpreter"),
                Mark.WARN,
            )
        )
    lines = []
    if tie.reach_by is not ReachBy.UNSAID or tie.reach_when:
        way = _(said.REACH_BY[tie.reach_by])
        lines.append(
            _("Best reached: {way}, {when}").format(way=way, when=tie.reach_when)
            if tie.reach_when
            else _("Best reached: {way}").format(way=way)
        )
    lines += [
        words.format(value=value)
        for words, value in (
            (_("Phone: {value}"), contact.phone),
            (_("Text: {value}"), contact.sms if contact.sms != contact.phone else ""),
            (_("Email: {value}"), contact.email),
            (_("Language: {value}"), "" if contact.interpreter else contact.language),
        )
        if value
    ]
    return GuardianCard(
        guardian.id, guardian.name, tie.relation, tuple(chips), tuple(lines), tie.do_not_contact
    )


def _change(student: StudentId) -> Callable[[Entries], ChangeStudent]:
    def command(typed: Entries) -> ChangeStudent:
        names = Profile().facts()
        profile = Profile(**{name: str(typed.get(name) or "") for name in names})
        return ChangeStudent(student, profile, anyway=typed["anyway"])

    return command


def _tied(typed: Entries) -> tuple[Contact, Tie]:
    contact = Contact(
        typed["given_name"],
        typed["family_name"],
        typed["phone"],
        typed["sms"],
        typed["email"],
        typed["language"],
        typed["interpreter"],
    )
    tie = Tie(
        typed["relation"],
        typed["lives_with"],
        ReachBy(typed["reach_by"] or ""),
        typed["reach_when"],
        typed["do_not_contact"],
    )
    return contact, tie
