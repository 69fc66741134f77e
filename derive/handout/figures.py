"""Plan and page → figure: the expressions of the page that a plan names, evaluated. Knows no verdict and no format.

A figure is made of numbers only, and each is the middle of a rigorous enclosure of a term of the page itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from derive.balls import LEVELS, Environment, Imprecise, Undefined, Unsupported, environment, evaluate
from derive.claims import Rejected, unfolded
from derive.expression import read
from derive.handout.document import Bar, Curve, Figure, Said, Text
from derive.handout.formula import Node, Notation
from derive.handout.plans import PLANS, Line, Plan, Plot
from derive.model import Claim, Page, Relation, Words
from derive.show import text as show
from derive.term import Lambda, Term, call, sym

POINTS = 160  # of a curve, joined by straight lines; even, so that the middle is one of them
NARROW = 1e-12  # an enclosure so narrow is a number


def figures_of(name: str, page: Page, languages: Sequence[str]) -> tuple[Figure, ...]:
    """The figures that belong to a derivation, of which the caller knows that every step is proved.

    There is none for a page that only has the name, and says something else than the words of the figure are about.
    """
    if page.expect is not None:
        return ()
    return tuple(figure(plan, page, languages) for plan in PLANS if plan.name == name and reads(plan, page) == plan.reads)


def reads(plan: Plan, page: Page) -> tuple[str, ...]:
    """The expressions of a page that a plan draws, with definitions put in but for those that are numbers; empty where it has none."""
    numbers = {name for name, d in page.definitions.items() if isinstance(d, Term) and d.op == "array"}
    try:
        return tuple(show(_expression(plan, plot, page, numbers)) for plot in plan.plots)
    except (Rejected, LookupError, AttributeError):
        return ()


def figure(plan: Plan, page: Page, languages: Sequence[str]) -> Figure:
    """The figure that a plan describes, with the expressions of this page."""
    values = [Values(plan, plot, page) for plot in plan.plots]
    drawn = [(_together(plot.label, languages), v, plot) for plot, v in zip(plan.plots, values, strict=True)]
    return Figure(
        re.sub(r"[._]", "-", plan.name),
        _said(plan.caption, languages),
        tuple((_with_numbers(words, values),) for words in _in(plan.alternative, languages)),
        _together(plan.over.label, languages) if plan.over else (),
        _together(plan.up, languages),
        tuple(Curve(label, tuple(v.points()), plot.ink, plot.dashed) for label, v, plot in drawn if plan.over),
        tuple(Bar(label, v.at(Fraction()), plot.ink) for label, v, plot in drawn if not plan.over),
    )


class Values:
    """What a plotted expression is worth, by the value of the variable."""

    def __init__(self, plan: Plan, plot: Plot, page: Page) -> None:
        self.over = plan.over
        self.term = _expression(plan, plot, page)
        self.others = {name: read(text) for name, text in plot.values.items()}

    def at(self, x: Fraction) -> float:
        """The middle of a narrow enclosure. Raises Imprecise, Undefined or Unsupported where there is none."""
        here = environment({self.over.variable: x} if self.over else {})
        env = Environment({**here, **{name: _worth(t, here) for name, t in self.others.items()}})
        for bits in LEVELS:
            found = evaluate(self.term, env, bits)
            if isinstance(found, fmpq):
                return float(found.p) / float(found.q)
            if isinstance(found, arb) and found.rad() <= arb(NARROW) * (1 + abs(found.mid())):
                return float(found)
        raise Imprecise

    def points(self) -> Iterator[tuple[float, float] | None]:
        """The points of the curve, evenly spread over the variable; None where it has none."""
        assert self.over is not None
        low, high = Fraction(self.over.low), Fraction(self.over.high)
        for k in range(POINTS + 1):
            x = low + (high - low) * k / POINTS
            try:
                yield float(x), self.at(x)
            except (Imprecise, Undefined, Unsupported):
                yield None


def _worth(t: Term, here: Environment) -> Any:
    return tuple(_worth(x, here) for x in t.args) if t.op == "array" else evaluate(t, here)


def _expression(plan: Plan, plot: Plot, page: Page, aside: Collection[str] = ()) -> Term:
    """The term of the page that is plotted, with the definitions put in, but for that of what is drawn across and others that are
    set aside.

    Raises Rejected, LookupError or AttributeError where the page has none there.
    """
    where = plot.where
    if isinstance(where, Line):
        term = page.lines[where.number].term
        for k in where.part:
            term = term.children[k]
    elif isinstance(page.definitions[where.name], Lambda):
        term = call("apply", sym(where.name), *map(read, where.arguments))
    else:
        term = sym(where.name)
    definitions = {name: d for name, d in page.definitions.items() if name not in (*aside, plan.over and plan.over.variable)}
    return unfolded(Claim(page.givens, term, Relation.EQ, term, definitions=definitions))[0]


# -- words


def _in(words: Words, languages: Sequence[str]) -> list[str]:
    return [words.zh if lang == "zh" else words.en for lang in languages]


def _said(words: Words, languages: Sequence[str]) -> Said:
    return tuple(_text(w, lang) for w, lang in zip(_in(words, languages), languages, strict=True))


def _together(words: Words, languages: Sequence[str]) -> Text:
    """A label in all languages at once, its formula set once: `score · 得分 z`."""
    found = list(dict.fromkeys(_in(words, languages)))
    formulas = [re.findall(r"`.*?`", w) for w in found]
    if len(found) > 1 and all(w.endswith(tuple(formulas[0][-1:])) for w in found):
        found = [w.removesuffix(*formulas[0][-1:]).rstrip() for w in found[:-1]] + found[-1:]
    return _text(" · ".join(found), languages[-1])


def _text(words: str, lang: str) -> Text:
    """Words as they stand in plans, the formulas in them set."""
    pieces = enumerate(words.split("`"))
    return tuple(_formula(p, lang) if k % 2 else p for k, p in pieces if p)


def _formula(text: str, lang: str) -> Node:
    return Notation(lang).formula(read(text))


def _with_numbers(words: str, values: Sequence[Values]) -> str:
    """The words with the values that they ask for."""
    return re.sub(r"\{(\d)(?:@(-?[\d.]+))?\}", lambda m: decimal(values[int(m[1])].at(Fraction(m[2] or 0))), words)


def decimal(value: float) -> str:
    """A number to three digits, with a real minus sign."""
    return f"{Decimal(f'{value:.3g}'):f}".replace("-", "−")
