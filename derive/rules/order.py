"""Inequalities: tangents, monotone and convex functions, sums of terms of one sign."""

TABLE = """
log below its tangent | 对数不超过其切线 : log(u) <= u - 1
log strictly below its tangent | 对数严格小于其切线 : log(u) < u - 1 when u != 1
exp above its tangent | 指数不低于其切线 : u + 1 <= exp(u)
square | 平方非负 : 0 <= u**2
sine at most one | 正弦不超过一 : sin(u) <= 1
sine at least minus one | 正弦不低于负一 : -1 <= sin(u)
cosine at most one | 余弦不超过一 : cos(u) <= 1
cosine at least minus one | 余弦不低于负一 : -1 <= cos(u)
exp increases | 指数函数递增 : u <= v iff exp(u) <= exp(v)
log increases | 对数函数递增 : u <= v iff log(u) <= log(v)
log of a maximum | 最大值的对数 : log(max(u, v)) = max(log(u), log(v))
exp of a maximum | 最大值的指数 : exp(max(u, v)) = max(exp(u), exp(v))
increasing function | 递增函数 : u <= v iff f(u) <= f(v)
    when low < u, u < high, low < v, v < high, all(diff(f(x), x) > 0 for x in Reals if low < x and x < high)
convex function above its tangent | 凸函数不低于其切线 : f(v) + diff(f(x), x, at=v)*(u - v) <= f(u)
    when low < u, u < high, low < v, v < high, all(diff(diff(f(x), x), x) >= 0 for x in Reals if low < x and x < high)
jensen | 琴生不等式 : h(sum(p(i)*f(i) for i in N)) <= sum(p(i)*h(f(i)) for i in N)
    when sum(p(i) for i in N) == 1, all(p(i) >= 0 for i in N), all(low < f(i) for i in N), all(f(i) < high for i in N),
    all(diff(diff(h(u), u), u) >= 0 for u in Reals if low < u and u < high)
product that vanishes | 积为零 : u*v == 0 iff u == 0 or v == 0
term of a sum | 和的一项 : f(k) <= sum(f(i) for i in N) when all(f(i) >= 0 for i in N), 1 <= k, k <= N, k: integer
proper term of a sum | 和的真部分 : f(k) < sum(f(i) for i in N) when all(f(i) > 0 for i in N), 1 <= k, k <= N, k: integer, 2 <= N
sum of terms that are not negative | 非负项之和 : sum(f(i) for i in N) == 0 iff all(f(i) == 0 for i in N) when all(f(i) >= 0 for i in N)
sum but one of terms that are not negative | 去掉一项的非负项之和 :
    sum(f(i) for i in N if i != c) == 0 iff all(f(i) == 0 for i in N if i != c)
    when all(f(i) >= 0 for i in N if i != c)
"""
