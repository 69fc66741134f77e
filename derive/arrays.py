"""Term → code on arrays: every bound index is an axis, and what does not depend on it is broadcast along it. Proves nothing.

Knows the table of stable forms; how a library writes what it needs is data of `code`. Built from the tree; no text is evaluated.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from derive.code import ADD, ATOM, COMPARED, LOOSEST, MUL, NEG, NOT, POW, CannotExport, Code, Library, Names, Primitive, spaced
from derive.families import Families, Family, shape_of
from derive.model import KINDS, Page
from derive.show import decimal_text, text
from derive.stable import AXIAL, MARK, Match, Row, defined, stable, tidied
from derive.term import CONNECTIVES, FUNCTIONS, RELATIONS, TRUE, Lambda, Replacement, Term, call, fresh, renamed, substitute, sym

_OPERATORS = {"add": (" + ", ADD), "sub": (" - ", ADD), "mul": (" * ", MUL), "div": (" / ", MUL), "pow": ("**", POW)}
_COMPARED = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_CONNECTED = {"and": " & ", "or": " | "}  # of arrays, and there tighter than what is compared
_NEUTRAL = {"sum": "0", "prod": "1"}
_REAL = frozenset(name for name, kind in KINDS.items() if not kind.integer and name != "set")


class Arrays:
    """Writes the code of terms of one page for one library; collects the definitions, sizes and stable forms that it needs."""

    def __init__(self, page: Page, library: Library, inputs: Sequence[str], name: str = "") -> None:
        self.library, self.inputs, self.names = library, inputs, Names(name)
        self.symbols, self.definitions = page.givens.symbols, page.definitions
        for symbol in self.symbols:
            self.names[symbol]
        self.made = Families(page, inputs)
        self.scope: dict[str, Term] = {}  # bound indices and what they run over, outermost first
        self.locals: frozenset[str] = frozenset()  # parameters of the function that is being written
        self.defined: dict[str, list[str]] = {}  # definition -> the lines that make it
        self.families: dict[str, Family] = {}  # those of them that are arrays
        self.plain: set[str] = set()  # those that are numbers whatever the arguments are
        self.sizes: dict[str, None] = {}
        self.used: dict[str, dict[str, None]] = {}  # stable form -> the derivations that are its reasons

    # -- the whole function

    def body(self, t: Term) -> list[str]:
        """The lines of a function whose value is `t`."""
        result = self.code(t)
        sizes = [f"{self.names[n]} = {source}" for n in self.symbols if n in self.sizes and (source := self.source_of(n))]
        made = [line for name in self.definitions if name in self.defined for line in self.defined[name]]
        return spaced([*sizes, *made, f"return {result.text}"])

    def helpers(self) -> list[str]:
        """The functions that stand above it."""
        return [p.helper for name, p in self.library.primitives.items() if name in self.used and p.helper]

    def imports(self, body: Sequence[str]) -> list[str]:
        """The modules that some lines need."""
        wanted = self.library.imports.split("\n")
        prefixes = [line.split()[-1] for line in wanted]
        lines = "\n".join([*body, *self.helpers()])
        return ["import math"] * ("math." in lines) + [line for line, p in zip(wanted, prefixes, strict=True) if f"{p}." in lines]

    def source_of(self, size: str) -> str:
        """Where a size is read from: the first array that has it; nowhere where it is an input itself."""
        places = ((name, i) for name in self.inputs for i, n in enumerate(self.symbols[name].shape) if n == sym(size))
        return next((f"{self.names[name]}.shape[{i}]" for name, i in places), "")

    # -- terms

    def code(self, t: Term) -> Code:
        """The code of a value. Raises CannotExport."""
        if (found := self.in_stable_form(t)) is not None:
            return found
        if t.op in _OPERATORS:
            return self.operation(t)
        if t.op in FUNCTIONS:
            return self.function(t)
        if (write := getattr(self, f"_{t.op}", None)) is None:
            raise CannotExport(f"{text(t)}: {t.op} has no code; name a derivation with a side without it")
        code: Code = write(t)
        return code

    def _num(self, t: Term) -> Code:
        value, decimals = t.args
        if value.denominator != 1 and not decimals:
            return Code(f"{value.numerator} / {value.denominator}", MUL, array=False)
        written = decimal_text(value, decimals) if decimals <= 20 else repr(float(value))
        return Code(written, ATOM if value >= 0 else NEG, array=False)

    def _const(self, t: Term) -> Code:
        if t.name == "oo":
            raise CannotExport("oo is no number, so it has no code")
        return Code(f"math.{t.name}", array=False)

    def _sym(self, t: Term) -> Code:
        name = t.name
        if name in self.locals:
            return Code(self.names[name])
        if name in self.scope:
            return self.counted(t, 1)
        if name in self.definitions:
            return Code(self.need(name), array=name not in self.plain)
        kind = self.symbols[name]
        if kind.kind == "size":
            self.sizes[name] = None
            return Code(self.names[name], array=False)
        if kind.kind == "index":
            return Code(f"{self.names[name]} + 1.0", ADD, array=not self.library.arrays_only)
        return Code(self.names[name])

    def counted(self, t: Term, start: int) -> Code:
        """A bound index as an array: from 0, of integers, or from 1, of floats, for powers and products of integers overflow."""
        last = self.code(self.scope[t.name])
        if not start:
            return Code(f"{self.library.prefix}.arange({last.text})", axes=(t.name,))
        typed = self.typed() if self.library.arrays_only else ""
        return Code(f"{self.library.prefix}.arange(1.0, {last.within(ADD)} + 1){typed}", axes=(t.name,))

    def _neg(self, t: Term) -> Code:
        inner = self.code(t.args[0])
        return inner._replace(text=f"-{inner.within(NEG)}", strength=NEG)

    def operation(self, t: Term) -> Code:
        sign, strength = _OPERATORS[t.op]
        left, right = map(self.code, t.args)
        if t.op == "pow" and right.array and not left.array:  # no library raises an integer to negative ones
            left = Code(repr(float(t.args[0].args[0])) if t.args[0].op == "num" else f"float({left.text})", array=False)
        axes = self.joined(left, right)
        least = (ATOM, NEG) if t.op == "pow" else (strength, strength + 1)
        sides = [self.aligned(x, axes, n) for x, n in zip((left, right), least, strict=True)]
        return Code(sign.join(sides), strength, axes, left.array or right.array)

    def function(self, t: Term) -> Code:
        if t.op in ("max", "min"):
            return self.extremum(t.op, [self.code(a) for a in t.args])
        if len(t.args) == 2:
            return self.operation(call("div", call("log", t.args[0]), call("log", t.args[1])))
        inner = self.code(t.args[0])
        prefix = self.library.prefix if inner.array else "" if t.op == "abs" else "math"
        return inner._replace(text=f"{prefix}.{t.op}({inner.text})".removeprefix("."), strength=ATOM)

    def extremum(self, op: str, sides: list[Code]) -> Code:
        first, *rest = sides
        for other in rest:
            axes = self.joined(first, other)
            a, b = (self.aligned(x, axes, LOOSEST) for x in (first, other))
            if not (first.array or other.array):
                written = f"{op}({a}, {b})"
            elif self.library.arrays_only and not (first.array and other.array):
                array, number = (a, b) if first.array else (b, a)
                written = f"{self.library.prefix}.clamp({array}, {'min' if op == 'max' else 'max'}={number})"
            else:
                written = f"{self.library.prefix}.{op}imum({a}, {b})"
            first = Code(written, ATOM, axes, first.array or other.array)
        return first

    # -- axes

    def joined(self, *codes: Code) -> tuple[str, ...]:
        """The axes of what is broadcast together."""
        return tuple(i for i in self.scope if any(i in c.axes for c in codes))

    def aligned(self, code: Code, axes: Sequence[str], strength: int) -> str:
        """The text of `code` where what it stands beside has these axes: with new axes where it lacks one that is not leading."""
        lacking = [i in code.axes for i in itertools.dropwhile(lambda i: i not in code.axes, axes)]
        if all(lacking):
            return code.within(strength)
        return f"{code.within(ATOM)}[{', '.join(':' if there else 'None' for there in lacking)}]"

    def ordered(self, written: str, axes: Sequence[str]) -> Code:
        """An array whose axes come in any order, with them in the order of the scope."""
        order = tuple(i for i in self.scope if i in axes)
        if order == tuple(axes):
            return Code(written, axes=order)
        if len(axes) == 2:
            return Code(f"{written}.T", axes=order)
        moved = ", ".join(str(list(axes).index(i)) for i in order)
        return Code(f"{self.library.prefix}.{'permute' if self.library.arrays_only else 'transpose'}({written}, ({moved}))", axes=order)

    # -- elements

    def _elem(self, t: Term) -> Code:
        family, kind = self.family(t.args[0]), self.symbols.get(t.name)
        found = self.element(family, t.args[1:])
        return found._replace(text=f"{found.text} + 1.0", strength=ADD) if kind is not None and kind.kind == "index" else found

    def family(self, head: Term) -> Family:
        if head.name in self.families:
            return self.families[head.name]
        if head.name in self.definitions:
            self.need(head.name)
            return self.families[head.name]
        shape = self.symbols[head.name].shape
        return Family(self.names[head.name], shape, tuple(range(len(shape))))

    def element(self, family: Family, indices: Sequence[Term]) -> Code:
        """Elements: slices along the axes of bound indices, else arrays of indices that are broadcast together."""
        kept = [(indices[i], family.shape[i]) for i in family.kept]
        bound = [t.name for t, _ in kept if t.op == "sym" and t.name in self.scope]
        codes = [None if t.op == "sym" and t.name in self.scope else self.index(t) for t, _ in kept]
        if len(set(bound)) == len(bound) and not any(c.axes for c in codes if c):
            places = [self.slice(t.name, size) if c is None else c.text for (t, size), c in zip(kept, codes, strict=True)]
            while places and places[-1] == ":":
                places.pop()
            return self.ordered(f"{family.text}[{', '.join(places)}]" if places else family.text, bound)
        every = [c or self.counted(t, 0) for (t, _), c in zip(kept, codes, strict=True)]
        axes = self.joined(*every)
        return Code(f"{family.text}[{', '.join(self.aligned(c, axes, LOOSEST) for c in every)}]", axes=axes)

    def slice(self, index: str, size: Term) -> str:
        over = self.scope[index]
        return ":" if over == size else f":{self.code(over).text}"

    def index(self, t: Term) -> Code:
        """An index as Python has it, from 0."""
        if t.op == "num":
            return Code(str(t.args[0].numerator - 1), array=False)
        if t.op == "sym" and t.name in self.scope:
            return self.counted(t, 0)
        if t.op == "sym" and self.is_index(t):
            return Code(self.names[t.name], array=not self.library.arrays_only)
        if t.op == "elem" and self.is_index(t):
            return self.element(self.family(t.args[0]), t.args[1:])
        raise CannotExport(f"the index {text(t)} has no code; name it, as in given k: index(K)")

    def is_index(self, t: Term) -> bool:
        if t.op == "sym" and t.name in self.scope:
            return True
        return t.op in ("sym", "elem") and t.name in self.symbols and t.name not in self.locals and self.symbols[t.name].kind == "index"

    # -- propositions

    def proposition(self, t: Term) -> Code:
        """The code of a guard or a filter."""
        if t.op in RELATIONS:
            as_index = any(map(self.is_index, t.args)) and all(self.is_index(a) or a.op == "num" for a in t.args)
            left, right = (self.index(a) if as_index else self.code(a) for a in t.args)
            return self.compared(left, right, _COMPARED[t.op])
        if t.op in CONNECTIVES and t.op != "iff":
            parts = [self.proposition(a) for a in t.args]
            if not any(p.array for p in parts):
                words = [p.within(COMPARED) for p in parts]
                return Code(f"not {words[0]}" if t.op == "not" else f" {t.op} ".join(words), NOT, array=False)
            axes = self.joined(*parts)
            if t.op == "not":
                return parts[0]._replace(text=f"{self.library.prefix}.logical_not({parts[0].text})", strength=ATOM)
            return Code(_CONNECTED[t.op].join(self.aligned(p, axes, ADD) for p in parts), COMPARED, axes)
        raise CannotExport(f"{text(t)}: a condition with {t.op} has no code")

    def compared(self, left: Code, right: Code, sign: str) -> Code:
        axes = self.joined(left, right)
        a, b = (self.aligned(x, axes, COMPARED + 1) for x in (left, right))
        return Code(f"{a} {sign} {b}", COMPARED, axes, left.array or right.array)

    def where(self, guard: Code, yes: Code, no: Code) -> Code:
        """One of two values."""
        axes = self.joined(guard, yes, no)
        if not guard.array and not axes:
            return Code(f"{yes.within(NOT)} if {guard.text} else {no.within(NOT)}", LOOSEST, axes, yes.array or no.array)
        if not guard.array and self.library.arrays_only:  # and not one of two values of different shapes
            guard = Code(f"{self.library.prefix}.tensor({guard.text})")
        inner = ", ".join(self.aligned(x, axes, LOOSEST) for x in (guard, yes, no))
        typed = self.typed() if self.library.arrays_only and not (yes.array or no.array) else ""
        return Code(f"{self.library.prefix}.where({inner}){typed}", ATOM, axes)

    def typed(self) -> str:
        """Torch makes integers or float32 of numbers alone, whatever the inputs are."""
        reals = (name for name in self.inputs if self.kind_of(sym(name)) in _REAL and not self.symbols[name].params)
        return next((f".to({self.names[name]}.dtype)" for name in reals), ".double()")

    def _cases(self, t: Term) -> Code:
        """The last guard is left out: it was proved that one of them holds."""
        *before, last, _ = t.args
        out = self.code(last)
        for value, guard in reversed(list(zip(before[::2], before[1::2], strict=True))):
            if guard == TRUE:
                out = self.code(value)
            else:
                out = self.where(self.proposition(guard), self.code(value), out)
        return out

    def _delta(self, t: Term) -> Code:
        guard = self.proposition(call("eq", *t.args))
        if not guard.array:
            return Code(f"int({guard.text})", array=False)
        return self.where(guard, Code("1", array=False), Code("0", array=False))

    # -- sums and products

    def _sum(self, t: Term) -> Code:
        return self.reduced(t, "sum")

    def _prod(self, t: Term) -> Code:
        return self.reduced(t, "prod")

    def reduced(self, t: Term, name: str) -> Code:
        body, var, over, where = t.args
        before, axis = self.scope, self.bind(var.name, over)
        body, where = renamed(body, var.name, axis), renamed(where, var.name, axis)
        product = self.inner_product(body, axis) if name == "sum" and where == TRUE else None
        inner = product or self.code(body)
        if where != TRUE:
            inner = self.where(self.proposition(where), inner, Code(_NEUTRAL[name], array=False))
        self.scope = before
        if product is not None:
            return product
        if axis in inner.axes:
            return self.along(f"{self.library.prefix}.{name}", inner)
        count = self.code(over)
        if name == "prod":
            return inner._replace(text=f"{inner.within(ATOM)}**{count.within(NEG)}", strength=POW)
        return inner._replace(text=f"{count.within(MUL)} * {inner.within(NEG)}", strength=MUL)

    def bind(self, name: str, over: Term) -> str:
        """Begin the innermost axis; its name, which is another where there is one of that name around it."""
        if over.op == "sym" and self.symbols[over.name].kind != "size":
            raise CannotExport(f"{over.name}: what runs over a set has no code")
        name = fresh(name, self.scope)
        self.scope = {**self.scope, name: over}
        return name

    def along(self, function: str, inner: Code) -> Code:
        """A reduction along the innermost axis."""
        *rest, _ = inner.axes
        axis = f", {self.library.axis}=-1" if rest else ""
        return Code(f"{function}({inner.text}{axis})", axes=tuple(rest))

    def inner_product(self, body: Term, var: str) -> Code | None:
        """The sum of products of elements of two given arrays, as a product of vectors and matrices."""
        if body.op != "mul" or any(a.op != "elem" or self.kind_of(a) not in _REAL for a in body.args):
            return None
        a, b = map(self.code, body.args)
        if var not in a.axes or var not in b.axes:
            return None
        a, b = sorted((a, b), key=lambda c: (-len(c.axes), [*self.scope].index(c.axes[0])))
        if len(b.axes) == 1:
            return Code(f"{a.within(MUL)} @ {b.within(NEG)}", MUL, a.axes[:-1])
        if len(a.axes) == len(b.axes) == 2 and a.axes[0] != b.axes[0]:
            turned = b.text.removesuffix(".T") if b.text.endswith(".T") else f"{b.text}.T"
            return Code(f"{a.text} @ {turned}", MUL, (a.axes[0], b.axes[0]))
        return None

    def kind_of(self, t: Term) -> str:
        return self.symbols[t.name].kind if t.name in self.symbols else ""

    # -- stable forms

    def in_stable_form(self, t: Term) -> Code | None:
        """The code of the stable form, where there is one."""
        if t.op == "sym" or (t.op == "apply" and t.name in self.definitions and self.made.style(t.name) != "function"):
            return None
        expanded = defined(t, self.definitions) if t.op == "apply" else t
        found = stable(t if expanded is None else expanded, self.definitions)
        if found is None:
            return None
        if found.row.name in AXIAL:
            return self.axial(found)
        if isinstance(u := found.letters.get("u"), Term) and not self.code(u).array:
            return None  # a number that is known here
        form = self.code(found.form)
        if found.row.name:
            self.use(found.row)
        return form

    def use(self, row: Row) -> None:
        self.used.setdefault(row.name, {}).update({row.because: None} if row.because else {})

    def axial(self, found: Match) -> Code | None:
        """A stable form along an axis, which for softmax is then indexed."""
        f, over = found.letters["f"], found.letters["K"]
        assert isinstance(f, Lambda)
        assert isinstance(over, Term)
        if found.row.name == "softmax" and not self.inside(found.letters["i"], over):
            return None
        before, axis = self.scope, self.bind(f.params[0], over)
        inner = self.code(renamed(f.body, f.params[0], axis))
        self.scope = before
        if axis not in inner.axes:
            return None
        written = self.library.primitives[found.row.name].call.format(inner.text)
        rest = inner.axes[:-1]
        out: Code | None = Code(written, axes=rest)
        if found.row.name == "softmax":
            index = found.letters["i"]
            assert isinstance(index, Term)
            out = self.along_index(written, rest, index)
        if out is not None:
            self.use(found.row)
        return out

    def inside(self, index: Replacement, over: Term) -> bool:
        """Whether it is plain that an index is one of those that are summed over."""
        assert isinstance(index, Term)
        if index.op == "num":
            return over.op == "num" and index.args[0].denominator == 1 and 1 <= index.args[0] <= over.args[0]
        if not self.is_index(index):
            return False
        return over == (self.scope[index.name] if index.name in self.scope else self.symbols[index.name].over)

    def along_index(self, written: str, rest: tuple[str, ...], index: Term) -> Code | None:
        """An array at an index of its last axis; None where that takes more than a slice."""
        if index.op == "sym" and index.name in self.scope:
            return None if index.name in rest else self.ordered(written, (*rest, index.name))
        code = self.index(index)
        return None if code.axes else Code(f"{written}[{'..., ' * bool(rest)}{code.text}]", axes=rest)

    def _apply(self, t: Term) -> Code:
        name, arguments = t.name, t.args[1:]
        if name.startswith(MARK):
            return self.primitive(self.library.primitives[name.removeprefix(MARK)], arguments[0])
        if name in self.symbols:
            kinds = self.symbols[name].params
            codes = [self.index(a) if k.kind == "index" else self.code(a) for a, k in zip(arguments, kinds, strict=True)]
            return self.called(self.names[name], codes)
        meaning = self.definitions[name]
        assert isinstance(meaning, Lambda)
        style = self.made.style(name)
        if style == "array":
            self.need(name)
            return self.element(self.families[name], arguments)
        codes = list(map(self.code, arguments)) if style == "function" else []
        if any(c.array for c in codes):
            return self.called(self.need(name), codes)
        return self.code(substitute(meaning.body, dict(zip(meaning.params, arguments, strict=True))))

    def primitive(self, p: Primitive, argument: Term) -> Code:
        inner = self.code(tidied(call("neg", argument)) if p.negative else argument)
        written = p.call.format(inner.text)
        return Code(f"-{written}" if p.negative else written, NEG if p.negative else ATOM, inner.axes)

    def called(self, function: str, codes: list[Code]) -> Code:
        axes = self.joined(*codes)
        return Code(f"{function}({', '.join(self.aligned(c, axes, LOOSEST) for c in codes)})", axes=axes)

    def _diff(self, t: Term) -> Code:
        raise CannotExport(f"{text(t)}: a derivative has code only where it is that of the sigmoid; name another derivation")

    # -- definitions

    def need(self, name: str) -> str:
        """The name of a definition in the code; its lines are made when it is first needed."""
        written = self.names[name]
        if name not in self.defined:
            scope, locals_ = self.scope, self.locals
            self.scope, self.locals = {}, frozenset()
            meaning = self.definitions[name]
            if isinstance(meaning, Lambda) and self.made.style(name) == "array":
                lines = self.array(name, meaning)
            elif isinstance(meaning, Lambda):
                lines = self.local_function(name, meaning)
            elif meaning.op == "array":
                self.families[name] = Family(written, shape_of(meaning), tuple(range(len(shape_of(meaning)))))
                lines = [f"{written} = {self.library.prefix}.{'tensor' if self.library.arrays_only else 'array'}({self.rows(meaning)})"]
            else:
                value = self.code(meaning)
                self.plain |= set() if value.array else {name}
                lines = [f"{written} = {value.text}"]
            self.scope, self.locals = scope, locals_
            self.defined[name] = lines
        return written

    def array(self, name: str, meaning: Lambda) -> list[str]:
        shape = self.made.shape(meaning)
        assert shape is not None
        self.scope = dict(zip(meaning.params, shape, strict=True))
        value = self.code(meaning.body)
        self.families[name] = Family(self.names[name], shape, tuple(i for i, p in enumerate(meaning.params) if p in value.axes))
        return [f"{self.names[name]} = {value.text}"]

    def local_function(self, name: str, meaning: Lambda) -> list[str]:
        self.locals = frozenset(meaning.params)
        parameters = ", ".join(self.names[p] for p in meaning.params)
        return [f"def {self.names[name]}({parameters}):", f"    return {self.code(meaning.body).text}"]

    def rows(self, t: Term) -> str:
        return f"[{', '.join(map(self.rows, t.args))}]" if t.op == "array" else self.code(t).text
