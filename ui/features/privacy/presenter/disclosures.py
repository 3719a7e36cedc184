"""The page of disclosures: all of them, or one student's."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from app.features.privacy.model import Disclosure, DisclosureLine
from app.kernel.changes import Changed, Kind
from app.kernel.ids import StudentId
from app.kernel.names import listed_name
from app.kernel.releases import Ground
from app.kernel.words import _, ngettext
from app.overviews.privacy_words import SHORT, spoken_ground, spoken_what
from app.overviews.reports.wording import (
    spoken_day,
    spoken_fingerprint,
    spoken_means,
    spoken_moment,
    spoken_paper,
)
from ui.features.privacy.presenter.asking import ask_log, ask_log_on_paper
from ui.features.privacy.view.disclosures import DisclosuresView
from ui.kit.asking import Asker
from ui.kit.look import Kind as Mark
from ui.kit.room import Context, PageWidget
from ui.kit.widgets.tables import Column


class DisclosuresPage(PageWidget):
    """Who was shown what, newest first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._student = StudentId("")
        self.view = DisclosuresView(_columns())
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.view)
        self.view.table.current.connect(self._detail)
        self.view.table.opened.connect(self._open)
        self.view.student_asked.connect(lambda: self._open(self.view.table.row()))
        self.view.find_asked.connect(lambda: self._context.go("caseload"))
        self.view.everyone_asked.connect(lambda: self.show_subject(""))
        self._asker = Asker(context, self)
        self.view.log.clicked.connect(lambda: ask_log(context, self._asker, self, self._student))
        self.view.print.clicked.connect(
            lambda: ask_log_on_paper(context, self._asker, self, self._student)
        )
        self.view.requests.clicked.connect(
            lambda: context.go("requests", f"student:{self._student}" if self._student else "")
        )
        self.view.model.loaded.connect(self._count)
        self._asked = False

    def show_subject(self, subject: str) -> None:
        """Show the disclosures of a student, or of all."""
        self._student = StudentId(subject)
        self.view.of_one(on=bool(subject))
        self._reload()

    def arrive(self) -> None:
        """Stand in the table."""
        if not self._asked:
            self._reload()
        empty = not self.view.empty.isHidden()
        (self.view.empty if empty else self.view.table).setFocus()

    def flush(self) -> None:
        """Keep what stands on an open sheet."""
        self._asker.flush()

    def heed(self, changed: Changed) -> None:
        """Look again when something left, or a name changed."""
        if self._asked and changed.meets({Kind.DISCLOSURE, Kind.STUDENT}):
            self._reload()

    def _reload(self) -> None:
        self._asked = True
        self.view.show_detail("", "", "")
        self.view.model.set_source(self._fetch)

    def _fetch(
        self,
        offset: int,
        limit: int,
        _sort: str,
        _descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
    ) -> None:
        privacy, student = self._context.desk.privacy, self._student or None

        def look_up() -> tuple[int, list[DisclosureLine]]:
            return privacy.count(student), privacy.disclosures(student, offset, limit)

        self._context.tasks.read(look_up, lambda found: answer(*found), owner=self)

    def _count(self, total: int) -> None:
        self.view.about.setText(
            ngettext(
                "{count} disclosure, newest first", "{count} disclosures, newest first", total
            ).format(count=f"{total:,}")
            if total
            else ""
        )
        self.view.about.setVisible(total > 0)

    def _detail(self, line: object) -> None:
        if not isinstance(line, DisclosureLine):
            self.view.show_detail("", "", "")
            return
        disclosure = line.disclosure
        self.view.show_detail(
            _("{paper} for {recipient}").format(
                paper=spoken_paper(disclosure.paper), recipient=disclosure.recipient
            ),
            "\n".join(
                (
                    _("Why: {purpose}").format(purpose=disclosure.purpose),
                    *_grounds(disclosure),
                    _("What: {sections}").format(sections=spoken_what(disclosure)),
                    _("By {person}, {moment}; {how}").format(
                        person=line.by, moment=spoken_moment(disclosure.made), how=_how(line)
                    ),
                )
            ),
            _("{bytes} bytes, SHA-256 {sha256}").format(
                bytes=f"{disclosure.bytes:,}", sha256=spoken_fingerprint(disclosure.sha256)
            ),
        )

    def _open(self, line: object) -> None:
        if isinstance(line, DisclosureLine):
            self._context.go("student", line.disclosure.student_id)


def _columns() -> tuple[Column, ...]:
    return (
        Column("when", _("When"), lambda d: spoken_day(d.disclosure.made.day()), 116, sort=False),
        Column("student", _("Student"), _student, 170, strong=True, sort=False),
        Column("recipient", _("To whom"), lambda d: d.disclosure.recipient, 200, sort=False),
        Column("purpose", _("Why"), lambda d: d.disclosure.purpose, 170, stretch=True, sort=False),
        Column("ground", _("Ground"), _ground, 140, sort=False, chips=_ground_chips),
        Column("how", _("How"), _how, 140, sort=False, chips=_how_chips),
    )


def _student(line: DisclosureLine) -> str:
    return listed_name(line.student_given, line.student_family, line.student_preferred)


def _how(line: DisclosureLine) -> str:
    return _("Not handed over") if line.stopped else spoken_means(line.disclosure.means)


def _how_chips(line: DisclosureLine) -> tuple[tuple[str, str], ...] | None:
    return ((_how(line), Mark.WARN),) if line.stopped else None


def _ground(line: DisclosureLine) -> str:
    ground = line.disclosure.terms.ground
    return _(SHORT[ground]) if ground is not None else "–"


def _ground_chips(line: DisclosureLine) -> tuple[tuple[str, str], ...] | None:
    emergency = line.disclosure.terms.ground is Ground.EMERGENCY
    return ((_ground(line), Mark.BAD),) if emergency else None


def _grounds(disclosure: Disclosure) -> list[str]:
    """Return on what ground it left, with what was said of it."""
    terms = disclosure.terms
    said = [_("Ground: {ground}").format(ground=spoken_ground(terms.ground))]
    if terms.interest:
        said.append(_("Interest: {interest}").format(interest=terms.interest))
    if terms.because:
        said.append(_("More than usual, because: {why}").format(why=terms.because))
    if terms.emergency is not None:
        said.append(_("Threat: {threat}").format(threat=terms.emergency.threat))
        said.append(_("Who had to know: {who}").format(who=terms.emergency.who_needs))
    return said
