"""One consent: what was signed, its scan, what ended it, and what it corrects."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from app.features.consents.commands import KeepScan, MarkEvent, RevokeConsent, TakeBackEnd
from app.features.consents.model.records import Consent, ConsentEnd, ConsentScan, EndKind, ScanType
from app.features.consents.model.states import State
from app.features.consents.service import ConsentSheet
from app.features.privacy.model import Record
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.words import _
from app.overviews.consent_words import (
    ENDS,
    STATES,
    WAYS,
    spoken_end,
    spoken_ending,
    spoken_kind,
    spoken_matters,
    spoken_recipient,
    spoken_signer,
)
from app.overviews.reports.consent_papers import to_family
from app.overviews.reports.wording import spoken_day, spoken_grade, spoken_moment
from app.paper.preview import page_image, page_texts
from ui.features.consents.presenter.asking import (
    Begun,
    ask_consent,
    ask_scan,
    ask_target,
    read_scan,
)
from ui.features.consents.presenter.lists import MARKS
from ui.features.consents.view.sheets import (
    CopyEntry,
    EndEntry,
    FileEntry,
    ScanSheet,
    WhyEntry,
)
from ui.kit.asking import Entries, about
from ui.kit.look import Kind as Mark
from ui.kit.look import look
from ui.kit.looks import record_look
from ui.kit.one_record import RecordPage
from ui.kit.room import Context
from ui.kit.students import pick_student
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.preview import Picture
from ui.kit.widgets.records import Fact, RecordShown, RecordView

_SHOWN_PAGES = 12
_PAGE_WIDTH = 780
_POINTS = 612
_BESIDE = 24
"""What the bar beside the pages takes."""
_OVER = {State.LAPSED, State.REVOKED, State.EVENT}


class ConsentPage(RecordPage[ConsentSheet]):
    """One consent."""

    heeded = frozenset({Kind.CONSENT})
    otherwise = ("consents",)

    def __init__(self, context: Context) -> None:
        self.scan_sheet: ScanSheet | None = None
        super().__init__(
            context,
            RecordView(
                (
                    ("scan", _("Show the scan"), "show"),
                    ("add", _("Add a scan"), "attach"),
                    ("renew", _("Renew"), "redo"),
                    ("revoke", _("Revoke"), "stop"),
                    ("event", _("Its event came to pass"), "done"),
                    ("back", _("Take the end back"), "undo"),
                    ("correct", _("Correct"), "amendment"),
                    ("other", _("This is another student’s"), "person"),
                    ("newer", _("Open the newer one"), "forward"),
                    ("student", _("Open the student"), "student"),
                ),
                _("What came after, and before"),
                _("Consent"),
            ),
        )
        self.view.history.opened.connect(self._open)

    def _source(self) -> Callable[[], ConsentSheet]:
        return partial(self.context.desk.consents.sheet, self.subject)

    def _show(self, sheet: ConsentSheet) -> None:
        one = sheet.consent
        record_look(self.context, one.person_id, Record.CONSENT, one.id, one.student_id)
        chips = [(_(STATES[sheet.state]), MARKS.get(sheet.state, Mark.PLAIN))]
        warnings = [spoken_ending(end) for end in sheet.standing_ends]
        if sheet.lapses_soon:
            chips = [(_("About to lapse"), Mark.WARN)]
        if sheet.replaced_by is not None:
            why = sheet.replaced_by.correction
            warnings.append(
                _("It was another student’s: {why}").format(why=why)
                if _is_anothers(sheet)
                else _("Another stands in its place: {why}").format(why=why)
            )
        self.view.show_record(
            RecordShown(
                title=_("{kind}: {name}").format(kind=spoken_kind(one.kind), name=sheet.pupil.name),
                line=" · ".join(
                    part
                    for part in (
                        spoken_grade(sheet.pupil.grade) if sheet.pupil.grade else "",
                        _("from {day}").format(day=spoken_day(one.since)),
                        spoken_end(one),
                    )
                    if part
                ),
                chips=tuple(chips),
                warnings=tuple(warnings),
                facts=tuple(fact for fact in _facts(sheet) if fact.text),
            )
        )
        self.view.show_history(
            [
                *(_ending(sheet, end) for end in reversed(sheet.ends)),
                *(_earlier(earlier) for earlier in sheet.before),
            ]
        )
        self._offer(sheet)

    def _offer(self, sheet: ConsentSheet) -> None:
        keys = ["student"]
        if sheet.scans:
            keys.append("scan")
        if sheet.replaced_by is not None:
            if not _is_anothers(sheet):
                keys.append("newer")
        else:
            keys.append("add")
            if sheet.standing_ends:
                keys.append("back")
            else:
                keys += ["correct", "other"]
                if sheet.state not in _OVER:
                    keys.append("revoke")
                if sheet.consent.until_event and sheet.state not in _OVER:
                    keys.append("event")
            if sheet.lapses_soon or sheet.state in _OVER:
                keys.append("renew")
        self.view.offer(*keys)

    def _open(self, entry: Entry) -> None:
        if isinstance(entry.subject, Consent):
            self.context.go("consent", entry.subject.id)

    # -- doing -----------------------------------------------------------------------

    def _act(self, name: str, sheet: ConsentSheet) -> None:
        acts: dict[str, Callable[[ConsentSheet], None]] = {
            "scan": self._show_scan,
            "add": self._add_scan,
            "renew": self._renew,
            "correct": self._correct,
            "other": self._give_to_another,
            "revoke": partial(self._end, revoked=True),
            "event": partial(self._end, revoked=False),
            "back": self._take_back,
            "newer": self._newer,
            "student": lambda found: self.context.go("student", found.consent.student_id),
        }
        acts[name](sheet)

    def _newer(self, sheet: ConsentSheet) -> None:
        if sheet.replaced_by is not None:
            self.context.go("consent", sheet.replaced_by.id)

    def _renew(self, sheet: ConsentSheet) -> None:
        one = sheet.consent
        ask_consent(self.context, self.asker, self, one.student_id, Begun(one), self._go_to)

    def _correct(self, sheet: ConsentSheet) -> None:
        one = sheet.consent
        begun = Begun(one, correcting=True)
        ask_consent(self.context, self.asker, self, one.student_id, begun, self._go_to)

    def _give_to_another(self, sheet: ConsentSheet) -> None:
        one = sheet.consent

        def picked(student: StudentId, _name: str) -> None:
            begun = Begun(one, correcting=True)
            ask_consent(self.context, self.asker, self, student, begun, self._go_to)

        pick_student(self.context, self, _("Whose consent is it?"), picked)

    def _go_to(self, consent: str) -> None:
        self.context.go("consent", consent, instead=True)

    def _end(self, sheet: ConsentSheet, *, revoked: bool) -> None:
        context, one = self.context, sheet.consent
        entry = EndEntry(
            _("{kind}: {name}").format(kind=spoken_kind(one.kind), name=sheet.pupil.name),
            context.today,
            revoked=revoked,
            parent=self,
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            how, day = str(entries["how"]), str(entries["on_day"])
            if revoked:
                command = RevokeConsent(one.id, str(entries["said_by"]), how, day)
                return partial(context.desk.consents.revoke, command)
            return partial(context.desk.consents.mark_event, MarkEvent(one.id, how, day))

        def done(_changed: Changed, _entries: Entries) -> None:
            context.notices.say(
                _("The revocation is written down.") if revoked else _("The end is written down.")
            )

        self.asker.ask(
            entry, act, done, kept=about("consent-end", one.id, "revoked" if revoked else "event")
        )

    def _take_back(self, sheet: ConsentSheet) -> None:
        context, end = self.context, sheet.standing_ends[-1]
        entry = WhyEntry(
            _("Take the end back"),
            _("{end}. Both entries stay; the consent is in force again.").format(
                end=spoken_ending(end)
            ),
            self,
        )

        def act(entries: Entries) -> Callable[[], Changed]:
            command = TakeBackEnd(end.id, str(entries["why"]))
            return partial(context.desk.consents.take_back, command)

        self.asker.ask(
            entry,
            act,
            lambda _changed, _entries: context.notices.say(_("The end is taken back.")),
            kept=about("consent-back", end.id),
        )

    # -- scans -----------------------------------------------------------------------

    def _add_scan(self, sheet: ConsentSheet) -> None:
        context, consent = self.context, sheet.consent.id
        entry = FileEntry(self)

        def act(entries: Entries) -> Callable[[], Changed]:
            path = str(entries["scan"])
            if not path.strip():
                raise Refused("file-needed", "scan")
            return lambda: context.desk.consents.keep_scan(KeepScan(consent, read_scan(path)))

        entry.browse_asked.connect(lambda: entry.take_file(ask_scan(self)))
        self.asker.ask(
            entry,
            act,
            lambda _changed, _entries: context.notices.say(_("The scan is kept in the vault.")),
            kept=about("consent-scan", consent),
        )

    def _show_scan(self, sheet: ConsentSheet) -> None:
        scan = sheet.scans[0]
        shown = ScanSheet(_("Scan"), _scan_said(scan), self)
        self.scan_sheet = shown

        def over(_result: int) -> None:
            self.scan_sheet = None
            shown.deleteLater()

        shown.finished.connect(over)
        shown.save_button.clicked.connect(partial(self._save_scan, sheet, scan))
        shown.open()
        room = shown.column.viewport().width() - look().px(_BESIDE)
        width = round(max(200, min(room, look().px(_PAGE_WIDTH))) * self.devicePixelRatioF())
        self.context.tasks.read(
            lambda: pictures_of(*self.context.desk.consents.scan(scan.id), width),
            lambda found: shown.show_pages(*found, scan.pages),
            self.context.say,
            owner=shown,
        )

    def _save_scan(self, sheet: ConsentSheet, scan: ConsentScan) -> None:
        context = self.context
        names = dict.fromkeys((sheet.consent.signer_name, sheet.pupil.full))
        entry = CopyEntry(list(names), self.scan_sheet or self)

        def act(entries: Entries) -> Callable[[], str]:
            release = to_family(str(entries["recipient"]), _("A copy of what was signed"))
            papers = context.desk.consent_papers
            target = ask_target(self, _("consent-copy"), papers.suffix(scan.type))
            if target is None:
                raise Refused("target-needed")
            return partial(papers.save_scan, scan.id, target, release, replace=True)

        def done(_disclosure: str, _entries: Entries) -> None:
            context.tasks.changed.emit(Changed.only(Kind.DISCLOSURE))
            context.notices.say(_("The copy is saved, and its disclosure written down."))

        self.asker.ask(entry, act, done, kept=about("consent-copy", scan.id))


def _is_anothers(sheet: ConsentSheet) -> bool:
    """Tell whether it turned out to be another student's, whom this page does not name."""
    by = sheet.replaced_by
    return by is not None and by.student_id != sheet.consent.student_id


def pictures_of(scan: ConsentScan, content: bytes, width: int) -> tuple[list[Picture], list[str]]:
    """Return the first pages of a scan as pictures of a width in pixels, with what they say.

    They are made in memory; no file is written.
    """
    if scan.type is ScanType.PDF:
        pages = range(min(scan.pages, _SHOWN_PAGES))
        pictures = [_page(content, number, width) for number in pages]
        return pictures, page_texts(content)[: len(pictures)]
    return [_picture(content, width)], [_("A scanned picture")]


def _page(content: bytes, number: int, width: int) -> Picture:
    picture = page_image(content, number, width / _POINTS)
    if picture[0] > width:  # a page that lies, or a large one
        picture = page_image(content, number, width / _POINTS * width / picture[0])
    return picture


def _picture(content: bytes, width: int) -> Picture:
    data = QByteArray(content)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    read = reader.read()
    buffer.close()
    if read.isNull():
        raise Refused("scan-unreadable")
    if read.width() > width:
        read = read.scaled(
            QSize(width, read.height()),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    image = read.convertToFormat(QImage.Format.Format_RGB32)
    return image.width(), image.height(), bytes(image.constBits())


def _scan_said(scan: ConsentScan) -> str:
    when = spoken_moment(Moment(scan.recorded_at, scan.zone))
    return _("Kept in the vault on {when}").format(when=when)


def _ending(sheet: ConsentSheet, end: ConsentEnd) -> Entry:
    standing = end in sheet.standing_ends
    chips = [] if standing or end.kind is EndKind.MISTAKE else [(_("Taken back"), Mark.PLAIN)]
    return Entry(
        end.id,
        spoken_ending(end) if end.kind is not EndKind.MISTAKE else _(ENDS[end.kind]),
        " · ".join(part for part in (end.how, sheet.names.get(end.person_id, "")) if part),
        spoken_moment(Moment(end.recorded_at, end.zone)),
        "stop" if standing else "undo",
        tuple(chips),
        subject=end,
    )


def _earlier(one: Consent) -> Entry:
    return Entry(
        one.id,
        _("Written down before: {kind}").format(kind=spoken_kind(one.kind)),
        " · ".join(part for part in (one.recipient, one.description) if part),
        spoken_moment(Moment(one.recorded_at, one.zone)),
        "history",
        ((_("Corrected"), Mark.WARN),),
        subject=one,
    )


def _facts(sheet: ConsentSheet) -> list[Fact]:
    one = sheet.consent
    stated = []
    if one.says_redisclosure:
        stated.append(_("What is disclosed may be disclosed again."))
    if one.says_refusal:
        stated.append(_("What it means to refuse to sign."))
    return [
        Fact(_("To whom"), spoken_recipient(one)),
        Fact(_("What of the record"), spoken_matters(one.matters)),
        Fact(_("Exactly what"), one.description),
        Fact(_("What for"), one.purpose),
        Fact(_("Who may disclose it"), one.discloser),
        Fact(
            _("Use"),
            _("Treatment, payment and health care operations") if one.treatment else "",
        ),
        Fact(_("The paper says"), "\n".join(stated)),
        Fact(_("How it can be revoked"), one.revoke_how),
        Fact(_("Signed by"), spoken_signer(one)),
        Fact(
            _("Signed on"),
            _("{day} · {way}").format(day=spoken_day(one.signed_on), way=_(WAYS[one.way])),
        ),
        Fact(_("How the person was identified"), one.identified),
        Fact(_("How they showed that they agree"), one.approval),
        Fact(_("Who heard it too"), one.witness),
        Fact(_("Comment"), one.comment),
        Fact(_("Why it was corrected"), one.correction),
        Fact(
            _("Recorded"),
            _("{when}, {by}").format(
                when=spoken_moment(Moment(one.recorded_at, one.zone)), by=sheet.by
            ),
        ),
    ]
