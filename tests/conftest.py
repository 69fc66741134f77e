"""The gauntlet: attacks on the program that no wrong `Proved` may come out of, counted.

`python -m pytest tests/gauntlet --size large` runs more of each than `make test` does; the table is printed at the end of a run.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from tally import Tally

SIZES = ("small", "large")
CACHES = itertools.count()
TALLY = pytest.StashKey[Tally]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--size", choices=SIZES, default="small", help="how much of the gauntlet is run")
    parser.addoption("--corpus", metavar="FILE", help="steps with known truth, as benchmarks/corpus.py reads them")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if lines := config.stash.get(TALLY, Tally()).lines():
        terminalreporter.section(f"the gauntlet, {_size(config)} size")
        for line in lines:
            terminalreporter.write_line(line)


# With pytest-xdist each worker counts by itself, and the table is printed by the process that started them.


def pytest_sessionfinish(session: pytest.Session) -> None:
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["tally"] = session.config.stash.get(TALLY, Tally()).counts


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash.setdefault(TALLY, Tally()).add(getattr(node, "workeroutput", {}).get("tally", {}))


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's cache, or that of another test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "caches" / str(next(CACHES))))


def _size(config: pytest.Config) -> str:
    return str(config.getoption("--size", default="small"))  # unknown where pytest was not called with this directory


@pytest.fixture(scope="session")
def large(request: pytest.FixtureRequest) -> bool:
    """Whether the large size is run."""
    return _size(request.config) == "large"


@pytest.fixture(scope="session")
def tally(request: pytest.FixtureRequest) -> Tally:
    """Where the tests count."""
    return request.config.stash.setdefault(TALLY, Tally())
