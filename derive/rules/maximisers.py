"""Sets of maximisers and minimisers: which changes of the objective leave them as they are."""

TABLE = """
argmax under an increasing map | 递增变换不改变最大点 : argmax(f(t) for t in T) = argmax(h(f(t)) for t in T)
    when all(low < f(t) for t in T), all(f(t) < high for t in T), all(diff(h(u), u) > 0 for u in Reals if low < u and u < high)
argmin under an increasing map | 递增变换不改变最小点 : argmin(f(t) for t in T) = argmin(h(f(t)) for t in T)
    when all(low < f(t) for t in T), all(f(t) < high for t in T), all(diff(h(u), u) > 0 for u in Reals if low < u and u < high)
argmax of a negative | 相反数的最大点 : argmax(-f(t) for t in T) = argmin(f(t) for t in T)
argmin of a negative | 相反数的最小点 : argmin(-f(t) for t in T) = argmax(f(t) for t in T)
argmax without a constant term | 常数项不影响最大点 : argmax(f(t) + c for t in T) = argmax(f(t) for t in T)
argmin without a constant term | 常数项不影响最小点 : argmin(f(t) + c for t in T) = argmin(f(t) for t in T)
argmax without a positive factor | 正因子不影响最大点 : argmax(c*f(t) for t in T) = argmax(f(t) for t in T) when c > 0
argmin without a positive factor | 正因子不影响最小点 : argmin(c*f(t) for t in T) = argmin(f(t) for t in T) when c > 0
"""
