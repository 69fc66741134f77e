"""The sigmoid function: its values and limits, its reflection, the logistic form, its slope and saturation, the threshold."""

from derive import derivation

at_zero = derivation("""
title  The sigmoid at 0 | S 型函数在 0 处的值
source A §2.1
where  g(s) = 1/(1 + exp(-s))
claim  g(0) = 1/2

    g(0)
  = 1/(1 + exp(-0))             by definition of g
  = 1/(1 + 1)                   by exp of zero
  = 1/2                         by algebra
""")

at_infinity = derivation("""
title  The sigmoid for large scores | 得分很大时的 S 型函数
source A §2.1
where  g(s) = 1/(1 + exp(-s))
claim  limit(g(s), s, oo) = 1

    limit(g(s), s, oo)
  = limit(1/(1 + exp(-s)), s, oo)       by definition of g
  = 1/(1 + limit(exp(-s), s, oo))       by continuity
  = 1/(1 + 0)                           by exp at minus infinity
  = 1                                   by algebra
""")

at_minus_infinity = derivation("""
title  The sigmoid for very negative scores | 得分为很大负数时的 S 型函数
source A §2.1
where  g(s) = 1/(1 + exp(-s))
claim  limit(g(s), s, -oo) = 0

    limit(g(s), s, -oo)
  = limit(1/(1 + exp(-s)), s, -oo)      by definition of g
  = 0                                   by exp at infinity, continuity: the denominator grows without bound | 分母趋于正无穷
""")

positive = derivation("""
title  The sigmoid is positive | S 型函数恒为正
source A §2.1
given  s: real
where  g(s) = 1/(1 + exp(-s))
claim  0 < g(s)

    0
  < 1/(1 + exp(-s))             by signs: an exponential is positive | 指数函数恒为正
  = g(s)                        by definition of g
""")

below_one = derivation("""
title  The sigmoid is less than 1 | S 型函数恒小于 1
source A §2.1
given  s: real
where  g(s) = 1/(1 + exp(-s))
claim  g(s) < 1

    g(s)
  = 1/(1 + exp(-s))             by definition of g
  = 1 - exp(-s)/(1 + exp(-s))   by algebra
  < 1                           by signs
""")

reflection = derivation("""
title  Reflection of the sigmoid | S 型函数的反射性质
source A §2.2
given  s: real
where  g(s) = 1/(1 + exp(-s))
claim  1 - g(s) = g(-s)

    1 - g(s)
  = 1 - 1/(1 + exp(-s))         by definition of g
  = exp(-s)/(1 + exp(-s))       by algebra: a common denominator | 通分
  = 1/(1 + exp(s))              by exp of a negative: multiply above and below by exp(s) | 分子分母同乘 exp(s)
  = 1/(1 + exp(-(-s)))          by algebra
  = g(-s)                       by definition of g
""")

logistic = derivation("""
title  The form of logistic regression for class 1 | 逻辑回归中类别 1 的概率
source A §2.1
given  z: real
where  g(s) = 1/(1 + exp(-s))
claim  exp(z)/(1 + exp(z)) = g(z)

    exp(z)/(1 + exp(z))
  = 1/(1/exp(z) + 1)            by algebra: divide above and below by exp(z) | 分子分母同除以 exp(z)
  = 1/(1 + exp(-z))             by exp of a negative
  = g(z)                        by definition of g
""")

logistic_complement = derivation("""
title  The form of logistic regression for class 0 | 逻辑回归中类别 0 的概率
source A §2.1
given  z: real
where  g(s) = 1/(1 + exp(-s))
claim  1/(1 + exp(z)) = 1 - g(z)

    1/(1 + exp(z))
  = (1 + exp(z) - exp(z))/(1 + exp(z))    by algebra
  = 1 - exp(z)/(1 + exp(z))               by algebra
  = 1 - g(z)                              by lemma sigmoid.logistic
""")

slope = derivation("""
title  The slope of the sigmoid | S 型函数的导数
source B §4
given  z: real
where  g(s) = 1/(1 + exp(-s))
claim  diff(g(z), z) = g(z)*(1 - g(z))

    diff(g(z), z)
  = diff(1/(1 + exp(-z)), z)                            by definition of g
  = exp(-z)/(1 + exp(-z))**2                            by differentiation: the chain rule | 链式法则
  = 1/(1 + exp(-z)) * (1 + exp(-z) - 1)/(1 + exp(-z))   by algebra
  = 1/(1 + exp(-z)) * (1 - 1/(1 + exp(-z)))             by algebra
  = g(z)*(1 - g(z))                                     by definition of g
""")

steepest = derivation("""
title  The slope of the sigmoid at 0 | S 型函数在 0 处的导数
source B §4
given  z: real
where  g(s) = 1/(1 + exp(-s))
claim  diff(g(z), z, at=0) = 1/4

    diff(g(z), z, at=0)
  = g(0)*(1 - g(0))             by lemma sigmoid.slope
  = 1/(1 + 1)*(1 - 1/(1 + 1))   by exp of zero
  = 1/4                         by algebra
""")

increasing = derivation("""
title  The sigmoid increases | S 型函数递增
source B §4
given  z: real
where  g(s) = 1/(1 + exp(-s))
claim  diff(g(z), z) > 0

    diff(g(z), z)
  = exp(-z)/(1 + exp(-z))**2    by differentiation
  > 0                           by signs
""")

at_most_a_quarter = derivation("""
title  The slope of the sigmoid is at most 1/4 | S 型函数的导数不超过 1/4
source B §4
given  z: real
where  g(s) = 1/(1 + exp(-s))
claim  diff(g(z), z) <= 1/4

    diff(g(z), z)
  = g(z)*(1 - g(z))             by lemma sigmoid.slope
  = 1/4 - (g(z) - 1/2)**2       by algebra: complete the square | 配方
  <= 1/4                        by square
""")

saturates_at_infinity = derivation("""
title  The sigmoid saturates for large scores | 得分很大时 S 型函数饱和
source B §4
where  g(s) = 1/(1 + exp(-s))
claim  limit(diff(g(z), z), z, oo) = 0

    limit(diff(g(z), z), z, oo)
  = limit(g(z)*(1 - g(z)), z, oo)                           by lemma sigmoid.slope
  = limit(g(z), z, oo)*(1 - limit(g(z), z, oo))             by continuity
  = 1*(1 - 1)                                               by exp at minus infinity, continuity
  = 0                                                       by algebra
""")

saturates_at_minus_infinity = derivation("""
title  The sigmoid saturates for very negative scores | 得分为很大负数时 S 型函数饱和
source B §4
where  g(s) = 1/(1 + exp(-s))
claim  limit(diff(g(z), z), z, -oo) = 0

    limit(diff(g(z), z), z, -oo)
  = limit(g(z)*(1 - g(z)), z, -oo)                          by lemma sigmoid.slope
  = limit(g(z), z, -oo)*(1 - limit(g(z), z, -oo))           by continuity
  = 0*(1 - 0)                                               by exp at infinity, continuity
  = 0                                                       by algebra
""")

threshold = derivation("""
title  The threshold 1/2 is the sign of the score | 以 1/2 为阈值等价于看得分的符号
source A §2.1
given  s: real
where  g(s) = 1/(1 + exp(-s))
claim  g(s) >= 1/2 iff s >= 0

      g(s) >= 1/2
  iff 1/(1 + exp(-s)) >= 1/2    by definition of g
  iff 1 + exp(-s) <= 2          by algebra: both denominators are positive | 两个分母均为正
  iff exp(-s) <= exp(0)         by algebra: exp(0) is 1 | exp(0) 等于 1
  iff -s <= 0                   by exp increases
  iff s >= 0                    by algebra
""")
