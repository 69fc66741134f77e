"""The things that the program passes on: types, givens, claims, traces and verdicts; data without behaviour of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from derive.term import TRUE, Replacement, Term

# What a plain type says of a value: bounds (None: unbounded), whether they are attained, and whether it is an integer.


class Kind(NamedTuple):
    """The set of numbers that a type stands for."""

    low: int | None = None
    high: int | None = None
    low_open: bool = True
    high_open: bool = True
    integer: bool = False
    values: tuple[int, ...] = ()  # where finite
    open: bool = False  # an open set, in which one can differentiate


KINDS: Mapping[str, Kind] = {
    "real": Kind(open=True),
    "positive": Kind(0, open=True),
    "nonnegative": Kind(0, low_open=False),
    "probability": Kind(0, 1, open=True),
    "integer": Kind(integer=True),
    "label": Kind(0, 1, False, False, True, (0, 1)),
    "sign": Kind(-1, 1, False, False, True, (-1, 1)),
    "size": Kind(1, low_open=False, integer=True),
    "index": Kind(1, low_open=False, integer=True),  # and at most the size that it runs over
    "set": Kind(),  # only to be run over
}


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a symbol: `real`, `index(N)`, a family `real[N, d]`, a function `(real, index(N)) -> real`."""

    kind: str
    over: Term | None = None  # what an index runs over: a size, or a number
    shape: tuple[Term, ...] = ()  # the sizes of a family
    params: tuple[Type, ...] = ()  # the arguments of a function
    density: bool = False  # a nonnegative function that integrates to 1


REAL = Type("real")


@dataclass(frozen=True)
class Givens:
    """Every free symbol with its type, and the hypotheses (propositions)."""

    symbols: Mapping[str, Type] = field(default_factory=dict)
    hypotheses: tuple[Term, ...] = ()


class Relation(StrEnum):
    """What stands between two lines."""

    EQ = "="
    LE = "<="
    LT = "<"
    GE = ">="
    GT = ">"
    APPROX = "~="
    IFF = "iff"


R = Relation
# How two relations of a chain compose; a pair that is not here does not.
COMPOSED: Mapping[tuple[Relation, Relation], Relation] = {
    **{(R.EQ, r): r for r in Relation},
    **{(r, R.EQ): r for r in (R.LE, R.LT, R.GE, R.GT)},
    (R.LE, R.LE): R.LE, (R.LE, R.LT): R.LT, (R.LT, R.LE): R.LT, (R.LT, R.LT): R.LT,
    (R.GE, R.GE): R.GE, (R.GE, R.GT): R.GT, (R.GT, R.GE): R.GT, (R.GT, R.GT): R.GT,
    (R.IFF, R.IFF): R.IFF,
}  # fmt: skip
# A chain that proves the first also proves the second.
STRONGER = frozenset({(r, r) for r in Relation} | {(R.EQ, R.LE), (R.EQ, R.GE), (R.LT, R.LE), (R.GT, R.GE)})


@dataclass(frozen=True)
class Claim:
    """What the kernel judges: under the givens, both sides are defined and the relation holds between them.

    `definitions` are in the order of the page, each in terms of those before it; `reasons` bind the proof (empty: any).
    `lemmas` are the claims, proved before, that `by lemma NAME` may use.
    """

    givens: Givens
    left: Term
    relation: Relation
    right: Term
    reasons: tuple[str, ...] = ()
    definitions: Mapping[str, Replacement] = field(default_factory=dict)
    lemmas: Mapping[str, Claim] = field(default_factory=dict)


class Scope(NamedTuple):
    """One level of what is bound where an instance stands: `var` runs over `over`, and `where` holds.

    `over` is a size or number (var is an index), `Reals`, or None where only the guard of a case is added.
    """

    var: str
    over: Term | None
    where: Term = TRUE


class Instance(NamedTuple):
    """One entry of a trace: a rule, the scope it is used in, what its letters stand for, and the atom that it gives.

    Where the instance is an equation, the kernel solves it for `atom`, and from there on reads that atom as what the equation
    says. Where it is an inequality or an equivalence, it has no atom: what it says is a fact from there on. For the primitives
    (`differentiation`) the atom is the one term they act on.
    """

    rule: str
    scope: tuple[Scope, ...]
    subst: Mapping[str, Replacement]
    atom: Term | None = None


class Split(NamedTuple):
    """A proof by cases: one trace for each value of a symbol of finite type."""

    symbol: Term
    traces: Mapping[int, Trace]


@dataclass(frozen=True)
class Trace:
    """The certificate of one step: instances of rules, in order; or a split, with a trace for each case; or, for an equivalence,
    a trace for each direction. `defined` is what shows the limits and integrals of both sides to exist; the step itself may not
    lean on it. `absurd`: what is to be shown is assumed to be false, and a contradiction follows.
    """

    instances: tuple[Instance, ...] = ()
    split: Split | None = None
    ways: tuple[Trace, ...] = ()
    defined: tuple[Instance, ...] = ()
    absurd: bool = False

    @property
    def parts(self) -> tuple[Trace, ...]:
        """The traces of cases and directions."""
        return (*(self.split.traces.values() if self.split else ()), *self.ways)

    def rules(self) -> Iterator[str]:
        """The names of the rules used, in order, each once."""
        seen: dict[str, None] = {}
        for instance in self.instances:
            seen[instance.rule] = None
        for trace in self.parts:
            seen.update(dict.fromkeys(trace.rules()))
        return iter(seen)

    def __len__(self) -> int:
        return len(self.instances) + len(self.defined) + sum(map(len, self.parts))


class Status(StrEnum):
    """What a verdict says, best first; a derivation is as good as its worst step."""

    PROVED = "proved"
    COMPUTED = "computed"
    MISREASONED = "misreasoned"
    UNDECIDED = "undecided"
    REFUTED = "refuted"
    MALFORMED = "malformed"
    CONFLICT = "conflict"


RANK = {status: rank for rank, status in enumerate(Status)}

Value = Fraction | tuple["Value", ...]  # a number, or the elements of a family, nested


@dataclass(frozen=True)
class Witness:
    """Exact values of the free symbols, inside the givens, at which the step is false.

    `left` and `right` are the decimal enclosures of both sides; an `undefined` side says which and why instead.
    """

    values: Mapping[str, Value]
    left: str
    right: str
    undefined: str = ""


@dataclass(frozen=True)
class Search:
    """What the refuter did: points tried inside the givens, points drawn that lay outside, and what it found."""

    witness: Witness | None = None
    tried: int = 0
    outside: int = 0
    satisfiable: bool = True  # some point inside the givens is known
    note: str = ""


@dataclass(frozen=True)
class Opinion:
    """What SymPy's simplification of left minus right gave: `agrees`, `differs`, `unsure`, `timeout`, `no form` or `failed`."""

    outcome: str
    difference: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Place:
    """Where something stands: file (or module), line and column counted from 1."""

    file: str
    line: int
    column: int = 1


class Words(NamedTuple):
    """A text for the reader, in English and in Chinese (empty where the page has none)."""

    en: str = ""
    zh: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """Which mistake a step that is not proved seems to be, in words.

    The step is proved, by `proof`, with `suggestion` for its right side (and `relation`); and, by `enough`, with the `condition` among
    the givens. None where nothing of the kind was found.
    """

    name: Words
    suggestion: Term | None = None
    relation: Relation | None = None
    condition: Term | None = None
    proof: Trace | None = field(default=None, compare=False)
    enough: Trace | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Verdict:
    """What is known of one step, and why."""

    status: Status
    claim: Claim | None = None
    trace: Trace | None = None
    rules: tuple[str, ...] = ()  # the reasons that proved it, as a page would name them
    conditions: tuple[Term, ...] = ()  # side conditions owed and discharged
    missing: tuple[Term, ...] = ()  # conditions that the givens do not imply
    search: Search | None = None
    opinion: Opinion | None = None
    message: str = ""
    seconds: float = 0.0
    negation: Trace | None = None  # what shows an equation to fail everywhere, where a limit has no point for a witness
    diagnosis: Diagnosis | None = None  # of a step that is refuted or undecided


@dataclass(frozen=True)
class Line:
    """One line of a chain. The first has no relation and no reasons."""

    term: Term
    place: Place
    relation: Relation | None = None
    reasons: tuple[str, ...] = ()  # as in the rule table: "log of a product", "definition of P", "lemma sigmoid.reflection"
    words: Words = Words()
    expect: str = ""  # "refuted" where the page says so


@dataclass(frozen=True)
class Page:
    """A derivation that has been read: what is given, what is claimed, and the chain that leads there.

    A page that is marked `expect refuted` says in `expect` what is wrong with its chain (perhaps nothing); others have None there.
    `see` holds the names of the derivations that put it right, and where the page names them.
    """

    givens: Givens
    left: Term
    relation: Relation
    right: Term
    lines: tuple[Line, ...]
    title: Words = Words()
    source: str = ""
    definitions: Mapping[str, Replacement] = field(default_factory=dict)
    expect: Words | None = None
    see: Mapping[str, Place] = field(default_factory=dict)


class PageError(ValueError):
    """A page that cannot mean anything: where, the offending text, what is wrong and what to do instead."""

    def __init__(self, message: str, place: Place, text: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message, self.place, self.text, self.hint = message, place, text, hint

    def __reduce__(self) -> tuple[type[PageError], tuple[str, Place, str, str]]:
        return PageError, (self.message, self.place, self.text, self.hint)  # it has to come back from a worker process


class NotCertified(Exception):
    """A derivation of which a step is not proved; its text is the report on it."""


@dataclass(frozen=True)
class Outcome:
    """What is known of a whole derivation: one verdict for each step, or the error for which it could not be read."""

    name: str
    page: Page | None
    verdicts: tuple[Verdict, ...] = ()
    error: PageError | None = None
    seconds: float = 0.0

    @property
    def status(self) -> Status:
        """The worst of the steps; MALFORMED where the page could not be read."""
        if self.error or not self.verdicts:
            return Status.MALFORMED
        return max((v.status for v in self.verdicts), key=RANK.__getitem__)
