"""Information, entropy, cross-entropy and relative entropy."""

from derive import derivation

information_of_certainty = derivation("""
title  A certain event carries no information | 必然事件的信息量为零
source B §2
where  I(p) = -log(p)
claim  I(1) = 0

    I(1)
  = -log(1)                                             by definition of I
  = 0                                                   by log of one
""")

information_adds_up = derivation("""
title  The information of independent events adds up | 独立事件的信息量可加
source B §2
given  p: positive, q: positive, p <= 1, q <= 1
where  I(t) = -log(t)
claim  I(p*q) = I(p) + I(q)

    I(p*q)
  = -log(p*q)                                           by definition of I
  = -(log(p) + log(q))                                  by log of a product: both probabilities are positive | 两个概率均为正
  = I(p) + I(q)                                         by definition of I
""")

information_slope = derivation("""
title  The slope of the information | 信息量的导数
source B §2
given  p: positive
where  I(t) = -log(t)
claim  diff(I(p), p) = -1/p

    diff(I(p), p)
  = diff(-log(p), p)                                    by definition of I
  = -1/p                                                by differentiation
""")

entropy = derivation("""
title  Entropy is the mean information | 熵是信息量的期望
source B §2
given  n: size, p: positive[n], sum(p[i] for i in n) == 1
where  I(t) = -log(t)
where  eta(t) = cases((-t*log(t), t > 0), (0, t == 0))
where  H = sum(eta(p[i]) for i in n)
claim  H = sum(p[i]*I(p[i]) for i in n)

    H
  = sum(eta(p[i]) for i in n)                           by definition of H
  = sum(-p[i]*log(p[i]) for i in n)                     by definition of eta: every probability is positive | 所有概率均为正
  = sum(p[i]*I(p[i]) for i in n)                        by definition of I
""")

uniform_entropy = derivation("""
title  The entropy of the uniform distribution | 均匀分布的熵
source ours
given  n: size
where  eta(t) = cases((-t*log(t), t > 0), (0, t == 0))
claim  sum(eta(1/n) for i in n) = log(n)

    sum(eta(1/n) for i in n)
  = sum(-1/n*log(1/n) for i in n)                       by definition of eta: 1/n is positive | 1/n 为正
  = -log(1/n)                                           by algebra: n equal terms | n 个相同的项
  = log(n)                                              by log of a reciprocal
""")

uniform_gap = derivation("""
title  How far the entropy is below its maximum | 熵与最大值之差
source ours
given  n: size, p: positive[n], sum(p[i] for i in n) == 1
where  eta(t) = cases((-t*log(t), t > 0), (0, t == 0))
where  H = sum(eta(p[i]) for i in n)
where  u = 1/n
claim  log(n) - H = sum(p[i]*log(p[i]/u) for i in n)

    log(n) - H
  = log(n) - sum(eta(p[i]) for i in n)                                  by definition of H
  = log(n) - sum(-p[i]*log(p[i]) for i in n)                            by definition of eta
  = log(n)*sum(p[i] for i in n) - sum(-p[i]*log(p[i]) for i in n)       by hypothesis: the probabilities sum to 1 | 概率之和为 1
  = sum(p[i]*(log(p[i]) + log(n)) for i in n)                           by algebra
  = sum(p[i]*log(p[i]*n) for i in n)                                    by log of a product
  = sum(p[i]*log(p[i]/u) for i in n)                                    by definition of u
""")

relative_entropy = derivation("""
title  Relative entropy is cross-entropy less entropy | 相对熵等于交叉熵减去熵
source B §3
given  n: size, p: positive[n], q: positive[n]
where  D = sum(p[i]*log(p[i]/q[i]) for i in n)
where  C = -sum(p[i]*log(q[i]) for i in n)
where  H = -sum(p[i]*log(p[i]) for i in n)
claim  D = C - H

    D
  = sum(p[i]*log(p[i]/q[i]) for i in n)                                 by definition of D
  = sum(p[i]*(log(p[i]) - log(q[i])) for i in n)                        by log of a quotient
  = -sum(p[i]*log(q[i]) for i in n) - (-sum(p[i]*log(p[i]) for i in n)) by algebra: the sum of a difference | 差的求和
  = C - H                                                               by definition of C, definition of H
""")

one_hot = derivation("""
title  Cross-entropy with a one-hot distribution | 独热分布的交叉熵
source A §3
given  n: size, q: positive[n], c: index(n)
where  p(i) = delta(i, c)
claim  -sum(p(i)*log(q[i]) for i in n) = -log(q[c])

    -sum(p(i)*log(q[i]) for i in n)
  = -sum(delta(i, c)*log(q[i]) for i in n)              by definition of p
  = -log(q[c])                                          by sum over a delta
""")

two_classes = derivation("""
title  Cross-entropy of two classes | 两个类别的交叉熵
source A §3
given  y: real, a: probability
where  p(i) = cases((y, i == 1), (1 - y, True))
where  q(i) = cases((a, i == 1), (1 - a, True))
claim  -sum(p(i)*log(q(i)) for i in 2) = -(y*log(a) + (1 - y)*log(1 - a))

    -sum(p(i)*log(q(i)) for i in 2)
  = -(p(1)*log(q(1)) + p(2)*log(q(2)))                  by algebra: two terms | 两项之和
  = -(y*log(a) + (1 - y)*log(1 - a))                    by definition of p, definition of q
""")

binary_symmetry = derivation("""
title  Binary entropy is symmetric | 二元熵的对称性
source ours
given  a: probability
where  h(t) = -t*log(t) - (1 - t)*log(1 - t)
claim  h(1 - a) = h(a)

    h(1 - a)
  = -(1 - a)*log(1 - a) - (1 - (1 - a))*log(1 - (1 - a))        by definition of h
  = -a*log(a) - (1 - a)*log(1 - a)                              by algebra
  = h(a)                                                        by definition of h
""")

binary_slope = derivation("""
title  The slope of binary entropy | 二元熵的导数
source ours
given  a: probability
where  h(t) = -t*log(t) - (1 - t)*log(1 - t)
claim  diff(h(a), a) = log((1 - a)/a)

    diff(h(a), a)
  = diff(-a*log(a) - (1 - a)*log(1 - a), a)             by definition of h
  = -(log(a) + a/a) + (log(1 - a) + (1 - a)/(1 - a))    by differentiation: the product rule | 积的求导法则
  = log(1 - a) - log(a)                                 by algebra
  = log((1 - a)/a)                                      by log of a quotient
""")

binary_at_half = derivation("""
title  Binary entropy at 1/2 | 二元熵在 1/2 处的值
source ours
where  h(t) = -t*log(t) - (1 - t)*log(1 - t)
claim  h(1/2) = log(2)

    h(1/2)
  = -1/2*log(1/2) - (1 - 1/2)*log(1 - 1/2)              by definition of h
  = -log(1/2)                                           by algebra
  = log(2)                                              by log of a reciprocal
""")

information_decreases = derivation("""
title  Information decreases | 信息量递减
source B §2
given  p: positive
where  I(t) = -log(t)
claim  diff(I(p), p) < 0

    diff(I(p), p)
  = -1/p                                                by lemma information.information_slope
  < 0                                                   by signs
""")

eta_at_zero = derivation("""
title  The term of a vanishing probability vanishes | 概率趋于零时该项趋于零
source B §2
where  eta(t) = cases((-t*log(t), t > 0), (0, t == 0))
claim  limit(eta(t), t, 0, right) = 0

    limit(eta(t), t, 0, right)
  = limit(-t*log(t), t, 0, right)                       by definition of eta: t is positive near the point | 在该点附近 t 为正
  = -limit(t*log(t), t, 0, right)                       by continuity
  = 0                                                   by logarithm against power
""")

entropy_nonnegative = derivation("""
title  Entropy is not negative | 熵非负
source B §2
given  n: size, p: nonnegative[n], all(p[i] <= 1 for i in n), sum(p[i] for i in n) == 1
where  eta(t) = cases((-t*log(t), t > 0), (0, t == 0))
where  H = sum(eta(p[i]) for i in n)
claim  H >= 0

    H
  = sum(eta(p[i]) for i in n)                           by definition of H
 >= sum(0 for i in n)                                   by signs: log(t) is not positive for t <= 1 | t ≤ 1 时 log(t) 非正
  = 0                                                   by algebra
""")

at_most_one = derivation("""
title  No probability is above 1 | 概率不大于 1
source ours
given  n: size, p: nonnegative[n], k: index(n), sum(p[i] for i in n) == 1
claim  p[k] <= 1

    p[k]
 <= sum(p[i] for i in n)                                by term of a sum
  = 1                                                   by hypothesis
""")

entropy_zero = derivation("""
title  Entropy is 0 if and only if one outcome is certain | 熵为零当且仅当某一结果必然发生
source B §2
given  n: size, p: nonnegative[n], all(p[i] <= 1 for i in n), sum(p[i] for i in n) == 1
where  eta(t) = cases((-t*log(t), t > 0), (0, t == 0))
where  H = sum(eta(p[i]) for i in n)
claim  H == 0 iff not all(p[i] != 1 for i in n)

    H == 0
iff all(eta(p[i]) == 0 for i in n)                    by sum of terms that are not negative: each is at least 0 | 每项非负
iff all(p[i] == 0 or p[i] == 1 for i in n)            by signs: log(t) is negative between 0 and 1 | 在 0 与 1 之间 log(t) 为负
iff all(p[i]*(1 - p[i]) == 0 for i in n)              by product that vanishes
iff sum(p[i]*(1 - p[i]) for i in n) == 0              by sum of terms that are not negative
iff not all(p[i] != 1 for i in n)                    by hypothesis, sum of terms that are not negative, product that vanishes, term of a sum
""")

eta_tangent = derivation("""
title  A term of the entropy lies below its tangents | 熵的一项不超过其切线
source ours
given  t: nonnegative, c: positive
where  eta(u) = cases((-u*log(u), u > 0), (0, u == 0))
claim  eta(t) <= -t*log(c) + c - t

    eta(t)
  = cases((-t*log(t), t > 0), (0, t == 0))              by definition of eta
  = cases((t*log(c/t) - t*log(c), t > 0), (0, t == 0))  by log of a quotient
 <= cases((t*(c/t - 1) - t*log(c), t > 0), (0, t == 0)) by log below its tangent
  = cases((-t*log(c) + c - t, t > 0), (0, t == 0))      by algebra
 <= -t*log(c) + c - t                                   by signs: at t = 0 the right side is c | 在 t = 0 处右边为 c
""")

eta_tangent_equality = derivation("""
title  A term of the entropy meets its tangent in one point only | 熵的一项与切线仅有一个公共点
source ours
given  t: nonnegative, c: positive
where  eta(u) = cases((-u*log(u), u > 0), (0, u == 0))
claim  eta(t) == -t*log(c) + c - t iff t == c

    eta(t) == -t*log(c) + c - t
iff cases((t*(c/t - 1 - log(c/t)), t > 0), (c, t == 0)) == 0 by log of a quotient: at t = 0 the sides are 0 and c | 在 t = 0 处两边为 0 与 c
iff t == c                                            by log strictly below its tangent: with c/t for u | 取 u = c/t
""")

entropy_bound = derivation("""
title  No distribution has more entropy than the uniform one | 均匀分布的熵最大
source B §2
given  n: size, p: nonnegative[n], sum(p[i] for i in n) == 1
where  eta(t) = cases((-t*log(t), t > 0), (0, t == 0))
where  H = sum(eta(p[i]) for i in n)
claim  H <= log(n)

    H
  = sum(eta(p[i]) for i in n)                                           by definition of H
 <= sum(-p[i]*log(1/n) + 1/n - p[i] for i in n)                         by lemma information.eta_tangent
  = -log(1/n)*sum(p[i] for i in n) + 1 - sum(p[i] for i in n)           by algebra
  = -log(1/n)                                                           by hypothesis
  = log(n)                                                              by log of a reciprocal
""")

entropy_bound_equality = derivation("""
title  Only the uniform distribution has the greatest entropy | 仅均匀分布达到最大熵
source B §2
given  n: size, p: nonnegative[n], sum(p[i] for i in n) == 1
where  eta(t) = cases((-t*log(t), t > 0), (0, t == 0))
where  H = sum(eta(p[i]) for i in n)
claim  H == log(n) iff all(p[i] == 1/n for i in n)

    H == log(n)
iff sum(-p[i]*log(1/n) + 1/n - p[i] - eta(p[i]) for i in n) == 0      by hypothesis, log of a reciprocal
iff all(-p[i]*log(1/n) + 1/n - p[i] - eta(p[i]) == 0 for i in n)      by sum of terms that are not negative, lemma information.eta_tangent
iff all(p[i] == 1/n for i in n)                                       by lemma information.eta_tangent_equality
""")

relative_entropy_of_densities = derivation("""
title  Relative entropy of densities | 概率密度的相对熵
source B §3
given  p: density(real), q: density(real), all(p(x) > 0 for x in Reals), all(q(x) > 0 for x in Reals)
given  integrable(p(x)*log(p(x)) for x in Reals), integrable(p(x)*log(q(x)) for x in Reals)
claim  integral(p(x)*log(p(x)/q(x)) for x in Reals)
       = -integral(p(x)*log(q(x)) for x in Reals) - (-integral(p(x)*log(p(x)) for x in Reals))

    integral(p(x)*log(p(x)/q(x)) for x in Reals)
  = integral(p(x)*(log(p(x)) - log(q(x))) for x in Reals)                                       by log of a quotient
  = -integral(p(x)*log(q(x)) for x in Reals) - (-integral(p(x)*log(p(x)) for x in Reals))  by algebra: both integrals exist | 两个积分均存在
""")

relative_entropy_nonnegative = derivation("""
title  Relative entropy is not negative, by Jensen | 相对熵非负（琴生不等式）
source B §3
given  n: size, p: positive[n], q: positive[n], sum(p[i] for i in n) == 1, sum(q[i] for i in n) == 1
claim  sum(p[i]*log(p[i]/q[i]) for i in n) >= 0

    sum(p[i]*log(p[i]/q[i]) for i in n)
  = sum(p[i]*(-log(q[i]/p[i])) for i in n)              by log of a reciprocal
 >= -log(sum(p[i]*(q[i]/p[i]) for i in n))              by jensen: -log is convex | -log 是凸函数
  = -log(sum(q[i] for i in n))                          by algebra
  = -log(1)                                             by hypothesis
  = 0                                                   by log of one
""")

relative_entropy_by_tangent = derivation("""
title  Relative entropy is not negative, by the tangent of log | 相对熵非负（对数的切线）
source ours
given  n: size, p: positive[n], q: positive[n], sum(p[i] for i in n) == 1, sum(q[i] for i in n) == 1
where  D = sum(p[i]*log(p[i]/q[i]) for i in n)
claim  D >= 0

    D
  = -sum(p[i]*log(q[i]/p[i]) for i in n)                by log of a reciprocal
 >= -sum(p[i]*(q[i]/p[i] - 1) for i in n)               by log below its tangent
  = sum(p[i] for i in n) - sum(q[i] for i in n)         by algebra
  = 0                                                   by hypothesis
""")

relative_entropy_zero = derivation("""
title  Relative entropy is 0 only between equal distributions | 相对熵为零当且仅当两分布相同
source B §3
given  n: size, p: positive[n], q: positive[n], sum(p[i] for i in n) == 1, sum(q[i] for i in n) == 1
where  D = sum(p[i]*log(p[i]/q[i]) for i in n)
claim  D == 0 iff all(p[i] == q[i] for i in n)

    D == 0
iff sum(p[i]*(q[i]/p[i] - 1 - log(q[i]/p[i])) for i in n) == 0        by hypothesis, log of a reciprocal: both sum to 1 | 两者之和均为 1
iff all(p[i]*(q[i]/p[i] - 1 - log(q[i]/p[i])) == 0 for i in n)        by sum of terms that are not negative, log below its tangent
iff all(q[i]/p[i] == 1 for i in n)                                    by log strictly below its tangent
iff all(p[i] == q[i] for i in n)                                      by algebra
""")

relative_entropy_of_densities_nonnegative = derivation("""
title  Relative entropy of densities is not negative | 概率密度的相对熵非负
source B §3
given  p: density(real), q: density(real), all(p(x) > 0 for x in Reals), all(q(x) > 0 for x in Reals)
given  integrable(p(x)*log(p(x)/q(x)) for x in Reals)
claim  integral(p(x)*log(p(x)/q(x)) for x in Reals) >= 0

    integral(p(x)*log(p(x)/q(x)) for x in Reals)
  = integral(p(x)*(-log(q(x)/p(x))) for x in Reals)     by log of a reciprocal
 >= -log(integral(p(x)*(q(x)/p(x)) for x in Reals))     by jensen for integrals: -log is convex | -log 是凸函数
  = -log(integral(q(x) for x in Reals))                 by algebra
  = -log(1)                                             by integral of a density
  = 0                                                   by log of one
""")

relative_entropy_of_densities_zero = derivation("""
title  Relative entropy is 0 only between densities that are equal almost everywhere | 相对熵为零当且仅当两密度几乎处处相等
source B §3
given  p: density(real), q: density(real), all(p(x) > 0 for x in Reals), all(q(x) > 0 for x in Reals)
given  integrable(p(x)*log(p(x)/q(x)) for x in Reals)
where  D = integral(p(x)*log(p(x)/q(x)) for x in Reals)
claim  D == 0 iff almost(p(x) == q(x) for x in Reals)

    D == 0
iff integral(q(x) - p(x) - p(x)*log(q(x)/p(x)) for x in Reals) == 0     by log of a reciprocal, integral of a density
iff almost(q(x) - p(x) - p(x)*log(q(x)/p(x)) == 0 for x in Reals)       by integral of what is not negative, log below its tangent
iff almost(q(x)/p(x) == 1 for x in Reals)                               by log strictly below its tangent
iff almost(p(x) == q(x) for x in Reals)                                 by algebra
""")

same_minimisers = derivation("""
title  Minimising relative entropy is minimising cross-entropy | 最小化相对熵等价于最小化交叉熵
source B §3
given  n: size, Theta: set, p: positive[n], q: (Theta, index(n)) -> positive
where  D(t) = sum(p[i]*log(p[i]/q(t, i)) for i in n)
where  C(t) = -sum(p[i]*log(q(t, i)) for i in n)
where  H = -sum(p[i]*log(p[i]) for i in n)
claim  argmin(D(t) for t in Theta) = argmin(C(t) for t in Theta)

    argmin(D(t) for t in Theta)
  = argmin(C(t) - H for t in Theta)                     by log of a quotient
  = argmin(C(t) for t in Theta)                         by argmin without a constant term: H does not depend on t | H 与 t 无关
""")

same_minimisers_of_densities = derivation("""
title  The same for densities | 概率密度的情形
source B §3
given  Theta: set, p: density(real), q: (Theta, real) -> positive, all(p(x) > 0 for x in Reals)
given  integrable(p(x)*log(p(x)) for x in Reals), all(integrable(p(x)*log(q(t, x)) for x in Reals) for t in Theta)
claim  argmin(integral(p(x)*log(p(x)/q(t, x)) for x in Reals) for t in Theta)
       = argmin(-integral(p(x)*log(q(t, x)) for x in Reals) for t in Theta)

    argmin(integral(p(x)*log(p(x)/q(t, x)) for x in Reals) for t in Theta)
  = argmin(integral(p(x)*(log(p(x)) - log(q(t, x))) for x in Reals) for t in Theta)     by log of a quotient
  = argmin(-integral(p(x)*log(q(t, x)) for x in Reals) + integral(p(x)*log(p(x)) for x in Reals) for t in Theta)        by algebra
  = argmin(-integral(p(x)*log(q(t, x)) for x in Reals) for t in Theta)                  by argmin without a constant term
""")

binary_bound = derivation("""
title  Binary entropy is at most log 2 | 二元熵不超过 log 2
source ours
given  a: probability
where  h(t) = -t*log(t) - (1 - t)*log(1 - t)
claim  h(a) <= log(2)

    h(a)
  = -a*log(a) - (1 - a)*log(1 - a)                                              by definition of h
  = a*log(1/(2*a)) + (1 - a)*log(1/(2*(1 - a))) + log(2)                        by log of a product, log of a reciprocal
 <= a*(1/(2*a) - 1) + (1 - a)*(1/(2*(1 - a)) - 1) + log(2)                      by log below its tangent
  = log(2)                                                                      by algebra
""")

binary_maximum = derivation("""
title  Binary entropy has its maximum at 1/2 | 二元熵在 1/2 处取最大值
source ours
given  a: probability
where  h(t) = -t*log(t) - (1 - t)*log(1 - t)
claim  h(a) <= h(1/2)

    h(a)
 <= log(2)                                              by lemma information.binary_bound
  = h(1/2)                                              by lemma information.binary_at_half
""")

binary_maximum_only = derivation("""
title  Nowhere else | 仅在该处
source ours
given  a: probability
where  h(t) = -t*log(t) - (1 - t)*log(1 - t)
claim  h(a) == log(2) iff a == 1/2

    h(a) == log(2)
iff a*(1/(2*a) - 1 - log(1/(2*a))) + (1 - a)*(1/(2*(1 - a)) - 1 - log(1/(2*(1 - a)))) == 0    by log of a product, log of a reciprocal
iff a == 1/2                                          by log strictly below its tangent: both terms vanish only there | 仅在该处两项均为零
""")
