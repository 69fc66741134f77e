"""Limits that continuity does not give: where a function or its argument becomes infinite."""

TABLE = """
exp at infinity | 指数函数在正无穷处 : limit(exp(f(x)), x, a, d) = oo when limit(f(x), x, a, d) == oo
exp at minus infinity | 指数函数在负无穷处 : limit(exp(f(x)), x, a, d) = 0 when limit(f(x), x, a, d) == -oo
log at infinity | 对数函数在正无穷处 : limit(log(f(x)), x, a, d) = oo when limit(f(x), x, a, d) == oo
log at zero | 对数函数在零处 : limit(log(f(x)), x, a, d) = -oo when limit(f(x), x, a, d) == 0, f(x) > 0
reciprocal at zero | 倒数函数在零处 : limit(1/f(x), x, a, d) = oo when limit(f(x), x, a, d) == 0, f(x) > 0
difference quotient | 差商的极限 : limit((f(x) - f(a))/(x - a), x, a, d) = diff(f(x), x, at=a)
exponential against power | 指数与幂的比较 : limit(f(x)*exp(-(f(x)*c)), x, a, d) = 0
    when limit(f(x), x, a, d) == oo, c > 0
exponential against power at minus infinity | 负无穷处指数与幂的比较 : limit(f(x)*exp(f(x)*c), x, a, d) = 0
    when limit(f(x), x, a, d) == -oo, c > 0
logarithm against power | 对数与幂的比较 : limit(f(x)*log(f(x)), x, a, d) = 0
    when limit(f(x), x, a, d) == 0, f(x) > 0
"""
