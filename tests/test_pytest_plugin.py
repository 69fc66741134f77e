"""The plugin, in projects of its own: what is collected, what fails and how that is said, and what leaves everything else alone."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from derive import apart
from derive.apart import Checker

pytest_plugins = ["pytester"]

GOOD = "given x: real\nclaim x + x = 2*x\n\n  x + x\n  = x*2    by algebra\n  = 2*x  by algebra"
WRONG = "given x: real\nclaim x + x = 3*x\n\n  x + x\n  = 2*x  by algebra\n  = 3*x  by algebra"
UNREADABLE = "given x: real\nclaim x = x + q\n\n  x\n  = x + q"
EXPECTED = WRONG + " expect refuted"
UNEXPECTED = GOOD + " expect refuted"
MARKED = "expect refuted: one too many\n" + WRONG
NOT_REFUTED = "expect refuted\n" + GOOD
COMPUTED = "given n: size\nclaim sum(i for i in n) = n*(n + 1)/2\n\n  sum(i for i in n)\n  = n*(n + 1)/2"
ROOT = Path(__file__).parent.parent
# the plugin is on where the package is installed; where it is only on the path, it has to be named
PLUGIN = [] if any(p.value == "derive.pytest_plugin" for p in entry_points(group="pytest11")) else ["-p", "derive.pytest_plugin"]


def block(name: str, page: str) -> str:
    return f"```derive {name}\n{page}\n```\n"


def python(**pages: str) -> str:
    return "from derive import derivation\n\n" + "\n".join(f'{name} = derivation("""\n{page}\n""")' for name, page in pages.items())


class Kept(Checker):
    """One process for all sessions of these tests."""

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    kept = Kept()
    yield kept
    Checker.close(kept)


@pytest.fixture(autouse=True)
def _one_process(monkeypatch: pytest.MonkeyPatch, checker: Checker) -> None:
    monkeypatch.setattr(apart, "Checker", lambda: checker)
    for name in [n for n in sys.modules if n.partition(".")[0] == "proofs"]:  # projects here have packages of that name
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with three pages in Markdown and one in Python, of which one step is wrong."""
    pytester.makefile(".md", notes=block("good", GOOD) + block("wrong", WRONG) + block("unreadable", UNREADABLE))
    pytester.mkpydir("proofs")
    (pytester.path / "proofs" / "doubles.py").write_text(python(twice=GOOD), encoding="utf-8")
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_inprocess(*PLUGIN, *arguments)


def outcomes(result: pytest.RunResult) -> dict[str, str]:
    """What `-v` says of each node."""
    words = ("PASSED", "FAILED", "ERROR", "SKIPPED")
    rows = (line.partition("  ")[0].rsplit(" ", 1) for line in result.outlines if "::" in line and " - " not in line)
    return {row[0]: row[1] for row in rows if len(row) == 2 and row[1] in words}


# -- what is collected


def test_each_step_is_an_item_and_so_is_each_claim(project: pytest.Pytester) -> None:
    result = run(project, "--derive", "--collect-only", "-q")
    assert result.ret == 0
    assert [line for line in result.outlines if "::" in line] == [
        "notes.md::good::line 6", "notes.md::good::line 7", "notes.md::good::claim",
        "notes.md::wrong::line 14", "notes.md::wrong::line 15", "notes.md::wrong::claim",
        "notes.md::unreadable::claim",
        "proofs/doubles.py::twice::line 8", "proofs/doubles.py::twice::line 9", "proofs/doubles.py::twice::claim",
    ]  # fmt: skip


def test_without_the_option_nothing_is_collected(project: pytest.Pytester) -> None:
    assert run(project).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_paths_of_the_ini_file_are_collected_without_the_option(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nderive_paths = proofs/*.py docs/**/*.txt")
    docs = project.mkdir("docs")
    (docs / "page.txt").write_text(block("good", GOOD))
    assert {"proofs/doubles.py::twice::claim", "docs/page.txt::good::claim"} == {
        line for line in run(project, "--collect-only", "-q").outlines if line.endswith("claim")}  # fmt: skip


def test_a_path_that_names_no_file_is_warned_of(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nderive_paths = doc/*.md")
    run(project).stdout.fnmatch_lines(["*derive_paths: no file is called doc/[*].md*"])


@pytest.mark.parametrize(("ini", "said"), [
    ("derive_accept = all", "derive_accept is proved or computed, not all"),
    ("derive_paths = /etc/*.md", "derive_paths: /etc/[*].md has to be relative to rootdir*"),
])  # fmt: skip
def test_a_setting_that_means_nothing_is_refused(project: pytest.Pytester, ini: str, said: str) -> None:
    project.makeini(f"[pytest]\n{ini}")
    result = run(project)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])


def test_a_module_that_makes_no_derivation_is_not_imported(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(tool="raise SystemExit")
    assert run(pytester, "--derive").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_markdown_file_is_never_executed_nor_one_without_a_page_read(pytester: pytest.Pytester) -> None:
    pytester.makefile(".md", other="```python\nraise SystemExit\n```\n")
    (pytester.path / "latin.md").write_bytes(b"caf\xe9")
    assert run(pytester, "--derive").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_tests_beside_the_pages_run_as_ever(project: pytest.Pytester) -> None:
    project.makepyfile(test_mine="from derive import derivation\n\ndef test_mine(): pass\n")
    assert outcomes(run(project, "--derive", "-v", "test_mine.py", "proofs")) == {
        "test_mine.py::test_mine": "PASSED",
        **{f"proofs/doubles.py::twice::{name}": "PASSED" for name in ("line 8", "line 9", "claim")},
    }


def test_a_changed_file_is_collected_again(pytester: pytest.Pytester) -> None:
    pages = pytester.makefile(".md", notes=block("double", WRONG))
    module = pytester.makepyfile(pages=python(twice=GOOD))
    before = run(pytester, "--derive", "--collect-only", "-q").outlines
    pages.write_text("# A title\n\n" + block("double", GOOD))
    module.write_text('"""A first line."""\n\n' + python(twice=GOOD))
    after = run(pytester, "--derive", "--collect-only", "-q").outlines
    assert {"notes.md::double::line 6", "pages.py::twice::line 8"} < set(before)
    assert {"notes.md::double::line 8", "pages.py::twice::line 10"} < set(after)


def test_two_pages_of_one_name_have_different_nodes_and_the_second_fails(pytester: pytest.Pytester) -> None:
    pytester.makefile(".md", notes=block("a", GOOD) + block("a", GOOD))
    result = run(pytester, "--derive", "-v")
    assert [k for k, v in outcomes(result).items() if v == "FAILED"] == ["notes.md::a at line 10::claim"]
    result.stdout.fnmatch_lines(["*error  a second derivation is called a"])


def test_steps_of_sympy_are_counted(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(pages="""
        from sympy import Symbol, exp
        from derive import Derivation
        z = Symbol("z", real=True)
        logistic = Derivation.of(exp(z)/(1 + exp(z)), 1/(1 + exp(-z)), given="z: real")
    """)
    assert outcomes(run(pytester, "--derive", "-v")) == {
        "pages.py::logistic::step 1": "PASSED", "pages.py::logistic::claim": "PASSED"}  # fmt: skip


# -- what fails, and how that is said


def test_a_failure_is_the_report_without_a_traceback(project: pytest.Pytester) -> None:
    result = run(project, "--derive", "-v")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert [k for k, v in outcomes(result).items() if v == "FAILED"] == [
        "notes.md::wrong::line 15", "notes.md::wrong::claim", "notes.md::unreadable::claim"]  # fmt: skip
    result.stdout.fnmatch_lines([
        "*_ wrong: line 15 _*",
        "✗ wrong",
        "  given  x: real",
        "     2[*]x * reason *",
        " 2 = 3[*]x  *algebra  ✗*",
        "     refuted  the left side is different from the right",
        "     at       x = *",
        "     left     *",
        "     right    *",
        "     mistake  a wrong number",
        "notes.md:15: refuted: a wrong number",
        "*_ wrong: claim _*",
        "  claim  x + x = 3[*]x",
        "notes.md:*: the chain does not prove it: line 15 is refuted",
        "*_ unreadable: claim _*",
        "∅ unreadable  *notes.md:19:*",
        "  19 │ claim x = x + q",
        "     │               ^",
        "  error  unknown symbol q",
        "  hint   *",
        "FAILED notes.md::wrong::line 15 - refuted: *",
        "FAILED notes.md::unreadable::claim - unknown symbol q",
    ])  # fmt: skip
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin*")


def test_one_line_a_failure_is_one_line(project: pytest.Pytester) -> None:
    """With --tb=line newer versions of pytest wrote the whole report, and then the line."""
    result = run(project, "--derive", "--tb=line")
    assert [line for line in result.outlines if line.startswith("notes.md:15:")] == ["notes.md:15: refuted: a wrong number"]
    result.stdout.no_fnmatch_line("*refuted  the left side*")


def test_what_is_wrong_with_a_test_is_said_without_the_frames_of_this_program(pytester: pytest.Pytester) -> None:
    """Under an assertion, and under an error that says what to do, stood up to five frames of the program's own source."""
    pytest.importorskip("numpy", reason="oracles need NumPy: pip install 'derive-checker[testing]'")
    pytester.makepyfile("""
        from derive import derivation
        from derive.testing import assert_equal_expr, assert_gradient, assert_implements, inputs, oracle

        wrong = derivation("claim 1 = 2\\n1\\n= 2")

        def test_bad_text(): oracle("log(x")
        def test_uncertified(): wrong.certify()
        def test_uncertified_oracle(): assert_implements(lambda: 1, wrong, max_ulp=1)
        def test_signature(): assert_implements(lambda a, b: 1, "x", given="x: real", max_ulp=1)
        def test_result(): assert_implements(lambda x: None, "x", given="x: real", max_ulp=1)
        def test_value(): assert_implements(lambda x: -x, "x", given="x: real", max_ulp=1)
        def test_gradient(): assert_gradient(lambda x: -1, "x", "x", given="x: real", max_ulp=1)
        def test_input(): oracle("x", given="x: positive")(x=-1.0)
        def test_no_expression(): assert_equal_expr(None, 3)
        """)
    result = run(pytester)
    result.assert_outcomes(failed=9)
    assert [line for line in result.outlines if re.search(r"derive[/\\]\w+\.py", line)] == []


def test_what_is_expected_to_be_refuted_passes_and_fails_where_it_is_not(pytester: pytest.Pytester) -> None:
    pages = {"expected": EXPECTED, "unexpected": UNEXPECTED, "marked": MARKED, "not_refuted": NOT_REFUTED}
    pytester.makefile(".md", notes="".join(block(name, page) for name, page in pages.items()))
    result = run(pytester, "--derive", "-v")
    assert [k for k, v in outcomes(result).items() if v == "FAILED"] == [
        "notes.md::unexpected::line 15", "notes.md::unexpected::claim", "notes.md::not_refuted::claim"]  # fmt: skip
    result.stdout.fnmatch_lines([
        "*unexpected  the page expects this step to be refuted, and it is proved",
        "notes.md:15: proved, and expected to be refuted",
        "*expected to be refuted, and it is proved: x + x = 2[*]x",
    ])  # fmt: skip


@pytest.mark.parametrize(("ini", "failed"), [("", 2), ("derive_accept = computed", 0)])
def test_what_only_sympy_confirms_fails_unless_the_ini_file_accepts_it(pytester: pytest.Pytester, ini: str, failed: int) -> None:
    pytester.makeini(f"[pytest]\n{ini}")
    pytester.makefile(".md", notes=block("computed", COMPUTED))
    result = run(pytester, "--derive")
    result.assert_outcomes(passed=2 - failed, failed=failed)
    if failed:
        result.stdout.fnmatch_lines(["*computed  not proved: SymPy reduces the difference to 0"])


def test_lemmas_of_the_same_package_are_found(project: pytest.Pytester) -> None:
    page = "given y: real\nclaim log(exp(y)) = y\n\n  log(exp(y))\n  = y"
    (project.path / "proofs" / "logs.py").write_text(python(back=page))
    (project.path / "proofs" / "more.py").write_text(python(again=f"{page} by lemma logs.back", none=f"{page} by lemma logs.bck"))
    result = run(project, "--derive", "-v", "proofs/more.py")
    assert outcomes(result) == {
        "proofs/more.py::again::line 8": "PASSED", "proofs/more.py::again::claim": "PASSED",
        "proofs/more.py::none::line 15": "FAILED", "proofs/more.py::none::claim": "FAILED",
    }  # fmt: skip
    result.stdout.fnmatch_lines(["  error  unknown lemma logs.bck", "  hint   did you mean logs.back[?]"])


def test_a_page_may_say_to_see_one_of_another_module(project: pytest.Pytester) -> None:
    """The runner knew no such page: only the modules of lemmas were looked at."""
    (project.path / "proofs" / "slips.py").write_text(python(slip="expect refuted\nsee doubles.twice\n" + WRONG))
    run(project, "--derive", "proofs/slips.py").assert_outcomes(passed=3)


def test_a_module_that_raises_is_an_error_and_the_others_are_collected(project: pytest.Pytester) -> None:
    (project.path / "proofs" / "raises.py").write_text(python(twice=GOOD) + "\n1/0\n")
    result = run(project, "--derive", "-v", "proofs", "--continue-on-collection-errors")
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["proofs/raises.py:*: in <module>", "E   ZeroDivisionError: division by zero"])


def test_a_markdown_file_that_is_not_utf8_is_an_error_and_the_others_are_collected(project: pytest.Pytester) -> None:
    (project.path / "latin.md").write_bytes(b"caf\xe9\n" + block("good", GOOD).encode())
    result = run(project, "--derive", "latin.md", "proofs", "--continue-on-collection-errors")
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*latin.md:1: this is not UTF-8; save the file as UTF-8"])
    result.stdout.no_fnmatch_line("*Traceback*")


# -- what pytest offers


def test_pages_are_chosen_by_name_and_by_node(project: pytest.Pytester) -> None:
    assert set(outcomes(run(project, "--derive", "-v", "-k", "good and claim"))) == {"notes.md::good::claim"}
    assert set(outcomes(run(project, "--derive", "-v", "notes.md::wrong::line 14"))) == {"notes.md::wrong::line 14"}
    assert len(outcomes(run(project, "--derive", "-v", "proofs/doubles.py::twice"))) == 3


def test_the_first_failure_may_end_the_run_and_what_failed_is_run_again_alone(project: pytest.Pytester) -> None:
    assert [*outcomes(run(project, "--derive", "-v", "-x"))][-1] == "notes.md::wrong::line 15"
    run(project, "--derive")
    assert [*outcomes(run(project, "--derive", "-v", "--lf"))] == [
        "notes.md::wrong::line 15", "notes.md::wrong::claim", "notes.md::unreadable::claim"]  # fmt: skip


def test_the_report_stands_in_the_xml_file(project: pytest.Pytester) -> None:
    run(project, "--derive", "--junitxml", "out.xml")
    cases = {(c.get("classname"), c.get("name")): c.find("failure") for c in ET.parse(project.path / "out.xml").iter("testcase")}
    failure = cases["notes.md.wrong", "line 15"]
    assert failure is not None
    assert (failure.get("message") or "").startswith("refuted: ")
    assert "at       x = " in (failure.text or "")
    assert cases["proofs.doubles.twice", "claim"] is None


def test_workers_of_xdist_say_the_same(project: pytest.Pytester) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is missing: pip install pytest-xdist")
    result = run(project, "--derive", "-n", "2", "-p", "xdist")
    result.assert_outcomes(passed=7, failed=3)
    result.stdout.fnmatch_lines(["     mistake  a wrong number", "  error  unknown symbol q"])
    result.stdout.fnmatch_lines(["FAILED notes.md::wrong::line 15 - refuted: *"])


def test_nothing_is_imported_before_a_page_is_collected_and_nothing_checked_while_collecting(project: pytest.Pytester) -> None:
    project.makeconftest("""
        import sys

        ENGINE = {"derive.page", "derive.apart", "derive.check", "derive.runner", "derive.report", "rich", "sympy", "multiprocessing.spawn"}

        def pytest_unconfigure(config):
            print("loaded:", *sorted(ENGINE & set(sys.modules)))
    """)
    for arguments, loaded in ([], ""), (["--derive", "--collect-only"], " derive.apart derive.page"):
        result = project.runpytest_subprocess("-p", "no:hypothesispytest", *PLUGIN, *arguments)
        assert f"loaded:{loaded}" in result.outlines


@pytest.mark.parametrize(("options", "no_cache"), [((), False), (("-p", "no:cacheprovider"), True)])
def test_where_pytest_keeps_no_cache_no_other_is_used(
    options: tuple[str, ...], no_cache: bool, project: pytest.Pytester, checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    real = checker.check

    def check(*args: object) -> apart.Findings:
        asked.append(args[-1])
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(checker, "check", check)
    run(project, "--derive", "proofs/doubles.py", *options).assert_outcomes(passed=3)
    assert asked == [no_cache]
