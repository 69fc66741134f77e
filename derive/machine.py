"""Outcomes → JSON for machines: a plain dict, versioned; numbers that have to be exact are strings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from derive.model import Diagnosis, Opinion, Outcome, PageError, Place, Search, Value, Verdict, Witness
from derive.show import definition_text, text, type_text

VERSION = 1


def to_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What `--json` prints.

    - `version`: 1; raised when a key changes its meaning or goes
    - `counts`: steps by verdict
    - `derivations`: each with `name`, `status` (of its worst step), `seconds`, and either
      - `error`: `message`, `hint`, `text` (what is meant), `file`, `line`, `column` (from 1); or
      - `title` (`en`, `zh`), `source`, `expect` (`"refuted"` where the page is marked so), `diagnosis` (`en`, `zh`: its words on that),
        `see` (names of the derivations that put it right), `given` (`symbols`: name → type, `hypotheses`), `definitions`, `claim`,
        `first` (the first line) and `steps`: each with `relation`, `expression`, `reasons`, `words` (`en`, `zh`), `expect`, `file`,
        `line`, `column` and `verdict`: `status`, `message`, `rules`, `conditions`, `missing`, `trace_length`, `negation_length` (of
        what proves an equation to fail where there is no point for a witness), `seconds`, `diagnosis` (of a step that is refuted or
        undecided: the mistake's `name`, `en` and `zh`, the right side, `suggestion`, and `relation` with which, and the `condition`
        under which, it would be proved), `search` (`tried`, `outside`, `note`, `witness`: `values`, `left`, `right`, `undefined`) and
        `opinion` (`outcome`, `difference`, `seconds`)

    Expressions are text in the page language; values of a witness are fractions such as `"1/2"`, lists of them for a family.
    What is not known is null.
    """
    counts = Counter(str(v.status) for o in outcomes for v in o.verdicts)
    return {"version": VERSION, "counts": dict(counts), "derivations": [_derivation(o) for o in outcomes]}


def _derivation(outcome: Outcome) -> dict[str, Any]:
    known: dict[str, Any] = {"name": outcome.name, "status": str(outcome.status), "seconds": outcome.seconds, "error": None}
    if outcome.error or not outcome.page:
        return known | {"error": _error(outcome.error)}
    page = outcome.page
    return known | {
        "title": page.title._asdict(),
        "source": page.source,
        "expect": None if page.expect is None else "refuted",
        "diagnosis": page.expect._asdict() if page.expect else None,
        "see": list(page.see),
        "given": {
            "symbols": {name: type_text(kind) for name, kind in page.givens.symbols.items()},
            "hypotheses": [text(h) for h in page.givens.hypotheses],
        },
        "definitions": [definition_text(name, meaning) for name, meaning in page.definitions.items()],
        "claim": {"left": text(page.left), "relation": str(page.relation), "right": text(page.right)},
        "first": text(page.lines[0].term),
        "steps": [
            {
                "relation": str(line.relation),
                "expression": text(line.term),
                "reasons": list(line.reasons),
                "words": line.words._asdict(),
                "expect": line.expect or None,
                **_place(line.place),
                "verdict": _verdict(verdict),
            }
            for line, verdict in zip(page.lines[1:], outcome.verdicts, strict=False)
        ],
    }


def _error(error: PageError | None) -> dict[str, Any] | None:
    return {"message": error.message, "hint": error.hint, "text": error.text, **_place(error.place)} if error else None


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "status": str(verdict.status),
        "message": verdict.message,
        "rules": list(verdict.rules),
        "conditions": [text(c) for c in verdict.conditions],
        "missing": [text(c) for c in verdict.missing],
        "trace_length": None if verdict.trace is None else len(verdict.trace),
        "negation_length": None if verdict.negation is None else len(verdict.negation),
        "seconds": verdict.seconds,
        "diagnosis": _diagnosis(verdict.diagnosis),
        "search": _search(verdict.search),
        "opinion": _opinion(verdict.opinion),
    }


def _diagnosis(found: Diagnosis | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "name": found.name._asdict(),
        "suggestion": None if found.suggestion is None else text(found.suggestion),
        "relation": None if found.relation is None else str(found.relation),
        "condition": None if found.condition is None else text(found.condition),
    }


def _search(search: Search | None) -> dict[str, Any] | None:
    if search is None:
        return None
    witness = search.witness
    found = witness and witness_data(witness)
    return {"tried": search.tried, "outside": search.outside, "note": search.note, "witness": found}


def witness_data(witness: Witness) -> dict[str, Any]:
    """The fields of a witness."""
    values = {name: value_data(value) for name, value in witness.values.items()}
    return {"values": values, "left": witness.left, "right": witness.right, "undefined": witness.undefined}


def value_data(value: Value) -> Any:
    """A number as the text of a fraction; of a family, lists of them."""
    return [value_data(v) for v in value] if isinstance(value, tuple) else str(value)


def _opinion(opinion: Opinion | None) -> dict[str, Any] | None:
    return {"outcome": opinion.outcome, "difference": opinion.difference, "seconds": opinion.seconds} if opinion else None
