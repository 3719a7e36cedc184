"""`casewell vault people | rekey | recovery-sheet | emergencies`."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import (
    DONE,
    chosen_vault,
    finishing,
    in_trouble,
    just_opened,
    passphrase,
    tell,
    vault_options,
)
from app.cli.delivery import Delivery
from app.kernel.errors import Refused
from app.kernel.ids import PersonId
from app.kernel.nouns import Role
from app.kernel.words import _, ngettext, pgettext

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.features.access.model import FirstPassphrase, NewKey, Standing


def add(parts: Any) -> None:
    """Add the parts of `casewell vault` that are about people and the vault's key."""
    people = parts.add_parser("people", help=_("list, add, suspend and remove people"))
    vault_options(people)
    people.set_defaults(run=_people)
    acts = people.add_subparsers(dest="act", metavar=_("WHAT"))

    new = acts.add_parser("add", help=_("give someone a way in, with a first passphrase"))
    new.add_argument("--name", required=True, help=_("their name, kept inside the vault"))
    new.add_argument("--role", required=True, choices=[role.value for role in Role])
    new.add_argument("--credentials", default="")
    new.add_argument("--keeper", action="store_true", help=_("let them keep the vault as well"))
    _takes_out(new)
    new.set_defaults(run=_add)

    suspend = _about_one(acts, "suspend", _("take someone's ways in; nothing of theirs goes"))
    suspend.set_defaults(run=_suspend)
    again = _about_one(acts, "reinstate", _("give someone another first passphrase"))
    _takes_out(again)
    again.set_defaults(run=_reinstate)
    remove = _about_one(
        acts, "remove", _("take someone's ways in for good, and give the vault a new key")
    )
    remove.add_argument(
        "--keep-sheet", action="store_true", help=_("make no new recovery sheet along with it")
    )
    _new_key_options(remove)
    remove.set_defaults(run=_remove)
    keeper = _about_one(acts, "keeper", _("let someone keep the vault"))
    keeper.add_argument("--no", action="store_true", help=_("let them keep it no more"))
    keeper.set_defaults(run=_keeper)
    role = _about_one(acts, "role", _("give someone another role"))
    role.add_argument("role", choices=[role.value for role in Role])
    role.set_defaults(run=_role)
    for act in (new, suspend, again, remove, keeper, role):
        vault_options(act)

    rekey = parts.add_parser("rekey", help=_("give the vault a new key"))
    vault_options(rekey)
    rekey.add_argument("--new-sheet", action="store_true", help=_("make a new recovery sheet too"))
    _new_key_options(rekey)
    rekey.set_defaults(run=_rekey)

    sheet = parts.add_parser("recovery-sheet", help=_("make new recovery words"))
    vault_options(sheet)
    _takes_words(sheet)
    sheet.set_defaults(run=_sheet)

    marks = parts.add_parser(
        "emergencies", help=_("list the openings with the recovery sheet, take note of them")
    )
    vault_options(marks)
    marks.add_argument("--seen", metavar="MARK", help=_("say that you have taken note of this one"))
    marks.set_defaults(run=_emergencies)


def _about_one(acts: Any, name: str, said: str) -> argparse.ArgumentParser:
    act: argparse.ArgumentParser = acts.add_parser(name, help=said)
    act.add_argument("person", metavar="PERSON", help=_("their name, or their id in the list"))
    return act


def _takes_out(act: argparse.ArgumentParser) -> None:
    act.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=_("write the first passphrase to a new FILE instead of showing it"),
    )


def _takes_words(act: argparse.ArgumentParser) -> None:
    act.add_argument(
        "--recovery-words",
        type=Path,
        metavar="FILE",
        help=_("write the new recovery words to a new FILE instead of showing them"),
    )


def _new_key_options(act: argparse.ArgumentParser) -> None:
    _takes_words(act)
    act.add_argument("--backup", action="store_true", help=_("make a fresh backup at once"))


def _people(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as desk:
        people = desk.access.people()
    lines = []
    for one in people:
        member = one.member
        marks = [_state_said(one)]
        if member.keeper:
            marks.append(pgettext("person", "keeps the vault"))
        if one.first_passphrase:
            marks.append(pgettext("person", "first passphrase not replaced yet"))
        if not one.todays_form:
            marks.append(pgettext("person", "has to unlock once"))
        lines.append(f"{member.id}  {member.name}, {member.role.value}: {', '.join(marks)}")
    tell(arguments, {"people": [_facts(one) for one in people]}, lines)
    return DONE


def _facts(one: "Standing") -> dict[str, Any]:
    member = one.member
    return {
        "id": member.id,
        "name": member.name,
        "role": member.role.value,
        "credentials": member.credentials,
        "keeper": member.keeper,
        "state": member.state.value,
        "since": member.made.at,
        "ways": list(one.ways),
        "first_passphrase": one.first_passphrase,
        "has_to_unlock_once": not one.todays_form,
    }


def _state_said(one: "Standing") -> str:
    from app.features.access.model import State

    return {
        State.ACTIVE: pgettext("person", "has a way in"),
        State.SUSPENDED: pgettext("person", "suspended"),
        State.REMOVED: pgettext("person", "removed"),
    }[one.member.state]


def _add(arguments: argparse.Namespace) -> int:
    from app.features.access.commands import AddPerson

    command = AddPerson(
        arguments.name, Role(arguments.role), arguments.credentials, arguments.keeper
    )
    with Delivery(arguments.out) as delivery, _opened(arguments) as desk:
        made = desk.access.add_person(command)
        return _handed_over(arguments, delivery, made)


def _reinstate(arguments: argparse.Namespace) -> int:
    from app.features.access.commands import ReinstatePerson

    with Delivery(arguments.out) as delivery, _opened(arguments) as desk:
        person = _chosen(desk, arguments.person)
        made = desk.access.reinstate_person(ReinstatePerson(person))
        return _handed_over(arguments, delivery, made)


def _handed_over(arguments: argparse.Namespace, delivery: Delivery, made: "FirstPassphrase") -> int:
    written = delivery.hand_over(made.passphrase)
    lines = [
        _("The first passphrase is in {path}.").format(path=arguments.out)
        if written
        else _("The first passphrase, shown only now: {passphrase}").format(
            passphrase=made.passphrase
        ),
        _("Give it to them yourself. They choose their own when they first unlock the vault."),
    ]
    facts: dict[str, Any] = {"person": made.person}
    facts |= {"file": str(arguments.out)} if written else {"first_passphrase": made.passphrase}
    tell(arguments, facts, lines)
    if arguments.out is None or written:
        return DONE
    return in_trouble(_("Not every file could be written."))


def _suspend(arguments: argparse.Namespace) -> int:
    from app.features.access.commands import SuspendPerson

    with _opened(arguments) as desk:
        person = _chosen(desk, arguments.person)
        desk.access.suspend_person(SuspendPerson(person))
        line = _("They have no way in any more. Nothing of theirs was changed.")
        tell(arguments, {"suspended": person}, [line])
    return DONE


def _remove(arguments: argparse.Namespace) -> int:
    from app.features.access.commands import RemovePerson

    with Delivery(arguments.recovery_words) as delivery, _opened(arguments) as desk:
        person = _chosen(desk, arguments.person)
        result = desk.access.remove_person(RemovePerson(person, not arguments.keep_sheet))
        said = _("They have no way in any more. Their records and their name on them stay.")
        return _new_key_said(arguments, desk, delivery, result, {"removed": person}, said)


def _rekey(arguments: argparse.Namespace) -> int:
    from app.features.access.commands import RekeyVault

    with Delivery(arguments.recovery_words) as delivery, _opened(arguments) as desk:
        result = desk.access.rekey(RekeyVault(arguments.new_sheet))
        return _new_key_said(arguments, desk, delivery, result, {}, "")


def _new_key_said(
    arguments: argparse.Namespace,
    desk: "Desk",
    delivery: Delivery,
    result: "NewKey",
    facts: dict[str, Any],
    said: str,
) -> int:
    """Say what came of a new key: also that old backups stay under the old one."""
    from app.phrases import sentence

    lines = [said] if said else []
    amiss = ""
    if result.trouble is None:
        lines.append(_("The vault has a new key."))
    else:
        amiss = _("The vault could not be given its new key yet: {reason}").format(
            reason=sentence(result.trouble)
        )
        lines.append(_("It is given its new key when it is next opened."))
    facts |= {"new_key": result.trouble is None, "old_backups": result.old_backups}
    if result.recovery_words:
        lines += _words_said(arguments, delivery, result.recovery_words, facts)
        amiss = amiss or _unwritten(arguments, facts)
    if result.old_backups:
        lines.append(
            ngettext(
                "{count} backup from before is still encrypted with the old key: who had a way in"
                " then opens a copy of it.",
                "{count} backups from before are still encrypted with the old key: who had a way"
                " in then opens a copy of them.",
                result.old_backups,
            ).format(count=result.old_backups)
        )
    if arguments.backup and result.trouble is None:
        made = desk.backups.make()
        facts["backups"] = [str(path) for path in made.copies]
        lines += [_("A backup was made and checked: {path}").format(path=p) for p in made.copies]
    elif result.trouble is None:
        lines.append(_("Make a fresh backup now: casewell vault backup"))
    tell(arguments, facts, lines)
    return in_trouble(amiss) if amiss else DONE


def _unwritten(arguments: argparse.Namespace, facts: dict[str, Any]) -> str:
    """Return that words did not get into the file they were meant for; nothing if they did."""
    if arguments.recovery_words and "recovery_words" in facts:
        return _("Not every file could be written.")
    return ""


def _words_said(
    arguments: argparse.Namespace,
    delivery: Delivery,
    words: tuple[str, ...],
    facts: dict[str, Any],
) -> list[str]:
    written = delivery.hand_over(" ".join(words))
    if written:
        facts["recovery_words_file"] = str(arguments.recovery_words)
        first = _("The new recovery words are in {path}.").format(path=arguments.recovery_words)
    else:
        facts["recovery_words"] = list(words)
        first = _("The new recovery words, shown only now: {words}").format(words=" ".join(words))
    return [
        first,
        _("Print them, keep them apart, then run: casewell vault confirm --recovery-words FILE"),
    ]


def _sheet(arguments: argparse.Namespace) -> int:
    with Delivery(arguments.recovery_words) as delivery, _opened(arguments) as desk:
        words = desk.secrets.new_recovery_words()
        facts: dict[str, Any] = {}
        lines = _words_said(arguments, delivery, words, facts)
        lines.append(_("The sheet you had opens the vault until then."))
        tell(arguments, facts, lines)
    amiss = _unwritten(arguments, facts)
    return in_trouble(amiss) if amiss else DONE


def _keeper(arguments: argparse.Namespace) -> int:
    from app.features.people.commands import MakeKeeper

    with _opened(arguments) as desk:
        person = _chosen(desk, arguments.person)
        desk.people.make_keeper(MakeKeeper(person, keeper=not arguments.no))
        line = _("They keep the vault no more.") if arguments.no else _("They keep the vault now.")
        tell(arguments, {"person": person, "keeper": not arguments.no}, [line])
    return DONE


def _role(arguments: argparse.Namespace) -> int:
    from app.features.people.commands import ChangePersonRole

    with _opened(arguments) as desk:
        person = _chosen(desk, arguments.person)
        desk.people.change_person_role(ChangePersonRole(person, Role(arguments.role)))
        tell(arguments, {"person": person, "role": arguments.role}, [_("Their role was changed.")])
    return DONE


def _emergencies(arguments: argparse.Namespace) -> int:
    from app.features.access.commands import AcknowledgeEmergency

    with _opened(arguments) as desk:
        if arguments.seen:
            desk.access.acknowledge_emergency(AcknowledgeEmergency(arguments.seen))
        marks = desk.access.emergencies()
    lines = []
    for mark in marks:
        when = mark.made.wall().strftime("%Y-%m-%d %H:%M")
        seen = _("seen by a keeper") if mark.seen_by else _("not seen by a keeper yet")
        lines += [f"{mark.id}  {when}  {mark.name}  ({seen})", f"  {mark.reason}"]
    facts = [
        {
            "id": mark.id,
            "at": mark.made.at,
            "name": mark.name,
            "reason": mark.reason,
            "device": mark.device,
            "seen_by": mark.seen_by,
            "seen_at": mark.seen_at,
        }
        for mark in marks
    ]
    tell(
        arguments,
        {"emergencies": facts},
        lines or [_("The vault was never opened with its recovery sheet.")],
    )
    return DONE


def _chosen(desk: "Desk", said: str) -> PersonId:
    """Return the person that was named by id or by a name that only they have."""
    people = [one.member for one in desk.access.people()]
    wanted = " ".join(said.split()).casefold()
    for person in people:
        if person.id == said:
            return person.id
    named = [person for person in people if person.name.casefold() == wanted]
    if len(named) != 1:
        code = "person-unclear" if named else "person-unknown"
        raise Refused(code, "person")
    return named[0].id


@contextmanager
def _opened(arguments: argparse.Namespace) -> Iterator["Desk"]:
    """Open the desk of the vault that a command speaks of; what is begun in it is ended."""
    from app.bootstrap import open_vault
    from app.vault.places import ThisDevice

    device = ThisDevice.here()
    desk = just_opened(
        open_vault(
            chosen_vault(arguments),
            passphrase(arguments.passphrase_file),
            device.device,
            first=device.last_slots(),
            purpose="people",
            other_backups=device.backup_folder(),
        )
    )
    with finishing():
        try:
            device.keep_slot(desk.slot.id)
            yield desk
        finally:
            desk.close()
