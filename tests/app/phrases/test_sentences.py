"""Every code that is raised has one sentence, and every sentence gets the facts it needs."""

import ast
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType

import pytest

import app.phrases
from app.phrases import SENTENCES

ROOT = Path(__file__).parents[3]
TABLES: tuple[ModuleType, ...] = tuple(
    found
    for found in vars(app.phrases).values()
    if isinstance(found, ModuleType) and hasattr(found, "SENTENCES")
)
ERRORS = frozenset({"Refused", "Trouble", "Damage"})
OF_A_ROW = frozenset({"column", "shown", "expected", "rows"})
"""What the sentence about a row of a roster is given (`app.phrases.roster_report`)."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Unreadable(Exception):
    """A code that cannot be read from the source."""


@dataclass(frozen=True)
class Module:
    """One module of the source, walked once."""

    path: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def inside(self) -> dict[ast.AST, Function]:
        """For each node the innermost function that it stands in."""
        functions = (node for node in self.nodes if isinstance(node, Function))
        return {node: function for function in functions for node in ast.walk(function)}

    @cached_property
    def calls(self) -> dict[str, list[ast.Call]]:
        """What is called, by the last word of its name."""
        found: dict[str, list[ast.Call]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Call):
                found.setdefault(called(node), []).append(node)
        return found

    @cached_property
    def imported(self) -> frozenset[tuple[str | None, str]]:
        """The module and name of each thing imported from one."""
        return frozenset(
            (node.module, each.name)
            for node in self.nodes
            if isinstance(node, ast.ImportFrom)
            for each in node.names
        )

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@dataclass(frozen=True)
class Raised:
    """One code at one place, with the names of the facts given there; None if they are spread."""

    code: str
    place: str
    facts: frozenset[str] | None


@cache
def modules(storey: str) -> list[Module]:
    """Return every module under this package, the tables of sentences aside."""
    return [
        Module(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / storey).rglob("*.py"))
        if "phrases" not in path.parts
    ]


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


class Codes:
    """Reads from the source which codes an expression can be."""

    def __init__(self, everything: list[Module]) -> None:
        self._modules = everything

    def of(self, module: Module, expression: ast.expr) -> set[str]:
        """Return the codes that `expression` can be; follows names back to where they are set."""
        match expression:
            case ast.Constant(value=str(code)):
                return {code}
            case ast.IfExp(body=one, orelse=other):
                return self.of(module, one) | self.of(module, other)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="get")):
                return self._of_table(module, table)
            case ast.Name(id=name):
                return self._of_name(module, expression, name)
            case ast.Attribute(value=ast.Name(id="frozen"), attr="code"):
                # Of a room's frozen rows: what every room is listed with.
                listed = [call for each in self._modules for call in calls(each, "FrozenRows")]
                return {str(ast.literal_eval(call.args[0])) for call in listed}
            case ast.Attribute(value=ast.Name(id=name), attr="code") if _caught(module, name):
                return set()  # raised anew at another field: it was read where it was raised
            case ast.Attribute(value=ast.Name(id=name), attr=member) if self._of_kind(name, member):
                return self._of_kind(name, member)
        raise Unreadable(f"{module.path}:{expression.lineno}: {ast.unparse(expression)}")

    def _of_kind(self, name: str, member: str) -> set[str]:
        """Return the value of a member of an enumeration that is called so in any module."""
        return {
            str(ast.literal_eval(node.value))
            for module in self._modules
            for kind in module.tree.body
            if isinstance(kind, ast.ClassDef) and kind.name == name
            for node in kind.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == member
        }

    def _of_name(self, module: Module, where: ast.expr, name: str) -> set[str]:
        function = module.inside[where]
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
                return self.of(module, node.value)
        parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        if name not in parameters:
            if constant := self._constant(module, name):
                return {constant}
            raise Unreadable(f"{module.path}:{where.lineno}: {name}")
        place = parameters.index(name) - (parameters[0] == "self")
        found: set[str] = set()
        for caller in self._modules:
            if function in module.tree.body and not _knows(caller, module, function.name):
                continue
            for call in calls(caller, function.name):
                given = {word.arg: word.value for word in call.keywords}
                found |= self.of(caller, given[name] if name in given else call.args[place])
        return found

    def _constant(self, module: Module, name: str) -> str:
        """Return what a name stands for that is set once, in this module or where it is from."""
        homes = {module.name, *(home for home, each in module.imported if each == name)}
        for each in self._modules:
            for node in each.tree.body if each.name in homes else ():
                if isinstance(node, ast.Assign | ast.AnnAssign):
                    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                    if ast.unparse(target) == name and isinstance(node.value, ast.Constant):
                        return str(node.value.value)
        return ""

    @staticmethod
    def _of_table(module: Module, table: str) -> set[str]:
        for node in module.tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if ast.unparse(target) == table:
                    return {ast.literal_eval(value) for value in node.value.values}
        raise Unreadable(f"{module.path}: {table}")


def _knows(caller: Module, module: Module, name: str) -> bool:
    """Tell whether a function of `module` is called by its name in `caller`."""
    return caller is module or (module.name, name) in caller.imported


def _caught(module: Module, name: str) -> bool:
    return any(isinstance(node, ast.ExceptHandler) and node.name == name for node in module.nodes)


def calls(module: Module, *names: str) -> Iterator[ast.Call]:
    for name in names:
        yield from module.calls.get(name, ())


def findings(everything: list[Module]) -> list[Module]:
    """Return the modules in which a finding is one of the file's own inspection."""
    return [
        module
        for module in everything
        if module.path == "app/store/check.py"
        or any(home == "app.store.check" for home, _name in module.imported)
    ]


def raised(everything: list[Module]) -> list[Raised]:
    """Return every code with which an error is made."""
    codes = Codes(everything)
    found = []
    for module in everything:
        for call in calls(module, *ERRORS):
            facts = {word.arg for word in call.keywords} - {"field"}
            named = None if None in facts else frozenset(str(name) for name in facts)
            found += [
                Raised(code, f"{module.path}:{call.lineno}", named)
                for code in sorted(codes.of(module, call.args[0]))
            ]
    return found


def placeholders(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _how in string.Formatter().parse(sentence) if name}


@pytest.fixture(scope="module")
def core() -> list[Module]:
    return modules("app")


@pytest.fixture(scope="module")
def everywhere(core: list[Module]) -> list[Raised]:
    return raised(core)


def test_no_code_stands_in_two_tables_or_twice_in_one() -> None:
    codes: Counter[str] = Counter()
    for table in TABLES:
        known = set(table.SENTENCES)
        tree = ast.parse(Path(str(table.__file__)).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
                if keys and keys[0] in known:
                    codes.update(keys)
    assert [code for code, count in codes.items() if count > 1] == []
    assert set(codes) == set(SENTENCES)


def test_every_code_that_is_raised_has_a_sentence(everywhere: list[Raised]) -> None:
    found = everywhere
    assert len(found) > 200
    assert [each for each in found if each.code not in SENTENCES] == []


def test_every_sentence_is_given_the_facts_it_names(everywhere: list[Raised]) -> None:
    short = [
        (each.place, each.code, missing)
        for each in everywhere
        if each.facts is not None
        and (missing := placeholders(SENTENCES.get(each.code, "")) - each.facts)
    ]
    assert short == []


def test_a_sentence_about_a_row_names_only_what_every_problem_has() -> None:
    rows = {code: said for code, said in SENTENCES.items() if code.startswith("line-")}
    assert len(rows) > 50
    assert {code for code, said in rows.items() if placeholders(said) - OF_A_ROW} == set()


def test_every_problem_of_a_row_and_every_finding_has_a_sentence(core: list[Module]) -> None:
    wanted = {
        node.value
        for module in core
        if module.path.startswith("app/features/roster/")
        for node in module.nodes
        if isinstance(node, ast.Constant) and str(node.value).startswith(("line-", "roster-"))
    }
    for module in findings(core):
        for call in calls(module, "Finding"):
            for code in Codes(core).of(module, call.args[0]):
                wanted |= {f"found-{code}-whole", f"found-{code}-broken"}
    assert sorted(wanted - set(SENTENCES)) == []


def test_no_sentence_is_left_that_nothing_says() -> None:
    everything = [*modules("app"), *modules("ui")]
    words = {
        node.value
        for module in everything
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for module in findings(everything):
        for call in calls(module, "Finding"):
            for code in Codes(everything).of(module, call.args[0]):
                words |= {f"found-{code}-whole", f"found-{code}-broken"}
    assert sorted(set(SENTENCES) - words) == []


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ("def f():\n    raise Refused('plain')", {"plain"}),
        ("def f(x):\n    raise Refused('one' if x else 'other')", {"one", "other"}),
        ("def f(x):\n    code = 'one' if x else 'other'\n    raise Refused(code)", {"one", "other"}),
        ("def f(x, code):\n    raise Refused(code)\nf(1, 'given')\nf(1, code='named')",
         {"given", "named"}),
        ("FULL = 'full'\ndef f(x):\n    raise Trouble(FULL)", {"full"}),
        ("T = {'A': 'full'}\ndef f(x):\n    code = T.get(x)\n    raise Trouble(code)", {"full"}),
    ],
)  # fmt: skip
def test_codes_are_followed_to_where_they_are_set(source: str, codes: set[str]) -> None:
    tree = ast.parse(source)
    assert {each.code for each in raised([Module("m.py", tree)])} == codes


def test_a_code_that_cannot_be_read_is_not_passed_over() -> None:
    tree = ast.parse("def f(x):\n    raise Refused(x.code)")
    with pytest.raises(Unreadable):
        raised([Module("m.py", tree)])
