"""`casewell vault`: make, confirm, change a passphrase, people, back up, restore, verify."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import (
    DONE,
    backups,
    chosen_vault,
    finishing,
    in_trouble,
    keyring,
    passphrase,
    people,
    repair,
    tell,
    text_of,
    vault_options,
)
from app.cli.delivery import Delivery
from app.kernel.errors import Refused
from app.kernel.nouns import Role
from app.kernel.words import _
from app.phrases import sentence_of

if TYPE_CHECKING:
    from app.features.access.commands import OpenInEmergency


def add(commands: Any) -> None:
    """Add the command and its parts."""
    vault = commands.add_parser("vault", help=_("make, confirm, back up, restore, verify a vault"))
    parts = vault.add_subparsers(dest="part", metavar=_("PART"), required=True)

    create = parts.add_parser("create", help=_("make a new vault"))
    vault_options(create)
    create.add_argument("--name", required=True, help=_("your name, kept inside the vault"))
    create.add_argument("--role", required=True, choices=[role.value for role in Role])
    create.add_argument("--school", action="append", default=[], help=_("a school; repeatable"))
    create.add_argument(
        "--recovery-words",
        type=Path,
        required=True,
        metavar="FILE",
        help=_("where to write the recovery words; keep this file off the computer"),
    )
    create.add_argument(
        "--sheet", type=Path, metavar="FILE", help=_("also write the recovery sheet as a PDF")
    )
    create.add_argument(
        "--place-understood",
        action="store_true",
        help=_("make it even in a folder that is synced or on another computer"),
    )
    create.set_defaults(run=_create)

    confirm = parts.add_parser("confirm", help=_("say that the recovery words are kept safe"))
    vault_options(confirm)
    confirm.add_argument("--recovery-words", type=Path, required=True, metavar="FILE")
    confirm.set_defaults(run=_confirm)

    change = parts.add_parser("passphrase", help=_("change your passphrase"))
    vault_options(change)
    change.add_argument("--new-passphrase-file", type=Path, metavar="FILE")
    change.add_argument(
        "--recovery-words",
        type=Path,
        metavar="FILE",
        help=_("open with the recovery words: the passphrase was forgotten"),
    )
    change.add_argument(
        "--name", help=_("with the recovery words: who opens the vault; it stays marked")
    )
    change.add_argument(
        "--reason-file",
        type=Path,
        metavar="FILE",
        help=_("with the recovery words: why the vault is opened with them; it stays marked"),
    )
    change.set_defaults(run=_passphrase)

    backups.add(parts)
    repair.add(parts)
    people.add(parts)
    keyring.add(parts)

    verify = parts.add_parser("verify", help=_("check the file, the journal and its head"))
    vault_options(verify)
    verify.set_defaults(run=_verify)

    place = parts.add_parser(
        "check-place", help=_("tell what lies around the vault: open disk, synced folder, share")
    )
    vault_options(place, takes_secret=False)
    place.set_defaults(run=_check_place)


def _create(arguments: argparse.Namespace) -> int:
    from app.bootstrap import Founder, create_vault
    from app.paper.recovery_sheet import recovery_sheet
    from app.vault.places import ThisDevice

    if not arguments.place_understood:
        from app.vault.surroundings import refuse_place

        refuse_place(chosen_vault(arguments))
    # Both files are there before the vault is: what cannot be written is told while nothing stands.
    with Delivery(arguments.recovery_words) as words, Delivery(arguments.sheet) as sheet:
        secret = passphrase(arguments.passphrase_file)
        founder = Founder(arguments.name, Role(arguments.role), secret, tuple(arguments.school))
        place, device = chosen_vault(arguments), ThisDevice.here()
        with finishing():
            founding = create_vault(place, founder, device.device, purpose="create")
            desk = founding.desk
            device.keep_slot(desk.slot.id)
            made, folder = desk.clock.now().day(), desk.folder.path
            desk.close()
            said = " ".join(founding.recovery_words)
            written = words.hand_over(said)
            if arguments.sheet is not None:
                written &= sheet.hand_over(recovery_sheet(founding.recovery_words, made))
            return _created(arguments, folder, said, written=written)


def _created(arguments: argparse.Namespace, folder: Path, words: str, *, written: bool) -> int:
    """Say that a vault was made; its words are said too where their file could not be written."""
    lines = [_("A vault was made at {path}.").format(path=folder)]
    facts: dict[str, Any] = {"vault": str(folder)}
    if written:
        facts["recovery_words"] = str(arguments.recovery_words)
        lines.append(
            _("Its recovery words are in {path}. Print them, keep them apart, then run").format(
                path=arguments.recovery_words
            )
        )
    else:
        facts["recovery_words_shown"] = words.split()
        lines.append(
            _("Not every file could be written. These are the recovery words, shown only now:")
        )
        lines += [f"  {words}", _("Write them down, keep them apart, then run")]
    lines.append(f"  casewell vault confirm --vault {folder} --recovery-words FILE")
    tell(arguments, facts, lines)
    return DONE if written else in_trouble(_("Not every file could be written."))


def _confirm(arguments: argparse.Namespace) -> int:
    from app.bootstrap import open_vault, prove_recovery_words
    from app.cli import just_opened
    from app.vault import recovery
    from app.vault.places import ThisDevice

    words = recovery.to_words(recovery.from_words(text_of(arguments.recovery_words)))
    device = ThisDevice.here().device
    place = chosen_vault(arguments)
    # The words are right if they open the vault; that is more than three of them retyped.
    prove_recovery_words(place, " ".join(words))
    desk = open_vault(place, passphrase(arguments.passphrase_file), device, purpose="confirm")
    just_opened(desk)
    try:
        desk.confirm_recovery(words, dict(enumerate(words, 1)))
    finally:
        desk.close()
    tell(arguments, {"confirmed": True}, [_("Confirmed. The vault now accepts records.")])
    return DONE


def _passphrase(arguments: argparse.Namespace) -> int:
    from app.bootstrap import open_vault
    from app.cli import just_opened
    from app.vault.places import ThisDevice

    device = ThisDevice.here().device
    place = chosen_vault(arguments)
    old = ""
    if arguments.recovery_words is not None:
        words = text_of(arguments.recovery_words)
        emergency = _emergency(arguments)
        desk = open_vault(
            place, words, device, with_recovery=True, emergency=emergency, purpose="passphrase"
        )
    else:
        old = passphrase(arguments.passphrase_file)
        desk = open_vault(place, old, device, purpose="passphrase")
    just_opened(desk, first_passphrase=True)
    try:
        new = passphrase(arguments.new_passphrase_file, _("New passphrase: "))
        if arguments.new_passphrase_file is None and new != passphrase(None, _("Once more: ")):
            raise Refused("passphrase-repeat")
        with finishing():
            desk.change_passphrase(old, new)
            tell(arguments, {"changed": True}, [_("The passphrase was changed.")])
    finally:
        desk.close()
    return DONE


def _emergency(arguments: argparse.Namespace) -> "OpenInEmergency":
    """Return who opens the vault with its recovery words, and why: given, or asked for."""
    from app.features.access.commands import OpenInEmergency

    name = arguments.name
    if name is None:
        name = _asked(
            _("The vault is opened with its recovery sheet, which stays marked. Your name: ")
        )
    if arguments.reason_file is not None:
        reason = text_of(arguments.reason_file)
    else:
        reason = _asked(_("Why is it opened with the sheet? "))
    return OpenInEmergency(name, reason)


def _asked(question: str) -> str:
    if not sys.stdin.isatty():
        raise Refused("emergency-reason-missing", "reason")
    return input(question)


def _verify(arguments: argparse.Namespace) -> int:
    from app.bootstrap import verify_vault

    verdict = verify_vault(chosen_vault(arguments), passphrase(arguments.passphrase_file))
    lines = []
    for finding in verdict.findings:
        facts = {"count": finding.count, "detail": finding.detail}
        suffix = "whole" if finding.whole else "broken"
        lines.append(sentence_of(f"found-{finding.code}-{suffix}", facts))
    tell(
        arguments,
        {
            "whole": verdict.whole,
            "entries": verdict.entries,
            "head": verdict.head,
            "findings": [
                {
                    "code": finding.code,
                    "whole": finding.whole,
                    "count": finding.count,
                    "detail": finding.detail,
                }
                for finding in verdict.findings
            ],
        },
        [*lines, _("The vault is whole.")] if verdict.whole else lines,
    )
    if verdict.whole:
        return DONE
    return in_trouble(_("The vault is damaged. Do not work in it; restore the newest backup."))


def _check_place(arguments: argparse.Namespace) -> int:
    from app.phrases.surroundings import advice_said, answer_said, question_said
    from app.vault.surroundings import look_around

    found = look_around(chosen_vault(arguments))
    lines = []
    for each in found.findings:
        question, answer = question_said(each.question), answer_said(each)
        lines.append(_("{question}: {answer}").format(question=question, answer=answer))
        advice = advice_said(each)
        if advice:
            lines.append(f"  {advice}")
    tell(
        arguments,
        {
            "place": str(found.place),
            "findings": [
                {
                    "question": each.question.value,
                    "answer": each.answer.value,
                    "detail": each.detail,
                    "worries": each.worries,
                }
                for each in found.findings
            ],
        },
        lines,
    )
    return DONE
