"""Exponentials and logarithms."""

TABLE = """
log of a reciprocal | 倒数的对数 : log(1/u) = -log(u)
log of a power | 幂的对数 : log(u**v) = v*log(u)
log of a root | 根式的对数 : log(sqrt(u)) = log(u)/2
log of an exponential | 指数的对数 : log(exp(u)) = u
log of one | 一的对数 : log(1) = 0
log of a quotient | 商的对数 : log(u/v) = log(u) - log(v)
log of a product | 积的对数 : log(u*v) = log(u) + log(v)
log of an indexed product | 连乘的对数 : log(prod(f(i) for i in N)) = sum(log(f(i)) for i in N)
change of base | 换底公式 : log(u, b) = log(u)/log(b)
exp of a sum | 和的指数 : exp(u + v) = exp(u)*exp(v)
exp of a difference | 差的指数 : exp(u - v) = exp(u)/exp(v)
exp of a negative | 相反数的指数 : exp(-u) = 1/exp(u)
exp of a multiple | 倍数的指数 : exp(n*u) = exp(u)**n
exp of a logarithm | 对数的指数 : exp(log(u)) = u
exp of zero | 零的指数 : exp(0) = 1
exp of an indexed sum | 求和的指数 : exp(sum(f(i) for i in N)) = prod(exp(f(i)) for i in N)
hyperbolic sine | 双曲正弦 : sinh(u) = (exp(u) - exp(-u))/2
hyperbolic cosine | 双曲余弦 : cosh(u) = (exp(u) + exp(-u))/2
hyperbolic tangent | 双曲正切 : tanh(u) = (exp(u) - exp(-u))/(exp(u) + exp(-u))
"""
