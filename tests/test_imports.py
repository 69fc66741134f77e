"""The module table in derive/__init__.py against the real imports, and what may be called nowhere."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import derive

ROOT = Path(derive.__file__).parent.parent
TRUSTED = (
    "term", "model", "expression", "rational", "atoms", "normal", "derivative", "intervals", "enclosure", "signs", "domain",
    "rules", "claims", "known", "limits", "kernel", "judge", "certificate", "witness", "recheck",
)  # fmt: skip
# Modules without a mirror: what tests them, which is what they are a part of.
ELSEWHERE = {
    "given": "page", "layout": "page", "reading": "page", "reasons": "page", "wellformed": "page",  # a page is read by them all together
    "jets": "balls", "pointwise": "balls", "points": "refute", "pool": "runner",
    "machine": "report", "terminal": "report",
    "sympy_reader": "sympy_bridge", "provers.lemmas": "provers", "provers.match": "provers", "provers.squares": "provers",
    "misled": "diagnose", "assumptions": "diagnose",
    "handout.plans": "figures", "handout.style": "html", "handout.word": "docx", "handout.key": "grade", "handout.answers": "grade",
    "handout.marks": "grade", "code": "arrays", "families": "arrays", "symbolic": "export",
    **{f"rules.{subject}": "rules" for subject in ("absolute", "continuity", "explog", "integrals", "limits", "maximisers", "order",
        "powers", "sums", "trigonometry")},
}  # fmt: skip
FORBIDDEN = {"eval", "exec", "sympify", "parse_expr"}
READERS = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle"}  # of data that may hold code
OWN = "return pickle.loads(data)  # noqa: S301"  # in derive/guard.py: what one of its processes has written for another


def table() -> list[tuple[str, bool]]:
    """The rows of the docstring: a module's name without `derive.`, and whether it is called trusted."""
    rows = re.findall(r"^\| *`?([\w./]+)`? *\|(.*)\|$", derive.__doc__ or "", re.MULTILINE)
    names = [(name.removeprefix("derive.").removesuffix(".py").strip("/").replace("/", "."), "trusted" in rest) for name, rest in rows]
    return [row for row in names if row[0] != "module"]


def modules() -> dict[str, Path]:
    """Every module of the engine but `derive` itself, by its name without `derive.`."""
    found = {}
    for path in sorted((ROOT / "derive").rglob("*.py")):
        parts = path.relative_to(ROOT / "derive").with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name:
            found[name] = path
    return found


def package(name: str) -> str:
    """The module itself for a package, its package for another, as imports are written from."""
    return name if (ROOT / "derive" / name.replace(".", "/") / "__init__.py").exists() else name.rpartition(".")[0]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def at_the_top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported, without those under TYPE_CHECKING and in functions."""
    for node in body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from at_the_top(node.orelse)
            continue
        yield node
        for inner in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from at_the_top(getattr(node, inner, []))
        for handler in getattr(node, "handlers", []):
            yield from at_the_top(handler.body)


def imported(nodes: Iterator[ast.AST], inside: str) -> Iterator[str]:
    """Full names of the modules that some statements import; `inside` is the package that relative names start from."""
    every = {f"derive.{name}" for name in modules()}
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = f"derive.{inside}".rstrip(".").split(".")
            origin = ".".join([*base[: len(base) - node.level + 1],
                *([node.module] if node.module else [])]) if node.level else node.module or ""
            for alias in node.names:
                full = f"{origin}.{alias.name}"
                yield full if full in every else origin


def test_every_module_stands_in_the_table_once() -> None:
    names = [name for name, _ in table()]
    assert sorted(modules()) == sorted(names)


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_module_is_tested_in_its_mirror_or_where_the_table_says(name: str) -> None:
    mirror = ROOT / "tests" / f"test_{name.rpartition('.')[2]}.py"
    assert (name in ELSEWHERE) != (mirror.exists() and not name.startswith("rules."))
    assert (ROOT / "tests" / f"test_{ELSEWHERE[name]}.py" if name in ELSEWHERE else mirror).exists()


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_module_imports_only_from_above(name: str) -> None:
    names = [row for row, _ in table()]
    above = {f"derive.{n}" for n in names[: names.index(name)]}
    mine = {m for m in imported(at_the_top(parsed(modules()[name]).body), package(name)) if m == "derive" or m.startswith("derive.")}
    assert set() == mine - above


def test_what_is_imported_late_says_why() -> None:
    silent = []
    for name, path in modules().items():
        lines = path.read_text(encoding="utf-8").splitlines()
        functions = (n for n in ast.walk(parsed(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
        late = (n for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom))
        silent += [
            f"{name}:{n.lineno}" for n in late
            if "late" not in lines[n.lineno - 1] and any(m.startswith("derive") for m in imported(iter([n]), package(name)))
        ]  # fmt: skip
    assert silent == []


def test_the_trusted_modules_are_the_ones_that_the_table_says() -> None:
    found = [name for name, trusted in table() if trusted]
    assert sorted(found) == sorted(n for n in modules() if n.partition(".")[0] in TRUSTED)


@pytest.mark.parametrize("name", sorted(n for n in modules() if n.partition(".")[0] in TRUSTED))
def test_a_trusted_module_needs_the_standard_library_only(name: str) -> None:
    """Also where it imports late, or for types."""
    for module in imported(ast.walk(parsed(modules()[name])), package(name)):
        top, _, rest = module.partition(".")
        assert top in sys.stdlib_module_names or (top == "derive" and rest.partition(".")[0] in TRUSTED), module


def test_the_engine_imports_nothing_of_what_stands_on_it() -> None:
    for name, path in modules().items():
        tops = {m.partition(".")[0] for m in imported(ast.walk(parsed(path)), package(name))}
        assert set() == tops & {"proofs", "cli", "tests", "benchmarks"}, name


SOURCES = sorted([*(ROOT / "derive").rglob("*.py"), *(ROOT / "proofs").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py"),
    ROOT / "cli.py"])


def dangers(tree: ast.AST) -> list[str]:
    """Where text might be run or data might bring code along: by a name, by an attribute, or by what is imported."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in {*FORBIDDEN, "__import__", "execfile"}:
            found.append(f"{node.lineno}: {node.id}")
        elif isinstance(node, ast.Attribute) and (
            node.attr in {"sympify", "parse_expr", "parsing"}
            or (isinstance(node.value, ast.Name) and node.value.id in {"builtins", "__builtins__"} and node.attr in FORBIDDEN)
            or (isinstance(node.value, ast.Name) and node.value.id in READERS and node.attr in {"load", "loads", "Unpickler", "open"})
        ):
            found.append(f"{node.lineno}: {ast.unparse(node)}")
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            if names & FORBIDDEN or (node.module in READERS and names & {"load", "loads", "Unpickler", "open", "*"}):
                found.append(f"{node.lineno}: {ast.unparse(node)}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "S":
            found.append(f"{node.lineno}: {ast.unparse(node)}")  # sympy.S(text) is sympify(text)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_text_is_ever_run(path: Path) -> None:
    own = [n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if line.strip() == OWN and path.name == "guard.py"]
    assert dangers(parsed(path)) == [f"{n}: pickle.loads" for n in own]
    assert len(own) == (path == ROOT / "derive" / "guard.py")


@pytest.mark.parametrize("source", [
    "eval('1')", "f = exec", "import sympy\nsympy.sympify('x')", "from sympy import sympify as s", "import pickle\npickle.loads(b'')",
    "from pickle import loads", "import builtins\nbuiltins.eval('1')", "__import__('os')", "sympy.parsing.sympy_parser.parse_expr('x')",
    "sympy.S('x')",
])  # fmt: skip
def test_each_way_to_run_text_would_be_seen(source: str) -> None:
    assert dangers(ast.parse(source)) != []


@pytest.mark.parametrize("source",
    ["balls.evaluate(t, {})", "ast.parse('1')", "re.compile('x')", "import pickle\npickle.dumps(1)", "expression.read('x')"])
def test_what_runs_nothing_is_left_alone(source: str) -> None:
    assert dangers(ast.parse(source)) == []


def test_the_coverage_that_is_asked_for_is_that_of_the_trusted_modules() -> None:
    measured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["coverage"]["report"]
    trusted = {f"{path.parent.name}/*" if name == "rules" else path.name for name, path in modules().items() if name in TRUSTED}
    assert measured["fail_under"] == 100
    assert sorted(measured["include"]) == sorted(f"derive/{name}" for name in trusted)
