"""Rules of this house that no linter knows, each a function from a parsed file to its offences.

A rule gets the tree of one file and yields (line, what is wrong); `test_rules.py` proves that
each finds what it is there for, `test_house.py` holds the code to them.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

Offence: TypeAlias = tuple[int, str]
Check: TypeAlias = Callable[[ast.Module], Iterator[Offence]]

MESSAGES = {"_", "N_", "ngettext", "pgettext"}
SAYS = {
    "addAction", "addButton", "addMenu", "addRow", "addTab", "setAccessibleDescription",
    "setAccessibleName", "setLabelText", "setPlaceholderText", "setPrefix", "setStatusTip",
    "setSuffix", "setText", "setTitle", "setToolTip", "setWhatsThis", "setWindowTitle",
}  # fmt: skip
SAYING = {
    "QAction", "QCheckBox", "QDockWidget", "QGroupBox", "QLabel", "QMenu", "QPushButton",
    "QRadioButton", "QToolButton",
}  # fmt: skip
_COPIES = re.compile(r"\bATTACH\b(?!\w)|\bsqlcipher_export\b|\bVACUUM\s+INTO\b")
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3,4}){1,2}\Z|\b(?:rgba?|hsla?|hsva?)\(\s*\d")
_NAMELESS = re.compile(r"\{\d*(?:[:!][^}]*)?\}|%[sd]")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Rule:
    """One rule: what it forbids, where it holds and where it does not."""

    check: Check
    why: str
    under: tuple[str, ...] = ("app", "ui")
    free: tuple[str, ...] = ()

    def holds_for(self, path: str) -> bool:
        """Tell whether the file at `path` (relative, with slashes) must obey."""
        return path.startswith(tuple(f"{place}/" for place in self.under)) and not (
            self.free and path.startswith(self.free)
        )


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Yield each call with the last part of the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node, node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node, node.func.attr


def texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield every string constant that is not a docstring."""
    explained = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        said = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if said and id(node) not in explained:
            yield node


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield each imported module, with every name taken from it appended."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def computed_messages(tree: ast.Module) -> Iterator[Offence]:
    """A message put together at run time is in no catalogue."""
    for call, name in calls(tree):
        if name not in MESSAGES:
            continue
        count = {"ngettext": 2, "pgettext": 2}.get(name, 1)
        for argument in call.args[:count]:
            composed = isinstance(argument, ast.JoinedStr | ast.BinOp) or (
                isinstance(argument, ast.Call)
                and isinstance(argument.func, ast.Attribute)
                and argument.func.attr in {"format", "join", "replace"}
            )
            # A marked table (N_) may be said later by a name; the mark itself must see the words.
            if composed or (name != "_" and not isinstance(argument, ast.Constant | ast.Name)):
                yield call.lineno, f"{name}() of a computed text"
            elif name == "N_" and not isinstance(argument, ast.Constant):
                yield call.lineno, "N_() without its words"


def positional_placeholders(tree: ast.Module) -> Iterator[Offence]:
    """A translator must be able to turn the order around, so placeholders have names."""
    for call, name in calls(tree):
        for argument in call.args if name in MESSAGES else ():
            if _NAMELESS.search(_literal(argument)):
                yield call.lineno, f"placeholder without a name: {_literal(argument)!r}"


def untranslated_literals(tree: ast.Module) -> Iterator[Offence]:
    """What a person reads goes through the catalogue."""
    for call, name in calls(tree):
        if name in SAYS or name in SAYING:
            for argument in call.args:
                if _WORD.search(_literal(argument)):
                    yield call.lineno, f"{name}() of an untranslated text"


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _literal(node.left) + _literal(node.right)
    return ""


def qt_translations(tree: ast.Module) -> Iterator[Offence]:
    """There is one translation system."""
    for call, name in calls(tree):
        method = name in {"tr", "translate"} and isinstance(call.func, ast.Attribute)
        if method and call.args and _literal(call.args[0]):
            yield call.lineno, f"Qt's own {name}()"


def proxy_models(tree: ast.Module) -> Iterator[Offence]:
    """Sorting and filtering happen in SQL."""
    for node in ast.walk(tree):
        name = getattr(node, "id", getattr(node, "attr", getattr(node, "name", "")))
        if name in {"QSortFilterProxyModel", "QIdentityProxyModel"}:
            yield getattr(node, "lineno", 0), str(name)


def plain_sqlite(tree: ast.Module) -> Iterator[Offence]:
    """A record is never in an unencrypted database."""
    for line, name in imported(tree):
        if name.split(".")[0] in {"sqlite3", "_sqlite3", "dbm", "shelve"}:
            yield line, f"import of {name}"
    for line, name in imported(tree):
        if name.startswith("PySide6.QtSql"):
            yield line, f"import of {name}"


def copies_of_the_file(tree: ast.Module) -> Iterator[Offence]:
    """Only the store decides where a second file comes from."""
    for text in texts(tree):
        if _COPIES.search(str(text.value)):
            yield text.lineno, "SQL that writes a second file"


def printing(tree: ast.Module) -> Iterator[Offence]:
    """Only the command line speaks on stdout; no name runs into a log."""
    for call, name in calls(tree):
        if name == "print" and isinstance(call.func, ast.Name):
            yield call.lineno, "print()"


def loose_files(tree: ast.Module) -> Iterator[Offence]:
    """Content is never in a temporary file."""
    for line, name in imported(tree):
        if name.split(".")[0] == "tempfile":
            yield line, f"import of {name}"
        if name in {"PySide6.QtCore.QTemporaryFile", "PySide6.QtCore.QTemporaryDir"}:
            yield line, f"import of {name}"


def literal_colors(tree: ast.Module) -> Iterator[Offence]:
    """Colours have names (tokens), so that each theme can say what they are."""
    for text in texts(tree):
        if _COLOR.search(str(text.value)):
            yield text.lineno, f"literal colour {text.value!r}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "GlobalColor":
            yield node.lineno, "Qt.GlobalColor"


def home_made_text(tree: ast.Module) -> Iterator[Offence]:
    """Sentences end calmly."""
    for call, name in calls(tree):
        if name in MESSAGES:
            for argument in call.args:
                if isinstance(argument, ast.Constant) and "!" in str(argument.value):
                    yield call.lineno, f"exclamation mark: {argument.value!r}"


RULES = (
    Rule(computed_messages, "say whole sentences to the catalogue"),
    Rule(positional_placeholders, "name the placeholders"),
    Rule(untranslated_literals, "put the text through _()", under=("ui",)),
    Rule(qt_translations, "use app.kernel.words", under=("ui",)),
    Rule(proxy_models, "sort and filter in SQL", under=("ui",)),
    Rule(plain_sqlite, "use the store"),
    Rule(copies_of_the_file, "let app.store do it", free=("app/store/",)),
    Rule(printing, "only app/cli prints", free=("app/cli/",)),
    Rule(loose_files, "keep content in memory or in the vault"),
    Rule(literal_colors, "use a token of the look", under=("ui/features", "ui/shell")),
    Rule(home_made_text, "no exclamation marks"),
)
