"""`casewell search`: what was written, without a screen; the compartment stays shut."""

import argparse
from typing import Any

from app.cli import DONE, chosen_vault, just_opened, passphrase, tell, vault_options
from app.kernel.words import _, ngettext

_USUAL = 20


def add(commands: Any) -> None:
    """Add the command."""
    search = commands.add_parser("search", help=_("find words in what was written"))
    vault_options(search)
    search.add_argument("words", nargs="+", metavar=_("WORDS"), help=_("what is sought"))
    search.add_argument(
        "--limit",
        type=int,
        default=_USUAL,
        metavar=_("COUNT"),
        help=_("how many to list (otherwise {count})").format(count=_USUAL),
    )
    search.set_defaults(run=_search)


def _search(arguments: argparse.Namespace) -> int:
    from app.bootstrap import open_vault
    from app.overviews.search import RECORD_KINDS, NoteQuery
    from app.vault.places import ThisDevice

    # Sole-possession notes are for their maker's eyes at the desk, not for a terminal.
    query = NoteQuery(" ".join(arguments.words), kinds=RECORD_KINDS)
    secret = passphrase(arguments.passphrase_file)
    desk = just_opened(
        open_vault(chosen_vault(arguments), secret, ThisDevice.here().device, purpose="search")
    )
    try:
        hits = desk.search.page(query, 0, max(1, arguments.limit))
        count = desk.search.count(query)
    finally:
        desk.close()
    facts = {
        "count": count,
        "hits": [
            {
                "kind": hit.kind,
                "id": hit.id,
                "subject": hit.subject,
                "day": hit.day,
                "student": hit.student,
                "by": hit.by,
                "text": hit.snippet.text,
                "marks": [list(mark) for mark in hit.snippet.marks],
            }
            for hit in hits
        ],
    }
    found = ngettext("{count} found", "{count} found", count).format(count=count)
    lines = [
        _("{day}  {student}: {text}").format(
            day=hit.day, student=hit.student or "–", text=hit.snippet.text
        )
        for hit in hits
    ]
    tell(arguments, facts, [*lines, found])
    return DONE
