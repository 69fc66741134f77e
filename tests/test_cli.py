"""The commands: exit status, messages, and what they do not do (import SymPy early, execute Markdown, leave processes behind)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path

import pytest

import cli
from derive.batch import Tally

ROOT = Path(__file__).parent.parent
GOOD = "given x: real\nclaim x + x = 2*x\n  x + x\n  = 2*x by algebra"
WRONG = "given x: real\nclaim x + x = 3*x\n  x + x\n  = 3*x by algebra"
UNREADABLE = "given x: real\nclaim x = x + q\n  x\n  = x + q"
EXPECTED = "given x: real\nclaim x + x = 3*x\n  x + x\n  = 3*x by algebra expect refuted"
UNEXPECTED = "given x: real\nclaim x + x = 2*x\n  x + x\n  = 2*x by algebra expect refuted"
MARKED = "title  Three doubles | 三个两倍\nsource A §1 (1.1)\nexpect refuted: one too many | 多了一个\nsee {see}\n" + WRONG
# stands for SymPy's side in a Python page: every opinion is that left minus right is 0
AGREES = """
    import sys, types
    from derive.model import Opinion
    bridge = types.ModuleType("derive.sympy_bridge")
    bridge.opinion = lambda claim, seconds: Opinion("agrees", "0")
    sys.modules["derive.sympy_bridge"] = bridge
"""


def block(page: str, name: str = "mine") -> str:
    return f"```derive {name}\n{page}\n```\n"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with a `proofs` of its own, so that these tests do not depend on what the real one holds."""
    proofs = tmp_path / "proofs"
    proofs.mkdir()
    (proofs / "__init__.py").write_text('__all__ = ["second", "first"]\n')
    for name, page in (("first", GOOD), ("second", GOOD)):
        page = "title  A double | 两倍\n" + page
        (proofs / f"{name}.py").write_text(f'from derive import derivation\n\ndouble = derivation("""\n{page}\n""")\n', encoding="utf-8")
    return tmp_path


def derive(folder: Path, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import cli; cli.main()", *arguments]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(command, cwd=folder, env=env, input=stdin, capture_output=True, encoding="utf-8", timeout=120)


# -- the package's own derivations


@pytest.mark.parametrize("arguments", [[], ["--fast"], ["report"], ["report", "second", "first.double"]])
def test_the_report_shows_all_in_the_order_of_the_book(notes: Path, arguments: list[str]) -> None:
    result = derive(notes, *arguments)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.index("second.double  A double · 两倍") < result.stdout.index("first.double")
    assert "2 derivations, 2 steps:  ✓ 2 proved" in result.stdout


def test_names_choose_what_is_reported(notes: Path) -> None:
    result = derive(notes, "report", "first", "--fast")
    assert "first.double" in result.stdout
    assert "second.double" not in result.stdout


def test_an_unknown_name_is_an_error_that_lists_near_names_and_the_others_are_still_reported(notes: Path) -> None:
    result = derive(notes, "report", "frist.double", "second", "--fast")
    assert result.returncode == 2
    assert "there is no derivation frist.double; did you mean first.double" in result.stderr
    assert "second.double" in result.stdout


def test_show_gives_everything_that_is_known(notes: Path) -> None:
    result = derive(notes, "show", "first.double")
    assert result.returncode == 0
    for expected in ("claim  x + x = 2*x", "proof", "SymPy", "points"):
        assert expected in result.stdout


def test_list_gives_names_and_titles_in_the_order_of_the_book(notes: Path) -> None:
    result = derive(notes, "list")
    assert result.stdout.splitlines() == ["second.double  A double · 两倍", "first.double   A double · 两倍"]


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["check", "--help"]])
def test_help_and_list_import_neither_sympy_nor_rich_nor_the_kernel(notes: Path, arguments: list[str]) -> None:
    code = f"""
        import sys, cli
        sys.argv = ["derive", *{arguments!r}]
        try:
            cli.main()
        except SystemExit:
            pass
        late = [m for m in ("sympy", "flint", "derive.report", "derive.kernel", "proofs.first") if m in sys.modules]
        print("late:", late)
    """
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(notes), str(ROOT)])}
    result = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=notes, env=env, capture_output=True, encoding="utf-8")
    assert result.stdout.splitlines()[-1] == "late: []"


def test_help_shows_examples_and_says_that_python_is_executed(notes: Path) -> None:
    assert "derive check notes.md" in derive(notes, "--help").stdout
    assert "IS EXECUTED" in derive(notes, "check", "--help").stdout


def test_the_version_is_printed(notes: Path) -> None:
    result = derive(notes, "--version")
    assert result.returncode == 0
    assert result.stdout.startswith("derive ")


# -- what was printed and is wrong


def _audit(notes: Path, *pages: str) -> None:
    body = "".join(f'page{i} = derivation("""\n{page}\n""")\n' for i, page in enumerate(pages))
    (notes / "proofs" / "audit.py").write_text(f"from derive import derivation\n\n{body}", encoding="utf-8")


@pytest.mark.parametrize(
    ("pages", "status", "last"),
    [
        ([MARKED.format(see="first.double")], 0, "1 printed, 1 refuted, 1 put right"),
        ([MARKED.format(see="audit.page1"), GOOD], 0, "1 printed, 1 refuted, 1 put right"),
        ([MARKED.format(see="audit.page1"), WRONG], 1, "1 printed, 1 refuted, 0 put right"),
        (["expect refuted\n" + WRONG], 1, "1 printed, 1 refuted, 0 put right"),
        ([MARKED.format(see="first.double").replace("3*x", "2*x")], 1, "1 printed, 0 refuted, 1 put right"),
        ([MARKED.format(see="first.nothing")], 2, "1 printed, 0 refuted, 0 put right"),
        ([MARKED.format(see="first.double"), UNREADABLE], 2, "2 printed, 1 refuted, 1 put right"),
    ],
)
def test_the_audit_is_good_only_if_all_is_refuted_and_put_right(notes: Path, pages: list[str], status: int, last: str) -> None:
    _audit(notes, *pages)
    result = derive(notes, "audit", "--fast")
    assert (result.returncode, result.stderr) == (status, "")
    assert result.stdout.splitlines()[-1] == last


def test_the_audit_shows_what_is_printed_what_refutes_it_and_what_puts_it_right(notes: Path) -> None:
    _audit(notes, MARKED.format(see="first.double, second.double"))
    result = derive(notes, "audit", COLUMNS="80")
    assert result.returncode == 0
    for expected in ("── 1.1 ", "✗ audit.page0  Three doubles · 三个两倍", "A §1 (1.1)", "refuted, as expected", "at  ", "one too many",
            "多了一个", "✓ first.double", "✓ second.double", "claim  x + x = 2*x", "SymPy"):  # fmt: skip
        assert expected in result.stdout
    assert "\x1b" not in result.stdout
    assert [line for line in result.stdout.splitlines() if len(line) > 80] == []


def test_the_audit_as_json_holds_the_rows_with_the_same_exit_status(notes: Path) -> None:
    _audit(notes, MARKED.format(see="first.double"), "expect refuted\n" + WRONG)
    result = derive(notes, "audit", "--json", "--fast", "--jobs", "1", "--time-limit", "1")
    data = json.loads(result.stdout)
    assert result.returncode == 1
    assert [(r["name"], r["refuted"], r["put_right"]) for r in data["rows"]] == [("1.1", True, True), ("audit.page1", True, False)]
    assert [d["name"] for d in data["derivations"]] == ["audit.page0", "first.double", "audit.page1"]


@pytest.mark.parametrize("pages", [None, [GOOD]])
def test_without_a_page_to_refute_there_is_no_audit(notes: Path, pages: list[str] | None) -> None:
    if pages:
        _audit(notes, *pages)
    result = derive(notes, "audit")
    assert result.returncode == 2
    assert "no module audit with a page that is marked expect refuted" in result.stderr


def test_the_report_takes_the_audit_as_a_chapter_and_what_is_refuted_as_expected_is_fine(notes: Path) -> None:
    _audit(notes, MARKED.format(see="first.double"))
    result = derive(notes, "report", "--fast")
    assert (result.returncode, result.stderr) == (0, "")
    assert "1 step refuted, as the page expects" in result.stdout
    assert derive(notes, "show", "audit.page0", "--fast").returncode == 0
    assert "audit.page0    Three doubles · 三个两倍  (expected to be refuted)" in derive(notes, "list").stdout.splitlines()


# -- files of the user's


@pytest.mark.parametrize(
    ("pages", "status"),
    [
        ([GOOD], 0),
        ([GOOD, WRONG], 1),
        ([EXPECTED], 0),
        ([UNEXPECTED], 1),
        (["expect refuted\n" + WRONG], 0),
        (["expect refuted\n" + GOOD], 1),
        (["expect refuted\ngiven x: real\nclaim log(exp(x)) = x\n  log(exp(x))\n  = x by algebra"], 1),  # true, not by algebra
        (["expect refuted\n" + UNREADABLE], 2),
        ([MARKED.format(see="page1"), GOOD], 0),
        ([MARKED.format(see="page2"), GOOD], 2),
        ([UNREADABLE, GOOD, WRONG], 2),
    ],
)
def test_the_exit_status_is_that_of_the_worst_page(notes: Path, pages: list[str], status: int) -> None:
    (notes / "notes.md").write_text("".join(block(page, f"page{i}") for i, page in enumerate(pages)))
    result = derive(notes, "check", "notes.md", "--fast")
    assert result.returncode == status
    assert all(f"page{i}" in result.stdout for i in range(len(pages)))


def test_a_conflict_has_an_exit_status_of_its_own(notes: Path) -> None:
    page = textwrap.dedent(AGREES) + f'from derive import derivation\nbad = derivation("""\n{WRONG}\n""")\n'
    (notes / "mine.py").write_text(page)
    (notes / "other.md").write_text(block(UNREADABLE))
    result = derive(notes, "check", "mine.py", "other.md")
    assert result.returncode == 3
    assert "conflict" in result.stdout


def test_a_page_that_is_proved_though_it_expects_to_be_refuted_fails_with_a_message(notes: Path) -> None:
    (notes / "notes.md").write_text(block("expect refuted: a term too many\n" + GOOD))
    result = derive(notes, "check", "notes.md", "--fast")
    assert result.returncode == 1
    assert "unexpected  expected to be refuted, and it is proved: x + x = 2*x" in result.stdout
    assert "look at  mine (not refuted)" in result.stdout


def test_a_name_to_see_that_there_is_not_is_an_error_with_a_caret_and_a_hint(notes: Path) -> None:
    (notes / "notes.md").write_text(block(MARKED.format(see="frist.double"), "slip") + block(GOOD), encoding="utf-8")
    result = derive(notes, "check", "notes.md", "--fast")
    assert result.returncode == 2
    for expected in ("∅ slip  notes.md:5:5", "5 │ see frist.double\n    │     ^^^^^^^^^^^^", "did you mean first.double?", "✓ mine"):
        assert expected in result.stdout


def test_a_missing_file_is_an_error_and_the_others_are_still_checked(notes: Path) -> None:
    (notes / "notes.md").write_text(block(GOOD))
    result = derive(notes, "check", "nothing.md", "notes.md", "--fast")
    assert result.returncode == 2
    assert "nothing.md: No such file or directory" in result.stderr
    assert "✓ mine" in result.stdout


@pytest.mark.parametrize("name", ["empty.md", "empty.py"])
def test_a_file_without_derivations_is_an_error(notes: Path, name: str) -> None:
    (notes / name).write_text("\n")
    result = derive(notes, "check", name)
    assert result.returncode == 2
    assert "no derivation found" in result.stderr


def test_a_file_that_is_not_utf_8_is_an_error(notes: Path) -> None:
    (notes / "notes.md").write_bytes(b"\xff\xfe" + block(GOOD).encode())
    result = derive(notes, "check", "notes.md")
    assert result.returncode == 2
    assert "UTF-8" in result.stderr


def test_a_page_error_shows_file_line_column_and_caret(notes: Path) -> None:
    (notes / "notes.md").write_text("# Title\n\n" + block(UNREADABLE))
    result = derive(notes, "check", "notes.md", "--fast")
    assert "notes.md:5:15" in result.stdout
    assert "  5 │ claim x = x + q\n    │               ^\n" in result.stdout


def test_standard_input_is_read_as_markdown(notes: Path) -> None:
    result = derive(notes, "check", "-", "--fast", stdin=block(UNREADABLE))
    assert result.returncode == 2
    assert "<stdin>:3:15" in result.stdout
    assert "3 │ claim x = x + q" in result.stdout


def test_markdown_executes_nothing(notes: Path) -> None:
    hostile = '__import__("os").system("touch executed")'
    bad = f"given x: real\nclaim x = {hostile}\n x\n = {hostile}"
    (notes / "notes.md").write_text('```python\nopen("executed", "w")\n```\n' + block(GOOD) + block(bad, "bad"))
    result = derive(notes, "check", "notes.md")
    assert result.returncode == 2
    assert not (notes / "executed").exists()


def test_a_python_file_finds_its_neighbours_and_may_be_called_like_a_module_of_ours(notes: Path) -> None:
    (notes / "neighbour.py").write_text("NAME = 'x'\n")
    (notes / "runner.py").write_text(f'import neighbour\nfrom derive import derivation\nmine = derivation("""\n{GOOD}\n""")\n')
    result = derive(notes, "check", "runner.py", "--fast")
    assert (result.returncode, result.stderr) == (0, "")
    assert "runner.mine" in result.stdout


@pytest.mark.parametrize(
    ("code", "message"),
    [("x = 1\n1/0\n", "mine.py:2: could not be imported: ZeroDivisionError"), ("(", "mine.py:1: could not be imported: SyntaxError")],
)
def test_a_python_file_that_cannot_be_imported_is_an_error(notes: Path, code: str, message: str) -> None:
    (notes / "mine.py").write_text(code)
    result = derive(notes, "check", "mine.py")
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


# -- output


def test_json_is_one_document_with_the_same_exit_status(notes: Path) -> None:
    (notes / "notes.md").write_text(block(GOOD, "a") + block(WRONG, "b"))
    result = derive(notes, "check", "notes.md", "--json", "--fast")
    data = json.loads(result.stdout)
    assert result.returncode == 1
    assert [(d["name"], d["status"]) for d in data["derivations"]] == [("a", "proved"), ("b", "refuted")]


def test_output_that_is_not_a_terminal_has_no_escapes_and_keeps_to_the_width_that_is_asked_for(notes: Path) -> None:
    result = derive(notes, "report", "--fast", COLUMNS="70")
    assert "\x1b" not in result.stdout + result.stderr
    assert max(map(len, result.stdout.splitlines())) == 70


def test_a_terminal_without_unicode_is_served_too(notes: Path) -> None:
    result = derive(notes, "report", "--fast", PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert "+ first.double  A double - \\u4e24\\u500d" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Unix")
def test_a_reader_that_goes_away_is_no_error(notes: Path) -> None:
    (notes / "notes.md").write_text("".join(block(GOOD, f"page{i}") for i in range(300)))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(notes), str(ROOT)])}
    command = f"{sys.executable} -c 'import cli; cli.main()' check notes.md --fast | head -1"
    result = subprocess.run(["/bin/sh", "-c", command], cwd=notes, env=env, capture_output=True, encoding="utf-8", timeout=60)
    assert result.stdout.startswith("✓ page0")
    assert result.stderr == ""


def children(pid: int) -> list[int]:
    folder = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in folder.read_text().split()] if folder.exists() else []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see the processes")
def test_ctrl_c_ends_the_run_and_every_process_of_it(notes: Path) -> None:
    hangs = AGREES.replace('Opinion("agrees", "0")', "__import__('time').sleep(60)")
    (notes / "mine.py").write_text(textwrap.dedent(hangs) + f'from derive import derivation\nmine = derivation("""\n{GOOD}\n""")\n')
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(notes), str(ROOT)])}
    command = [sys.executable, "-c", "import cli; cli.main()", "check", "mine.py", "--time-limit", "60"]
    parent = subprocess.Popen(command, cwd=notes, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    end = time.monotonic() + 20
    while not (workers := children(parent.pid)) and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.3)
    os.killpg(parent.pid, signal.SIGINT)
    _, errors = parent.communicate(timeout=10)
    assert workers
    assert parent.returncode == 130
    assert b"Traceback" not in errors
    assert [pid for pid in workers if Path(f"/proc/{pid}").exists()] == []


# -- certificates


def test_a_certificate_is_written_and_judged_again(notes: Path) -> None:
    made = derive(notes, "certify", "-o", "all.json")
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    found = derive(notes, "verify", "all.json")
    assert (found.returncode, found.stderr) == (0, "")
    assert "✓ all.json  2 derivations, 2 steps" in found.stdout
    assert "judged again by the kernel: 2 proofs" in found.stdout
    assert "trusted: " in found.stdout


def test_a_certificate_of_files_and_names_goes_through_a_pipe(notes: Path) -> None:
    (notes / "mine.md").write_text(block(GOOD), encoding="utf-8")
    made = derive(notes, "certify", "mine.md", "second.double", "-o", "-")
    assert [d["name"] for d in json.loads(made.stdout)["derivations"]] == ["second.double", "mine"]
    found = derive(notes, "verify", "-", "--json", stdin=made.stdout)
    assert json.loads(found.stdout)["-"] == {
        "derivations": 2, "steps": 2, "judged": 2, "refuted": 0, "refuted_again": 0, "open": [], "unchecked": [], "flaws": [],
    }  # fmt: skip


def test_what_is_not_proved_is_certified_as_what_it_is(notes: Path) -> None:
    (notes / "mine.md").write_text(block(WRONG), encoding="utf-8")
    made = derive(notes, "certify", "mine.md", "-o", "mine.json")
    assert made.returncode == 1
    assert "mine: refuted" in made.stderr
    found = derive(notes, "verify", "mine.json")
    assert found.returncode == 1
    assert "open: mine, step 1: refuted" in found.stdout


def test_an_edited_certificate_is_found_out(notes: Path) -> None:
    derive(notes, "certify", "first", "-o", "first.json")
    written = (notes / "first.json").read_text(encoding="utf-8")
    (notes / "first.json").write_text(written.replace('"2*x"', '"3*x"'), encoding="utf-8")
    found = derive(notes, "verify", "first.json")
    assert found.returncode == 1
    assert "wrong: first.double, step 1" in found.stdout


@pytest.mark.parametrize(("arguments", "message"), [
    (["certify"], "say where to write"),
    (["certify", "frist", "-o", "x.json"], "there is no derivation frist"),
    (["certify", "none.md", "-o", "x.json"], "No such file"),
    (["certify", "bad.md", "-o", "x.json"], "unknown symbol q"),
    (["certify", "-o", "no/folder/x.json"], "No such file"),
    (["verify", "none.json"], "No such file"),
    (["verify", "bad.md"], "this is not JSON"),
])  # fmt: skip
def test_bad_input_for_certificates_is_named_and_nothing_is_written(notes: Path, arguments: list[str], message: str) -> None:
    (notes / "bad.md").write_text(block(UNREADABLE), encoding="utf-8")
    result = derive(notes, *arguments)
    assert result.returncode == 2
    assert message in " ".join(result.stderr.split())
    assert not (notes / "x.json").exists()


# -- handouts


def test_a_handout_of_what_is_proved(notes: Path) -> None:
    result = derive(notes, "handout", "first", "-o", "first.html", "--lang", "both")
    assert (result.returncode, result.stderr) == (0, "")
    text = (notes / "first.html").read_text(encoding="utf-8")
    assert "A double" in text
    assert "两倍" in text


def test_a_handout_of_what_is_wrong_is_written_says_so_and_exits_with_1(notes: Path) -> None:
    (notes / "wrong.md").write_text(block(WRONG), encoding="utf-8")
    result = derive(notes, "handout", "wrong.md", "-o", "wrong.html")
    assert (result.returncode, result.stderr) == (1, "error: mine: refuted\n")
    assert "Not proved: step 1." in (notes / "wrong.html").read_text(encoding="utf-8")
    assert derive(notes, "handout", "wrong.md", "-o", "wrong.html", "--force", "--draft").returncode == 1


def test_a_draft_lets_pass_what_is_neither_proved_nor_refuted(notes: Path) -> None:
    (notes / "other.md").write_text(block("given x: positive\nclaim log(x) + x = x + log(x)\n log(x) + x\n = x + log(x) by log of one"))
    first, draft = (derive(notes, "handout", "other.md", "-o", "a.html", "--force", *more) for more in ([], ["--draft"]))
    assert (first.returncode, first.stderr) == (1, "error: mine: misreasoned\n")
    assert draft.returncode == 0
    assert "True, but not for this reason" in (notes / "a.html").read_text(encoding="utf-8")


def test_a_file_that_there_is_is_not_overwritten_without_force(notes: Path) -> None:
    (notes / "first.html").write_text("mine", encoding="utf-8")
    result = derive(notes, "handout", "first", "-o", "first.html")
    assert (result.returncode, result.stderr) == (2, "error: first.html is there already; --force overwrites it\n")
    assert (notes / "first.html").read_text(encoding="utf-8") == "mine"
    assert derive(notes, "handout", "first", "-o", "first.html", "--force").returncode == 0
    assert (notes / "first.html").read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize(("arguments", "said"), [
    (["first", "-o", "a.odt"], "there are .html, .pdf, .docx, .ipynb, .tex, .md"),
    (["frist", "-o", "a.html"], "there is no derivation frist; did you mean first"),
    (["first", "-o", "no/such/folder/a.html"], "no/such/folder/a.html: there is no folder no/such/folder"),
    (["first", "-o", "folder.html", "--force"], "folder.html: this is a folder; name a file"),
    (["first", "-o", "a.pdf", "--title", "a \udcff b"], "--title has a character that no document can hold"),
    (["first", "-o", "a.tex", "--title", "\x1b[31m"], "--title has a character that no document can hold"),
    (["one.md", "two.md", "-o", "a.md", "--worksheet", "reasons"], "two derivations are called mine"),
    (["bad.md", "-o", "a.html"], "bad.md:2: bad: "),
    (["nothing.md", "-o", "a.html"], "nothing.md: No such file or directory"),
    (["first"], "say where to write"),
    (["first", "-o", "a.html", "--key"], "--key is the key to a worksheet"),
    (["first", "-o", "a.html", "--worksheet", "crossword"], "crossword"),
])  # fmt: skip
def test_what_cannot_be_handed_out_says_why(notes: Path, arguments: list[str], said: str) -> None:
    (notes / "folder.html").mkdir()
    for name in ("one.md", "two.md"):
        (notes / name).write_text(block(THREE), encoding="utf-8")
    (notes / "bad.md").write_text("```derive bad\ngiven x real\n```\n", encoding="utf-8")
    result = derive(notes, "handout", *arguments)
    assert result.returncode == 2
    assert said in " ".join(result.stderr.split())


def test_a_file_that_is_named_twice_is_handed_out_once(notes: Path) -> None:
    (notes / "mine.md").write_text(block(THREE), encoding="utf-8")
    assert derive(notes, "handout", "mine.md", "mine.md", "-o", "a.md").returncode == 0
    assert (notes / "a.md").read_text(encoding="utf-8").count("## ") == 1


THREE = "title Three steps\ngiven a: positive, b: positive, c: positive\nclaim log(a*b*c) = log(a) + log(b) + log(c)\n\n" \
    "  log(a*b*c)\n  = log(a*b) + log(c)  by log of a product\n  = log(a) + log(b) + log(c)  by log of a product"


def test_a_worksheet_is_made_filled_in_and_marked(notes: Path) -> None:
    (notes / "mine.md").write_text(block(THREE), encoding="utf-8")
    ordered = ["handout", "mine.md", "--worksheet", "blanks", "--fade", "3", "--seed", "2"]
    assert derive(notes, *ordered, "-o", "sheet.md").returncode == 0
    assert derive(notes, *ordered, "--key", "-o", "key.html").returncode == 0
    sheet = (notes / "sheet.md").read_text(encoding="utf-8")
    assert sheet.count("= ____") == 1
    empty = derive(notes, "grade", "sheet.md", "--key", "key.key.json")
    assert (empty.returncode, "0 of 1 points" in empty.stdout) == (1, True)
    right, wrong = sheet.replace("____", "log(c) + log(b*a)"), sheet.replace("____", "log(a*b)*log(c)")
    found = derive(notes, "grade", "-", "--key", "key.key.json", "--json", stdin=right)
    assert (found.returncode, json.loads(found.stdout)["points"], found.stderr) == (0, 1, "")
    found = derive(notes, "grade", "-", "--key", "key.key.json", stdin=wrong)
    assert found.returncode == 1
    assert "0 of 1 points" in found.stdout


def test_a_key_or_a_sheet_that_cannot_be_read_says_why(notes: Path) -> None:
    (notes / "sheet.md").write_text(block(THREE), encoding="utf-8")
    for arguments, said in [
        (["sheet.md"], "say which key"),
        (["sheet.md", "--key", "none.json"], "none.json"),
        (["none.md", "--key", "sheet.md"], "sheet.md"),
    ]:
        result = derive(notes, "grade", *arguments)
        assert (result.returncode, said in result.stderr) == (2, True), result.stderr


def test_the_gallery_overwrites_nothing_without_force(notes: Path) -> None:
    (notes / "handouts").mkdir()
    (notes / "handouts" / "index.html").write_text("mine", encoding="utf-8")
    result = derive(notes, "gallery")
    assert result.returncode == 2
    assert "--force overwrites it and what it links" in result.stderr


# -- export


def test_a_proved_derivation_is_exported_as_a_function(notes: Path) -> None:
    result = derive(notes, "export", "first.double", "--to", "sympy")
    assert (result.returncode, result.stderr) == (0, "")
    assert "def double(x" in result.stdout
    assert derive(notes, "export", "first.double", "-o", "double.py").returncode == 0
    assert "def double(x" in (notes / "double.py").read_text(encoding="utf-8")
    again = derive(notes, "export", "first.double", "-o", "double.py")
    assert (again.returncode, again.stderr) == (2, "error: double.py is there already; --force overwrites it\n")


@pytest.mark.parametrize(("page", "status", "said"), [
    (WRONG, 1, "refuted"),
    ("given x: real\nclaim x <= x + 1\n  x\n  <= x + 1 by signs", 2, ""),
])  # fmt: skip
def test_what_is_not_proved_or_has_no_code_is_not_exported(notes: Path, page: str, status: int, said: str) -> None:
    (notes / "proofs" / "first.py").write_text(f'from derive import derivation\n\nbad = derivation("""\n{page}\n""")\n', encoding="utf-8")
    result = derive(notes, "export", "first.bad", "-o", "bad.py")
    assert (result.returncode, said in result.stderr) == (status, True)
    assert not (notes / "bad.py").exists()


@pytest.mark.parametrize("command", ["export", "report"])
def test_a_file_where_a_name_is_meant_is_called_a_file(notes: Path, command: str) -> None:
    """Who has a page in `notes.md` and no package `proofs` was told that there is no derivation `notes.md`, and nothing else."""
    (notes / "notes.md").write_text("", encoding="utf-8")
    said = "error: there is no derivation notes.md; it is a file, which derive check reads; derive list names them all\n"
    assert derive(notes, command, "notes.md").stderr == said


@pytest.mark.parametrize(("name", "said"), [("frist", "did you mean first"), ("first", "first.double")])
def test_what_is_exported_is_one_derivation(notes: Path, name: str, said: str) -> None:
    result = derive(notes, "export", name)
    assert (result.returncode, said in result.stderr) == (2, True)


# -- batches


def batch_of(folder: Path, *pages: str) -> None:
    text = "".join(json.dumps({"id": i, "page": page}) + "\n" for i, page in enumerate(pages, 1))
    (folder / "in.jsonl").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("pages", "status"), [
    ([], 0),
    ([GOOD, GOOD], 0),
    ([GOOD.replace("algebra", "lemma first.double")], 1),  # a lemma of the package is known; here it is not needed
    ([GOOD, WRONG], 1),
    ([GOOD, "expect refuted\n" + WRONG], 1),  # what a stranger expects counts for nothing
    ([WRONG, UNREADABLE, GOOD], 2),
])  # fmt: skip
def test_a_batch_writes_a_record_of_each_line_and_exits_with_the_worst(notes: Path, pages: list[str], status: int) -> None:
    batch_of(notes, *pages)
    result = derive(notes, "batch", "in.jsonl", "-o", "out.jsonl", "--fast")
    assert (result.returncode, result.stderr) == (status, "")
    assert f"{len(pages)} derivations" in result.stdout
    found = [json.loads(line)["id"] for line in (notes / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert found == list(range(1, len(pages) + 1))


def test_a_batch_goes_on_or_says_why_it_does_not(notes: Path) -> None:
    batch_of(notes, GOOD)
    command = ["batch", "in.jsonl", "-o", "out.jsonl", "--fast"]
    assert derive(notes, *command).returncode == 0
    batch_of(notes, GOOD, GOOD)
    assert "2 derivations, 1 of them from an earlier run" in derive(notes, *command).stdout
    batch_of(notes, WRONG)
    refused = derive(notes, *command)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("error: out.jsonl: record 1 is of another line than line 1 of in.jsonl")
    assert derive(notes, *command, "--restart").returncode == 1


@pytest.mark.parametrize(("arguments", "said"), [
    (["in.jsonl"], "say where to write"),
    (["in.jsonl", "-o", "nowhere/out.jsonl"], "nowhere/out.jsonl: No such file"),
    (["missing.jsonl", "-o", "out.jsonl"], "missing.jsonl: No such file"),
])  # fmt: skip
def test_a_batch_without_input_or_output_says_why(notes: Path, arguments: list[str], said: str) -> None:
    batch_of(notes, GOOD)
    result = derive(notes, "batch", *arguments)
    assert (result.returncode, said in result.stderr) == (2, True)
    assert not (notes / "out.jsonl").exists()


@pytest.mark.parametrize(("found", "accept", "status"), [
    ({"proved": 2, "conflict": 1, "malformed": 1}, "proved", 3),
    ({"proved": 2, "computed": 1}, "proved", 1),
    ({"proved": 2, "computed": 1}, "computed", 0),
    ({"proved": 2, "undecided": 1}, "computed", 1),
])  # fmt: skip
def test_the_exit_status_of_a_batch_is_that_of_what_it_counted(found: dict[str, int], accept: str, status: int) -> None:
    assert cli._tallied(Tally(derivations=Counter(found)), cli.Accept(accept)) == status


# -- the cache


def test_the_second_run_says_the_same_and_imports_no_prover(notes: Path) -> None:
    (notes / "mine.md").write_text(block(GOOD) + block(WRONG, "wrong"))
    script = "import cli, sys, atexit; atexit.register(lambda: print('derive.provers' in sys.modules, file=sys.stderr)); cli.main()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(notes), str(ROOT)]), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", script, "check", "mine.md", "--fast"]
    first, second, fresh = (
        subprocess.run([*command, *more], cwd=notes, env=environment, capture_output=True, encoding="utf-8", timeout=120)
        for more in ((), (), ("--no-cache",))
    )
    assert [r.stderr for r in (first, second, fresh)] == ["True\n", "False\n", "True\n"]
    assert [r.returncode for r in (first, second, fresh)] == [1, 1, 1]
    assert first.stdout.splitlines()[:-1] == second.stdout.splitlines()[:-1]  # the last line is the time


def test_the_cache_says_what_it_holds_and_is_cleared(notes: Path) -> None:
    (notes / "mine.md").write_text(block(GOOD))
    derive(notes, "check", "mine.md", "--fast")
    assert "holds    1 verdicts, 0 opinions of SymPy" in derive(notes, "cache", "info").stdout
    assert derive(notes, "cache", "clear").stdout == "1 entries thrown away\n"
    assert "holds    0 verdicts" in derive(notes, "cache", "info").stdout
    derive(notes, "check", "mine.md", "--fast", "--no-cache")
    assert "holds    0 verdicts" in derive(notes, "cache", "info").stdout


def test_where_no_cache_can_be_kept_the_check_is_made_and_info_says_why(notes: Path) -> None:
    (notes / "mine.md").write_text(block(GOOD))
    nowhere = {"XDG_CACHE_HOME": str(notes / "mine.md")}
    assert derive(notes, "check", "mine.md", "--fast", **nowhere).returncode == 0
    assert "unusable" in derive(notes, "cache", "info", **nowhere).stdout
    assert derive(notes, "cache", "clear", **nowhere).returncode == 2


@pytest.mark.parametrize("arguments", ["report --fast", "--fast", "report first --json --fast", "check mine.md --fast"])
def test_a_plain_line_says_what_the_same_line_with_an_option_of_no_effect_says(arguments: str, notes: Path) -> None:
    (notes / "mine.md").write_text(block(WRONG))
    plain, other = derive(notes, *arguments.split()), derive(notes, *arguments.split(), "--accept", "proved")
    assert (plain.returncode, plain.stderr, plain.stdout[:100]) == (other.returncode, other.stderr, other.stdout[:100])


def test_an_interrupted_plain_line_says_so(notes: Path) -> None:
    (notes / "mine.py").write_text("import time\nopen('begun', 'w').close()\ntime.sleep(60)\n")
    command = [sys.executable, "-c", "import cli; cli.main()", "check", "mine.py"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(notes), str(ROOT)])}
    parent = subprocess.Popen(command, cwd=notes, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (notes / "begun").exists():
        time.sleep(0.05)
    parent.send_signal(signal.SIGINT)
    assert parent.communicate(timeout=30) == ("", "interrupted\n")
    assert parent.returncode == cli.INTERRUPTED
