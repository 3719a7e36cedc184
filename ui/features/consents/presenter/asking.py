"""What is asked from several pages: for a consent, a form to be signed, the ages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget

from app.features.consents.commands import CorrectConsent, RecordConsent, SetConsentRules
from app.features.consents.model.ages import OF_AGE, Ages
from app.features.consents.model.elements import ConsentForm
from app.features.consents.model.records import Consent, ConsentRules, Signer, Way
from app.features.consents.model.scans import MOST_BYTES
from app.features.consents.service import ConsentChoices
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import StudentId, new_id
from app.kernel.releases import ConsentKind, Matter
from app.kernel.rights import gives_medication
from app.kernel.words import _, ngettext
from app.overviews.consent_words import KINDS, MATTERS, WAYS, spoken_ages
from app.overviews.reports.consent_papers import BlankForm, to_family
from ui.features.consents.view.sheets import AgesEntry, Asked, BlankEntry, ConsentEntry
from ui.kit.asking import Asker, Entries, about
from ui.kit.printing import Printed, choose_printer, print_on
from ui.kit.room import Context

_RELEASE = frozenset({"recipient", "recipient_class", "matters", "description", "purpose"})
_PART2 = _RELEASE | {
    "discloser",
    "revoke_how",
    "treatment",
    "says_redisclosure",
    "says_refusal",
}
_ELECTRONIC = frozenset({"identified", "approval"})
_ASKED = Asked(
    {
        **dict.fromkeys(ConsentKind, frozenset({"description"})),
        ConsentKind.RELEASE: _RELEASE,
        ConsentKind.PART2: _PART2,
    },
    {
        Way.PAPER: frozenset(),
        Way.ON_SCREEN: _ELECTRONIC,
        Way.ELECTRONIC: _ELECTRONIC,
        Way.TELEPHONE: frozenset({"witness"}),
    },
)
"""Which fields are in sight: those of the kind, and those of the way it was signed."""
_GUARDIAN = "guardian:"
_FILE, _PRINT = "file", "print"
_TEXTS = (
    "recipient", "description", "purpose", "discloser", "revoke_how", "signer_name", "capacity",
    "identified", "approval", "witness", "signed_on", "since", "until_on", "until_event", "comment",
)  # fmt: skip
_CHECKS = ("treatment", "says_redisclosure", "says_refusal", "student_signed")


@dataclass(frozen=True, slots=True)
class Begun:
    """What a sheet of a consent starts from: another one to renew, or to correct."""

    consent: Consent
    correcting: bool = False


def ask_consent(
    context: Context,
    asker: Asker,
    page: QWidget,
    student: StudentId,
    begun: Begun | None = None,
    done: Callable[[str], object] | None = None,
) -> None:
    """Ask for a consent of a student, and write it down; go to it then."""
    context.tasks.read(
        partial(context.desk.consents.choices, student),
        lambda found: _ask(context, asker, page, found, begun, done),
        context.say,
        owner=page,
    )


def _ask(
    context: Context,
    asker: Asker,
    page: QWidget,
    found: ConsentChoices,
    begun: Begun | None,
    done: Callable[[str], object] | None,
) -> None:
    correcting = begun is not None and begun.correcting
    sheet = ConsentEntry(
        (
            _("Correct the consent") if correcting else _("Record a consent"),
            _("Put in its place") if correcting else _("Record it"),
            _about(found),
        ),
        {
            "kind": kinds_for(context),
            "recipient_class": [(False, _("One party")), (True, _("A class of parties"))],
            "matters": [(matter.value, _(words)) for matter, words in MATTERS.items()],
            "signer": _signers(found),
            "way": [(way, _(words)) for way, words in WAYS.items()],
        },
        _ASKED,
        {f"{_GUARDIAN}{one.id}": one.relation for one in found.guardians},
        context.today,
        correcting=correcting,
        parent=page,
    )
    if begun is not None:
        sheet.take_up(
            _entries(begun.consent, found, renewing=not correcting),
            _(
                "{student}: what was signed is theirs, with its scan. The mistaken entry stays,"
                " marked as corrected; give the reason without a name."
            ).format(student=_about(found))
            if correcting and begun.consent.student_id != found.pupil.id
            else _("The mistaken consent stays, and is marked as corrected.")
            if correcting
            else _("Renewed from the consent before; enter what was signed now."),
        )
    consent_id = new_id()
    student = found.pupil.id

    def act(entries: Entries) -> Callable[[], Changed]:
        form, path = form_of(student, entries), str(entries["scan"])
        service = context.desk.consents

        def work() -> Changed:
            scan = read_scan(path) if path.strip() else b""
            if begun is not None and begun.correcting:
                why = str(entries["why"])
                return service.correct(
                    CorrectConsent(consent_id, begun.consent.id, form, why, scan)
                )
            return service.record(RecordConsent(consent_id, form, scan))

        return work

    def finished(changed: Changed, _entries: Entries) -> None:
        context.notices.say(
            _("The correction stands in its place.")
            if correcting
            else _("The consent is recorded.")
        )
        if done is not None:
            done(changed.made)

    sheet.browse_asked.connect(lambda: sheet.take_file(ask_scan(page)))
    what = ("consent", student) if begun is None else ("consent", student, begun.consent.id)
    asker.ask(sheet, act, finished, kept=about(*what))


def kinds_for(context: Context) -> list[tuple[object, str]]:
    """Return the kinds that whoever is at the desk records: the release first."""
    health = gives_medication(context.desk.seat.role)
    order = [ConsentKind.RELEASE, *(kind for kind in KINDS if kind is not ConsentKind.RELEASE)]
    return [
        (kind, _(KINDS[kind])) for kind in order if health or kind is not ConsentKind.MEDICATION
    ]


def _about(found: ConsentChoices) -> str:
    if found.age is None:
        return _("{name}; the date of birth is not on record").format(name=found.pupil.name)
    return ngettext("{name}, {age} year old", "{name}, {age} years old", found.age).format(
        name=found.pupil.name, age=found.age
    )


def _signers(found: ConsentChoices) -> list[tuple[object, str]]:
    signers: list[tuple[object, str]] = []
    for one in found.guardians:
        said = _("{name}, {relation}").format(name=one.name, relation=one.relation)
        if one.do_not_contact:
            said = _("{name} (do not contact: {reason})").format(
                name=said, reason=one.do_not_contact
            )
        signers.append((f"{_GUARDIAN}{one.id}", said if one.relation else one.name))
    student = (Signer.STUDENT.value, _("The student"))
    other = (Signer.OTHER.value, _("Someone else"))
    own = found.age is not None and found.age >= OF_AGE
    return [student, *signers, other] if own else [*signers, student, other]


def form_of(student: StudentId, entries: Entries) -> ConsentForm:
    """Return the form that stands on a sheet."""
    signer = str(entries["signer"] or "")
    guardian = signer.startswith(_GUARDIAN)
    form = ConsentForm(
        student_id=student,
        kind=str(entries["kind"]),
        matters=tuple(str(one) for one in entries["matters"]),
        recipient_class=bool(entries["recipient_class"]),
        signer=Signer.GUARDIAN if guardian else signer,
        signer_id=signer.removeprefix(_GUARDIAN) if guardian else "",
        way=str(entries["way"]),
    )
    typed: dict[str, Any] = {name: str(entries[name]) for name in _TEXTS}
    typed |= {name: bool(entries[name]) for name in _CHECKS}
    if guardian:
        typed["signer_name"] = ""
    return replace(form, **typed)


def _entries(one: Consent, found: ConsentChoices, *, renewing: bool) -> dict[str, object]:
    """Return what a sheet shows of a consent; a renewed one has other days and a new signature.

    Who signed is among this student's contacts only by the same id, or else by the same name.
    """
    entries: dict[str, object] = {
        name: getattr(one, name) for name in (*_TEXTS, *_CHECKS, "kind", "way", "recipient_class")
    }
    entries["matters"] = list(one.matters)
    entries["signer"] = _signer(one, found)
    if renewing:
        for name in ("signed_on", "since", "until_on", "identified", "approval", "witness"):
            entries.pop(name)
        entries.pop("student_signed")
        entries.pop("way")
    return entries


def _signer(one: Consent, found: ConsentChoices) -> str:
    """Return who signed as the sheet's choice has it; a stranger to this student as someone else."""
    if one.signer is not Signer.GUARDIAN:
        return one.signer.value
    if one.student_id == found.pupil.id:
        return f"{_GUARDIAN}{one.signer_id}"
    named = one.signer_name.casefold()
    same = [
        him for him in found.guardians if him.id == one.signer_id or him.name.casefold() == named
    ]
    return f"{_GUARDIAN}{same[0].id}" if same else Signer.OTHER.value


def ask_scan(page: QWidget) -> str:
    """Ask which file is the scan; empty for none."""
    title = _("Scan of the signed paper")
    pattern = _("Scans (*.pdf *.png *.jpg *.jpeg)")
    name, _kind = QFileDialog.getOpenFileName(page, title, "", pattern)
    return name


def read_scan(path: str) -> bytes:
    """Return a scan's bytes; refuse a file that cannot be read, at its field."""
    file = Path(path.strip())
    try:
        with file.open("rb") as opened:
            # One more than may be kept: a huge file is refused without being read whole.
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused("file-unreadable", "scan", path=str(file), reason=error.strerror) from None


def ask_target(page: QWidget, name: str, suffix: str) -> Path | None:
    """Ask where a paper goes; its name names nobody."""
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(documents) or Path.home())
    chosen, _kind = QFileDialog.getSaveFileName(
        page, _("Save"), str(folder / f"{name}{suffix}"), f"*{suffix}"
    )
    if not chosen:
        return None
    target = Path(chosen)
    return target if target.suffix else target.with_suffix(suffix)


# -- a form to be signed -------------------------------------------------------------------


def ask_form(
    context: Context, asker: Asker, page: QWidget, student: StudentId, kind: str = ""
) -> None:
    """Ask what is to stand on a form, and save it; it leaves as every paper does."""
    context.tasks.read(
        partial(context.desk.consents.choices, student),
        lambda found: _ask_form(context, asker, page, found, kind),
        context.say,
        owner=page,
    )


def _ask_form(
    context: Context, asker: Asker, page: QWidget, found: ConsentChoices, kind: str
) -> None:
    sheet = BlankEntry(
        _about(found),
        {
            "kind": [(one, _(KINDS[one])) for one in (ConsentKind.RELEASE, ConsentKind.PART2)],
            "matters": [(matter.value, _(words)) for matter, words in MATTERS.items()],
            "how": [(_FILE, _("Saved as PDF")), (_PRINT, _("Printed"))],
        },
        context.today,
        page,
    )
    start = {"for_whom": found.guardians[0].name if found.guardians else found.pupil.full}
    if kind:
        start["kind"] = kind
    sheet.take_up(start, _about(found))

    chosen: list[QPrinter] = []

    def act(entries: Entries) -> Callable[[], str | tuple[str, bytes]]:
        blank = blank_of(found.pupil.id, entries)
        if not str(entries["for_whom"]).strip():
            raise Refused("recipient-missing", "for_whom")
        release = to_family(str(entries["for_whom"]), _("To be signed"))
        papers = context.desk.consent_papers
        if entries["how"] == _PRINT:
            printer = choose_printer(sheet, _("Form of a release"))
            if printer is None:
                raise Refused("printer-needed", "how")
            chosen.append(printer)
            return partial(papers.record_print, blank, release)
        target = ask_target(page, _("release-form"), ".pdf")
        if target is None:
            raise Refused("target-needed")
        return partial(papers.save_form, blank, target, release, replace=True)

    def done(left: str | tuple[str, bytes], _entries: Entries) -> None:
        context.tasks.changed.emit(Changed.only(Kind.DISCLOSURE))
        if isinstance(left, str):
            context.notices.say(_("The form is saved, and its disclosure written down."))
        else:
            print_form(context, page, chosen[-1], *left)

    asker.ask(sheet, act, done, kept=about("release-form", found.pupil.id))


def print_form(
    context: Context, page: QWidget, printer: QPrinter, disclosure: str, pdf: bytes
) -> None:
    """Print a form whose disclosure is written down; say so there if no page was taken."""

    def done(printed: Printed) -> None:
        if printed.pages:
            context.notices.say(_("Printed. The disclosure is on record."))
            return
        context.tasks.write(
            partial(context.desk.consent_papers.print_failed, disclosure), failed=context.say
        )
        context.say(Trouble("print-not-left", reason=printer.printerName()))

    print_on(page, context.tasks, printer, pdf, done, context.say)


def blank_of(student: StudentId, entries: Entries) -> BlankForm:
    """Return the form that a sheet asks for."""
    return BlankForm(
        student,
        ConsentKind(entries["kind"]),
        str(entries["recipient"]),
        tuple(Matter(one).value for one in entries["matters"]),
        str(entries["description"]),
        str(entries["purpose"]),
        until_on=str(entries["until_on"]),
    ).accepted()


# -- ages ----------------------------------------------------------------------------------


def ask_ages(context: Context, asker: Asker, page: QWidget) -> None:
    """Ask from which age a student signs, by kind; say what holds now."""
    service = context.desk.consents
    context.tasks.read(
        lambda: (service.rules(), service.ages()),
        lambda found: _ask_ages(context, asker, page, *found),
        context.say,
        owner=page,
    )


def _ask_ages(
    context: Context,
    asker: Asker,
    page: QWidget,
    rules: ConsentRules | None,
    ages: Mapping[ConsentKind, Ages],
) -> None:
    kept = {kind: rest for kind, *rest in rules.ages} if rules else {}
    now = "\n".join(
        _("{kind}: {ages}").format(kind=_(KINDS[kind]), ages=spoken_ages(one))
        for kind, one in ages.items()
    )
    said = _(
        "From which age a minor signs differs from state to state: enter only what the law or your"
        " district says. Until then a student signs alone at 18. Now in force:"
    )
    offered = [kind for kind in KINDS if kind is not ConsentKind.RELEASE]
    sheet = AgesEntry(
        f"{said}\n{now}",
        [(kind.value, _(KINDS[kind]), *_shown(kept.get(kind))) for kind in offered],
        rules.title if rules else "",
        page,
    )

    def act(entries: Entries) -> Callable[[], Changed]:
        found = []
        for kind in offered:
            alone = _age(str(entries[f"alone_{kind}"]), f"alone_{kind}")
            besides = _age(str(entries[f"besides_{kind}"]), f"besides_{kind}")
            if alone is not None or besides is not None:
                found.append((kind.value, alone, besides))
        command = SetConsentRules(tuple(found), str(entries["title"]))

        def work() -> Changed:
            try:
                return context.desk.consents.set_rules(command)
            except Refused as refused:
                part = "besides" if refused.code == "consent-age-besides" else "alone"
                facts = dict(refused.facts)
                raise Refused(refused.code, f"{part}_{refused.field}", **facts) from None

        return work

    def done(_changed: Changed, _entries: Entries) -> None:
        context.notices.say(_("The ages are set."))

    asker.ask(sheet, act, done, kept=about("consent-ages"))


def _shown(ages: Sequence[int | None] | None) -> tuple[str, str]:
    alone, besides = ages or (None, None)
    return "" if alone is None else str(alone), "" if besides is None else str(besides)


def _age(text: str, field: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise Refused("consent-age-number", field)
    return int(text)
