"""One expression: text → Term, by Python's own parser and a whitelist of its nodes; nothing is ever evaluated.

Knows the notation of the language (which words bind, how many arguments a function takes) and, when told the names in
scope, whether a name may be called or indexed. Knows nothing of types, rules or pages.
"""

from __future__ import annotations

import ast
import difflib
import functools
import keyword
import re
import unicodedata
import warnings
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple, NoReturn

from derive.term import BINDERS, FUNCTIONS, REALS, TRUE, E, Term, conjunction, sym
from derive.term import OO as INFINITY
from derive.term import PI as PI_TERM
from derive.term import apart as call

MAX_DEPTH = 150
MAX_DIGITS = 1000
CONSTANTS = {"pi": PI_TERM, "e": E, "oo": INFINITY}
KEYWORDS = frozenset(FUNCTIONS) | BINDERS | {"limit", "diff", "cases", "delta", "integrable"}
RESERVED = KEYWORDS | frozenset(CONSTANTS) | {"Reals", "left", "right", "both"}  # both: of a limit that names no side


class Shape(NamedTuple):
    """How a name may be used: with how many indices, or how many arguments."""

    indices: int = 0
    arguments: int = 0


class ExpressionError(ValueError):
    """An expression that cannot be read: what is wrong, where in its text, and what to write instead."""

    def __init__(self, message: str, start: int, length: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.start, self.length, self.hint = message, start, max(length, 1), hint


_BINARY = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"}
_COMPARE = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
_ASCII = {"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "√": "sqrt(…)", "∑": "sum(…)", "、": ","}
_WORDS = frozenset({"for", "in", "if", "and", "or", "not", "True"})
_ELSEWHERE = {
    "ln": "log", "Sum": "sum", "Product": "prod", "Derivative": "diff", "Abs": "abs",
    "sigmoid": "where sigmoid(s) = 1/(1 + exp(-s))", "relu": "max(0, x)",
}  # fmt: skip
_SUSPECT = re.compile(r"[][(){}'\"`#\\;@$?!&|~^]|[^ -~]")  # brackets, and what no expression is made of
_KEYWORD = re.compile(rf"{'|'.join(word for word in keyword.kwlist if word not in _WORDS)}")
_ODD_NUMBER = re.compile(rf"\d[^\W\d]|[\d.]{{{MAX_DIGITS}}}")  # with an exponent, next to a name, or long
_NUMBER = r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"


def read(text: str, names: Mapping[str, Shape] | None = None) -> Term:
    """Read one expression. `names` says which symbols there are; without it every name is allowed (as in rules).

    Raises ExpressionError with the offset, in characters, of what cannot be read.
    """
    _scan(text)
    try:
        tree = _parsed(text)
    except SyntaxError as error:
        _syntax_error(text, error)
    except (RecursionError, MemoryError):
        raise ExpressionError(f"the expression is nested more than {MAX_DEPTH} levels deep", 0, len(text)) from None
    if len(text) > MAX_DEPTH:  # a level takes a character at least
        _limit_depth(tree, text)
    return _Reader(text, names).term(tree)


def _parsed(text: str) -> ast.expr:
    if not _ODD_NUMBER.search(text):
        return ast.parse(f"({text}\n)", mode="eval").body
    with warnings.catch_warnings():  # of 1if
        warnings.simplefilter("ignore")
        return ast.parse(f"({text}\n)", mode="eval").body


def _scan(text: str) -> None:
    """Refuse, before Python's parser sees it, what that parser would read as something else than was meant."""
    if not text.strip():
        raise ExpressionError("an expression is missing here", 0, len(text))
    opened: list[int] = []
    for match in _SUSPECT.finditer(text):
        i, c = match.start(), match.group()
        if c in "([{":
            opened.append(i)
            if len(opened) > MAX_DEPTH:
                raise ExpressionError(f"brackets are nested more than {MAX_DEPTH} levels deep", i)
        elif c in ")]}":
            if not opened or text[opened.pop()] + c not in ("()", "[]", "{}"):
                raise ExpressionError(f"this {c} closes nothing", i)
        elif c in "'\"`":
            raise ExpressionError(f"{c} is not part of an expression", i, 1, "a derivative is written diff(f(x), x)")
        elif c in "#\\;@$?!&|~" and text[i : i + 2] != "!=":
            raise ExpressionError(f"{c} is not part of an expression", i)
        elif c == "^":
            raise ExpressionError("^ is not a power", i, 1, "write x**2 for the square of x")
        elif unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\t":
            raise ExpressionError(f"the invisible character {c!r} is not part of an expression", i, 1, "delete it")
        elif c > "~" and not (c.isalpha() or c.isspace()):
            written = _ASCII.get(c, unicodedata.normalize("NFKC", c))
            raise ExpressionError(f"{c} is not part of an expression", i, 1, f"write {written}" if written.isascii() else "")
    if opened:
        raise ExpressionError(f"this {text[opened[-1]]} is never closed", opened[-1])
    for match in re.finditer(r"[^\W\d]\w*", text) if not text.isascii() or _KEYWORD.search(text) else ():
        word = match.group()
        if not word.isascii() and unicodedata.normalize("NFKC", word) != word:
            folded = unicodedata.normalize("NFKC", word)
            message = f"the name {word} turns into {folded} when it is normalised (NFKC)"
            raise ExpressionError(message, match.start(), len(word), f"use another name than {word}")
        if keyword.iskeyword(word) and word not in _WORDS and not _glued(text, match.start()):
            raise ExpressionError(f"{word} is a reserved word", match.start(), len(word), f"use another name, such as {word[:3]}_")
    for match in re.finditer(rf"(?<![\w.]){_NUMBER}", text) if _ODD_NUMBER.search(text) else ():
        number, end = match.group(), match.end()
        if end < len(text) and (text[end].isalpha() or text[end] == "_"):
            word = re.match(r"\w+", text[end:]).group()  # type: ignore[union-attr]
            raise ExpressionError(f"{number}{word} is not a product", match.start(), len(number) + len(word), f"write {number}*{word}")
        exponent = re.search(r"[eE]([+-]?\d+)$", number)
        if len(number) > MAX_DIGITS or (exponent and (len(exponent.group(1)) > 5 or abs(int(exponent.group(1))) > MAX_DIGITS)):
            raise ExpressionError(f"a number of more than {MAX_DIGITS} digits", match.start(), len(number))


@functools.lru_cache(1000)
def _value(number: str) -> tuple[Fraction, int]:
    """A number and how many decimals of it are written."""
    mantissa, _, exponent = number.lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return Fraction(number), max(decimals, 0)


def _glued(text: str, start: int) -> bool:
    return start > 0 and text[start - 1].isdigit()


def _syntax_error(text: str, error: SyntaxError) -> NoReturn:
    line, column = (error.lineno or 1) - 1, (error.offset or 1) - 1
    lines = text.split("\n")
    if line >= len(lines):
        end = max(len(text.rstrip()) - 1, 0)
        raise ExpressionError("the expression ends too early", end, 1, "is a bracket or a term missing?") from None
    start = sum(len(x) + 1 for x in lines[:line]) + column - (1 if line == 0 else 0)
    start = min(max(start, 0), max(len(text.rstrip()) - 1, 0))
    equality = re.compile(r"(?<![=<>!:])=(?!=)").search(text, start)
    if equality and (equality.start() == start or "==" in (error.msg or "")):
        start, hint = equality.start(), "inside an expression equality is written =="
    else:
        reason = re.search(r"\S\s{2,}[A-Za-z]+ [a-z]+", text)
        hint = "a reason stands behind the word by" if reason else "is an operator or a bracket missing?"
    raise ExpressionError(f"this is not an expression: {' '.join(text.split())[:60]}", start, 1, hint) from None


def _limit_depth(tree: ast.AST, text: str) -> None:
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH + 3:  # operators and contexts are leaves below the deepest term
            raise ExpressionError(f"the expression is nested more than {MAX_DEPTH} levels deep", 0, len(text))
        level = [child for node in level for child in ast.iter_child_nodes(node)]


class _Reader:
    def __init__(self, text: str, names: Mapping[str, Shape] | None) -> None:
        self.text = text
        self.plain = text.isascii() and "\n" not in text  # so that columns are offsets
        self.names = None if names is None else dict(names)

    # -- places and errors

    def offset(self, line: int, column: int) -> int:
        lines = ("(" + self.text).split("\n")
        before = len(lines[min(line, len(lines)) - 1].encode()[:column].decode(errors="ignore"))
        start = sum(len(x) + 1 for x in lines[: line - 1])
        return max(start + before - 1, 0)  # without our own bracket, at which a tuple begins

    def fail(self, node: ast.expr, message: str, hint: str = "") -> NoReturn:
        start = self.offset(node.lineno, node.col_offset)
        end = self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset + 1)
        raise ExpressionError(message, start, min(end, len(self.text)) - start, hint)

    def source(self, node: ast.expr) -> str:
        if self.plain and isinstance(node, ast.Constant):
            return self.text[node.col_offset - 1 : (node.end_col_offset or 0) - 1].rstrip()
        start = self.offset(node.lineno, node.col_offset)
        return self.text[start : self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)].rstrip()

    # -- nodes

    def term(self, node: ast.expr) -> Term:
        match node:
            case ast.Constant():
                return self.number(node)
            case ast.Name():
                return self.name(node)
            case ast.BinOp(left, op, right) if type(op) in _BINARY:
                return call(_BINARY[type(op)], self.term(left), self.term(right))
            case ast.UnaryOp(ast.USub(), operand):
                return call("neg", self.term(operand))
            case ast.UnaryOp(ast.Not(), operand):
                return call("not", self.term(operand))
            case ast.BoolOp(op, values):
                word = "and" if isinstance(op, ast.And) else "or"
                out = self.term(values[0])
                for value in values[1:]:
                    out = call(word, out, self.term(value))
                return out
            case ast.Compare():
                return self.comparison(node)
            case ast.Call(ast.Name() as head):
                return self.call(node, head)
            case ast.Subscript():
                return self.element(node)
            case ast.List(elts) if elts:
                return call("array", *map(self.term, elts))
        return self.fail(node, f"{self.source(node)} is not part of the language")

    def number(self, node: ast.Constant) -> Term:
        text = self.source(node)
        if node.value is True:
            return TRUE
        if not re.fullmatch(_NUMBER, text):
            self.fail(node, f"{text} is not a number of the language", "write numbers as 3, 0.25 or 1e-9")
        return call("num", *_value(text))

    def name(self, node: ast.Name) -> Term:
        name = node.id
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in RESERVED and name != "Reals":
            self.fail(node, f"{name} is a word of the language and stands alone here", f"write {name}(…)" if name in KEYWORDS else "")
        shape = self.shape(node)
        if shape is not None and shape != Shape():
            need = f"an index, as in {name}[i]" if shape.indices else f"an argument, as in {name}(x)"
            self.fail(node, f"{name} stands without {need.partition(',')[0]}", f"it needs {need}")
        return call("sym", name)

    def shape(self, node: ast.Name) -> Shape | None:
        """How the name may be used, or None where every name is allowed."""
        if self.names is None or node.id == "Reals":
            return None
        if node.id not in self.names:
            near = difflib.get_close_matches(node.id, [*self.names, *RESERVED], 1)
            hint = f"did you mean {near[0]}?" if near and len(node.id) > 1 else f"say its type: given {node.id}: real"
            if node.id in _ELSEWHERE:
                hint = f"write {_ELSEWHERE[node.id]}"
            self.fail(node, f"unknown symbol {node.id}", hint)
        return self.names[node.id]

    def comparison(self, node: ast.Compare) -> Term:
        terms = [self.term(x) for x in (node.left, *node.comparators)]
        parts = []
        for i, op in enumerate(node.ops):
            if type(op) not in _COMPARE:
                self.fail(node, f"{self.source(node)} is not part of the language")
            parts.append(call(_COMPARE[type(op)], terms[i], terms[i + 1]))
        return conjunction(parts)

    def element(self, node: ast.Subscript) -> Term:
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if isinstance(node.value, ast.List) and self.names is None:  # with its definition put in, as in a certificate
            return call("elem", self.term(node.value), *map(self.term, indices))
        if not isinstance(node.value, ast.Name) or node.value.id in RESERVED:
            self.fail(node, f"{self.source(node)}: only a family has elements")
        shape = self.shape(node.value)
        if shape is not None and shape.indices != len(indices):
            name = node.value.id
            if not shape.indices:
                self.fail(node, f"{name} is no family, so {self.source(node)} means nothing")
            self.fail(node, f"{name} has {shape.indices} indices, and {len(indices)} are given")
        return call("elem", sym(node.value.id), *map(self.term, indices))

    def call(self, node: ast.Call, head: ast.Name) -> Term:
        name = head.id
        if node.keywords and not (name == "diff" and [k.arg for k in node.keywords] == ["at"]):
            self.fail(node, f"{name} takes no named arguments")
        if name in BINDERS or name == "integrable":
            return self.binding(node, name)
        if name in FUNCTIONS:
            few, most = FUNCTIONS[name]
            if not few <= len(node.args) <= most:
                self.fail(node, f"{name} takes {few if few == most else f'{few} to {most}'} arguments, and {len(node.args)} are given")
            return call(name, *map(self.term, node.args))
        if name in ("limit", "diff", "cases", "delta"):
            return {"limit": self.limit, "diff": self.diff, "cases": self.cases, "delta": self.delta}[name](node)
        if name in RESERVED:
            self.fail(node, f"{name} is no function")
        shape = self.shape(head)
        if shape is not None and shape.arguments != len(node.args):
            if shape.arguments:
                self.fail(node, f"{name} takes {shape.arguments} arguments, and {len(node.args)} are given")
            arguments = self.source(node)[len(name) :].strip()
            self.fail(node, f"{name} is no function, so {self.source(node)} means nothing", f"for a product write {name}*{arguments}")
        return call("apply", sym(name), *map(self.term, node.args))

    # -- words that bind

    def scoped(self, node: ast.expr, target: ast.expr) -> str:
        if not isinstance(target, ast.Name) or target.id in RESERVED:
            self.fail(target, f"{self.source(target)} cannot be a bound variable")
        if self.names is not None and target.id in self.names:
            self.fail(target, f"the bound variable {target.id} shadows another {target.id}", "use another letter")
        return target.id

    def binding(self, node: ast.Call, name: str) -> Term:
        if len(node.args) != 1 or not isinstance(node.args[0], ast.GeneratorExp):
            over = "x in Reals" if name in ("integral", "integrable") else "i in N"
            self.fail(node, f"{name} needs a variable and what it runs over", f"write {name}(… for {over})")
        generator = node.args[0]
        body = self.generators(generator.elt, generator.generators, "integral" if name == "integrable" else name)
        return call("integrable", body) if name == "integrable" else body

    def generators(self, element: ast.expr, loops: list[ast.comprehension], op: str) -> Term:
        loop, *rest = loops
        var = self.scoped(element, loop.target)
        if not isinstance(loop.iter, ast.Name | ast.Constant):
            self.fail(loop.iter, f"{self.source(loop.iter)} is nothing to run over", "a size, a set, Reals, or a number such as 3")
        over = REALS if isinstance(loop.iter, ast.Name) and loop.iter.id == "Reals" else self.term(loop.iter)
        before = self.names
        if self.names is not None:
            self.names = {**self.names, var: Shape()}
        where = conjunction(self.term(c) for c in loop.ifs)
        body = self.generators(element, rest, op) if rest else self.term(element)
        self.names = before
        return call(op, body, sym(var), over, where)

    def limit(self, node: ast.Call) -> Term:
        if len(node.args) not in (3, 4):
            self.fail(node, "limit takes an expression, a variable, a point, and perhaps left or right")
        var = self.scoped(node, node.args[1])
        point = self.term(node.args[2])
        side = sym("both")
        if len(node.args) == 4:
            if not isinstance(node.args[3], ast.Name) or (self.names is not None and node.args[3].id not in ("left", "right")):
                self.fail(node.args[3], "the side of a limit is left or right")
            side = sym(node.args[3].id)
        before = self.names
        if self.names is not None:
            self.names = {**self.names, var: Shape()}
        body = self.term(node.args[0])
        self.names = before
        return call("limit", body, sym(var), point, side)

    def diff(self, node: ast.Call) -> Term:
        if len(node.args) != 2:
            self.fail(node, "diff takes an expression and a variable", "write diff(f(x), x)")
        body, variable = self.term(node.args[0]), self.term(node.args[1])
        if variable.op not in ("sym", "elem"):
            hint = "a derivative is taken with respect to a symbol or an element s[k]"
            self.fail(node.args[1], f"{self.source(node.args[1])} is no variable", hint)
        if node.keywords:
            if variable.op != "sym":
                self.fail(node.args[1], "with at=… the variable has to be a plain symbol")
            return call("diff", body, variable, self.term(node.keywords[0].value))
        return call("diff", body, variable)

    def cases(self, node: ast.Call) -> Term:
        args: list[Term] = []
        for pair in node.args:
            if not isinstance(pair, ast.Tuple) or len(pair.elts) != 2:
                self.fail(pair, "each case is a pair of a value and a condition", "write cases((u, x > 0), (v, True))")
            args += map(self.term, pair.elts)
        if not args:
            self.fail(node, "cases needs at least one pair of a value and a condition")
        return call("cases", *args)

    def delta(self, node: ast.Call) -> Term:
        if len(node.args) != 2:
            self.fail(node, "delta takes two indices", "write delta(i, j)")
        return call("delta", *map(self.term, node.args))
