"""Certificates: JSON → givens, terms and traces, as they stand there. Trusted; judges nothing.

A certificate is data (JSON, UTF-8). Version 1 has these fields; every field that is named has to be there, but those marked `?`:

- file: `format` ("derive certificate"), `version` (1), `made_by` (the version of this program), `rules` (a digest of the rule
  table), `derivations`, `seal`
- derivation: `name`, `title` and `expect` (`en`, `zh`; `expect` is null where no refutation is expected), `source`, `symbols`
  (name → type), `hypotheses`, `point?` (values that satisfy the hypotheses; null where none could be written down),
  `definitions` (`name`, `of`: its parameters or null, `is`), `claim` (`left`, `relation`, `right`), `first` (the first line),
  `steps`, `seal`
- type: `kind`, and where it has them `over`, `shape`, `params`, `density`
- step: `relation`, `expression`, `reasons` (as written), `expect` ("refuted" or ""), `verdict`, `seal`; a proved or misreasoned
  step has `rules` (what proved it), `conditions` (`condition`, and `from`: what discharged it, see `recheck.SOURCES`) and `trace`; a
  refuted one `witness` (`values`, `left`, `right`, `undefined`, `rechecked`) or `negation`, a trace
- trace: `instances?`, `defined?`, `split?` (`symbol`, `cases`: value → trace), `ways?`, `absurd?`, as in `model.Trace`
- instance: `rule`, `scope?` (`var?`, `over?`, `where?`), `letters?` (letter → expression, or `of` and `is`), `atom?`

Expressions are text of the page language and are read by `expression`, as a page's are. A `seal` is the SHA-256 of what it stands
in: it finds what was changed by accident, and names the place; who changes a certificate and seals it anew has to get past the
kernel. What the seals alone protect is said in docs/trust.md.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, NoReturn

from derive import expression
from derive.model import KINDS, Givens, Instance, Scope, Split, Trace, Type, Value
from derive.rules import SUBJECTS
from derive.term import REALS, TRUE, Lambda, Replacement, Term, call, free, num, rebuild, renamed, sym

FORMAT, VERSION = "derive certificate", 1
_MAX_BYTES = 100_000_000
_WORDS = {w: sym(w) for w in (REALS.name, "left", "right", "both")}  # which stand alone in a trace only


class Flaw(ValueError):
    """Where a certificate is wrong, and why."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place, self.message = place, message


def seal(data: Mapping[str, Any]) -> str:
    """The SHA-256 of an object of a certificate, its own seal left out; of what is sealed inside it, the seals."""
    inner = {key: [x["seal"] for x in value] if key in ("steps", "derivations") else value for key, value in data.items() if key != "seal"}
    written = json.dumps(inner, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def rule_table() -> str:
    """The SHA-256 of the rule table."""
    return hashlib.sha256("\n".join(module.TABLE for module in SUBJECTS).encode()).hexdigest()


def load(text: str) -> Node:
    """What a certificate holds, as it stands there. Raises Flaw where it is no JSON of the kind that certificates are."""
    if len(text) > _MAX_BYTES:
        _flaw("it is larger than 100 MB")
    try:
        return Node(json.loads(text, object_pairs_hook=_object, parse_constant=_no_number), "the file")
    except RecursionError:
        _flaw("it is nested too deeply")
    except Flaw:
        raise
    except ValueError as error:
        _flaw(f"this is not JSON: {error}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        twice = next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i]))
        _flaw(f"the field {twice} stands twice in one object")
    return out


def _no_number(constant: str) -> NoReturn:
    _flaw(f"{constant} is no number")


def _flaw(message: str) -> NoReturn:
    raise Flaw("the file", message)


# -- the shape of the file


class Node(NamedTuple):
    """A value in a certificate, and its place in words; every access is checked."""

    value: Any
    place: str

    def fail(self, message: str) -> NoReturn:
        raise Flaw(self.place, message)

    def fields(self, *names: str) -> dict[str, Node]:
        """The fields of an object that has just these; those marked `?` may be missing."""
        found = self.entries()
        known, needed = _names(names)
        if not found.keys() <= known:
            self.fail(f"unknown field {min(found.keys() - known)}")
        if not needed <= found.keys():
            self.fail(f"the field {min(needed - found.keys())} is missing")
        return found

    def entries(self) -> dict[str, Node]:
        """The entries of an object whose keys are names."""
        if not isinstance(self.value, dict):
            self.fail("an object was expected")
        return {name: Node(value, f"{self.place}, {name}") for name, value in self.value.items()}

    def items(self, what: str = "") -> list[Node]:
        if not isinstance(self.value, list):
            self.fail("a list was expected")
        return [Node(value, f"{self.place}, {what}{' ' * bool(what)}{i}") for i, value in enumerate(self.value, 1)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            self.fail("a text was expected")
        return str(self.value)

    def one_of(self, known: Sequence[str]) -> str:
        if self.text() not in known:
            self.fail(f"{self.value} is none of {', '.join(known)}")
        return str(self.value)

    def sealed(self) -> None:
        if not isinstance(self.value, dict) or self.value.get("seal") != seal(self.value):
            self.fail("the seal does not fit: this was changed")


@functools.cache
def _names(fields: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """All names of fields, and those that have to be there."""
    return frozenset(name.rstrip("?") for name in fields), frozenset(name for name in fields if not name.endswith("?"))


# -- expressions, types, traces


class Reader:
    """Texts → terms, each read once."""

    def __init__(self) -> None:
        self.read: dict[str, Term] = {}

    def term(self, node: Node) -> Term:
        text = node.text()
        if text not in self.read:
            try:
                self.read[text] = _arrays(expression.read(text)) if "[" in text else expression.read(text)
            except expression.ExpressionError as error:
                node.fail(error.message)
        return self.read[text]

    def name(self, node: Node) -> str:
        t = self.term(node)
        if t.op != "sym" or t.name in expression.RESERVED or t.name != node.value:  # (x) is x to the reader of expressions
            node.fail(f"{node.value} is no name")
        return t.name

    def inside(self, node: Node, names: Sequence[str]) -> Term:
        """A term of a trace, in which these names stand for the levels of its scope."""
        if node.text() in _WORDS:
            return _WORDS[node.value]
        t = self.term(node)
        for level, name in enumerate(names):
            if name:
                t = renamed(t, name, f"${level}")
        return t

    # -- givens

    def givens(self, symbols: Node, hypotheses: Node) -> Givens:
        kinds = {self.name(Node(name, node.place)): self.type(node) for name, node in symbols.entries().items()}
        for name, kind in kinds.items():
            for size in (*kind.shape, *([kind.over] if kind.kind == "index" and kind.over else [])):
                if not (_is_number(size) or (size.op == "sym" and kinds.get(size.name) == Type("size"))):
                    Node(None, f"{symbols.place}, {name}").fail("a size is a symbol of type size, or a positive integer")
            for p in kind.params:
                if p.kind == "set" and not (p.over is not None and p.over.op == "sym" and kinds.get(p.over.name) == Type("set")):
                    Node(None, f"{symbols.place}, {name}").fail("a function is on numbers, indices, or a set that is given")
        stated = hypotheses.items()
        for node in stated:
            if strange := free(self.term(node)) - kinds.keys() - {REALS.name}:
                node.fail(f"{min(strange)} is not among the symbols")
        return Givens(kinds, tuple(map(self.term, stated)))

    def type(self, node: Node, plain: bool = False) -> Type:
        found = node.fields("kind", "over?", *([] if plain else ["shape?", "params?", "density?"]))
        kind = found["kind"].one_of(tuple(KINDS))
        over = self.term(found["over"]) if "over" in found else None
        shape = tuple(map(self.term, found["shape"].items())) if "shape" in found else ()
        params = tuple(self.type(p, plain=True) for p in found["params"].items()) if "params" in found else ()
        density = "density" in found
        if (over is not None) != (kind == "index" or (plain and kind == "set")):
            node.fail("index, and a set that a function is on, say over what; nothing else does")
        if (shape and (params or kind in ("size", "set"))) or (params and kind in ("size", "set")) or any(p.kind == "size" for p in params):
            node.fail("there is no such family or function")
        if density and (found["density"].value is not True or kind != "nonnegative" or {p.kind for p in params} != {"real"}):
            node.fail("a density is a nonnegative function of reals")
        return Type(kind, over, shape, params, density)

    def definitions(self, node: Node, symbols: Mapping[str, Type]) -> dict[str, Replacement]:
        out: dict[str, Replacement] = {}
        for entry in node.items():
            found = entry.fields("name", "of", "is")
            name, body = self.name(found["name"]), self.term(found["is"])
            if name in out or name in symbols:
                found["name"].fail(f"{name} stands for something already")
            if found["of"].value is None:
                out[name] = body
            else:
                out[name] = Lambda(tuple(map(self.name, found["of"].items())), body)
        return out

    # -- traces

    def trace(self, node: Node) -> Trace:
        found = node.fields("instances?", "defined?", "split?", "ways?", "absurd?")
        instances, defined = (tuple(map(self.instance, found[k].items())) if k in found else () for k in ("instances", "defined"))
        ways = tuple(map(self.trace, found["ways"].items())) if "ways" in found else ()
        if "absurd" in found and found["absurd"].value is not True:
            found["absurd"].fail("it is true, or left out")
        return Trace(instances, self.split(found["split"]) if "split" in found else None, ways, defined, "absurd" in found)

    def split(self, node: Node) -> Split:
        found = node.fields("symbol", "cases")
        if wrong := [value for value in found["cases"].entries() if not re.fullmatch("-?[0-9]{1,3}", value)]:
            found["cases"].fail(f"{wrong[0]} is no value")
        return Split(sym(self.name(found["symbol"])), {int(v): self.trace(t) for v, t in found["cases"].entries().items()})

    def instance(self, node: Node) -> Instance:
        found = node.fields("rule", "scope?", "letters?", "atom?")
        levels = [level.fields("var?", "over?", "where?") for level in found["scope"].items("level")] if "scope" in found else []
        names = [self.name(level["var"]) if "var" in level else "" for level in levels]
        scope = tuple(self.level(level, i, names) for i, level in enumerate(levels))
        letters = found["letters"].entries() if "letters" in found else {}
        by = {name: self.replacement(value, names) for name, value in letters.items()}
        atom = self.inside(found["atom"], names) if "atom" in found else None
        return Instance(found["rule"].text(), scope, by, atom)

    def level(self, level: Mapping[str, Node], depth: int, names: Sequence[str]) -> Scope:
        over = self.inside(level["over"], names) if "over" in level else None
        where = self.inside(level["where"], names) if "where" in level else TRUE
        return Scope(f"${depth}" if "var" in level else "", over, where)

    def replacement(self, node: Node, names: Sequence[str]) -> Replacement:
        if isinstance(node.value, str):
            return self.inside(node, names)
        found = node.fields("of", "is")
        return Lambda(tuple(map(self.name, found["of"].items())), self.inside(found["is"], names))


def _is_number(size: Term) -> bool:
    return size.op == "num" and size.args[0].denominator == 1 and size.args[0] > 0


def _arrays(t: Term) -> Term:
    return as_number(t) if t.op == "array" else rebuild(t, _arrays)


def as_number(t: Term) -> Term:
    """A list of numbers, in which -1/2 and the like are numbers, as on a page."""
    if t.op == "neg" and (inner := as_number(t.args[0])).op == "num":
        return num(-inner.args[0], inner.args[1])
    if t.op == "div" and (parts := [as_number(x) for x in t.args])[1].op == parts[0].op == "num" and parts[1].args[0]:
        return num(parts[0].args[0] / parts[1].args[0])
    return call("array", *map(as_number, t.args)) if t.op == "array" else t


@functools.lru_cache(10_000)
def written(t: Term) -> Term:
    """A condition in the form in which its text can be read: with -1 as the negative of 1, 1/2 as a quotient, the kernel's own
    names as names of the language, and «u is an integer» as `is_an_integer(u)`."""
    if t.op == "num" and t.args[0] < 0:
        return call("neg", written(num(-t.args[0], t.args[1])))
    if t.op == "num" and not t.args[1] and t.args[0].denominator > 1:
        return call("div", num(t.args[0].numerator), num(t.args[0].denominator))
    if t.op == "sym":
        return sym(re.sub(r"[$#](?=\d)", "_", t.name))
    if t.op == "array":
        return t
    if t.op == "is":
        return call("apply", sym("is_" + t.args[1].name.replace(" ", "_")), written(t.args[0]))
    return rebuild(t, written)


def values(node: Node) -> dict[str, Value]:
    def value(part: Node) -> Value:
        if isinstance(part.value, list):
            return tuple(map(value, part.items()))
        if not re.fullmatch("-?[0-9]{1,1000}(/[1-9][0-9]{0,999})?", part.text()):
            part.fail(f"{part.value} is no fraction")
        return Fraction(part.value)

    return {name: value(part) for name, part in node.entries().items()}
