"""The table of mistakes: what goes wrong in derivations of this subject, by name. Data only; nothing here is ever used to prove a step.

A line of `WRONG` is `name | Chinese name : left ~> wrong`, perhaps with `instead of right`; it is read as a rule is, and means that
whoever makes the mistake writes the wrong side for the left. A mistake may have several lines. Within `diff(…, x)` a letter with
the argument x stands for any term. `SCHOOL` holds the lines by which a derivative is worked out up to the place of the mistake; they
are true. `SLIPS` names what changes one place of a line, whatever stands there; `{}` is what was lost or is too much.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import NamedTuple

from derive.model import Words
from derive.rules import Rule, lines, parse

WRONG = """
log of a sum split | 把和的对数拆开 : log(u + v) ~> log(u) + log(v)
log of a sum split | 把和的对数拆开 : log(u - v) ~> log(u) - log(v)
log of a sum split | 把和的对数拆开 : log(u + v) ~> log(u)*log(v)
log of a sum over an index split | 把求和的对数拆开 : log(sum(f(i) for i in N)) ~> sum(log(f(i)) for i in N)
mean moved out of a log | 把均值移出对数 : log(sum(p(i)*f(i) for i in N)) ~> sum(p(i)*log(f(i)) for i in N)
log of a product made a product of logs | 把积的对数写成对数的积 : log(u*v) ~> log(u)*log(v) instead of log(u) + log(v)
log of a product made a product of logs | 把积的对数写成对数的积 :
    log(prod(f(i) for i in N)) ~> prod(log(f(i)) for i in N) instead of sum(log(f(i)) for i in N)
log of a quotient made a quotient of logs | 把商的对数写成对数的商 : log(u/v) ~> log(u)/log(v) instead of log(u) - log(v)
log of a quotient with the sign of a product | 商的对数误作积的对数 : log(u/v) ~> log(u) + log(v) instead of log(u) - log(v)
exponent moved out of a power of a log | 把对数的幂当作幂的对数 : log(u)**v ~> v*log(u)
exponent moved out of a log of a sum | 把指数移出和的对数 : log(u + v**w) ~> w*log(u + v)
exponent of one factor moved out of a log | 把一个因子的指数移出整个对数 : log(u*v**w) ~> w*log(u*v) instead of log(u) + w*log(v)
exponent lost inside a log | 丢了对数内的指数 : log(u**v) ~> log(u) instead of v*log(u)
log of a square without absolute value | 平方的对数缺绝对值 : log(u**2) ~> 2*log(u) instead of 2*log(abs(u))
root of a square without absolute value | 平方的根缺绝对值 : sqrt(u**2) ~> u instead of abs(u)
base on the wrong side | 换底时底数的对数乘除颠倒 : log(u, b) ~> log(u)*log(b) instead of log(u)/log(b)
base on the wrong side | 换底时底数的对数乘除颠倒 : log(u, b) ~> log(b)/log(u) instead of log(u)/log(b)
base forgotten | 漏了对数的底 : log(u, b) ~> log(u) instead of log(u)/log(b)
exp of a sum split into a sum | 把和的指数拆成和 : exp(u + v) ~> exp(u) + exp(v) instead of exp(u)*exp(v)
exp of a sum split into a sum | 把和的指数拆成和 : exp(u - v) ~> exp(u) - exp(v) instead of exp(u)/exp(v)
exp of a sum split into a sum | 把和的指数拆成和 :
    exp(sum(f(i) for i in N)) ~> sum(exp(f(i)) for i in N) instead of prod(exp(f(i)) for i in N)
exp of a product split | 把积的指数拆开 : exp(u*v) ~> exp(u)*exp(v) instead of exp(u)**v
minus taken out of an exp | 把负号移出指数 : exp(-u) ~> -exp(u) instead of 1/exp(u)
minus taken out of a log | 把负号移出对数 : log(-u) ~> -log(u)
power distributed over a sum | 把幂分配到和的各项 : (u + v)**w ~> u**w + v**w
power distributed over a sum | 把幂分配到和的各项 : (u - v)**w ~> u**w - v**w
power distributed over a sum | 把幂分配到和的各项 : sum(f(i) for i in N)**w ~> sum(f(i)**w for i in N)
power of one factor only | 只取了一个因子的幂 : (u*v)**w ~> u*v**w instead of u**w*v**w
power of one factor only | 只取了一个因子的幂 : (u*v)**w ~> u**w*v instead of u**w*v**w
root of a sum split | 把和的根拆开 : sqrt(u + v) ~> sqrt(u) + sqrt(v)
exponents multiplied instead of added | 指数该加而乘 : u**v*u**w ~> u**(v*w) instead of u**(v + w)
exponents added instead of multiplied | 指数该乘而加 : (u**v)**w ~> u**(v + w) instead of u**(v*w) when u > 0
power of a sum of exponents split into a sum | 把指数之和的幂拆成和 : u**(v + w) ~> u**v + u**w instead of u**v*u**w
fraction split by its denominator | 把分母拆开 : u/(v + w) ~> u/v + u/w
fraction split by its denominator | 把分母拆开 : u/(v - w) ~> u/v - u/w
fraction split by its denominator | 把分母拆开 : u/sum(f(i) for i in N) ~> sum(u/f(i) for i in N)
term cancelled in a fraction | 分式中约去了一项 : (u + v)/u ~> v
term cancelled in a fraction | 分式中约去了一项 : u/(u + v) ~> 1/v
absolute value of a sum split | 把和的绝对值拆开 : abs(u + v) ~> abs(u) + abs(v)
delta forgotten | 漏了克罗内克符号 : sum(delta(i, k)*f(i) for i in N) ~> sum(f(i) for i in N)
    instead of f(k) when 1 <= k, k <= N, k: integer
sum of products made a product of sums | 把积之和写成和之积 :
    sum(f(i)*g(i) for i in N) ~> sum(f(i) for i in N)*sum(g(i) for i in N)
product of sums made a sum of products | 把和之积写成积之和 :
    prod(f(i) + g(i) for i in N) ~> prod(f(i) for i in N) + prod(g(i) for i in N)
sum of a constant taken once | 常数求和只取了一次 : sum(u for i in N) ~> u instead of N*u
product of a constant taken once | 常数连乘只取了一次 : prod(u for i in N) ~> u instead of u**N
constant moved out of a product once | 常数因子移出连乘只取了一次 :
    prod(u*f(i) for i in N) ~> u*prod(f(i) for i in N) instead of u**N*prod(f(i) for i in N)
arguments of a cross-entropy exchanged | 交叉熵的两个分布写反 : sum(p(i)*log(q(i)) for i in N) ~> sum(q(i)*log(p(i)) for i in N)
arguments of a relative entropy exchanged | 相对熵的两个分布写反 :
    sum(p(i)*log(p(i)/q(i)) for i in N) ~> sum(q(i)*log(q(i)/p(i)) for i in N)
cross-entropy taken for entropy | 把交叉熵当作熵 : sum(p(i)*log(q(i)) for i in N) ~> sum(p(i)*log(p(i)) for i in N)
sine of a sum split | 把和的正弦拆开 : sin(u + v) ~> sin(u) + sin(v)
product rule forgotten | 忘了乘积法则 :
    diff(f(x)*g(x), x) ~> diff(f(x), x)*diff(g(x), x) instead of diff(f(x), x)*g(x) + f(x)*diff(g(x), x)
one term of the product rule lost | 乘积法则丢了一项 :
    diff(f(x)*g(x), x) ~> diff(f(x), x)*g(x) instead of diff(f(x), x)*g(x) + f(x)*diff(g(x), x)
one term of the product rule lost | 乘积法则丢了一项 :
    diff(f(x)*g(x), x) ~> f(x)*diff(g(x), x) instead of diff(f(x), x)*g(x) + f(x)*diff(g(x), x)
quotient rule with the wrong sign | 商的求导法则符号错 : diff(f(x)/g(x), x) ~> (f(x)*diff(g(x), x) - diff(f(x), x)*g(x))/g(x)**2
quotient rule with the wrong sign | 商的求导法则符号错 : diff(f(x)/g(x), x) ~> (diff(f(x), x)*g(x) + f(x)*diff(g(x), x))/g(x)**2
denominator not differentiated | 对分母未求导 : diff(f(x)/g(x), x) ~> diff(f(x), x)/g(x)
denominator of the quotient rule not squared | 商的求导法则分母未平方 :
    diff(f(x)/g(x), x) ~> (diff(f(x), x)*g(x) - f(x)*diff(g(x), x))/g(x)
quotient of derivatives | 把商的导数写成导数的商 : diff(f(x)/g(x), x) ~> diff(f(x), x)/diff(g(x), x)
factor of the chain rule missing | 缺链式法则的因子 : diff(exp(f(x)), x) ~> exp(f(x)) instead of exp(f(x))*diff(f(x), x)
factor of the chain rule missing | 缺链式法则的因子 : diff(log(f(x)), x) ~> 1/f(x) instead of diff(f(x), x)/f(x)
factor of the chain rule missing | 缺链式法则的因子 : diff(f(x)**n, x) ~> n*f(x)**(n - 1) instead of n*f(x)**(n - 1)*diff(f(x), x)
derivative of a log turned over | 对数的导数写反 : diff(log(f(x)), x) ~> 1/diff(f(x), x) instead of diff(f(x), x)/f(x)
derivative of a log is a log again | 对数求导后仍为对数 : diff(log(f(x)), x) ~> log(diff(f(x), x)) instead of diff(f(x), x)/f(x)
base on the wrong side | 换底时底数的对数乘除颠倒 :
    diff(log(f(x), b), x) ~> log(b)*diff(f(x), x)/f(x) instead of diff(f(x), x)/(f(x)*log(b))
base forgotten | 漏了对数的底 : diff(log(f(x), b), x) ~> diff(f(x), x)/f(x) instead of diff(f(x), x)/(f(x)*log(b))
exponential differentiated as a power | 把指数函数当幂函数求导 : diff(exp(f(x)), x) ~> f(x)*exp(f(x) - 1)*diff(f(x), x)
power rule without lowering the exponent | 幂的求导未降次 : diff(f(x)**n, x) ~> n*f(x)**n*diff(f(x), x)
power rule without its factor | 幂的求导缺指数因子 : diff(f(x)**n, x) ~> f(x)**(n - 1)*diff(f(x), x)
one half lost in the derivative of a root | 根的导数丢了二分之一 : diff(sqrt(f(x)), x) ~> diff(f(x), x)/sqrt(f(x))
derivative of a reciprocal without its sign | 倒数的导数丢了负号 : diff(1/f(x), x) ~> diff(f(x), x)/f(x)**2
derivative of a reciprocal without its square | 倒数的导数未平方 : diff(1/f(x), x) ~> -diff(f(x), x)/f(x)
"""

SCHOOL = """
of a sum | 和 : diff(f(x) + g(x), x) = diff(f(x), x) + diff(g(x), x)
of a difference | 差 : diff(f(x) - g(x), x) = diff(f(x), x) - diff(g(x), x)
of a negative | 相反数 : diff(-f(x), x) = -diff(f(x), x)
of a product | 积 : diff(f(x)*g(x), x) = diff(f(x), x)*g(x) + f(x)*diff(g(x), x)
of a quotient | 商 : diff(f(x)/g(x), x) = (diff(f(x), x)*g(x) - f(x)*diff(g(x), x))/g(x)**2
of a power | 幂 : diff(f(x)**n, x) = n*f(x)**(n - 1)*diff(f(x), x)
of an exponential | 指数 : diff(exp(f(x)), x) = exp(f(x))*diff(f(x), x)
of a log | 对数 : diff(log(f(x)), x) = diff(f(x), x)/f(x)
of a log to a base | 以某数为底的对数 : diff(log(f(x), b), x) = diff(f(x), x)/(f(x)*log(b))
of a root | 根 : diff(sqrt(f(x)), x) = diff(f(x), x)/(2*sqrt(f(x)))
"""

SLIPS: Mapping[str, Words] = {
    "turned": Words("the inequality is turned round", "不等号方向反了"),
    "strict": Words("strict and not strict are confused", "严格与非严格不等号混淆"),
    "sign": Words("a sign is wrong", "符号错了"),
    "difference": Words("a difference is turned round", "减数与被减数写反"),
    "fraction": Words("a fraction is turned over", "分子与分母写反"),
    "exponent": Words("base and exponent are exchanged", "底与指数写反"),
    "divided": Words("multiplied instead of divided, or the reverse", "乘除混淆"),
    "added": Words("added instead of multiplied, or the reverse", "加与乘混淆"),
    "index": Words("a wrong index", "下标错了"),
    "symbol": Words("a wrong symbol", "符号名写错"),
    "exchanged": Words("two symbols are exchanged", "两个符号互换了"),
    "function": Words("a wrong function", "函数写错"),
    "extremum": Words("maximum and minimum are confused", "最大与最小混淆"),
    "function lost": Words("a function is lost, {}", "丢了函数，{}"),
    "function added": Words("a function is too much, {}", "多了函数，{}"),
    "power lost": Words("an exponent is lost, {}", "丢了指数，{}"),
    "power added": Words("an exponent is too much, {}", "多了指数，{}"),
    "base": Words("a wrong base of a logarithm", "对数的底错了"),
    "base factor": Words("a wrong base: the factor {} is lost or on the wrong side", "底数错了：因子 {} 丢了或乘除颠倒"),
    "number": Words("a wrong number", "数字错了"),
    "constant factor": Words("a constant factor is wrong, {}", "常数因子不对，{}"),
    "size factor": Words("a factor is lost, {}, the number of terms", "丢了因子 {}：项数"),
    "delta factor": Words("a delta is forgotten, {}", "漏了克罗内克符号，{}"),
    "factor lost": Words("a factor is lost, {}", "丢了因子，{}"),
    "factor added": Words("a factor is too much, {}", "多了因子，{}"),
    "term lost": Words("a term is lost, {}", "丢了一项，{}"),
    "term added": Words("a term is too much, {}", "多了一项，{}"),
    "range": Words("a wrong range", "求和范围错了"),
    "left out": Words("a sum leaves a term out or takes one too many", "求和多一项或少一项"),
    "label": Words("labels 0 and 1 are confused with -1 and 1", "标签 0/1 与 ±1 混淆"),
    "side": Words("a limit is taken at the wrong point or from the wrong side", "极限点或方向错了"),
    "value": Words("a wrong value", "值错了"),
    "condition": Words("a condition is missing", "缺少条件"),
}


class Mistake(NamedTuple):
    """A wrong rule, and what it should have been, where that can be said."""

    wrong: Rule
    right: Rule | None

    @property
    def words(self) -> Words:
        """Its name."""
        return Words(self.wrong.name, self.wrong.zh)


def read_mistake(line: str) -> Mistake:
    """One line of the table."""
    head, _, rest = line.partition(" ~> ")
    wrong, _, right = rest.partition(" instead of ")
    return Mistake(parse(f"{head} = {wrong}", "mistakes"), parse(f"{head} = {right}", "mistakes") if right else None)


@functools.cache
def mistakes() -> tuple[Mistake, ...]:
    """The table, read when it is first needed: a page without mistakes does not wait for it."""
    return tuple(map(read_mistake, lines(WRONG)))


@functools.cache
def school() -> tuple[Rule, ...]:
    """How derivatives are worked out."""
    return tuple(parse(line, "mistakes") for line in lines(SCHOOL))
