# make report: the environment, then the report.  make test: the same for the tests.  Needs Python 3.11 or later and nothing else.
# make coverage: every line of the trusted modules is run by their own tests, or it fails.
# make handouts: every handout, worksheet and key, in both languages, with an index page, in the folder handouts.
# make gauntlet: the attacks alone, and the table of what was counted; SIZE=large for more of each,
# CORPUS=FILE for steps with known truth besides.
PYTHON ?= python3
VENV ?= .venv
SIZE ?= small
TOGETHER := -n auto --dist worksteal
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)

.PHONY: report test handouts gauntlet lint coverage clean

report: $(VENV)/installed
	$(BIN)/derive report

handouts: $(VENV)/installed-handouts
	$(BIN)/derive gallery -o handouts --force

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest $(TOGETHER)

gauntlet: $(VENV)/installed-dev
	$(BIN)/python -m pytest $(TOGETHER) tests/gauntlet --size $(SIZE) $(if $(CORPUS),--corpus $(CORPUS))

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy

# the mirrors of the trusted modules; of the rules, which numbers test for long, what reads them
TRUSTED := term model expression rational atoms normal derivative intervals enclosure signs domain claims known limits kernel \
	judge certificate witness recheck

coverage: $(VENV)/installed-dev
	$(BIN)/python -m coverage run -m pytest $(TRUSTED:%=tests/test_%.py) tests/test_rules.py::test_a_line_that_is_no_rule_is_refused
	$(BIN)/python -m coverage report

clean:
	rm -rf $(VENV) handouts build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin-ready:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)
	touch $@

# a stamp for each, so that a second run installs nothing; a changed pyproject.toml installs again
$(VENV)/installed: pyproject.toml $(VENV)/bin-ready
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/installed-handouts: pyproject.toml $(VENV)/bin-ready
	$(BIN)/python -m pip install --quiet --editable '.[handouts]'
	touch $@ $(VENV)/installed

$(VENV)/installed-dev: pyproject.toml $(VENV)/bin-ready
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ $(VENV)/installed
