"""The page of a group's session: one draft at a time, saved as one types, signed for all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.groups.commands import (
    DiscardGroupDraft,
    SaveGroupDraft,
    SignGroupSession,
    StartGroupSession,
)
from app.features.groups.model.session import (
    GroupDraft,
    Mark,
    Named,
    accepted_minutes,
    answer,
    started,
)
from app.features.groups.service import GroupsService, OpenGroupSession
from app.features.sessions.model import Section, is_late
from app.features.sessions.model import in_format as in_layout
from app.features.sessions.service import Choices
from app.kernel.changes import Changed, Kind
from app.kernel.charting import ChartSection
from app.kernel.errors import Refused
from app.kernel.ids import DraftId, StudentId, is_id
from app.kernel.nouns import Attendance
from app.kernel.words import _, ngettext
from app.overviews.plan_words import spoken_aim
from ui.features.groups import said
from ui.features.groups.view.marks import MemberShown, Underlined, WatchedText
from ui.features.groups.view.session import GroupSessionView, Part
from ui.kit.announce import announce
from ui.kit.autosave import Autosave
from ui.kit.dates import shown_time
from ui.kit.look import Kind as Look
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.dialogs import ask
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.goals import GoalOffered
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.mentions import BEFORE, NEXT, NO_STUDENT, REPLACE

_NEXT_WEEK = timedelta(days=7)
_NAMES_AFTER_MS = 250


class GroupSessionPage(PageWidget):
    """One session on its way to a signature."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._opened: OpenGroupSession | None = None
        self._draft: GroupDraft | None = None
        self._choices: Choices | None = None
        self._late_after = 24
        self._subject = ""
        self._unsaved: dict[str, GroupDraft] = {}
        """What the disk did not take, by draft: kept here and tried again until it does."""
        self._told = False
        self._arrived = False
        self._return_to: Mapping[str, str] = {}
        self._named: list[Named] = []
        self._at = -1
        """Which of them one walked to last."""
        key = _("{letters}. Enter writes their own part; Up and Down go to the next member.")
        self.view = GroupSessionView(
            context.today, said.ways(), key.format(letters=said.marks_key())
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        choose = Button(_("Choose a group"), "group", "primary")
        choose.clicked.connect(lambda: context.go("groups", "take:", instead=True))
        self.empty = EmptyState(
            "group",
            _("No session is under way here"),
            _("Choose a group: its session opens with everyone present."),
            choose,
        )
        page.addWidget(self.empty)
        self.empty.hide()
        self._autosave = Autosave(self._save, self)
        self._watch = QTimer(self)
        self._watch.setSingleShot(True)
        self._watch.setInterval(_NAMES_AFTER_MS)
        self._watch.timeout.connect(self._look_for_names)
        self.view.edited.connect(self._edited)
        self.view.day_left.connect(self._other_day)
        self.view.template_chosen.connect(self._switch_template)
        self.view.sign.connect(self.sign)
        self.view.discard.connect(self.discard)
        self.view.replace.connect(self._replace)
        self.view.no_student.connect(self._no_student)
        for keys, run in (
            ("Ctrl+Return", self.sign),
            ("Ctrl+Enter", self.sign),
            (NEXT, partial(self.walk, 1)),
            (BEFORE, partial(self.walk, -1)),
            (REPLACE, self.replace_next),
            (NO_STUDENT, self.answer_next),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self.view.setEnabled(False)

    @property
    def _groups(self) -> GroupsService:
        return self._context.desk.groups

    # -- coming and going ------------------------------------------------------------

    def show_subject(self, subject: str) -> None:
        """Show a draft by its id, or go on or begin: `group:GROUP`, `planned:APPOINTMENT`."""
        self.flush()
        self._subject = subject
        self._arrived = False
        self._return_to = {}
        about, _colon, of = subject.partition(":")
        self.view.setVisible(bool(subject))
        self.empty.setVisible(not subject)
        if not subject:
            self._draft = None
        elif is_id(subject):
            self._begin(StartGroupSession(draft_id=DraftId(subject)))
        elif about == "planned":
            self._begin(StartGroupSession(planned_id=of))
        else:
            self._begin(StartGroupSession(group_id=of))

    def arrive(self) -> None:
        """Put the focus where work goes on, once the draft is here."""
        self._arrived = True
        if self._draft is None and not self._subject:
            self.empty.setFocus()
        elif self.view.isEnabled():
            if not self._go_back():
                self.view.focus_first()
            self._look_for_names()

    def heed(self, changed: Changed) -> None:
        """Offer what the lists have now; look again who is in the group."""
        if changed.meets({Kind.TEMPLATE, Kind.SCHOOL}):
            choices = self._context.desk.sessions.choices
            self._context.tasks.read(choices, self._offer, key="group-choices", owner=self)
        if changed.meets({Kind.GROUP}) and self._draft is not None:
            self._other_day()

    def flush(self) -> None:
        """Save what was typed, now; names are looked for again when one is back."""
        self._watch.stop()
        self._autosave.flush()

    def state(self) -> dict[str, str]:
        """Return which draft this is and where the cursor stands in it."""
        draft = self._draft
        if draft is None or not (draft.saved_at or draft.form.says_anything()):
            return {}
        field = self.view.focused_text()
        text = self.view.text(field)
        return {
            "draft": draft.id,
            "field": field,
            "cursor": str(text.textCursor().position()) if text else "0",
            "scroll": str(self.view.sheet.verticalScrollBar().value()),
        }

    def restore(self, state: Mapping[str, str]) -> None:
        """Go back to the draft and the place in it."""
        if self._subject:
            self._return_to = state

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Esc; the draft stays."""
        if event.key() == Qt.Key.Key_Escape:
            self._context.back()
            return
        super().keyPressEvent(event)

    # -- the draft -------------------------------------------------------------------

    def _begin(self, command: StartGroupSession) -> None:
        subject = self._subject

        def look_up() -> tuple[OpenGroupSession, Choices, int]:
            desk = self._context.desk
            hours = desk.people.settings(desk.seat.person)["late_after_hours"]
            return self._groups.start_session(command), desk.sessions.choices(), int(hours)

        def failed(error: Exception) -> None:
            if isinstance(error, Refused) and error.code == "group-session-signed":
                self._context.go("group-signed", str(error.facts["session"]), instead=True)
                return
            self._context.say(error)
            self._context.back()

        def done(found: tuple[OpenGroupSession, Choices, int]) -> None:
            if subject == self._subject:
                self._late_after = found[2]
                opened = found[0]
                typed = self._unsaved.get(opened.draft.id)
                self._choices = found[1]
                self._show(opened if typed is None else replace(opened, draft=typed))

        self._draft = None
        self.view.setEnabled(False)
        # Asked in the order of the writes: a draft that was just left is saved before it is read.
        self._context.tasks.write(look_up, done, failed, owner=self)

    def _show(self, opened: OpenGroupSession) -> None:
        self._opened, self._draft = opened, opened.draft
        form = opened.draft.form
        if self._choices is not None:
            self._offer(self._choices)
        self.view.title.setText(opened.group.name)
        within = form.number <= opened.group.planned
        number = _("Session {number} of {planned}") if within else _("Session {number}")
        self.view.about.setText(number.format(number=form.number, planned=opened.group.planned))
        self.view.show_values(_values(opened.draft))
        self._show_sections()
        self._show_members()
        self.view.discard_button.setEnabled(opened.stored or bool(opened.draft.saved_at))
        self.view.status.setText(
            _("Saved in the vault") if opened.stored else _("Kept in the vault as you type")
        )
        self.view.status.set_ink("muted")
        self._show_consequences()
        self.view.setEnabled(True)
        if self._arrived and not self._go_back():
            self.view.focus_first()
        self._look_for_names()

    def _go_back(self) -> bool:
        state, self._return_to = self._return_to, {}
        if self._draft is None or state.get("draft", "") != self._draft.id:
            return False
        self.view.sheet.verticalScrollBar().setValue(int(state.get("scroll", "0")))
        return self.view.focus_text(state.get("field", ""), int(state.get("cursor", "0")))

    def _offer(self, choices: Choices) -> None:
        self._choices = choices
        if self._draft is None:
            return
        form = self._draft.form
        self.view.offer(
            services=[
                (c.id, c.label)
                for c in choices.services
                if not c.retired or c.id == form.service_id
            ],
            interventions=[
                (c.id, c.label)
                for c in choices.interventions
                if not c.retired or c.id in form.interventions
            ],
            templates=[
                (t.id, t.name)
                for t in choices.templates
                if not t.retired or t.id == form.template_id
            ],
            schools=[("", _("No building")), *((s.id, s.name) for s in choices.schools)],
            places=[(place.value, _(words)) for place, words in said.PLACES.items()],
        )
        self.view.show_values(_values(self._draft))

    def _show_sections(self) -> None:
        if self._draft is None:
            return
        form = self._draft.form
        offered = self._choices.templates if self._choices else ()
        template = next((t for t in offered if t.id == form.template_id), None)
        hints = {part.key: part.hint for part in template.sections} if template else {}
        self.view.show_sections(
            [Part(s.key, s.title, hints.get(s.key, ""), s.text) for s in form.sections]
        )

    def _show_members(self) -> None:
        if self._draft is None or self._opened is None:
            return
        names = {member.id: member for member in self._opened.members}
        self.view.show_members(
            [
                MemberShown(
                    mark.student_id,
                    names[mark.student_id].name,
                    said.grade(names[mark.student_id].grade),
                    mark.attendance,
                    mark.reason,
                    mark.own,
                    mark.next_step,
                    mark.next_on,
                    mark.goals,
                )
                for mark in self._draft.form.marks
                if mark.student_id in names
            ]
        )
        self._offer_goals()
        if not self._draft.form.marks:
            self.view.show_came(_("Nobody is in the group on this day."))

    def _offer_goals(self) -> None:
        """Offer each member the goals of their open plans to be ticked and rated."""
        rows = tuple(row.id for row in self.view.rows)
        plans = self._context.desk.plans

        def look_up() -> dict[str, list[GoalOffered]]:
            return {
                student: [
                    GoalOffered(goal.key, goal.statement, spoken_aim(goal))
                    for goal in plans.goals_of(student)
                ]
                for student in rows
            }

        def done(found: dict[str, list[GoalOffered]]) -> None:
            if rows == tuple(row.id for row in self.view.rows):
                self.view.offer_goals(found)

        self._context.tasks.read(look_up, done, key="group-goals", owner=self)

    # -- typing ----------------------------------------------------------------------

    def _edited(self, name: str) -> None:
        draft = self._draft
        if draft is None:
            return
        what, _colon, of = name.partition(":")
        if of and what != "section":
            draft = self._member_edited(draft, what, StudentId(of))
        else:
            titles = {part.key: part.title for part in draft.form.sections}
            form = replace(
                draft.form,
                **self.view.values(),
                sections=tuple(
                    ChartSection(key, titles.get(key, title), text)
                    for key, title, text in self.view.sections()
                ),
            )
            if name in {"on", "at"}:
                form = replace(form, start_chosen=True)
            elif name == "minutes" and not form.start_chosen:
                form = self._ended_now(draft, form.minutes, form)
            draft = replace(draft, form=form)
        self._typed(draft)
        self._show_consequences()

    def _member_edited(self, draft: GroupDraft, what: str, student: StudentId) -> GroupDraft:
        before = next(mark for mark in draft.form.marks if mark.student_id == student)
        values = self.view.member_values(student)
        mark = Mark(student, mandate_id=before.mandate_id, **values)
        if what == "next_step" and mark.next_step and not mark.next_on:
            mark = replace(mark, next_on=(self._context.today() + _NEXT_WEEK).isoformat())
            self.view.show_next_on(student, mark.next_on)
        elif what == "next_step" and not mark.next_step:
            mark = replace(mark, next_on="")
            self.view.show_next_on(student, "")
        return replace(draft, form=draft.form.marked(mark))

    def _ended_now(self, draft: GroupDraft, minutes: str, form: Any) -> Any:
        """Return the form with the start that fits a session that ended when it was begun."""
        entry = minutes.strip()
        length = int(entry) if entry.isascii() and entry.isdecimal() and len(entry) < 5 else 0
        wall = draft.made.later(-timedelta(minutes=min(length, 1440))).wall()
        on, at = wall.strftime("%Y-%m-%d"), wall.strftime("%H:%M")
        self.view.show_start(on, at)
        return replace(form, on=on, at=at)

    def _typed(self, draft: GroupDraft) -> None:
        self._draft = draft
        self._autosave.touch()
        self._watch.start()

    def _show_consequences(self) -> None:
        draft = self._draft
        if draft is None:
            return
        marks = draft.form.marks
        there = sum(mark.attendance == Attendance.PRESENT for mark in marks)
        if marks:
            self.view.show_came(said.came(there, len(marks)))
        try:
            begun = started(draft.form, draft.made.zone)
            length = accepted_minutes(draft.form)
        except Refused:
            self.view.show_late(on=bool(draft.form.late_reason))
            return
        now = self._context.desk.clock.now()
        self.view.show_late(on=is_late(begun, length, now, self._late_after))

    def _other_day(self) -> None:
        """Look again who was in the group, when the day of the session is another one."""
        draft = self._draft
        if draft is None or not self.view.isEnabled():
            return

        def done(opened: OpenGroupSession) -> None:
            now = self._draft
            if now is None or now.id != draft.id or now.form.on != draft.form.on:
                return
            marks = {mark.student_id: mark for mark in now.form.marks}
            kept = tuple(marks.get(m.student_id, m) for m in opened.draft.form.marks)
            self._opened = opened
            if kept != now.form.marks:
                self._typed(replace(now, form=replace(now.form, marks=kept)))
                self._show_members()
                self._show_consequences()

        self._context.tasks.read(
            partial(self._groups.on_another_day, draft), done, key="group-day", owner=self
        )

    def _switch_template(self, template_id: str) -> None:
        draft = self._draft
        offered = self._choices.templates if self._choices else ()
        template = next((t for t in offered if t.id == template_id), None)
        if draft is None or template is None:
            return
        placed = in_layout(
            [Section(part.key, part.title, part.text) for part in draft.form.sections], template
        )
        form = replace(
            draft.form,
            template_id=template.id,
            format=template.format,
            sections=tuple(ChartSection(part.key, part.title, part.text) for part in placed),
        )
        self._typed(replace(draft, form=form))
        self._show_sections()

    # -- names -----------------------------------------------------------------------

    def _look_for_names(self) -> None:
        draft = self._draft
        if draft is None:
            return

        def done(found: list[Named] | None) -> None:
            now = self._draft
            if found is not None and now is not None and now.id == draft.id:
                if _texts(now) == _texts(draft):
                    self._show_names(found)
                else:
                    self._watch.start()

        self._context.tasks.read(
            partial(self._groups.named, draft), done, key="group-names", owner=self
        )

    def _show_names(self, found: list[Named]) -> None:
        grew = len(found) > len(self._named)
        order = {field: place for place, field in enumerate(self.view.texts())}
        found = sorted(found, key=lambda one: (order.get(one.field, len(order)), one.start))
        kept = self._named[self._at] if 0 <= self._at < len(self._named) else None
        self._at = found.index(kept) if kept in found else min(self._at, len(found) - 1)
        self._named = found
        places: dict[str, list[Underlined]] = {}
        for one in found:
            places.setdefault(one.field, []).append(_underlined(one))
        title = ngettext("{count} name found", "{count} names found", len(found)).format(
            count=len(found)
        )
        self.view.show_names([self._entry(one) for one in found], title, places)
        if grew:
            announce(self.view.found, title)

    def _entry(self, one: Named) -> Entry:
        return Entry(
            f"{one.field}/{one.start}/{one.text}",
            _("“{words}” → “{instead}”").format(words=one.text, instead=one.replacement),
            self._where(one.field),
            icon="warning" if one.sure else "help",
            chips=(
                (_("Has to go"), Look.BAD) if one.sure else (_("Is this a student?"), Look.WARN),
            ),
            subject=one,
        )

    def _where(self, field: str) -> str:
        what, _colon, of = field.partition(":")
        if what == "section" or not of:
            return _("In what all share")
        names = {member.id: member.name for member in self._opened.members} if self._opened else {}
        return _("In what is said of {name}").format(name=names.get(StudentId(of), ""))

    def walk(self, step: int) -> None:
        """Go to the next name found, or the one before; after the last comes the first."""
        count = len(self._named)
        start = self._at if self._at >= 0 or step > 0 else 0
        for ahead in range(1, count + 1):
            at = (start + step * ahead) % count
            one = self._named[at]
            text = self.view.text(one.field)
            if text is None or not text.isVisible() or not _stands(one, text):
                continue
            text.go(_underlined(one))
            self._at = at
            self.view.found.go_to(at)
            entry = self._entry(one)
            announce(text, _("{name}. {place}").format(name=entry.title, place=entry.chips[0][0]))
            return

    def replace_next(self) -> None:
        """Replace the name one is at, else the first in the text with the focus."""
        self._replace(self._next())

    def answer_next(self) -> None:
        """Say of the words one is at, else of the next that may be a name: no student's."""
        self._no_student(self._next(soft=True))

    def _next(self, *, soft: bool = False) -> Entry | None:
        if self.view.found.hasFocus():
            return self.view.found.entry()
        field = self.view.focused_text()
        here = [one for one in self._named if one.field == field]
        text = self.view.text(field)
        at_cursor = [one for one in here if text and text.holds_cursor(_underlined(one))]
        walked = self._named[self._at : self._at + 1] if self._at >= 0 else []
        softer = [one for one in (*here, *self._named) if not (soft and one.sure)]
        first = next(iter((*at_cursor, *walked, *softer)), None)
        return self._entry(first) if first else None

    def _replace(self, entry: object) -> None:
        if not isinstance(entry, Entry) or self._draft is None:
            return
        one: Named = entry.subject
        text = self.view.text(one.field)
        if text is None or not _stands(one, text):
            self._look_for_names()
            return
        text.put(one.lead, one.end, one.replacement)
        self._answered(one)

    def _no_student(self, entry: object) -> None:
        draft = self._draft
        if not isinstance(entry, Entry) or draft is None:
            return
        one: Named = entry.subject
        if one.sure:
            self.view.refuse(one.field, _("This names another member of the group."))
            return
        answers = tuple(dict.fromkeys((*draft.form.answers, answer(one.text))))
        self._typed(replace(draft, form=replace(draft.form, answers=answers)))
        self._answered(one)

    def _answered(self, one: Named) -> None:
        """Look again; the next key goes on from where this one stood."""
        if one in self._named:
            self._at = self._named.index(one) - 1
        self._look_for_names()

    # -- saving ----------------------------------------------------------------------

    def _save(self) -> None:
        draft = self._draft
        drafts = dict(self._unsaved)
        if draft is not None:
            drafts[draft.id] = draft
        for each in drafts.values():
            self._context.tasks.write(
                partial(self._groups.save_group_draft, SaveGroupDraft(each)),
                partial(self._saved, each.id),
                partial(self._not_saved, each),
                owner=self,
            )
            self._mark_saved(each.id)

    def _mark_saved(self, draft_id: str) -> None:
        """Take the draft as stored from now on, so that the next save reports no new one."""
        if self._draft is not None and self._draft.id == draft_id and not self._draft.saved_at:
            self._draft = replace(self._draft, saved_at=self._context.desk.clock.now().at)

    def _saved(self, draft_id: str, _changed: object) -> None:
        self._unsaved.pop(draft_id, None)
        self._told = False
        if self._draft is not None and self._draft.id == draft_id:
            at = shown_time(self._context.desk.clock.now().wall().time())
            self.view.status.setText(_("Saved in the vault {time}").format(time=at))
            self.view.status.set_ink("muted")
            self.view.discard_button.setEnabled(True)

    def _not_saved(self, draft: GroupDraft, error: Exception) -> None:
        """Keep what the disk did not take, try again in a while, and say why once."""
        if not isinstance(error, Refused):
            self._unsaved[draft.id] = draft
            self._autosave.again()
        if self._draft is not None and self._draft.id == draft.id:
            self.view.status.setText(_("Not saved yet"))
            self.view.status.set_ink("bad")
        if not self._told:
            self._told = True
            self._context.say(error)

    def discard(self) -> None:
        """Throw the draft away; the notice brings it back."""
        draft = self._draft
        if draft is None or not self.view.isEnabled():
            return
        self._autosave.stop()
        self._unsaved.pop(draft.id, None)
        self._draft = None
        groups, tasks, context = self._groups, self._context.tasks, self._context

        def back() -> None:
            tasks.write(
                partial(groups.save_group_draft, SaveGroupDraft(replace(draft, saved_at=""))),
                lambda _changed: context.go("group-session", draft.id),
            )

        def done(_changed: Changed) -> None:
            context.notices.say(_("The draft was discarded."), undo=back)

        tasks.write(partial(groups.discard_group_draft, DiscardGroupDraft(draft.id)), done)
        context.back()

    # -- signing ---------------------------------------------------------------------

    def sign(self) -> None:
        """Sign after saying what that does; a refusal is shown at its entry."""
        draft = self._draft
        if draft is None or not self.view.isEnabled():
            return
        self.view.clear_refusals()
        self.flush()
        count = len(draft.form.marks)
        if ask(
            self,
            _("Sign this session?"),
            ngettext(
                "A note of its own goes into the record of {count} student, with your name and"
                " the time. It cannot be changed or deleted afterwards: you can amend it, and"
                " correct the attendance; the original stays readable.",
                "A note of its own goes into the record of each of {count} students, with your"
                " name and the time. They cannot be changed or deleted afterwards: you can amend"
                " each, and correct the attendance; the originals stay readable.",
                count,
            ).format(count=count),
            _("&Sign the session"),
            _("Not yet"),
            danger=False,
        ):
            self._sign(draft)

    def _sign(self, draft: GroupDraft) -> None:
        self._autosave.stop()
        self.view.setEnabled(False)

        def signed(_changed: Changed) -> None:
            self._draft = None
            self._unsaved.pop(draft.id, None)
            count = len(draft.form.marks)
            self._context.notices.say(
                ngettext(
                    "Signed. {count} note is in its record.",
                    "Signed. {count} notes are in their records.",
                    count,
                ).format(count=count)
            )
            self._context.go("group-signed", draft.id, instead=True)

        self._context.tasks.write(
            partial(self._groups.sign_session, SignGroupSession(draft)),
            signed,
            self._not_signed,
            owner=self,
        )

    def _not_signed(self, error: Exception) -> None:
        from app.phrases import sentence

        self.view.setEnabled(True)
        if self._unsaved:
            self._autosave.again()
        if isinstance(error, Refused) and error.code == "group-members-changed":
            self._other_day()
        self._look_for_names()
        if not (isinstance(error, Refused) and self.view.refuse(error.field, sentence(error))):
            self._context.say(error)


def _underlined(one: Named) -> Underlined:
    return Underlined(one.start, one.end, one.sure)


def _stands(one: Named, text: WatchedText) -> bool:
    return text.text()[one.start : one.end] == one.text


def _texts(draft: GroupDraft) -> tuple[object, ...]:
    form = draft.form
    return form.topic, form.late_reason, form.sections, form.marks, form.answers


def _values(draft: GroupDraft) -> dict[str, Any]:
    form = draft.form
    return {
        "on": form.on,
        "at": form.at,
        "minutes": form.minutes,
        "topic": form.topic,
        "service_id": form.service_id,
        "place": form.place,
        "school_id": form.school_id,
        "interventions": form.interventions,
        "template_id": form.template_id,
        "late_reason": form.late_reason,
    }
