"""What is asked from several pages: for a student, a concern, a contact."""

from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial

from PySide6.QtWidgets import QWidget

from app.features.collaboration.commands import LogContact, RaiseConcern
from app.features.collaboration.model.concerns import (
    Raiser,
    Seen,
    Unit,
    Urgency,
    Way,
    Whose,
)
from app.features.collaboration.model.contacts import By, ContactRow, Result, WithKind
from app.features.collaboration.model.team import MemberKind
from app.features.collaboration.service.concerns import Raisers, SignList
from app.features.collaboration.service.contacts import ContactChoices
from app.features.privacy.labels import Labelled
from app.kernel.changes import Changed
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.words import _
from app.overviews.collaboration_words import (
    BY,
    RAISERS,
    RESULTS,
    URGENCIES,
    WAYS,
    WHOSE,
    WITH,
    choices,
    spoken_attempts,
)
from app.overviews.reports.wording import spoken_grade
from ui.features.collaboration.view.sheets import ConcernEntry, ContactEntry
from ui.kit.asking import Asker, Entries, about
from ui.kit.room import Context
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.pupil import PupilSheet

_FOUND = 12
_WITH_MEMBER = {
    MemberKind.STAFF: WithKind.STAFF,
    MemberKind.GUARDIAN: WithKind.GUARDIAN,
    MemberKind.PROVIDER: WithKind.PROVIDER,
}


def pick_student(
    context: Context, page: QWidget, title: str, then: Callable[[StudentId, str], None]
) -> None:
    """Ask for a student by letters or a number; go on with their id and name."""
    sheet = PupilSheet(title, parent=page)

    def seek(text: str) -> None:
        if text.strip():
            context.tasks.read(
                lambda: context.desk.caseload.find(text, _FOUND),
                lambda found: sheet.show_found(
                    [
                        Entry(
                            hit.id,
                            hit.name,
                            " · ".join(
                                part
                                for part in (spoken_grade(hit.grade), hit.school, hit.number)
                                if part
                            ),
                            icon="student",
                        )
                        for hit in found
                    ]
                ),
                context.say,
                key="collaboration-students",
                owner=sheet,
            )

    sheet.sought.connect(seek)
    sheet.picked.connect(lambda entry: then(StudentId(entry.id), entry.title))
    sheet.finished.connect(sheet.deleteLater)
    sheet.open()


def number(text: str, field: str, most: int) -> int:
    """Return a number that was typed, 0 for none; refuse what is none at its field."""
    entry = text.strip()
    if not entry:
        return 0
    if not (entry.isascii() and entry.isdecimal() and int(entry[:6]) <= most):
        raise Refused("number-between", field, least=0, most=most)
    return int(entry)


def ask_concern(context: Context, asker: Asker, page: QWidget, student: StudentId) -> None:
    """Ask what was noticed about a student."""
    rooms = context.desk.collaboration.concerns

    def opened(found: tuple[SignList, Raisers, str]) -> None:
        signs, raisers, name = found
        counted = [one for one in signs.signs if one.unit is not Unit.NONE]
        calm = [one for one in signs.signs if one.unit is Unit.NONE and not one.danger]
        alarming = [one for one in signs.signs if one.danger]
        known = {one.name: one.id for one in (*raisers.known, *raisers.guardians)}
        sheet = ConcernEntry(
            name,
            {
                "raiser": choices(RAISERS),
                "way": choices(WAYS),
                "whose": choices(WHOSE),
                "urgency": choices(URGENCIES),
                "signs": [(one.code, one.label) for one in calm],
                "danger": [(one.code, one.label) for one in alarming],
            },
            [(one.code, one.label) for one in counted],
            list(known),
            context.today,
            page,
        )
        concern = new_id()

        def act(entries: Entries) -> Callable[[], Changed]:
            weeks = number(str(entries.get("weeks", "")), "weeks", 52)
            seen = [Seen(str(code), "") for code in (*entries["signs"], *entries["danger"])]
            for one in counted:
                count = number(str(entries[f"count_{one.code}"]), f"count_{one.code}", 999)
                if count:
                    seen.append(Seen(one.code, "", count, weeks))
            raiser = str(entries["raiser_name"]).strip()
            command = RaiseConcern(
                student,
                Raiser(entries["raiser"]),
                str(entries["words"]),
                raiser,
                known.get(raiser, ""),
                Way(entries["way"]),
                Whose(entries["whose_words"]),
                str(entries["raised_on"]),
                tuple(seen),
                str(entries["tried"]),
                Urgency(int(str(entries["urgency"]))),
                concern_id=concern,
            )
            return partial(rooms.raise_concern, command)

        def done(_changed: Changed, entries: Entries) -> None:
            if entries["danger"]:
                context.notices.say(
                    _("The concern is kept, and urgent. It says what must happen now."),
                    kind="trouble",
                )
            else:
                context.notices.say(_("The concern is kept."))
            context.go("concern", concern)

        asker.ask(sheet, act, done, kept=about("concern", student))

    context.tasks.read(
        lambda: (
            rooms.signs(),
            rooms.raisers(student),
            context.desk.collaboration.contacts.choices(student).pupil.name,
        ),
        opened,
        context.say,
        owner=page,
    )


def ask_contact(
    context: Context,
    asker: Asker,
    page: QWidget,
    student: StudentId,
    *,
    matter: str = "",
    corrects: ContactRow | None = None,
) -> None:
    """Ask whom one tried to reach about a student, and what came of it."""
    rooms = context.desk.collaboration.contacts

    def opened(found: ContactChoices) -> None:
        whom, hints = _whom(found)
        sheet = ContactEntry(
            found.pupil.name,
            {
                "matter": [
                    ("", _("A new matter")),
                    *(
                        (
                            one.id,
                            _("{about}: {attempts}").format(
                                about=one.about, attempts=spoken_attempts(one)
                            ),
                        )
                        for one in found.matters
                    ),
                ],
                "whom": whom,
                "with_kind": choices(WITH),
                "way": choices(BY),
                "result": choices(RESULTS),
            },
            hints,
            context.today,
            correcting=corrects is not None,
            parent=page,
        )
        fields = sheet.form
        if corrects is not None:
            _take_over(sheet, corrects, whom)
            sheet.label.show_record(context, Labelled.CONTACT, corrects.id)
        elif matter and any(one.id == matter for one in found.matters):
            open_matter = next(one for one in found.matters if one.id == matter)
            fields.field("matter").editor.set_value(matter)  # type: ignore[attr-defined]
            key = f"guardian:{open_matter.last.with_id}"
            if any(value == key for value, _words in whom):
                fields.field("whom").editor.set_value(key)  # type: ignore[attr-defined]
        contact = new_id()

        def act(entries: Entries) -> Callable[[], Changed]:
            if not entries["result"]:
                raise Refused("contact-needs-result", "result")
            kind, with_id, name = _chosen(found, entries)
            command = LogContact(
                student,
                kind,
                name,
                By(entries["way"]),
                Result(entries["result"]),
                str(entries["about"]),
                with_id,
                str(entries["said"]),
                _moment(context.desk.clock.now(), entries),
                str(entries["next_on"]),
                str(entries.get("matter") or ""),
                str(entries["despite"]),
                str(entries["interpreter"]),
                corrects.id if corrects else "",
                str(entries.get("why", "")),
                contact,
            )
            return partial(rooms.log, command)

        def done(_changed: Changed, entries: Entries) -> None:
            if Result(entries["result"]) is Result.REACHED:
                context.notices.say(_("Kept. The matter is closed: someone was reached."))
            else:
                context.notices.say(_("The attempt is kept."))

        asker.ask(sheet, act, done, kept=about("contact", student, corrects.id if corrects else ""))

    context.tasks.read(partial(rooms.choices, student), opened, context.say, owner=page)


def _whom(found: ContactChoices) -> tuple[list[tuple[object, str]], dict[object, str]]:
    whom: list[tuple[object, str]] = []
    hints: dict[object, str] = {}
    for guardian in found.guardians:
        key = f"guardian:{guardian.id}"
        whom.append(
            (
                key,
                _("{name} ({relation})").format(name=guardian.name, relation=guardian.relation)
                if guardian.relation
                else guardian.name,
            )
        )
        hints[key] = " · ".join(
            part
            for part in (
                _("Not to be contacted: {reason}").format(reason=guardian.do_not_contact)
                if guardian.do_not_contact
                else "",
                guardian.phone,
                guardian.email,
                _("speaks {language}").format(language=guardian.language)
                if guardian.language
                else "",
                _("needs an interpreter") if guardian.interpreter else "",
            )
            if part
        )
    for member in found.team:
        key = f"team:{member.id}"
        whom.append(
            (
                key,
                _("{name} ({relation})").format(name=member.name, relation=member.role)
                if member.role
                else member.name,
            )
        )
        hints[key] = member.phone
    whom.append(("other", _("Someone else")))
    return whom, hints


def _chosen(found: ContactChoices, entries: Entries) -> tuple[WithKind, str, str]:
    which, _colon, key = str(entries["whom"]).partition(":")
    if which == "guardian":
        guardian = next(one for one in found.guardians if one.id == key)
        return WithKind.GUARDIAN, guardian.id, guardian.name
    if which == "team":
        member = next(one for one in found.team if one.id == key)
        return _WITH_MEMBER[member.kind], member.ref_id, member.name
    return WithKind(entries["with_kind"]), "", str(entries["with_name"])


def _take_over(sheet: ContactEntry, row: ContactRow, whom: list[tuple[object, str]]) -> None:
    """Show the row that is corrected, to be mended."""
    key = f"guardian:{row.with_id}"
    known = any(value == key for value, _words in whom)
    sheet.take_up(
        {
            "whom": key if known else "other",
            "with_name": "" if known else row.with_name,
            "with_kind": row.with_kind,
            "way": row.way,
            "result": row.result,
            "about": row.about,
            "said": row.said,
            "interpreter": row.interpreter,
            "despite": row.despite,
        },
        _("The row as it stands. What you keep takes its place; it stays readable."),
    )
    wall = row.when.wall()
    sheet.put_time(wall.date(), wall.time())


def _moment(now: Moment, entries: Entries) -> Moment | None:
    """Return when it was tried; None: now."""
    if not entries["time"]:
        return None if entries["day"] in {"", now.day().isoformat()} else _at(now, entries, "12:00")
    return _at(now, entries, str(entries["time"]))


def _at(now: Moment, entries: Entries, at: str) -> Moment:
    try:
        day = date.fromisoformat(str(entries["day"])) if entries["day"] else now.day()
    except ValueError:
        raise Refused("concern-needs-day", "day") from None
    try:
        return Moment.local(datetime.combine(day, time.fromisoformat(at)), now.zone)
    except ValueError:
        raise Refused("note-needs-time", "time") from None
