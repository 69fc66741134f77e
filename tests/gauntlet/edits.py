"""Random edits of the text of a page, such as a slip or an enemy would make. Knows text only; the same ones for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Edit = Callable[[str], str]

TOKEN = re.compile(r"\w+|\*\*|[<>=!~]=|\s+|.", re.DOTALL)
STEP = re.compile(r"\s*(?P<relation><=|>=|=|<|>|iff|~=)\s(?P<right>.*?)(?:\s+by\s.*)?")
NAME = re.compile(r"[A-Za-z]\w*")
NUMBER = re.compile(r"\d+(\.\d+)?")
CHARACTERS = (
    *" ()[]{}+-*/=<>!.,:;|^~#'\"\\`@$%&_0129xyzNKijk\t\r\n\0\f\v",
    *"\u200b\u202e\ufeff\u0301\u2212\u00d7\u00b2ℓ𝛼ｘ，。：（或然的\U0001f600\ud800",
)  # fmt: skip
NUMBERS = (
    "0", "1", "2", "3", "10", "0.0", "0.5", "-1", "(-1)", "1000000", "10**9", "1e9", "1e999", "0x10", "1_000", "00", "1.", ".5", "1j",
    "9"*40, "9"*4000, "0." + "0"*300 + "1", "(10**10**10)", "2**100000", "(1/3)",
)  # fmt: skip
INSERTED = (
    "**2", "**1000000", "**(10**10)", "**x", "**0", "**(-1)", "/0", "*0", "/x", "+ x", "- 1", "**(1/2)", "!", "[1]", "[0]", "[k, k]", "(x)",
    "' ", " if i != 1", " for i in N", " by algebra", " by", " = x", " <= ", " iff ", " ~= 1", "lambda: 0", "import os", "__class__",
    "oo", "-oo", "=", "sum(1 for i in N)", "diff(x, x)", "limit(x, x, 0)", "cases((x, x > 0))", "delta(i, j)",
    "\nexpect refuted", "\ngiven x: real",
    "\nsee x", "\nclaim 1 = 1",
)  # fmt: skip
TYPES = (
    "real", "positive", "nonnegative", "probability", "integer", "label", "sign", "size", "index(K)", "set", "real[N]",
    "real -> real", "density(real)",
)  # fmt: skip
OPPOSITE = {
    "+": "-", "-": "+", "*": "/", "/": "*", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "=": "<=", "**": "*",
    "exp": "log", "log": "exp", "sum": "prod", "prod": "sum", "max": "min", "min": "max", "sin": "cos", "cos": "sin", "sqrt": "abs",
    "abs": "sqrt", "oo": "0",
}  # fmt: skip
AROUND = (("(", ")"), ("exp(", ")"), ("-", ""), ("[", "]"), ("log(", ")"), ("max(x, ", ")"), ("(x + ", ")"), ("not ", ""))
NESTED = (1, 3, 20, 149, 151, 5000)


class Editor:
    """Edits texts; `others` are what is spliced in, `reasons` the words that a page may give as such."""

    def __init__(self, others: list[str], reasons: list[str], seed: int) -> None:
        self.others, self.reasons = others, reasons
        self.rng = random.Random(seed)
        rough: tuple[Edit, ...] = (
            self.delete_character, self.insert_character, self.replace_character, self.swap_characters, self.delete_token,
            self.duplicate_token, self.swap_tokens, self.foreign_token, self.insert, self.nest, self.cut, self.splice,
            self.delete_line, self.duplicate_line, self.swap_lines, self.foreign_line,
        )  # fmt: skip
        fine: tuple[Edit, ...] = (self.opposite, self.rename, self.renumber, self.retype, self.ungiven, self.other_reason)
        self.kinds = (*rough, *fine, *fine, *fine)  # most of the rough ones end in an error of the reader

    def edited(self, text: str) -> str:
        """The text after one edit, or a few; sometimes without reasons, so that any will do, and with the claim that fits its chain."""
        for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
            text = self.rng.choice(self.kinds)(text)
        if self.rng.random() < 0.3:
            text = re.sub(r" by [^\n]*", "", text)
        return self._claimed(text) if self.rng.random() < 0.6 else text

    def _claimed(self, text: str) -> str:
        """The page with the ends of its chain as its claim."""
        lines = text.split("\n")
        start = next((k for k, line in enumerate(lines) if line.startswith("claim")), None)
        gap = next((k for k, line in enumerate(lines) if start is not None and k > start and not line.strip()), None)
        steps = [m for line in lines[gap:] if (m := STEP.fullmatch(line))] if gap is not None else []
        if start is None or gap is None or not steps:
            return text
        first = next((line.strip() for line in lines[gap:] if line.strip()), "")
        relation = next((m["relation"] for m in steps if m["relation"] != "="), "=")
        return "\n".join([*lines[:start], f"claim {first} {relation} {steps[-1]['right']}", *lines[gap:]])

    # -- characters

    def _place(self, text: str) -> int:
        return self.rng.randrange(len(text)) if text else 0

    def delete_character(self, text: str) -> str:
        k = self._place(text)
        return text[:k] + text[k + 1 :]

    def insert_character(self, text: str) -> str:
        k = self._place(text)
        return text[:k] + self.rng.choice(CHARACTERS) + text[k:]

    def replace_character(self, text: str) -> str:
        k = self._place(text)
        return text[:k] + self.rng.choice(CHARACTERS) + text[k + 1 :]

    def swap_characters(self, text: str) -> str:
        k = self._place(text)
        return text[:k] + text[k + 1 : k + 2] + text[k : k + 1] + text[k + 2 :]

    # -- tokens

    def _tokens(self, text: str) -> list[str]:
        return TOKEN.findall(text) or [""]

    def _at(self, text: str, wanted: Callable[[str], object]) -> tuple[list[str], int]:
        """The tokens, and the place of some of those that are wanted (of any, if there are none)."""
        tokens = self._tokens(text)
        places = [k for k, t in enumerate(tokens) if wanted(t)]
        return tokens, self.rng.choice(places or range(len(tokens)))

    def delete_token(self, text: str) -> str:
        tokens, k = self._at(text, str.strip)
        return "".join(tokens[:k] + tokens[k + 1 :])

    def duplicate_token(self, text: str) -> str:
        tokens, k = self._at(text, str.strip)
        return "".join(tokens[: k + 1] + tokens[k:])

    def swap_tokens(self, text: str) -> str:
        tokens, i = self._at(text, str.strip)
        _, j = self._at(text, str.strip)
        tokens[i], tokens[j] = tokens[j], tokens[i]
        return "".join(tokens)

    def foreign_token(self, text: str) -> str:
        tokens, k = self._at(text, str.strip)
        tokens[k] = self.rng.choice(self._tokens(self.rng.choice(self.others)))
        return "".join(tokens)

    def opposite(self, text: str) -> str:
        tokens, k = self._at(text, OPPOSITE.__contains__)
        tokens[k] = OPPOSITE.get(tokens[k], tokens[k])
        return "".join(tokens)

    def rename(self, text: str) -> str:
        """A name where another one of the page stands."""
        tokens, k = self._at(text, NAME.fullmatch)
        tokens[k] = self.rng.choice([t for t in tokens if NAME.fullmatch(t)] or tokens)
        return "".join(tokens)

    def renumber(self, text: str) -> str:
        tokens, k = self._at(text, NUMBER.fullmatch)
        tokens[k] = self.rng.choice(NUMBERS)
        return "".join(tokens)

    def insert(self, text: str) -> str:
        tokens, k = self._at(text, str.strip)
        return "".join([*tokens[: k + 1], self.rng.choice(INSERTED), *tokens[k + 1 :]])

    def nest(self, text: str) -> str:
        """Something inside of many brackets, minus signs or functions."""
        tokens, k = self._at(text, NAME.fullmatch)
        open_, close = self.rng.choice(AROUND)
        depth = self.rng.choice(NESTED)
        tokens[k] = open_ * depth + tokens[k] + close * depth
        return "".join(tokens)

    # -- what is given, and why

    def retype(self, text: str) -> str:
        tokens, k = self._at(text, lambda t: t in TYPES)
        tokens[k] = self.rng.choice(TYPES)
        return "".join(tokens)

    def ungiven(self, text: str) -> str:
        """One of the parts of a `given` line taken away."""
        lines = text.split("\n")
        places = [k for k, line in enumerate(lines) if line.lstrip().startswith("given")]
        if not places:
            return text
        k = self.rng.choice(places)
        parts = lines[k].split(", ")
        del parts[self.rng.randrange(len(parts))]
        lines[k] = ", ".join(parts)
        return "\n".join(lines)

    def other_reason(self, text: str) -> str:
        return re.sub(r" by [^:\n]*", lambda m: f" by {self.rng.choice(self.reasons)}" if self.rng.random() < 0.4 else m[0], text)

    # -- lines

    def _line(self, lines: list[str]) -> int:
        return self.rng.choice([k for k, line in enumerate(lines) if line.strip()] or [0])

    def delete_line(self, text: str) -> str:
        lines = text.split("\n")
        del lines[self._line(lines)]
        return "\n".join(lines)

    def duplicate_line(self, text: str) -> str:
        lines = text.split("\n")
        k = self._line(lines)
        return "\n".join(lines[: k + 1] + lines[k:])

    def swap_lines(self, text: str) -> str:
        lines = text.split("\n")
        i, j = self._line(lines), self._line(lines)
        lines[i], lines[j] = lines[j], lines[i]
        return "\n".join(lines)

    def foreign_line(self, text: str) -> str:
        lines, other = text.split("\n"), self.rng.choice(self.others).split("\n")
        k = self._line(lines)
        lines[k : k + self.rng.choice((0, 1))] = [other[self._line(other)]]
        return "\n".join(lines)

    def cut(self, text: str) -> str:
        return text[: self._place(text)]

    def splice(self, text: str) -> str:
        """The beginning of one page and the end of another."""
        lines, other = text.split("\n"), self.rng.choice(self.others).split("\n")
        return "\n".join(lines[: self._line(lines)] + other[self._line(other) :])
