"""The sigmoid function: its value at 0, its reflection, the logistic form, its slope."""

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
