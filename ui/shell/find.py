"""Find anything (Ctrl+K), and the sheet of every shortcut (F1)."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.kernel.names import folded
from app.kernel.words import N_, _
from ui.kit.palette import Answer, Command, CommandPalette
from ui.kit.room import Found, Room, Shelf
from ui.kit.shortcuts import Action, shortcut_sheet
from ui.kit.widgets.mentions import keys_told
from ui.shell import rooms

if TYPE_CHECKING:
    from ui.shell.window import DeskWindow

SHORTEST = 2
"""Letters from which on notes are searched."""
_OWN_KEYS: tuple[tuple[str, str, str], ...] = (
    ("find", N_("Find a student, a note, a page or an action"), "Ctrl+K"),
    ("lock", N_("Lock"), "Ctrl+L"),
    ("panic", N_("Lock at once"), "F12"),
    ("curtain", N_("Draw the privacy curtain"), "F9"),
    ("back", N_("Back"), "Alt+Left"),
    ("forward", N_("Forward"), "Alt+Right"),
    ("keys", N_("Show every shortcut"), "F1"),
    ("vaults", N_("Go to the first, second … vault of the window"), "Ctrl+Shift+1"),
    ("undo", N_("Undo what was just done"), "Ctrl+Z"),
)


def make_palette(window: "DeskWindow") -> CommandPalette:
    """Return the palette of a window, with every finder of its rooms."""
    palette = CommandPalette(window)
    for room in rooms.ROOMS:
        if room.finder is not None:
            key = f"find:{len(palette.sources)}"
            palette.add_source(partial(_ask, window, room, key))
            # Whoever leaves does not wait for what was sought: the page that comes is read first.
            palette.closed.connect(partial(window.tasks.forget, key))
    palette.set_last(partial(_in_notes, window))
    return palette


def _in_notes(window: "DeskWindow", text: str) -> Command | None:
    """Return the palette's last line: the page that lists every note with what is typed."""
    if len(folded(text)) < SHORTEST:
        return None
    return Command(
        "search-notes",
        _("Search in notes for “{words}”").format(words=text.strip()),
        _("With filters: student, days, kind"),
        "search",
        partial(window.go, "search", text.strip()),
    )


def commands_of(window: "DeskWindow") -> list[Command]:
    """Return what a window's palette offers as it opens: pages, actions, and the other vaults."""
    commands = [
        Command(
            page.id,
            _(page.title),
            _("Page"),
            page.icon,
            partial(window.go, page.id),
            shelf="page",
        )
        for page in rooms.in_navigation(window.desk.seat.role)
    ]
    commands += [
        Command(
            action.id,
            _(action.title),
            _("Action"),
            action.icon,
            partial(action.run, window),
            action.keywords,
            action.shortcut,
            "action",
        )
        for action in window.actions_of_rooms()
    ]
    commands += [
        Command(
            "lock",
            _("Lock"),
            _("Action"),
            "lock",
            window.lock_asked.emit,
            shortcut="Ctrl+L",
            shelf="action",
        ),
        Command(
            "curtain",
            _("Draw the privacy curtain"),
            _("Action"),
            "curtain",
            window.draw_curtain,
            shortcut="F9",
            shelf="action",
        ),
    ]
    commands += [
        Command(
            f"vault:{entry.path}",
            _("Go to the vault “{name}”").format(name=entry.name),
            _("Vault") if entry.open else _("Vault, locked"),
            "vault",
            partial(window.vaults.chosen.emit, entry.path),
            shortcut=entry.keys,
            shelf="vault",
        )
        for entry in window.vaults.entries()
        if not entry.here
    ]
    commands += [
        Command(id_, title, _("Action"), icon, signal.emit, shelf="vault")
        for id_, title, icon, signal in (
            ("vault-open", _("Open another vault …"), "unlock", window.vaults.another_asked),
            ("vault-make", _("Make another vault …"), "add", window.vaults.new_asked),
        )
    ]
    return commands


def _ask(window: "DeskWindow", room: Room, key: str, text: str, answer: Answer) -> None:
    finder = room.finder
    if finder is None or not text.strip():
        answer(())
        return

    def arrived(found: Sequence[Found] | None) -> None:
        answer([_command(window, each) for each in found or ()])

    window.tasks.read(
        lambda: finder(window, text),
        arrived,
        key=key,
        owner=window,
        stop=window.desk.records.interrupt_reads,
    )


def _command(window: "DeskWindow", found: Found) -> Command:
    shelf = found.shelf or _SHELF_OF_PAGE.get(found.page, Shelf.OTHER)
    return Command(
        f"{found.page}:{found.subject}",
        found.title,
        found.subtitle,
        found.icon,
        partial(window.go, found.page, found.subject),
        shortcut=found.detail,
        shelf=shelf,
        marks=found.marks,
        count=found.count,
    )


_SHELF_OF_PAGE = {"student": Shelf.STUDENT, "group": Shelf.GROUP}


def show_keys(window: "DeskWindow") -> None:
    """Show every shortcut of the desk, by group."""
    pages = rooms.in_navigation(window.desk.seat.role)
    actions = [
        Action(page.id, _(page.title), f"Ctrl+{number}", page.icon, group=_("Pages"))
        for number, page in enumerate(pages[:9], 1)
    ]
    actions += [
        Action(action.id, _(action.title), action.shortcut, action.icon, group=_("Actions"))
        for action in window.actions_of_rooms()
        if action.shortcut
    ]
    actions += [Action(id_, _(title), keys, group=_("Desk")) for id_, title, keys in _OWN_KEYS]
    actions += [
        Action(keys, title, keys, group=_("Names of others in a text"))
        for title, keys in keys_told()
    ]
    shortcut_sheet(window, actions)
