"""Integrals over the real line. That they are linear is part of the normal form."""

TABLE = """
integral of what is not negative | 非负函数的积分 : integral(f(x) for x in Reals) == 0 iff almost(f(x) == 0 for x in Reals)
    when all(f(x) >= 0 for x in Reals)
integral of a density | 密度的积分 : integral(p(x) for x in Reals) = 1 when p: density
jensen for integrals | 积分形式的琴生不等式 : h(integral(p(x)*f(x) for x in Reals)) <= integral(p(x)*h(f(x)) for x in Reals)
    when integral(p(x) for x in Reals) == 1, all(p(x) >= 0 for x in Reals), all(low < f(x) for x in Reals),
    all(f(x) < high for x in Reals), all(diff(diff(h(u), u), u) >= 0 for u in Reals if low < u and u < high)
"""
