"""Powers and roots."""

TABLE = """
power of a product | 积的幂 : (u*v)**w = u**w*v**w
power of a quotient | 商的幂 : (u/v)**w = u**w/v**w
power of a sum | 同底数幂的乘法 : u**(v + w) = u**v*u**w
power of a difference | 同底数幂的除法 : u**(v - w) = u**v/u**w
negative power | 负指数幂 : u**(-v) = 1/u**v
power of a power | 幂的乘方 : (u**v)**w = u**(v*w) when u > 0
power of an exponential | 指数的幂 : exp(u)**v = exp(u*v)
power as an exponential | 幂化为指数 : u**v = exp(v*log(u))
power of one | 一的幂 : 1**v = 1
square of a root | 根的平方 : sqrt(u)**2 = u
root of a square | 平方的根 : sqrt(u**2) = abs(u)
root of a product | 积的根 : sqrt(u*v) = sqrt(u)*sqrt(v)
root of a quotient | 商的根 : sqrt(u/v) = sqrt(u)/sqrt(v)
root as a power | 根式化为幂 : sqrt(u) = u**(1/2)
root of one | 一的根 : sqrt(1) = 1
root of zero | 零的根 : sqrt(0) = 0
half power | 二分之一次幂 : u**(1/2) = sqrt(u)
"""
