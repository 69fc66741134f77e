"""Term → SymPy code: the term as it is written, with numbers that stay exact and indices from 1, as on the page. Proves nothing.

What is exported for SymPy is to be read and worked with, not computed fast: sums stay sums, and no stable form is put in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.claims import Definitions
from derive.code import ADD, ATOM, MUL, NEG, POW, CannotExport, Code, Names, spaced
from derive.model import Claim, Page
from derive.show import text
from derive.term import BINDERS, FUNCTIONS, RELATIONS, TRUE, Lambda, Term, free, operations, renamed, walk

_OPERATORS = {"add": (" + ", ADD), "sub": (" - ", ADD), "mul": ("*", MUL), "div": ("/", MUL), "pow": ("**", POW)}
_NAMES = {"abs": "Abs", "max": "Max", "min": "Min", "sum": "Sum", "prod": "Product"}
_CONSTANTS = {"pi": "sp.pi", "e": "sp.E", "oo": "sp.oo", "true": "True"}
_RELATIONS = {"eq": "Eq", "ne": "Ne", "lt": "Lt", "le": "Le", "gt": "Gt", "ge": "Ge"}
_CONNECTIVES = {"and": "And", "or": "Or", "not": "Not"}
_NEUTRAL = {"sum": "0", "prod": "1"}


class Symbolic:
    """Writes the code of terms of one page."""

    def __init__(self, page: Page, name: str = "") -> None:
        self.page, self.names = page, Names(name)
        self.whole = Definitions(Claim(page.givens, page.left, page.relation, page.right, (), page.definitions))
        for symbol in page.givens.symbols:
            self.names[symbol]

    def body(self, t: Term) -> list[str]:
        """The lines of a function whose value is `t`."""
        needed = self.needed(t)
        lines: list[str] = []
        for name, meaning in self.page.definitions.items():
            if name in needed and isinstance(meaning, Lambda):
                parameters = ", ".join(self.names[p] for p in meaning.params)
                inner = [*self.dummies(meaning.body), f"return {self.code(meaning.body).text}"]
                lines += [f"def {self.names[name]}({parameters}):", *(f"    {line}" for line in inner)]
            elif name in needed:
                assert isinstance(meaning, Term)
                lines += [line for line in self.dummies(meaning) if line not in lines]
                lines += [f"{self.names[name]} = {self.code(meaning).text}"]
        lines += [line for line in self.dummies(t) if line not in lines]
        return spaced([*lines, f"return {self.exact(t)}"])

    def needed(self, t: Term) -> set[str]:
        """The definitions that a term leads to."""
        found: set[str] = set()
        todo = [t]
        while todo:
            for name in free(todo.pop()) & self.page.definitions.keys() - found:
                found.add(name)
                meaning = self.page.definitions[name]
                todo.append(meaning.body if isinstance(meaning, Lambda) else meaning)
        return found

    def dummies(self, t: Term) -> Iterator[str]:
        """The bound variables of a term, which no symbol that is passed can be mistaken for."""
        nodes = list(walk(t))
        variables = [x.args[1].name for x in nodes if x.op == "diff"]
        nodes += [x for d in nodes if d.op == "diff" for x in walk(self.whole.expand(d.args[0]))]
        bound = [x.args[1].name for x in nodes if x.op in BINDERS]
        for name in dict.fromkeys(bound):
            yield f'{self.names[name]} = sp.Dummy("{self.names[name]}", integer=True, positive=True)'
        for name in dict.fromkeys(variables):
            yield f'{self.names[f"{name}_"]} = sp.Dummy("{self.names[name]}", real=True)'

    def exact(self, t: Term) -> str:
        """A value that stands alone: a number as one of SymPy's."""
        return f"sp.Integer({t.args[0]})" if t.op == "num" and t.args[0].denominator == 1 else self.code(t).text

    def code(self, t: Term) -> Code:
        """The code of a value or a proposition. Raises CannotExport."""
        if t.op in _OPERATORS:
            return self.operation(t)
        if t.op in RELATIONS:
            return Code(f"sp.{_RELATIONS[t.op]}({self.listed(t.args)})")
        if t.op in _CONNECTIVES:
            return Code(f"sp.{_CONNECTIVES[t.op]}({self.listed(t.args)})")
        if t.op in FUNCTIONS:
            return Code(f"sp.{_NAMES.get(t.op, t.op)}({', '.join(map(self.exact, t.args))})")
        if (write := getattr(self, f"_{t.op}", None)) is None:
            raise CannotExport(f"{text(t)}: {t.op} has no code; name a derivation with a side without it")
        code: Code = write(t)
        return code

    def listed(self, terms: Sequence[Term]) -> str:
        return ", ".join(self.code(t).text for t in terms)

    def _num(self, t: Term) -> Code:
        value = t.args[0]
        if value.denominator != 1:
            return Code(f"sp.Rational({value.numerator}, {value.denominator})")
        return Code(str(value), ATOM if value >= 0 else NEG)

    def _const(self, t: Term) -> Code:
        return Code(_CONSTANTS[t.name])

    def _sym(self, t: Term) -> Code:
        kind = self.page.givens.symbols.get(t.name)
        if kind is not None and kind.kind == "set":
            raise CannotExport(f"{t.name}: a set has no code")
        return Code(self.names[t.name])

    def _neg(self, t: Term) -> Code:
        return Code(f"-{self.code(t.args[0]).within(NEG)}", NEG)

    def operation(self, t: Term) -> Code:
        """To Python, the quotient of two integers and a power of one are floats: one of them has to be SymPy's."""
        sign, strength = _OPERATORS[t.op]
        left, right = t.args
        exact = [t.op in ("div", "pow") and left.op == "num", t.op == "div" and right.op == "num" and left.op != "num"]
        least = (ATOM, NEG) if t.op == "pow" else (strength, strength + 1)
        sides = [self.exact(x) if e else self.code(x).within(n) for x, e, n in zip(t.args, exact, least, strict=True)]
        return Code(sign.join(sides), strength)

    def _elem(self, t: Term) -> Code:
        if t.name in self.page.definitions:  # an array of numbers, which SymPy counts from 0
            return Code(f"{self.names[t.name]}[{', '.join(f'{self.code(i).within(ADD)} - 1' for i in t.args[1:])}]")
        return Code(f"{self.names[t.name]}[{self.listed(t.args[1:])}]")

    def _array(self, t: Term) -> Code:
        return Code(f"sp.Array({self.rows(t)})")

    def rows(self, t: Term) -> str:
        return f"[{', '.join(map(self.rows, t.args))}]" if t.op == "array" else self.code(t).text

    def _apply(self, t: Term) -> Code:
        return Code(f"{self.names[t.name]}({', '.join(map(self.exact, t.args[1:]))})")

    def _delta(self, t: Term) -> Code:
        return Code(f"sp.KroneckerDelta({self.listed(t.args)})")

    def _cases(self, t: Term) -> Code:
        pairs = zip(t.args[::2], t.args[1::2], strict=True)
        return Code(f"sp.Piecewise({', '.join(f'({self.exact(v)}, {self.code(g).text})' for v, g in pairs)})")

    def _sum(self, t: Term) -> Code:
        body, var, over, where = t.args
        loops = [x for x in walk(self.whole.expand(body)) if x.op in _NEUTRAL]
        if any({"cases", "if"} & operations(x) for x in loops):  # wrongly: they depend on what the inner sum runs over
            raise CannotExport(f"{text(t)}: SymPy draws the cases of a sum out of it where it stands in another one")
        inner = self.exact(body)
        if where != TRUE:
            inner = f"sp.Piecewise(({inner}, {self.code(where).text}), ({_NEUTRAL[t.op]}, True))"
        return Code(f"sp.{_NAMES[t.op]}({inner}, ({self.code(var).text}, 1, {self.code(over).text}))")

    _prod = _sum

    def _diff(self, t: Term) -> Code:
        """Taken with respect to a symbol of its own, for what is passed may be no symbol; definitions are put in before."""
        body, v, *at = t.args
        if v.op != "sym":
            raise CannotExport(f"{text(t)}: a derivative in an element has no code; name a derivation with a side without it")
        own = f"{v.name}_"
        inner = renamed(self.whole.expand(body, frozenset({v.name})), v.name, own)
        return Code(f"sp.diff({self.exact(inner)}, {self.names[own]}).subs({self.names[own]}, {self.exact(at[0] if at else v)})")
