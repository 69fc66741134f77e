"""Limits of what is put together: continuity, and the arithmetic of limits, infinite ones included."""

TABLE = """
limit of a constant | 常数的极限 : limit(u, x, a, d) = u
limit of the variable | 自变量的极限 : limit(x, x, a, d) = a
limit of a product | 积的极限 : limit(f(x)*g(x), x, a, d) = limit(f(x), x, a, d)*limit(g(x), x, a, d)
limit of a quotient | 商的极限 : limit(f(x)/g(x), x, a, d) = limit(f(x), x, a, d)/limit(g(x), x, a, d)
limit of a sum | 和的极限 : limit(f(x) + g(x), x, a, d) = limit(f(x), x, a, d) + limit(g(x), x, a, d)
limit of an exponential | 指数的极限 : limit(exp(f(x)), x, a, d) = exp(limit(f(x), x, a, d))
limit of a logarithm | 对数的极限 : limit(log(f(x)), x, a, d) = log(limit(f(x), x, a, d))
limit of a root | 根式的极限 : limit(sqrt(f(x)), x, a, d) = sqrt(limit(f(x), x, a, d)) when limit(f(x), x, a, d) > 0
limit of an absolute value | 绝对值的极限 : limit(abs(f(x)), x, a, d) = abs(limit(f(x), x, a, d))
"""
