"""Which squares a polynomial might be a sum of, with positive factors: guesses for the rule that a square is not negative. Untrusted."""

from __future__ import annotations

from fractions import Fraction

from derive import rational
from derive.rational import Monomial, Poly, Rat

MAX_SIZE = 8  # of the matrix


def squares(p: Poly) -> list[Rat]:
    """The linear forms, in roots of monomials of p, whose squares add up to it; none where this is no such sum."""
    roots = [tuple((a, e // 2) for a, e in m) for m, c in p.items() if c > 0 and all(e % 2 == 0 for _, e in m)]
    roots.sort(key=len, reverse=True)  # 1 comes last, so that what is left is a number
    matrix = _matrix(p, roots) if 0 < len(roots) <= MAX_SIZE else None
    forms = []
    for i in range(len(roots)) if matrix else ():
        row = list(matrix[i])  # type: ignore[index]
        if row[i] < 0 or (row[i] == 0 and any(row)):
            return []
        if row[i] == 0:
            continue
        forms.append({roots[j]: c / row[i] for j, c in enumerate(row) if c})
        for j in range(len(roots)):
            factor = matrix[j][i] / row[i]  # type: ignore[index]
            matrix[j] = [x - factor * y for x, y in zip(matrix[j], row, strict=True)]  # type: ignore[index]
    return [Rat({m: c.numerator if c.denominator == 1 else c for m, c in f.items()}) for f in forms if len(f) > 1]


def _matrix(p: Poly, roots: list[Monomial]) -> list[list[Fraction]] | None:
    """The symmetric matrix of p as a quadratic form in these monomials."""
    places: dict[Monomial, tuple[int, int]] = {}
    for i in range(len(roots)):
        for j in range(i + 1):
            places.setdefault(rational.times(roots[i], roots[j]), (i, j))
    for i, m in enumerate(roots):
        places[rational.times(m, m)] = i, i
    out = [[Fraction(0)] * len(roots) for _ in roots]
    for m, c in p.items():
        if m not in places:
            return None
        i, j = places[m]
        out[i][j] += Fraction(c) / 2
        out[j][i] += Fraction(c) / 2
    return out
