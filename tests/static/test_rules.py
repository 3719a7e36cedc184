"""Each house rule finds what it is there for, and lets the right thing pass."""

import ast
from collections.abc import Iterator

import pytest

from static import rules

WRONG = [
    (rules.computed_messages, '_(f"{n} students")'),
    (rules.computed_messages, '_("a " + name)'),
    (rules.computed_messages, '_("%s students" % n)'),
    (rules.computed_messages, '_("{n} students".format(n=n))'),
    (rules.computed_messages, 'ngettext(f"{n}", "many", n)'),
    (rules.computed_messages, "N_(name)"),
    (rules.positional_placeholders, '_("{} students").format(n)'),
    (rules.positional_placeholders, '_("{0} students").format(n)'),
    (rules.positional_placeholders, '_("%s students")'),
    (rules.untranslated_literals, 'label.setText("Students")'),
    (rules.untranslated_literals, 'label.setToolTip(f"{n} students")'),
    (rules.untranslated_literals, 'QPushButton("Save", self)'),
    (rules.untranslated_literals, 'self.setWindowTitle("Desk " + name)'),
    (rules.qt_translations, 'self.tr("Save")'),
    (rules.qt_translations, 'QCoreApplication.translate("Desk", "Save")'),
    (rules.proxy_models, "from PySide6.QtCore import QSortFilterProxyModel"),
    (rules.proxy_models, "QtCore.QSortFilterProxyModel(self)"),
    (rules.plain_sqlite, "import sqlite3"),
    (rules.plain_sqlite, "from sqlite3 import connect"),
    (rules.plain_sqlite, "from PySide6.QtSql import QSqlDatabase"),
    (rules.copies_of_the_file, "execute(\"ATTACH DATABASE 'x' AS plain KEY ''\")"),
    (rules.copies_of_the_file, "execute(\"SELECT sqlcipher_export('plain')\")"),
    (rules.copies_of_the_file, 'execute("VACUUM INTO ?")'),
    (rules.printing, "print(note)"),
    (rules.loose_files, "import tempfile"),
    (rules.loose_files, "from tempfile import mkstemp"),
    (rules.loose_files, "from PySide6.QtCore import QTemporaryFile"),
    (rules.literal_colors, 'QColor("#ff0000")'),
    (rules.literal_colors, 'QColor("#fff")'),
    (rules.literal_colors, 'style("color: rgb(1, 2, 3)")'),
    (rules.literal_colors, "Qt.GlobalColor.red"),
    (rules.home_made_text, '_("Well done!")'),
]

RIGHT = [
    '_("{count} students").format(count=n)',
    '_("one sentence, " "written on two lines")',
    "_(SENTENCES[code])",
    'N_("Today")',
    'ngettext("{count} note", "{count} notes", n)',
    'label.setText(_("Students"))',
    'label.setText(f"{done} / {total}")',
    'button.setText("…")',
    "self.translate(3, 4)",
    'painter.translate(dx, "")',
    "from sqlcipher3 import dbapi2",
    'def f():\n    """Never ATTACH a plain file."""',
    'find("#")',
    'anchor("#page-3")',
]


@pytest.mark.parametrize(("check", "code"), WRONG)
def test_a_rule_finds_what_it_forbids(check: rules.Check, code: str) -> None:
    assert list(check(ast.parse(code)))


@pytest.mark.parametrize("code", RIGHT)
def test_no_rule_minds_what_is_right(code: str) -> None:
    tree = ast.parse(code)
    assert [(rule.why, found) for rule in rules.RULES for found in rule.check(tree)] == []


def test_a_rule_holds_under_its_folders_alone() -> None:
    def nothing(_tree: ast.Module) -> Iterator[rules.Offence]:
        return iter(())

    rule = rules.Rule(nothing, "", under=("app",), free=("app/cli/",))
    assert rule.holds_for("app/kernel/ids.py")
    assert not rule.holds_for("app/cli/demo.py")
    assert not rule.holds_for("ui/kit/look.py")
