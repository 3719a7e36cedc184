"""Asks what a group is, with the choices the vault offers; and for a student."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial

from PySide6.QtWidgets import QWidget

from app.features.groups.model.group import GroupForm
from app.features.sessions.service import Choices
from app.kernel.changes import Changed
from ui.features.groups import said
from ui.features.groups.view.sheets import GroupSheet
from ui.kit.asking import Asker, Entries
from ui.kit.room import Context
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.pupil import PupilSheet

_FOUND = 8
_USUAL = "group-counseling"


def ask_group(
    context: Context,
    asker: Asker,
    page: QWidget,
    words: tuple[str, str],
    form: GroupForm,
    act: Callable[[GroupForm], Callable[[], Changed]],
    done: Callable[[Changed, Entries], None],
    kept: str,
) -> None:
    """Open the sheet of a group, once its choices are here."""
    desk = context.desk

    def look_up() -> tuple[Choices, list[tuple[str, str]]]:
        return desk.sessions.choices(), desk.groups.leaders()

    def show(found: tuple[Choices, list[tuple[str, str]]] | None) -> None:
        if found is None:
            return
        choices, people = found
        offered = [c for c in choices.services if not c.retired or c.id == form.service_id]
        usual = next((c.id for c in offered if c.code == _USUAL), "")
        entries = _shown(form)
        entries["service"] = form.service_id or usual or next((c.id for c in offered), "")
        sheet = GroupSheet(
            words,
            entries,
            services=[(c.id, c.label) for c in offered],
            schools=[(school.id, school.name) for school in choices.schools],
            people=people,
            today=context.today,
            parent=page,
        )
        asker.ask(sheet, lambda typed: act(_form(typed)), done, kept=kept)

    context.tasks.read(look_up, show, context.say, key="group-choices", owner=page)


def _shown(form: GroupForm) -> dict[str, str]:
    entries = {key: str(entry) for key, entry in asdict(form).items()}
    entries["service"] = entries.pop("service_id")
    entries["school"] = entries.pop("school_id")
    return entries


def _form(typed: Entries) -> GroupForm:
    return GroupForm(
        name=typed["name"],
        purpose=typed["purpose"],
        curriculum=typed["curriculum"],
        contents=typed["contents"],
        planned=typed["planned"],
        minutes=typed["minutes"],
        service_id=str(typed["service"] or ""),
        school_id=str(typed["school"] or ""),
        leader=str(typed["leader"] or ""),
        second=str(typed["second"] or ""),
        size_limit=typed["size_limit"],
        starts_on=typed["starts_on"] or "",
        ends_on=typed["ends_on"] or "",
    )


def pick_student(
    context: Context, page: QWidget, title: str, then: Callable[[Entry], None]
) -> None:
    """Ask for a student by a few letters, then go on with the entry that was chosen."""
    sheet = PupilSheet(title, parent=page)

    def seek(text: str) -> None:
        if text.strip():
            context.tasks.read(
                partial(context.desk.caseload.find, text, _FOUND),
                lambda found: sheet.show_found(
                    [
                        Entry(
                            one.id,
                            one.name,
                            " · ".join(
                                part for part in (said.grade(one.grade), one.school) if part
                            ),
                            one.number,
                            "student",
                        )
                        for one in found or ()
                    ]
                ),
                context.say,
                key="group-student",
                owner=sheet,
            )

    sheet.sought.connect(seek)
    sheet.picked.connect(then)
    sheet.finished.connect(sheet.deleteLater)
    sheet.open()
