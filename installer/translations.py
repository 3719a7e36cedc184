"""The words of Casewell as gettext catalogues: gather them, bring each language up to date.

    python installer/translations.py update   after sentences changed, or a .po file was edited
    python installer/translations.py check    exit code 1 if a file is behind or a sentence wrong
    python installer/translations.py check --complete    … or a sentence is not translated yet

`docs/translating.md` tells how to work with the files.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "resources" / "translations"
DOMAIN = "casewell"
LANGUAGES = ("es",)
SPEAKING = ("app", "ui")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
UNTRANSLATED = "not translated"
_WIDTH = 100
_HEADER = """\
# What Casewell says, sentence by sentence.
# Written by installer/translations.py; docs/translating.md tells how."""
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)[^{}]*\}")
# A fixed date: what has not changed must give the same file, byte for byte.
_DATED = datetime(2026, 1, 1, tzinfo=UTC)


def gathered() -> Catalog:
    """Return the template: every message that the program can say, with where it stands."""
    catalog = Catalog(
        project="Casewell",
        version="",
        header_comment=_HEADER,
        msgid_bugs_address="team@casewell.invalid",
        creation_date=_DATED,
        revision_date=_DATED,
        fuzzy=False,
    )
    for place in SPEAKING:
        for path in sorted((ROOT / place).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            for line, said, comments, context in extract_from_file(
                "python", path, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
            ):
                catalog.add(
                    said, locations=[(where, line)], auto_comments=comments, context=context
                )
    return catalog


def stored(language: str) -> Catalog:
    """Return the catalogue of a language as it stands in its .po file, or an empty one."""
    path = PLACE / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def brought_up_to_date(language: str, template: Catalog) -> Catalog:
    """Return the language's catalogue with exactly the template's messages, translated or not."""
    catalog = stored(language)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.project, catalog.version = template.project, template.version
    catalog.header_comment = _HEADER
    catalog.msgid_bugs_address = template.msgid_bugs_address
    catalog.creation_date = catalog.revision_date = _DATED
    catalog.last_translator = "The Casewell team <team@casewell.invalid>"
    catalog.language_team = f"{language} <team@casewell.invalid>"
    catalog.fuzzy = False
    return catalog


def as_po(catalog: Catalog) -> bytes:
    """Return a catalogue as a .po or .pot file, without line numbers that change with any edit."""
    file = BytesIO()
    write_po(file, catalog, width=_WIDTH, sort_by_file=True, include_lineno=False)
    lines = file.getvalue().decode().splitlines()
    return ("\n".join(line for line in lines if "Generated-By" not in line) + "\n").encode()


def as_mo(catalog: Catalog) -> bytes:
    """Return a catalogue as gettext reads it; a message without a translation stays English."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def update() -> None:
    """Write the template, and each language's .po and .mo."""
    template = gathered()
    PLACE.mkdir(parents=True, exist_ok=True)
    (PLACE / f"{DOMAIN}.pot").write_bytes(as_po(template))
    for language in LANGUAGES:
        catalog = brought_up_to_date(language, template)
        (PLACE / f"{language}.po").write_bytes(as_po(catalog))
        (PLACE / f"{language}.mo").write_bytes(as_mo(stored(language)))
        missing = sum(not _translated(message) for message in catalog if message.id)
        print(f"{language}: {len(catalog)} messages, {missing} without a translation")


def problems() -> Iterator[str]:
    """Yield everything that keeps the catalogues from being complete and in step."""
    template = gathered()
    if _read(PLACE / f"{DOMAIN}.pot") != as_po(template):
        yield f"{DOMAIN}.pot is behind the code: run installer/translations.py update"
    for language in LANGUAGES:
        catalog = brought_up_to_date(language, template)
        if _read(PLACE / f"{language}.po") != as_po(catalog):
            yield f"{language}.po is behind the code: run installer/translations.py update"
        if _read(PLACE / f"{language}.mo") != as_mo(stored(language)):
            yield f"{language}.mo is behind {language}.po: run installer/translations.py update"
        for message in catalog:
            if message.id:
                for what in faults(message):
                    yield f"{language}.po: {_shown(message)!r}: {what}"


def faults(message: Message) -> Iterator[str]:
    """Yield what is wrong with one translation: absent, placeholders changed, ends otherwise."""
    if not _translated(message):
        yield UNTRANSLATED
        return
    sources, said = _forms(message.id), _forms(message.string)
    wanted = set().union(*(_PLACEHOLDER.findall(source) for source in sources))
    always = set.intersection(*(set(_PLACEHOLDER.findall(source)) for source in sources))
    for text in said:
        found = set(_PLACEHOLDER.findall(text))
        if not always <= found <= wanted:
            yield f"has placeholders {sorted(found)}, not {sorted(wanted)}"
        if text.count("{") != text.count("}"):
            yield "has a brace without its partner"
        # A bare abbreviation has its own habits elsewhere: PM is p. m. in Spanish.
        for ending in (".", "?", "…", ":", " ") if len(sources[-1]) > 2 else ():
            if sources[-1].endswith(ending) != text.endswith(ending):
                yield f"should end with {ending!r} just where the English does"
        if text.startswith(" ") != sources[-1].startswith(" "):
            yield "should begin with a space just where the English does"
        if sources[-1].count("&") != text.count("&"):
            yield "should mark its key with & just where the English does"
        if "!" in text or "¡" in text:
            yield "has an exclamation mark"


def _forms(said: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [said] if isinstance(said, str) else list(said or ("",))


def _translated(message: Message) -> bool:
    return not message.fuzzy and all(_forms(message.string))


def _shown(message: Message) -> str:
    return _forms(message.id)[0]


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def main(arguments: list[str]) -> int:
    """Carry out `update` or `check`; return an exit code."""
    if arguments == ["update"]:
        update()
        return 0
    if arguments not in (["check"], ["check", "--complete"]):
        print("usage: python installer/translations.py update | check [--complete]")
        return 2
    found = list(problems())
    waiting = [problem for problem in found if problem.endswith(UNTRANSLATED)]
    counted = found if "--complete" in arguments else [one for one in found if one not in waiting]
    for problem in counted[:40]:
        print(problem)
    if len(counted) > 40:
        print(f"… and {len(counted) - 40} more")
    print(f"translations: {len(counted)} faults, {len(waiting)} sentences not translated yet")
    return 1 if counted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
