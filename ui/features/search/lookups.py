"""What this room answers to the palette; runs on the reader thread."""

from app.kernel.names import folded
from app.kernel.words import _
from ui.features.search import said
from ui.kit.room import Context, Found, Shelf

SHORTEST = 2
"""Letters from which on notes are searched."""
_LISTED = 6


def found_texts(context: Context, text: str) -> list[Found]:
    """Return the likeliest texts that have what was typed, each with the piece that has it."""
    if len(folded(text)) < SHORTEST:
        return []
    hits = context.desk.search.likeliest(text, _LISTED)
    return [
        Found(
            hit.student or _(said.KINDS[hit.kind][0]),
            hit.snippet.text,
            said.KINDS[hit.kind][1],
            *said.page_of(hit),
            Shelf.NOTE,
            hit.snippet.marks,
            hits.count,
            said.day(hit.day),
        )
        for hit in hits.rows
    ]
