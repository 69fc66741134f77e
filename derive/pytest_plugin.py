"""The plugin for pytest: pages as tests, one item a step and one for the claim; may know no mathematics.

With `--derive`, or for the files that the ini option `derive_paths` names, derivations are collected from Python modules, which
pytest imports as it does test modules, and from Markdown, of which nothing is executed. Nothing of the engine is imported until a
page is collected, and nothing is checked until an item of it runs.
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import ReprExceptionInfo, ReprFileLocation, ReprTracebackNative

if TYPE_CHECKING:
    from derive.apart import Checker, Finding, Findings
    from derive.page import Derivation

MARKDOWN = (".md", ".markdown")
FENCE = re.compile(rb"^[ \t]*(`{3,}|~{3,})[ \t]*derive\b", re.MULTILINE)
MAKES_SOME = b"derivation"  # a module makes its pages with `derivation(…)` or `Derivation.of(…)`

CHOSEN = pytest.StashKey[frozenset[Path]]()
CHECKER: pytest.StashKey[Checker] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("derive").addoption(
        "--derive", action="store_true", help="check the derivations in all Python modules and Markdown files that pytest comes by"
    )
    parser.addini("derive_paths", "globs, relative to rootdir, of the files whose derivations are checked without --derive", "args", [])
    parser.addini("derive_accept", "computed: steps that only SymPy and numbers confirm pass as well", default="proved")


def pytest_configure(config: pytest.Config) -> None:
    if config.getini("derive_accept") not in ("proved", "computed"):
        raise pytest.UsageError(f"derive_accept is proved or computed, not {config.getini('derive_accept')}")
    found: set[Path] = set()
    for pattern in config.getini("derive_paths"):
        if Path(pattern).is_absolute():
            raise pytest.UsageError(f"derive_paths: {pattern} has to be relative to rootdir, {config.rootpath}")
        if not (files := set(config.rootpath.glob(pattern))):
            config.issue_config_time_warning(pytest.PytestConfigWarning(f"derive_paths: no file is called {pattern}"), stacklevel=2)
        found |= files
    config.stash[CHOSEN] = frozenset(found)


def pytest_unconfigure(config: pytest.Config) -> None:
    if checker := config.stash.get(CHECKER, None):
        checker.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    chosen = file_path in parent.config.stash[CHOSEN]
    if not chosen and not parent.config.getoption("derive"):
        return None
    if file_path.suffix == ".py":
        if MAKES_SOME in file_path.read_bytes().lower():  # other modules are not imported
            return PythonFile.from_parent(parent, path=file_path)
    elif (chosen or file_path.suffix in MARKDOWN) and FENCE.search(file_path.read_bytes()):
        return MarkdownFile.from_parent(parent, path=file_path)
    return None


class PythonFile(pytest.Module):
    """A module that makes derivations."""

    def collect(self) -> Iterator[PageNode]:
        from derive.page import collect_module  # late: nothing is imported until a page is collected

        linecache.checkcache(str(self.path))  # a page finds its line there, and the file may have changed since an earlier session
        for derivation in collect_module(self.obj):  # which imports it, as a test module
            yield PageNode.from_parent(self, name=derivation.name.rpartition(".")[2], derivation=derivation)


class MarkdownFile(pytest.File):
    """A Markdown file with pages."""

    def collect(self) -> Iterator[PageNode]:
        from derive.model import PageError  # late: nothing is imported until a page is collected
        from derive.page import collect_markdown  # late: the same

        try:
            derivations = collect_markdown(self.path)
        except PageError as error:
            raise self.CollectError(f"{error.place.file}:{error.place.line}: {error.message}; {error.hint}") from None
        names = set[str]()
        for d in derivations:
            name = d.name if d.name not in names else f"{d.name} at line {d.place.line}"  # which is an error of its own
            names.add(name)
            yield PageNode.from_parent(self, name=name, derivation=d)


class PageNode(pytest.Collector):
    """A derivation: an item for each step, and one for the claim, which is the only one where the page cannot be read."""

    def __init__(self, derivation: Derivation, **rest: Any) -> None:
        super().__init__(**rest)
        self.derivation = derivation

    def collect(self) -> Iterator[StepItem]:
        from derive.apart import step_names  # late: nothing is imported until a page is collected
        from derive.model import PageError  # late: the same

        place = self.derivation.place
        try:
            names, lines = step_names(self.derivation), [line.place.line for line in self.derivation.page.lines[1:]]
        except PageError as error:
            names, lines, place = [], [], error.place
        for number, (name, line) in enumerate(zip(names, lines, strict=True)):
            yield StepItem.from_parent(self, name=name, page=self, line=line, number=number)
        yield StepItem.from_parent(self, name="claim", page=self, line=place.line)

    @cached_property
    def findings(self) -> Findings:
        """What the checker found, once for all items of the page that run in this process; without a cache where pytest keeps none."""
        from derive.apart import Checker  # late: nothing is imported until a page is collected
        from derive.model import Status  # late: the same

        checker = self.config.stash.setdefault(CHECKER, Checker())
        accept, no_cache = Status(self.config.getini("derive_accept")), not self.config.pluginmanager.hasplugin("cacheprovider")
        return checker.check(self.derivation, self.derivation.neighbours(), accept, no_cache)


class StepItem(pytest.Item):
    """A step of a page, by its number from 0; or, without one, the claim."""

    def __init__(self, page: PageNode, line: int, number: int | None = None, **rest: Any) -> None:
        super().__init__(**rest)
        self.page, self.line, self.number = page, line, number

    def runtest(self) -> None:
        found = self.page.findings
        finding = found.claim if self.number is None or not found.steps else found.steps[self.number]
        if finding is not None:
            raise NotAsItShouldBe(finding)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report in place of a traceback, in the form that also comes back from the workers of pytest-xdist."""
        if not isinstance(excinfo.value, NotAsItShouldBe):
            return super().repr_failure(excinfo, style)
        finding = excinfo.value.finding
        place = ReprFileLocation(self.nodeid.partition("::")[0], self.line, finding.brief)
        report = f"{finding.report}\n\n{place.path}:{place.lineno}: {finding.brief}\n"
        one_line = self.config.getoption("tbstyle") == "line"  # which pytest writes itself, from the place
        return ReprExceptionInfo(ReprTracebackNative([] if one_line else [report]), place)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, f"{self.page.name}: {self.name}"


class NotAsItShouldBe(Exception):
    """A step or a claim that does not hold as the page says."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.brief)
        self.finding = finding
