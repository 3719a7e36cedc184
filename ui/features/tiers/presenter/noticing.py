"""Who deserves a look, with the facts behind it; the rules; and the quiet line on Today."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout

from app.features.caseload.model import School
from app.features.people.commands import ChangeSetting
from app.kernel.changes import Changed, Kind
from app.kernel.noticing import (
    MOST_DAYS,
    MOST_TIMES,
    SHIPPED,
    Rule,
    Sign,
    changed_rule,
    rules_of,
    rules_text,
)
from app.kernel.rights import gives_medication
from app.kernel.words import _, ngettext
from app.overviews.noticing import Noticed
from app.overviews.reports.wording import spoken_grade
from app.overviews.screening_words import LEVELS
from app.overviews.tier_words import SIGNS, asks_for, spoken_met, spoken_rule
from ui.features.tiers.view.rules import RuleShown, RulesSheet
from ui.kit.asking import Asker, Entries
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget, Section, TodayLine
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.headings import Muted
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.records import RecordsView

SEEN = "noticing"
"""Under which name it is kept how many stood on the list, and when it was last looked at."""
_A_WEEK = timedelta(days=7)
_GRAVE = frozenset({Sign.OPEN_RISK, Sign.SCREENING, Sign.WORSE_SCREENING})
_Found = tuple[list[Noticed], tuple[Rule, ...], dict[str, str], tuple[School, ...]]


def today_lines(context: Context) -> list[TodayLine]:
    """Return one line once a week, and when more students are on the list than when last seen."""
    desk = context.desk
    settings = desk.people.settings(desk.seat.person)
    if settings["noticing_line"] != "on":
        return []
    count = len(desk.noticing.look(rules_of(settings["noticing_rules"])))
    seen = desk.people.state(desk.seat.person).get(SEEN, "")
    if not count or not _is_news(seen, count, context.today()):
        return []
    return [
        TodayLine(
            id="noticing",
            rank=92,
            icon="show",
            title=ngettext(
                "{count} student deserves a look", "{count} students deserve a look", count
            ).format(count=count),
            detail=_("By your rules; a list for people, nothing more."),
            when="",
            page="noticing",
            subject="",
            section=Section.WAITING,
        )
    ]


def _is_news(seen: str, count: int, today: date) -> bool:
    day, _space, known = seen.partition(" ")
    try:
        return count > int(known) or today - date.fromisoformat(day) >= _A_WEEK
    except ValueError:
        return True


class NoticingPage(PageWidget):
    """Students whose facts meet a rule; those whom most rules name stand first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asker = Asker(context, self)
        self._found: list[Noticed] = []
        self._rules: tuple[Rule, ...] = SHIPPED
        self._line = True
        self._seen = ""
        start = Button(_("Read the rules"), "list", "primary")
        self.view = RecordsView(
            _("Deserves a look"),
            (_("Rules"), "list"),
            [("", _("All buildings")), ("-", "")],
            EmptyState(
                "show",
                _("Nobody meets a rule now"),
                _(
                    "The list names students whose sessions, concerns or screenings meet one of"
                    " your rules. It is made anew each time and nothing of it is stored."
                ),
                start,
            ),
            start,
            (
                ("note", _("Note"), "note"),
                ("concern", _("Raise a concern"), "warning"),
                ("plan", _("Plan"), "draft"),
            ),
        )
        self.view.parts.set_options([("", _("All buildings"))])
        self.view.parts.hide()
        self.view.list.expands = True
        self.promise = Muted(
            _(
                "A list for people: it says which facts met which rule. No score is made, and"
                " nothing is stored about a child."
            )
        )
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        layout = self.view.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(1, self.promise)
        self.view.asked.connect(self._ask_rules)
        self.view.started.connect(self._ask_rules)
        self.view.linked.connect(self._act)
        self.view.turned.connect(lambda _part: self._show())
        self.view.list.opened.connect(lambda entry: context.go("student", entry.id))
        for key, name in (("N", "note"), ("C", "concern"), ("P", "plan")):
            keys = QShortcut(QKeySequence(key), self.view.list)
            keys.setContext(Qt.ShortcutContext.WidgetShortcut)
            keys.activated.connect(partial(self._act, name))
            self.view.links[name].setToolTip(key)

    def arrive(self) -> None:
        """Look again, and stand in the list."""
        self._reload()
        self.view.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def heed(self, changed: Changed) -> None:
        """Look again when a fact that a rule looks at changed, or a rule."""
        facts = {
            Kind.NOTE, Kind.CONCERN, Kind.SCREENING, Kind.RISK, Kind.TIER, Kind.VISIT,
            Kind.STUDENT, Kind.CASELOAD, Kind.GROUP_SESSION,
        }  # fmt: skip
        if self.isVisible() and changed.meets(facts):
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
        desk = self._context.desk

        def look_up() -> _Found:
            settings = desk.people.settings(desk.seat.person)
            rules = rules_of(settings["noticing_rules"])
            return desk.noticing.look(rules), rules, settings, tuple(desk.caseload.schools())

        self._context.tasks.read(look_up, self._take, self._context.say, key="noticing", owner=self)

    def _take(self, found: _Found) -> None:
        self._found, self._rules, settings, schools = found
        self._line = settings["noticing_line"] == "on"
        named = {one.school for one in self._found}
        parts = [school.name for school in schools if school.name in named]
        chosen = self.view.parts.value()
        self.view.parts.set_options([("", _("All buildings")), *((name, name) for name in parts)])
        self.view.parts.set_value(chosen if chosen in parts else "")
        self.view.parts.setVisible(len(parts) > 1)
        self._show()
        self._keep_seen(f"{self._context.today().isoformat()} {len(self._found)}")

    def _keep_seen(self, seen: str) -> None:
        """Keep how many were on the list today; a vault that is only read keeps nothing."""
        if seen == self._seen or self._context.desk.records.read_only:
            return
        self._seen = seen
        keep = partial(self._context.desk.people.keep_state, {SEEN: seen})
        self._context.tasks.write(keep, failed=self._context.say)

    def _show(self) -> None:
        school = self.view.parts.value() or ""
        entries = [_entry(one) for one in self._found if not school or one.school == school]
        self.view.list.entries.open_ids = {entry.id for entry in entries}
        self.view.show_entries(
            entries,
            ngettext("{count} student", "{count} students", len(entries)).format(count=len(entries))
            if entries
            else "",
        )
        for button in self.view.links.values():
            button.setEnabled(bool(entries))

    def _act(self, name: str) -> None:
        entry = self.view.list.entry()
        if entry is None:
            return
        pages = {
            "note": ("note", f"new:{entry.id}"),
            "concern": ("concerns", f"raise:{entry.id}"),
            "plan": ("plan-draft", f"student:{entry.id}"),
        }
        self._context.go(*pages[name])

    # -- the rules -------------------------------------------------------------------

    def _ask_rules(self) -> None:
        context, people = self._context, self._context.desk.people
        role = context.desk.seat.role
        shown = [
            rule for rule in self._rules if rule.sign is not Sign.VISITS or gives_medication(role)
        ]
        sheet = RulesSheet(
            [_shown(rule) for rule in shown],
            (MOST_TIMES, MOST_DAYS),
            lambda sign, times, days: spoken_rule(Rule(Sign(sign), times, days)),
            line=self._line,
            parent=self,
        )

        def keep(text: str, line: str) -> Changed:
            people.change_setting(ChangeSetting("noticing_rules", text))
            return people.change_setting(ChangeSetting("noticing_line", line))

        def act(entries: Entries) -> Callable[[], Changed]:
            rules = self._rules
            for rule in shown:
                rules = changed_rule(rules, _typed(rule, entries))
            return partial(keep, rules_text(rules), "on" if entries["line"] else "off")

        def shipped() -> None:
            sheet.reject()
            context.tasks.write(
                partial(people.change_setting, ChangeSetting("noticing_rules", "")),
                lambda _changed: self._kept(_("The shipped rules are set.")),
                context.say,
                owner=self,
            )

        sheet.shipped_asked.connect(shipped)
        self._asker.ask(sheet, act, lambda _changed, _entries: self._kept(_("The rules are kept.")))

    def _kept(self, say: str) -> None:
        self._context.notices.say(say)
        self._reload()


def _shown(rule: Rule) -> RuleShown:
    times, days = asks_for(rule.sign)
    levels = [(level, _(words)) for level, words in enumerate(LEVELS) if level]
    return RuleShown(
        rule.sign.value,
        _(SIGNS[rule.sign]),
        rule.on,
        rule.at_least if times else None,
        rule.days if days else None,
        levels if rule.sign is Sign.SCREENING else (),
    )


def _typed(rule: Rule, entries: Entries) -> Rule:
    return Rule(
        rule.sign,
        int(entries.get(f"{rule.sign}:at_least") or rule.at_least),
        int(entries.get(f"{rule.sign}:days") or rule.days),
        bool(entries[f"{rule.sign}:on"]),
    )


def _entry(one: Noticed) -> Entry:
    return Entry(
        one.student_id,
        one.name,
        " · ".join(
            part for part in (spoken_grade(one.grade) if one.grade else "", one.school) if part
        ),
        "",
        "person",
        tuple(
            (_(SIGNS[met.sign]), Mark.WARN if met.sign in _GRAVE else Mark.PLAIN) for met in one.met
        ),
        detail="\n".join(spoken_met(met) for met in one.met),
    )
