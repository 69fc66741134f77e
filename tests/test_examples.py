"""The example projects, installed into a fresh environment from wheels, and run as a user runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("setuptools", minversion="71", reason="no wheel can be built without network: pip install 'setuptools>=71'")
pytest.importorskip("pip", reason="nothing can be installed without pip: python -m ensurepip")

ROOT = Path(__file__).parent.parent
PARTS = ("pyproject.toml", "README.md", "cli.py", "derive", "proofs", "examples")  # of this project, as far as a wheel needs them


class Environment:
    """A virtual environment with wheels in it, and a copy of the example beside it."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "sources" / "examples" / "losses"
        for part in PARTS:
            source, copy = ROOT / part, folder / "sources" / part
            if source.is_dir():
                shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
            else:
                copy.parent.mkdir(exist_ok=True)
                shutil.copy(source, copy)
        venv.create(folder / "venv")
        self.python = folder / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        self.site = Path(self.run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip())
        pip, quietly = ("-m", "pip", "--disable-pip-version-check"), ("--quiet", "--no-deps", "--no-index")
        sources = (str(folder / "sources"), str(self.project))
        here(*pip, "wheel", *quietly, "--no-build-isolation", "--wheel-dir", str(folder / "wheels"), *sources)
        here(*pip, "--python", str(self.python), "install", *quietly, *map(str, (folder / "wheels").glob("*.whl")))
        # SymPy, pytest and the like are taken from this environment, behind the wheels on the path; nothing is downloaded again
        (self.site / "behind.pth").write_text("\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}), encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return command(self.python, self.project, *arguments)

    def pytest(self, *arguments: str) -> tuple[int, dict[str, str], str]:
        """The exit status, what became of each test, and the output."""
        result = self.run("-m", "pytest", "--junitxml", "out.xml", "-p", "no:cacheprovider", *arguments)
        cases = ET.parse(self.project / "out.xml").iter("testcase")
        found = {f"{c.get('classname')}::{c.get('name')}": "failed" if len(c) else "passed" for c in cases}
        return result.returncode, found, result.stdout


def command(python: Path | str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST", "COV"))} | {"PYTHONIOENCODING": "utf-8"}
    return subprocess.run([str(python), *arguments], cwd=folder, env=env, capture_output=True, encoding="utf-8", timeout=120)


def here(*arguments: str) -> None:
    result = command(sys.executable, ROOT, *arguments)
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("fresh"))


def test_what_is_run_is_what_the_wheels_hold(environment: Environment) -> None:
    result = environment.run("-P", "-c", "import derive.pytest_plugin, losses; print(derive.__file__, losses.__file__, sep='\\n')")
    assert [Path(line).parent.parent for line in result.stdout.splitlines()] == [environment.site] * 2


def test_the_project_passes_with_each_step_of_its_pages(environment: Environment) -> None:
    status, found, output = environment.pytest()
    assert (status, Counter(found.values())) == (0, {"passed": 24}), output
    assert {name for name in found if name.startswith("proofs.")} == {
        "proofs.slope.slope::line 11", "proofs.slope.slope::line 12", "proofs.slope.slope::claim"}  # fmt: skip
    assert Counter(name.rpartition("::")[0] for name in found if name.startswith("docs.")) == {
        "docs.losses.md.cost": 3, "docs.losses.md.positive_score": 4, "docs.losses.md.negative_score": 2, "docs.losses.md.forgotten": 2,
    }  # fmt: skip


def test_what_is_broken_fails_and_says_why(environment: Environment) -> None:
    status, found, output = environment.pytest("broken")
    assert status == 1
    assert [name for name, outcome in found.items() if outcome == "passed"] == ["broken.slips.md.sign::line 8"]
    assert [name for name, outcome in found.items() if outcome == "failed"] == [
        "broken.slips.md.sign::line 9", "broken.slips.md.sign::claim", "broken.slips.md.symbol::claim",
        "broken.test_broken::test_a_sign_is_wrong", "broken.test_broken::test_a_condition_is_missing",
        "broken.test_broken::test_a_step_is_wrong",
    ]  # fmt: skip
    for said in ("a sign is wrong: did you mean -y*log(a) - (1 - y)*log(1 - a)?", "unknown symbol c", "proved if z > 0 is given"):
        assert said in output
    assert "Traceback" not in output


def test_without_the_setting_only_the_functions_are_tests(environment: Environment) -> None:
    """The plugin is installed, and does nothing until it is asked."""
    status, found, output = environment.pytest("-o", "derive_paths=", "tests")
    assert (status, {name.partition("::")[0] for name in found}) == (0, {"tests.test_losses"}), output
