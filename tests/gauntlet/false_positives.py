"""What other checkers were seen to accept, or might: one claim a line, the verdict that it must get, and when it would be right.

Those measured: STACK marked a wrong derivative of an indexed sum right; Knuckledragger's product rule asked for no derivative;
HolPy finished exp(log(x)) = x without x > 0; Math-Verify took 0.333333 for 1/3; numerical comparison takes x + 1e-9 for x; and
log(x**2) = 2*log(x) passed in three. Data only.
"""

from __future__ import annotations

from typing import NamedTuple

REFUTED, MALFORMED = "refuted", "malformed"
UNPROVED = "not proved"  # refuted or undecided: nothing shows where it fails, or there is no point that could


class Trap(NamedTuple):
    """A claim of one step. `right_if`: givens under which the same claim is proved (by the rules named, where it says so)."""

    about: str
    given: str
    claim: tuple[str, str, str]
    verdict: str
    right_if: str = ""
    by: str = ""


def _trap(about: str, given: str, claim: str, verdict: str, right_if: str = "", by: str = "") -> Trap:
    for relation in ("iff", "~=", "=", "<=", "<", ">=", ">"):
        left, found, right = claim.partition(f" {relation} ")
        if found:
            return Trap(about, given, (left, relation, right), verdict, right_if, by)
    raise ValueError(claim)


_N = "N: size, s: real[N], k: index(N)"
_POSITIVE = "N: size, s: positive[N], k: index(N)"
_TWO = "N: size, s: real[N], i: index(N), j: index(N)"
_F = "f: real -> real, x: real"
_T = "T: set, f: T -> real, c: real"

TRAPS = tuple(_trap(*row) for row in (
    # -- the peers' own
    ("a derivative of an indexed sum keeps the sum", _N, "diff(sum(s[i]**2 for i in N), s[k]) = 2*sum(s[i] for i in N)", REFUTED),
    ("a derivative of an indexed sum counts its terms", _N, "diff(sum(s[i]**2 for i in N), s[k]) = sum(2*s[k] for i in N)", REFUTED),
    ("a derivative of an indexed sum is that of any term", _TWO, "diff(sum(s[k]**2 for k in N), s[i]) = 2*s[j]",
     REFUTED, f"{_TWO}, i == j"),
    ("a derivative of an indexed sum is zero", _N, "diff(sum(s[i]**2 for i in N), s[k]) = 0", REFUTED),
    ("the product rule without derivatives", f"g: real -> real, {_F}",
     "diff(f(x)*g(x), x) = diff(f(x), x)*g(x) + f(x)*diff(g(x), x)", UNPROVED),
    ("the product rule at a kink", "x: real", "diff(abs(x)*abs(x), x) = diff(abs(x), x)*abs(x) + abs(x)*diff(abs(x), x)", UNPROVED,
     "x: real, x != 0"),
    ("the sum rule without derivatives", f"g: real -> real, {_F}", "diff(f(x) + g(x), x) = diff(f(x), x) + diff(g(x), x)", UNPROVED),
    ("the chain rule without derivatives", _F, "diff(exp(f(x)), x) = exp(f(x))*diff(f(x), x)", UNPROVED),
    ("a derivative of an unknown function equals itself", _F, "diff(f(x), x) = diff(f(x), x)", UNPROVED),
    ("exp of log without a positive argument", "x: real", "exp(log(x)) = x", REFUTED, "x: positive"),
    ("exp of log at zero", "x: nonnegative", "exp(log(x)) = x", REFUTED, "x: positive"),
    ("six decimals of a third", "x: real", "1/3 = 0.333333", REFUTED),
    ("twenty decimals of a third", "x: real", "1/3 = 0.33333333333333333333", REFUTED),
    ("a third, the last digit wrong", "x: real", "1/3 ~= 0.333334", REFUTED),
    ("two thirds cut and not rounded", "x: real", "2/3 ~= 0.6666", REFUTED),
    ("a number within a tolerance", "x: real", "x + 1/10**9 = x", REFUTED),
    ("a number within a tiny tolerance", "x: real", "x + 1/10**300 = x", REFUTED),
    ("a relative tolerance", "x: real", "10**16 + 1 = 10**16", REFUTED),
    ("log of a square", "x: real", "log(x**2) = 2*log(x)", REFUTED, "x: positive"),
    ("log of a square, zero left out", "x: real, x != 0", "log(x**2) = 2*log(x)", REFUTED, "x: real, x > 0"),
    # -- decimals and constants
    ("pi as a decimal", "x: real", "pi = 3.14159265358979323846", REFUTED),
    ("pi as a fraction", "x: real", "pi = 355/113", REFUTED),
    ("pi, the last digit not rounded", "x: real", "pi ~= 3.1415", REFUTED),
    ("e as a decimal", "x: real", "e = 2.718281828459045", REFUTED),
    ("a root as a decimal", "x: real", "sqrt(2) = 1.41421356237309504880", REFUTED),
    ("a sum as binary numbers have it", "x: real", "0.1 + 0.2 = 0.30000000000000004", REFUTED),
    ("a number that is nearly an integer", "x: real", "exp(pi*sqrt(163)) = 262537412640768744", REFUTED),
    ("a number that is nearly an integer, to twelve decimals", "x: real", "exp(pi*sqrt(163)) ~= 262537412640768744.000000000000", REFUTED),
    ("a large sine that is nearly zero", "x: real", "sin(355) = 0", REFUTED),
    ("a difference that is lost in sixteen digits", "x: real", "(10**20 + 1) - 10**20 = 0", REFUTED),
    ("cosh and exp of what is large", "x: real", "2*cosh(50) = exp(50)", REFUTED),
    ("a geometric series that is cut", "x: real", "sum(1/2**i for i in 60) = 1", REFUTED),
    # -- branches of roots, powers and logarithms
    ("a root of a square", "x: real", "sqrt(x**2) = x", REFUTED, "x: nonnegative"),
    ("a half power of a square", "x: real", "(x**2)**(1/2) = x", REFUTED, "x: positive"),
    ("a square of a root", "x: real", "sqrt(x)**2 = x", REFUTED, "x: nonnegative"),
    ("a root of a product", "x: real, y: real", "sqrt(x*y) = sqrt(x)*sqrt(y)", REFUTED, "x: nonnegative, y: nonnegative"),
    ("a root of a product of negatives", "x: real, y: real, x*y > 0", "sqrt(x*y) = sqrt(x)*sqrt(y)", REFUTED, "x: positive, y: positive"),
    ("a root of a quotient", "x: real, y: real, y != 0", "sqrt(x/y) = sqrt(x)/sqrt(y)",
     REFUTED, "x: nonnegative, y: positive", "root of a quotient"),
    ("minus one is one by roots", "x: real", "sqrt(-1)*sqrt(-1) = sqrt((-1)*(-1))", REFUTED),
    ("a log of a product", "x: real, y: real", "log(x*y) = log(x) + log(y)", REFUTED, "x: positive, y: positive"),
    ("a log of a product of negatives", "x: real, y: real, x*y > 0", "log(x*y) = log(x) + log(y)",
     REFUTED, "x: real, y: real, x > 0, y > 0"),
    ("a log of a quotient of negatives", "x: real, y: real, x < 0, y < 0", "log(x/y) = log(x) - log(y)",
     REFUTED, "x: positive, y: positive"),
    ("a log of an indexed product", _N, "log(prod(s[i] for i in N)) = sum(log(s[i]) for i in N)", REFUTED, _POSITIVE),
    ("a log of a sum", "x: positive, y: positive", "log(x + y) = log(x) + log(y)", REFUTED),
    ("a log to the base one", "x: positive", "log(x, 1) = log(x, 1)", REFUTED),
    ("a log to a base that may be one", "x: positive, b: positive", "log(x, b) = log(x)/log(b)",
     REFUTED, "x: positive, b: positive, b != 1"),
    ("the bases on the wrong sides", "x: positive, b: positive, b != 1", "log(x, b) = log(b)/log(x)", REFUTED),
    ("a cube root of a negative", "x: real", "(-8)**(1/3) = -2", REFUTED),
    ("a sixth root of a square against a cube root", "x: real", "((-8)**2)**(1/6) = (-8)**(1/3)", REFUTED),
    ("a power of a power loses a sign", "x: real, x != 0", "(x**2)**(3/2) = x**3", REFUTED, "x: positive"),
    ("a power of a product of negatives", "x: real, y: real, x*y > 0, t: real", "(x*y)**t = x**t*y**t", REFUTED,
     "x: positive, y: positive, t: real"),
    ("a power with a zero base", "x: nonnegative, t: real", "x**t*x**(-t) = 1", REFUTED, "x: positive, t: real"),
    ("exponents that multiply where they add", "x: positive, u: real, v: real", "x**u*x**v = x**(u*v)", REFUTED),
    ("a power tower from the left", "x: positive", "(x**x)**x = x**(x**x)", REFUTED),
    # -- division by what may be zero, and what zero times it is
    ("x over x", "x: real", "x/x = 1", REFUTED, "x: real, x != 0"),
    ("zero over x", "x: real", "0/x = 0", REFUTED, "x: real, x != 0"),
    ("x minus x in a denominator", "x: real", "1/(x - x) = 1/(x - x)", REFUTED),
    ("a cancelled factor", "x: real", "(x**2 - 1)/(x - 1) = x + 1", REFUTED, "x: real, x != 1"),
    ("a product through zero", "x: real", "x*(1/x) = 1", REFUTED, "x: real, x != 0"),
    ("a double reciprocal", "x: real", "1/(1/x) = x", REFUTED, "x: real, x != 0"),
    ("zero times log of zero", "x: real", "0*log(0) = 0", REFUTED),
    ("zero times log of what may be zero", "x: nonnegative", "0*log(x) = 0", REFUTED, "x: positive"),
    ("the convention of entropy at zero", "p: nonnegative", "p*log(p) - p*log(p) = 0", REFUTED, "p: positive"),
    ("zero times a reciprocal", "x: real", "0*(1/x) = 0", REFUTED, "x: real, x != 0"),
    ("something undefined minus itself", "x: real", "log(x) - log(x) = 0", REFUTED, "x: positive"),
    ("something undefined equals itself", "x: real", "sqrt(-1 - x**2) = sqrt(-1 - x**2)", REFUTED),
    ("division by a sum that may vanish", _N, "sum(s[i] for i in N)/sum(s[i] for i in N) = 1", REFUTED, _POSITIVE),
    ("weights of a sum that may vanish", _N, "sum(s[i]/sum(s[j] for j in N) for i in N) = 1", REFUTED, _POSITIVE),
    ("a mean over one less", "N: size, s: real[N]", "sum(s[i] for i in N)/(N - 1)*(N - 1) = sum(s[i] for i in N)", REFUTED,
     "N: size, s: real[N], N >= 2"),
    ("division by a difference of elements", _TWO, "(s[i] - s[j])/(s[i] - s[j]) = 1", REFUTED, f"{_TWO}, s[i] != s[j]"),
    ("division by a difference of indices", _TWO, "(i - j)/(i - j) = 1", REFUTED, f"{_TWO}, i != j"),
    ("one equals two by a factor zero", "x: real, y: real, x == y", "(x**2 - y**2)/(x - y) = x + y", REFUTED, "x: real, y: real, x != y"),
    ("zero to the power zero that is no literal", "x: real, n: integer", "x**(n - n) = 1", REFUTED, "x: real, n: integer, x != 0"),
    ("zero to a power", "t: real", "0**t = 0", REFUTED),
    ("x to the power x at zero", "x: nonnegative", "x**x = x**x", REFUTED, "x: positive"),
    # -- empty sums and products, and indices out of range
    ("a factor out of a sum that may be empty", "K: size, c: index(K), a: real", "sum(1/a for j in K if j != c) = (K - 1)/a", REFUTED,
     "K: size, c: index(K), a: real, a != 0"),
    ("a product that may be empty is zero", "K: size, c: index(K)", "prod(0 for j in K if j != c) = 0", REFUTED),
    ("a sum that may be empty is positive", "K: size, c: index(K), p: positive[K]", "sum(p[j] for j in K if j != c) > 0", REFUTED),
    ("a sum without one term counts it", "N: size", "sum(1 for i in N if i != 1) = N", REFUTED),
    ("a term taken out that is not in the sum", "K: size, s: real[K], n: integer",
     "sum(s[j] for j in K if j != n) = sum(s[j] for j in K) - s[1]", REFUTED),
    ("an index one beyond the end", "N: size, s: real[N]", "s[N + 1] - s[N + 1] = 0", MALFORMED),
    ("a sum shifted by one", "N: size, s: real[N]", "sum(s[i + 1] for i in N) = sum(s[i] for i in N)", MALFORMED),
    ("a sum over the wrong size", "N: size, M: size, s: real[N]", "sum(s[i] for i in M) = sum(s[i] for i in N)", MALFORMED),
    ("a second element that need not be there", "N: size, s: real[N]", "s[2] - s[2] = 0", MALFORMED, "N: size, s: real[N], N >= 2"),
    ("a product over elements that may be zero", _N, "prod(s[i] for i in N)/s[k] = prod(s[i] for i in N if i != k)", REFUTED),
    ("a sum of products is a product of sums", "N: size, s: real[N], t: real[N]",
     "sum(s[i]*t[i] for i in N) = sum(s[i] for i in N)*sum(t[i] for i in N)", REFUTED),
    ("a square moved into a sum", "N: size, s: real[N]", "sum(s[i] for i in N)**2 = sum(s[i]**2 for i in N)", REFUTED),
    ("a constant summed once", "N: size, c: real", "sum(c for i in N) = c", REFUTED),
    ("exp of a sum is a sum", "N: size, s: real[N]", "exp(sum(s[i] for i in N)) = sum(exp(s[i]) for i in N)", REFUTED),
    ("sums over different sizes exchanged", "N: size, M: size, w: real[N, N]",
     "sum(sum(w[i, j] for j in N) for i in N) = sum(w[i, i] for i in N)", REFUTED),
    # -- Kronecker's delta
    ("delta beyond the range", "K: size, k: index(K)", "delta(k, K + 1) = 0", MALFORMED),
    ("delta of numbers that are no indices", "x: real, y: real", "delta(x, y) = 0", MALFORMED),
    ("a sum over a delta outside its range", "K: size, n: integer", "sum(delta(j, n) for j in K) = 1", MALFORMED, "K: size, n: index(K)"),
    ("a sum over a delta of another size", "K: size, M: size, n: index(M)", "sum(delta(j, n) for j in K) = 1", REFUTED),
    ("a sum over a delta with a gap", "K: size, k: index(K), c: index(K)", "sum(delta(j, k) for j in K if j != c) = 1", REFUTED,
     "K: size, k: index(K), c: index(K), k != c"),
    ("delta of two indices is zero", "K: size, i: index(K), j: index(K)", "delta(i, j) = 0",
     REFUTED, "K: size, i: index(K), j: index(K), i != j"),
    ("delta on the diagonal only", "K: size, i: index(K), j: index(K)", "delta(i, j)*i = i",
     REFUTED, "K: size, i: index(K), j: index(K), i == j"),
    ("a derivative by another element", _TWO, "diff(s[i]*s[j], s[i]) = s[j]", REFUTED, f"{_TWO}, i != j"),
    ("a derivative by the first element", "N: size, s: real[N], i: index(N)", "diff(s[i], s[1]) = 0", REFUTED,
     "N: size, s: real[N], i: index(N), i != 1"),
    ("a derivative of a symmetric double sum", _N, "diff(sum(sum(s[i]*s[j] for j in N) for i in N), s[k]) = sum(s[j] for j in N)", REFUTED),
    ("a derivative of a trace", "N: size, w: real[N, N], k: index(N), l: index(N)", "diff(sum(w[i, i] for i in N), w[k, l]) = 1", REFUTED),
    ("a derivative of a sum that leaves out a term", f"{_N}, c: index(N)", "diff(sum(s[i] for i in N if i != c), s[k]) = 1", REFUTED,
     f"{_N}, c: index(N), k != c"),
    # -- derivatives where there are none
    ("an absolute value at its kink", "x: real", "diff(abs(x), x) = abs(x)/x", REFUTED, "x: real, x != 0"),
    ("a kink times zero", "x: real", "diff(0*abs(x), x) = 0", UNPROVED, "x: real, x != 0"),
    ("a maximum at its kink", "x: real", "diff(max(x, 0), x) = diff(max(0, x), x)", UNPROVED),
    ("a root at zero", "x: real, x > -1", "diff(sqrt(x), x) = 1/(2*sqrt(x))", REFUTED, "x: positive"),
    ("a root at the end of its domain", "x: nonnegative", "diff(sqrt(x), x) = 1/(2*sqrt(x))", MALFORMED, "x: positive"),
    ("a derivative of log where it is not", "x: real, x != 0", "diff(log(x), x) = 1/x", REFUTED, "x: positive"),
    ("a derivative by an integer", "n: integer", "diff(n**2, n) = 2*n", MALFORMED, "n: real"),
    ("a derivative by a label", "y: label", "diff(y**2, y) = 2*y", MALFORMED, "y: real"),
    ("a derivative by what an equation ties", "x: real, y: real, y == x**2", "diff(y, x) = 0", MALFORMED, "x: real, y: real"),
    ("a power rule for an exponential", "x: positive", "diff(x**x, x) = x*x**(x - 1)", REFUTED),
    ("a derivative at a point that goes on depending", "x: real", "diff(x**2, x, at=3) = 2*x", REFUTED),
    ("a derivative of a product as a product", "x: real", "diff(x*exp(x), x) = diff(x, x)*diff(exp(x), x)", REFUTED),
    ("a chain rule without the inner factor", "x: real", "diff(exp(2*x), x) = exp(2*x)", REFUTED),
    ("a derivative of cases at their border", "x: real", "diff(cases((x**2, x >= 0), (0, x < 0)), x) = cases((2*x, x >= 0), (0, x < 0))",
     UNPROVED),
    ("a product of elements, by one of them", _N, "diff(prod(s[i] for i in N), s[k]) = prod(s[i] for i in N)/s[k]", REFUTED, _POSITIVE),
    # -- givens that nothing satisfies, and types
    ("givens that contradict each other", "x: real, x > 1, x < 0", "x = x + 1", MALFORMED),
    ("a square that is negative", "x: real, x**2 == -1", "1 = 2", MALFORMED),
    ("an exponential that is zero", "x: real, exp(x) == 0", "1 = 2", MALFORMED),
    ("a sine that is two", "x: real, sin(x) == 2", "1 = 2", UNPROVED),
    ("probabilities that sum to three", "K: size, p: probability[K], K <= 2, sum(p[i] for i in K) == 3", "1 = 2", MALFORMED),
    ("a hypothesis that is undefined somewhere", "x: real, 1/x == 1/x", "x/x = 1", UNPROVED, "x: real, x != 0"),
    ("an integer strictly between integers", "n: integer, n > 0, n < 1", "n = 5", MALFORMED),
    ("a hypothesis turned round", "x: real, y: real, x <= y", "y <= x", REFUTED, "x: real, y: real, x >= y"),
    ("a hypothesis about other elements", "N: size, s: real[N], k: index(N), all(s[i] > 0 for i in N if i != k)", "s[k] > 0",
     REFUTED, _POSITIVE),
    ("a hypothesis about one element, used for all", f"{_N}, s[k] > 0", "sum(s[i] for i in N) > 0", REFUTED, _POSITIVE),
    ("a family of probabilities need not sum to one", "K: size, p: probability[K]", "sum(p[i] for i in K) = 1", REFUTED,
     "K: size, p: probability[K], sum(p[i] for i in K) == 1"),
    ("a label that is any number", "y: real", "y**2 = y", REFUTED, "y: label"),
    ("a sign that is any number", "y: real", "y**2 = 1", REFUTED, "y: sign"),
    ("a cube of a sign", "y: sign", "y**3 = 1", REFUTED),
    ("a size that is at least two", "N: size", "N - 1 > 0", REFUTED, "N: size, N >= 2"),
    # -- absolute values and inequalities
    ("an absolute value of a sum", "x: real, y: real", "abs(x + y) = abs(x) + abs(y)", REFUTED, "x: nonnegative, y: nonnegative"),
    ("an absolute value of a negative", "x: real", "abs(-x) = x", REFUTED, "x: nonnegative"),
    ("a cube of an absolute value", "x: real", "abs(x)**3 = x**3", REFUTED, "x: nonnegative"),
    ("a maximum is the first", "x: real, y: real", "max(x, y) = x", REFUTED, "x: real, y: real, x >= y"),
    ("a maximum of a sum", "x: real, y: real", "max(x + y, 0) = max(x, 0) + max(y, 0)", REFUTED, "x: nonnegative, y: nonnegative"),
    ("an inequality times a negative", "x: real, y: real, z: real, x <= y", "x*z <= y*z", REFUTED, "x: real, y: real, z: positive, x <= y"),
    ("an inequality of reciprocals", "x: real, y: real, x < y, x != 0, y != 0", "1/y < 1/x", REFUTED),
    ("an inequality squared", "x: real, y: real, x <= y", "x**2 <= y**2", REFUTED),
    ("a square that is positive", "x: real", "x**2 > 0", REFUTED, "x: real, x != 0"),
    ("a tangent that is strict", "x: positive", "log(x) < x - 1", REFUTED, "x: positive, x != 1", "log strictly below its tangent"),
    ("a log below its tangent, where there is no log", "x: real", "log(x) <= x - 1", REFUTED, "x: positive", "log below its tangent"),
    ("false on a narrow interval only", "x: real", "(x - 1/3)**2 > 1/10**12", REFUTED),
    ("false from a thousand on only", "x: real", "x <= 1000", REFUTED, "x: real, x <= 999"),
    ("false from a million on only", "x: real", "x <= 1000000", UNPROVED, "x: real, x <= 1000"),
    ("jensen turned round", "N: size, p: probability[N], s: real[N], sum(p[i] for i in N) == 1",
     "sum(p[i]*exp(s[i]) for i in N) <= exp(sum(p[i]*s[i] for i in N))", REFUTED),
    ("jensen without weights that sum to one", "N: size, p: positive[N], s: real[N]",
     "exp(sum(p[i]*s[i] for i in N)) <= sum(p[i]*exp(s[i]) for i in N)", REFUTED,
     "N: size, p: positive[N], s: real[N], sum(p[i] for i in N) == 1", "jensen"),
    ("a sum that vanishes has terms that vanish", "N: size, s: real[N], k: index(N), sum(s[i] for i in N) == 0", "s[k] = 0", REFUTED),
    # -- equivalences
    ("an equivalence with an undefined side", "x: real", "1/x > 0 iff x > 0", REFUTED, "x: real, x != 0"),
    ("an equivalence under a logarithm", "x: real", "log(x) > 0 iff x > 1", REFUTED, "x: positive"),
    ("an equivalence under a root", "x: real", "sqrt(x) >= 0 iff x >= 0", REFUTED, "x: nonnegative"),
    ("squares that are equal", "x: real, y: real", "x**2 == y**2 iff x == y", REFUTED),
    ("an inequality squared, both ways", "x: real, y: real", "x <= y iff x**2 <= y**2", REFUTED),
    ("a product that vanishes, by one factor", "x: real, y: real", "x*y == 0 iff x == 0", REFUTED, "x: real, y: real, y != 0"),
    ("an inequality times what may be zero", "x: real, y: real, z: nonnegative", "x <= y iff x*z <= y*z", REFUTED,
     "x: real, y: real, z: positive"),
    ("exponentials of the negatives", "x: real, y: real", "x <= y iff exp(-x) <= exp(-y)", REFUTED),
    # -- limits
    ("a limit from the wrong side", "x: real", "limit(1/t, t, 0, left) = oo", UNPROVED),
    ("a limit from both sides of a pole", "x: real", "limit(1/t, t, 0) = oo", UNPROVED),
    ("a limit of what is undefined near the point", "x: real", "limit(sqrt(-1 - t**2) - sqrt(-1 - t**2), t, 0) = 0", UNPROVED),
    ("a limit from both sides of an end", "x: real", "limit(sqrt(t), t, 0) = 0", UNPROVED),
    ("a limit of log from both sides", "x: real", "limit(t*log(t), t, 0) = 0", UNPROVED),
    ("a limit of what oscillates", "x: real", "limit(sin(t), t, oo) = 0", UNPROVED),
    ("infinity minus infinity", "x: real", "limit(t + 1, t, oo) - limit(t, t, oo) = 1", UNPROVED),
    ("zero times infinity", "x: real", "limit(1/t, t, oo)*limit(t, t, oo) = 1", UNPROVED),
    ("limits exchanged", "x: real", "limit(limit(t/(t + r), t, oo), r, oo) = limit(limit(t/(t + r), r, oo), t, oo)", UNPROVED),
    ("a limit of a jump", "x: real", "limit(cases((1, t > 0), (0, t <= 0)), t, 0) = 1", UNPROVED),
    ("the value at the point is the limit", "x: real", "limit(cases((5, t == 0), (0, t != 0)), t, 0) = 5", REFUTED),
    ("continuity of an unknown function", "f: real -> real", "limit(f(t), t, 0) = f(0)", UNPROVED),
    ("a limit of a sum of unknown functions", "f: real -> real, g: real -> real",
     "limit(f(t) + g(t), t, 0) = limit(f(t), t, 0) + limit(g(t), t, 0)", UNPROVED),
    ("an exponent whose sign is unknown", "x: real", "limit(exp(-(x*t)), t, oo) = 0", UNPROVED, "x: positive", "exp at minus infinity"),
    ("a limit of a one to the infinity", "x: real", "limit((1 + 1/t)**t, t, oo) = 1", UNPROVED),
    ("a limit at minus infinity as at infinity", "x: real", "limit(1/(1 + exp(-t)), t, -oo) = 1", REFUTED),
    # -- integrals
    ("an integral of an odd function that does not exist", "x: real", "integral(t for t in Reals) = 0", REFUTED),
    ("an integral through a pole", "x: real", "integral(1/t - 1/t for t in Reals) = 0", UNPROVED),
    ("an integral of a sum whose parts do not exist", "f: real -> real, g: real -> real, integrable(f(t) + g(t) for t in Reals)",
     "integral(f(t) + g(t) for t in Reals) = integral(f(t) for t in Reals) + integral(g(t) for t in Reals)", UNPROVED,
     "f: real -> real, g: real -> real, integrable(f(t) for t in Reals), integrable(g(t) for t in Reals)"),
    ("an integral of a product", "f: real -> real, g: real -> real, integrable(f(t) for t in Reals), integrable(g(t) for t in Reals),"
     " integrable(f(t)*g(t) for t in Reals)",
     "integral(f(t)*g(t) for t in Reals) = integral(f(t) for t in Reals)*integral(g(t) for t in Reals)", REFUTED),
    ("a derivative moved under an integral", "r: real, f: (real, real) -> real",
     "diff(integral(f(r, t) for t in Reals), r) = integral(diff(f(r, t), r) for t in Reals)", UNPROVED),
    ("integrals exchanged", "f: (real, real) -> real",
     "integral(integral(f(t, r) for t in Reals) for r in Reals) = integral(integral(f(t, r) for r in Reals) for t in Reals)", UNPROVED),
    ("a function that need not be a density", "p: real -> positive", "integral(p(t) for t in Reals) = 1", REFUTED, "p: density(real)",
     "integral of a density"),
    ("a density of a multiple", "p: density(real)", "integral(p(2*t) for t in Reals) = 1", UNPROVED),
    ("a mean that need not exist", "p: density(real)", "integral(t*p(t) for t in Reals) = integral(t*p(t) for t in Reals)", UNPROVED,
     "p: density(real), integrable(t*p(t) for t in Reals)"),
    ("an integral that vanishes by signs that cancel", "f: real -> real, integrable(f(t) for t in Reals)",
     "integral(f(t) for t in Reals) == 0 iff almost(f(t) == 0 for t in Reals)", UNPROVED,
     "f: real -> nonnegative, integrable(f(t) for t in Reals)", "integral of what is not negative"),
    ("almost everywhere is not everywhere", "f: real -> nonnegative, integrable(f(t) for t in Reals)",
     "integral(f(t) for t in Reals) == 0 iff all(f(t) == 0 for t in Reals)", UNPROVED),
    # -- maximisers
    ("maximisers of a multiple whose sign is unknown", _T, "argmax(c*f(t) for t in T) = argmax(f(t) for t in T)", REFUTED,
     "T: set, f: T -> real, c: positive", "argmax without a positive factor"),
    ("maximisers of a square", _T, "argmax(f(t)**2 for t in T) = argmax(f(t) for t in T)", REFUTED),
    ("maximisers of a log of what may be zero", "T: set, f: T -> nonnegative", "argmax(log(f(t)) for t in T) = argmax(f(t) for t in T)",
     REFUTED, "T: set, f: T -> positive", "argmax under an increasing map"),
    ("maximisers of a map that is flat in places", _T, "argmax(max(f(t), 0) for t in T) = argmax(f(t) for t in T)", REFUTED),
    ("maximisers of a reciprocal across zero", _T, "argmax(1/f(t) for t in T) = argmin(f(t) for t in T)", REFUTED),
    ("maximisers of zero times something", _T, "argmax(0*f(t) for t in T) = argmax(f(t) for t in T)", REFUTED),
    ("maximisers of what is undefined in places", _T, "argmax(f(t)/f(t) for t in T) = argmax(1 for t in T)", REFUTED),
    ("the set of maximisers may be empty", "x: real", "argmax(t for t in Reals) = argmax(-t for t in Reals)", UNPROVED),
    ("maximisers are minimisers", _T, "argmax(f(t) for t in T) = argmin(f(t) for t in T)", REFUTED),
    ("maximisers over another set", "T: set, S: set, f: T -> real", "argmax(f(t) for t in T) = argmax(f(t) for t in S)", UNPROVED),
))  # fmt: skip


class Book(NamedTuple):
    """Pages of one file, of which the one called `page` must get a verdict."""

    about: str
    pages: str
    verdict: str


def _book(about: str, verdict: str, **pages: str) -> Book:
    return Book(about, "\n\n".join(f"```derive {name}\n{text.strip()}\n```" for name, text in pages.items()), verdict)


_LOG = """
given x: positive
claim log(x**2) = 2*log(x)
  log(x**2)
  = 2*log(x)  by log of a power
"""
BOOKS = (
    _book("what follows from givens that no point satisfies, though nothing shows it", UNPROVED, page="""
given x: real, sin(x) == 2
claim sin(x) = 2
  sin(x)
  = 2  by hypothesis
"""),
    _book("a lemma used outside its givens", UNPROVED, log=_LOG, page="""
given y: real
claim log(y**2) = 2*log(y)
  log(y**2)
  = 2*log(y)  by lemma log
"""),
    _book("a lemma used outside its givens, inside a sum", UNPROVED, log=_LOG, page="""
given N: size, y: real[N]
claim sum(log(y[i]**2) for i in N) = sum(2*log(y[i]) for i in N)
  sum(log(y[i]**2) for i in N)
  = sum(2*log(y[i]) for i in N)  by lemma log
"""),
    _book("a lemma used outside its givens, under a derivative", REFUTED, root="""
given x: nonnegative
claim sqrt(x**2) = x
  sqrt(x**2)
  = x  by root of a square, absolute value of what is not negative
""", page="""
given y: real
claim diff(sqrt(y**2), y, at=-1) = diff(y, y, at=-1)
  diff(sqrt(y**2), y, at=-1)
  = diff(y, y, at=-1)  by lemma root
"""),
    _book("a lemma of other sizes", UNPROVED, simplex="""
given K: size, p: probability[K], sum(p[i] for i in K) == 1, k: index(K)
claim p[k] = 1 - sum(p[i] for i in K if i != k)
  p[k]
  = sum(p[i] for i in K) - sum(p[i] for i in K if i != k)  by sum without one term
  = 1 - sum(p[i] for i in K if i != k)  by hypothesis
""", page="""
given N: size, q: probability[N], k: index(N)
claim q[k] = 1 - sum(q[i] for i in N if i != k)
  q[k]
  = 1 - sum(q[i] for i in N if i != k)  by lemma simplex
"""),
    _book("two lemmas that rest on each other", MALFORMED, page="""
given x: real
claim x = x + 1
  x
  = x + 1  by lemma other
""", other="""
given x: real
claim x = x + 1
  x
  = x + 1  by lemma page
"""),
    _book("a lemma that rests on itself", MALFORMED, page="""
given x: real
claim x = x + 1
  x
  = x + 1  by lemma page
"""),
    _book("a lemma that is false", MALFORMED, root="""
given x: real
claim sqrt(x**2) = x
  sqrt(x**2)
  = x  by root of a square
""", page="""
given y: real
claim sqrt(y**2) = y
  sqrt(y**2)
  = y  by lemma root
"""),
    _book("a lemma whose page expects to be refuted", MALFORMED, wrong="""
expect refuted
given x: real
claim x = x + 1
  x
  = x + 1
""", page="""
given y: real
claim y = y + 1
  y
  = y + 1  by lemma wrong
"""),
    _book("a lemma that speaks of something else", UNPROVED, log=_LOG, page="""
given y: positive
claim log(y**3) = 2*log(y)
  log(y**3)
  = 2*log(y)  by lemma log
"""),
    _book("a definition that would be captured by a sum", REFUTED, page="""
given N: size, i: index(N), s: real[N]
where a = s[i]
claim sum(a for j in N) = sum(s[j] for j in N)
  sum(a for j in N)
  = sum(s[j] for j in N)  by definition of a
"""),
    _book("a definition that hides what it is differentiated by", REFUTED, page="""
given z: real
where a = z**2
claim diff(a, z) = 0
  diff(a, z)
  = 0  by differentiation
"""),
    _book("a derivative by a name that is defined", MALFORMED, page="""
given z: real
where a = z**2
claim diff(a**2, a) = 2*a
  diff(a**2, a)
  = 2*a  by differentiation
"""),
    _book("a parameter that hides a symbol", REFUTED, page="""
given s: real
where a = 2*s
where g(t) = a + t
claim g(3) = 9
  g(3)
  = 9  by definition of g
"""),
    _book("an argument that a function does not look at", MALFORMED, page="""
given x: real
where f(t) = 1
claim f(1/x) = 1
  f(1/x)
  = 1  by definition of f
"""),
    _book("a definition in terms of itself", MALFORMED, page="""
given x: real
where a = a + 1
claim a = a + 1
  a
  = a + 1  by definition of a
"""),
    _book("a bound variable that shadows", MALFORMED, page="""
given N: size, s: real[N], i: index(N)
claim sum(s[i] for i in N) = N*s[i]
  sum(s[i] for i in N)
  = N*s[i]
"""),
    _book("the index of an outer sum used again", MALFORMED, page="""
given N: size, w: real[N, N]
claim sum(sum(w[i, i] for i in N) for i in N) = N*sum(w[i, i] for i in N)
  sum(sum(w[i, i] for i in N) for i in N)
  = N*sum(w[i, i] for i in N)
"""),
    _book("an index that has left its sum", MALFORMED, page="""
given N: size, s: real[N], t: real[N]
claim sum(s[i]*t[i] for i in N) = t[i]*sum(s[i] for i in N)
  sum(s[i]*t[i] for i in N)
  = t[i]*sum(s[i] for i in N)
"""),
    _book("a chain whose claim is stronger than it", MALFORMED, page="""
given x: positive
claim log(x) < x
  log(x)
  <= x - 1  by log below its tangent
  <= x
"""),
    _book("a chain that turns round", MALFORMED, page="""
given x: real
claim x <= x
  x
  <= x + 1
  >= x
"""),
    _book("a chain that proves another claim", MALFORMED, page="""
given x: real
claim x + x = 3*x
  x + x
  = 2*x  by algebra
"""),
    _book("roundings that add up", MALFORMED, page="""
given x: real
claim 1/3 = 0.33333
  1/3
  ~= 0.33333
  = 0.33333
"""),
    _book("a true chain through something undefined", REFUTED, page="""
given x: real
claim 1 = 1
  1
  = x/x
  = 1
"""),
    _book("a true chain through something false", REFUTED, page="""
given x: real
claim x = x
  x
  = x + 1
  = x
"""),
    _book("a true step by a reason that is not the one", "misreasoned", page="""
given x: positive, y: positive
claim log(x*y) = log(x) + log(y)
  log(x*y)
  = log(x) + log(y)  by log of a power
"""),
    _book("no step at all", MALFORMED, page="""
given x: real
claim x = x
"""),
)  # fmt: skip
