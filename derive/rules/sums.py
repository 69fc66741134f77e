"""Sums and products over a symbolic range, Kronecker's delta."""

TABLE = """
sum over a delta | 克罗内克函数求和 : sum(delta(j, k)*f(j) for j in K) = f(k) when 1 <= k, k <= K
delta of different indices | 不同指标的克罗内克函数 : delta(i, j) = 0 when i != j
sum without one term | 去掉一项的求和 : sum(f(j) for j in K if j != c) = sum(f(j) for j in K) - f(c) when 1 <= c, c <= K, c: integer
exchange of sums | 交换求和次序 : sum(sum(f(i, j) for j in K) for i in N) = sum(sum(f(i, j) for i in N) for j in K)
product of products | 连乘之积 : prod(f(i)*g(i) for i in N) = prod(f(i) for i in N)*prod(g(i) for i in N)
product of quotients | 连乘之商 : prod(f(i)/g(i) for i in N) = prod(f(i) for i in N)/prod(g(i) for i in N)
product of a constant | 常数的连乘 : prod(u for i in N) = u**N
product of exponentials | 指数的连乘 : prod(exp(f(i)) for i in N) = exp(sum(f(i) for i in N))
product of powers | 同底数幂的连乘 : prod(u**f(i) for i in N) = u**sum(f(i) for i in N)
"""
