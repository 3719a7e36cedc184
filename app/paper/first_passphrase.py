"""A first passphrase on one page, to be handed over; it names no person and no vault."""

from app.kernel.clock import Moment
from app.kernel.words import _
from app.paper.blocks import Block, Heading, Notice, Paper, Text, render
from app.paper.page import Size


def first_passphrase(words: str, made: Moment, size: Size = "letter") -> bytes:
    """Return the page as a PDF in memory, in the language in use; the bytes hold the secret."""
    blocks: tuple[Block, ...] = (
        Text(
            _(
                "These five words open a Casewell vault once. Then Casewell asks for a passphrase"
                " of your own, and the words open nothing any more."
            )
        ),
        Notice(words, _("First passphrase")),
        Heading(_("What to do with it")),
        Text(
            "\n".join(
                (
                    _("Start Casewell, choose the vault, and type the words with a space between."),
                    _(
                        "Choose your own passphrase when you are asked. Nobody else needs to know it."
                    ),
                    _("Shred this page afterwards."),
                )
            )
        ),
    )
    paper = Paper(
        title=_("First passphrase"),
        made=made,
        blocks=blocks,
        notice=_(
            "Whoever holds this page before its owner has used it can open the vault. Hand it"
            " over in person."
        ),
    )
    return render(paper, size)
