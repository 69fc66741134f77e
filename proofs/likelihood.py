"""From the likelihood of labels to the cross-entropy loss; the shape of the loss, and how fast it grows."""

from derive import derivation

label_one = derivation("""
title  The likelihood of label 1 | 标签为 1 时的似然
source A §2.1
given  a: probability
where  P(y) = a**y*(1 - a)**(1 - y)
claim  P(1) = a

    P(1)
  = a**1*(1 - a)**(1 - 1)       by definition of P
  = a                           by algebra: a number to the power 0 is 1 | 零次幂为 1
""")

label_zero = derivation("""
title  The likelihood of label 0 | 标签为 0 时的似然
source A §2.1
given  a: probability
where  P(y) = a**y*(1 - a)**(1 - y)
claim  P(0) = 1 - a

    P(0)
  = a**0*(1 - a)**(1 - 0)       by definition of P
  = 1 - a                       by algebra
""")

log_likelihood = derivation("""
title  The log-likelihood of one sample | 单个样本的对数似然
source A §2.1
given  y: real, a: probability
where  P = a**y*(1 - a)**(1 - y)
claim  log(P) = y*log(a) + (1 - y)*log(1 - a)

    log(P)
  = log(a**y*(1 - a)**(1 - y))              by definition of P
  = log(a**y) + log((1 - a)**(1 - y))       by log of a product: both factors are positive | 两个因子均为正
  = y*log(a) + (1 - y)*log(1 - a)           by log of a power
""")

cross_entropy = derivation("""
title  Cross-entropy of one sample | 单个样本的交叉熵
source A §2.1
given  y: label, a: probability
where  P = a**y*(1 - a)**(1 - y)
claim  -log(P) = -(y*log(a) + (1 - y)*log(1 - a))

    -log(P)
  = -log(a**y*(1 - a)**(1 - y))             by definition of P
  = -(log(a**y) + log((1 - a)**(1 - y)))    by log of a product
  = -(y*log(a) + (1 - y)*log(1 - a))        by log of a power
""")

loss_one = derivation("""
title  The loss of a sample with label 1 | 标签为 1 时的损失
source A §2.1
given  a: probability
where  L(y) = -(y*log(a) + (1 - y)*log(1 - a))
claim  L(1) = -log(a)

    L(1)
  = -(1*log(a) + (1 - 1)*log(1 - a))        by definition of L
  = -log(a)                                 by algebra
""")

loss_zero = derivation("""
title  The loss of a sample with label 0 | 标签为 0 时的损失
source A §2.1
given  a: probability
where  L(y) = -(y*log(a) + (1 - y)*log(1 - a))
claim  L(0) = -log(1 - a)

    L(0)
  = -(0*log(a) + (1 - 0)*log(1 - a))        by definition of L
  = -log(1 - a)                             by algebra
""")

samples = derivation("""
title  Cross-entropy of N independent samples | N 个独立样本的交叉熵
source A §2.1
given  N: size, y: real[N], a: probability[N]
claim  -log(prod(a[i]**y[i]*(1 - a[i])**(1 - y[i]) for i in N))
       = -sum(y[i]*log(a[i]) + (1 - y[i])*log(1 - a[i]) for i in N)

    -log(prod(a[i]**y[i]*(1 - a[i])**(1 - y[i]) for i in N))
  = -sum(log(a[i]**y[i]*(1 - a[i])**(1 - y[i])) for i in N)             by log of an indexed product
  = -sum(log(a[i]**y[i]) + log((1 - a[i])**(1 - y[i])) for i in N)      by log of a product
  = -sum(y[i]*log(a[i]) + (1 - y[i])*log(1 - a[i]) for i in N)          by log of a power
""")

same_parameters = derivation("""
title  Greatest likelihood, greatest log-likelihood and least loss are one | 似然最大、对数似然最大与损失最小等价
source A §2.1
given  Theta: set, P: Theta -> positive
claim  argmax(P(t) for t in Theta) = argmin(-log(P(t)) for t in Theta)

    argmax(P(t) for t in Theta)
  = argmax(log(P(t)) for t in Theta)        by argmax under an increasing map: the logarithm increases | 对数函数递增
  = argmin(-log(P(t)) for t in Theta)       by argmin of a negative
""")

logistic_regression = derivation("""
title  The log-likelihood of logistic regression | 逻辑回归的对数似然
source A §2.1
given  N: size, d: size, y: real[N], x: real[N, d], w: real[d]
where  z(i) = sum(w[k]*x[i, k] for k in d)
where  p(i) = exp(z(i))/(1 + exp(z(i)))
claim  sum(y[i]*log(p(i)) + (1 - y[i])*log(1 - p(i)) for i in N)
       = sum(y[i]*z(i) - log(1 + exp(z(i))) for i in N)

    sum(y[i]*log(p(i)) + (1 - y[i])*log(1 - p(i)) for i in N)
  = sum(y[i]*(log(p(i)) - log(1 - p(i))) + log(1 - p(i)) for i in N)    by algebra
  = sum(y[i]*log(p(i)/(1 - p(i))) + log(1 - p(i)) for i in N)           by log of a quotient
  = sum(y[i]*log(exp(z(i))) + log(1/(1 + exp(z(i)))) for i in N)        by definition of p: the odds are exp(z) | 几率为 exp(z)
  = sum(y[i]*log(exp(z(i))) - log(1 + exp(z(i))) for i in N)            by log of a reciprocal
  = sum(y[i]*z(i) - log(1 + exp(z(i))) for i in N)                      by log of an exponential
""")

loss_one_slope = derivation("""
title  With label 1 the loss decreases in the prediction | 标签为 1 时损失随预测值递减
source A §2.1
given  a: probability
where  L(y, a) = -(y*log(a) + (1 - y)*log(1 - a))
claim  diff(L(1, a), a) < 0

    diff(L(1, a), a)
  = diff(-log(a), a)            by definition of L
  = -1/a                        by differentiation
  < 0                           by signs
""")

loss_one_curvature = derivation("""
title  With label 1 the loss is convex in the prediction | 标签为 1 时损失是预测值的凸函数
source A §2.1
given  a: probability
where  L(y, a) = -(y*log(a) + (1 - y)*log(1 - a))
claim  diff(diff(L(1, a), a), a) > 0

    diff(diff(L(1, a), a), a)
  = diff(-1/a, a)               by differentiation
  = 1/a**2                      by differentiation
  > 0                           by signs
""")

loss_one_at_one = derivation("""
title  With label 1 a prediction near 1 costs nothing | 标签为 1 时预测值趋于 1 则损失趋于 0
source A §2.1
where  L(y, a) = -(y*log(a) + (1 - y)*log(1 - a))
claim  limit(L(1, a), a, 1, left) = 0

    limit(L(1, a), a, 1, left)
  = limit(-log(a), a, 1, left)  by definition of L
  = -log(1)                     by continuity
  = 0                           by log of one
""")

loss_one_at_zero = derivation("""
title  With label 1 a prediction near 0 costs without bound | 标签为 1 时预测值趋于 0 则损失趋于无穷
source A §2.1
where  L(y, a) = -(y*log(a) + (1 - y)*log(1 - a))
claim  limit(L(1, a), a, 0, right) = oo

    limit(L(1, a), a, 0, right)
  = limit(-log(a), a, 0, right)         by definition of L
  = oo                                  by log at zero, continuity
""")

loss_zero_slope = derivation("""
title  With label 0 the loss increases in the prediction | 标签为 0 时损失随预测值递增
source A §2.1
given  a: probability
where  L(y, a) = -(y*log(a) + (1 - y)*log(1 - a))
claim  diff(L(0, a), a) > 0

    diff(L(0, a), a)
  = diff(-log(1 - a), a)        by definition of L
  = 1/(1 - a)                   by differentiation
  > 0                           by signs
""")

loss_zero_curvature = derivation("""
title  With label 0 the loss is convex in the prediction | 标签为 0 时损失是预测值的凸函数
source A §2.1
given  a: probability
where  L(y, a) = -(y*log(a) + (1 - y)*log(1 - a))
claim  diff(diff(L(0, a), a), a) > 0

    diff(diff(L(0, a), a), a)
  = diff(1/(1 - a), a)          by differentiation
  = 1/(1 - a)**2                by differentiation
  > 0                           by signs
""")

loss_zero_at_zero = derivation("""
title  With label 0 a prediction near 0 costs nothing | 标签为 0 时预测值趋于 0 则损失趋于 0
source A §2.1
where  L(y, a) = -(y*log(a) + (1 - y)*log(1 - a))
claim  limit(L(0, a), a, 0, right) = 0

    limit(L(0, a), a, 0, right)
  = limit(-log(1 - a), a, 0, right)     by definition of L
  = -log(1)                             by continuity
  = 0                                   by log of one
""")

loss_zero_at_one = derivation("""
title  With label 0 a prediction near 1 costs without bound | 标签为 0 时预测值趋于 1 则损失趋于无穷
source A §2.1
where  L(y, a) = -(y*log(a) + (1 - y)*log(1 - a))
claim  limit(L(0, a), a, 1, left) = oo

    limit(L(0, a), a, 1, left)
  = limit(-log(1 - a), a, 1, left)      by definition of L
  = oo                                  by log at zero, continuity
""")

loss_lower_bound = derivation("""
title  In the score the loss lies above max(0, -s) | 损失大于 max(0, -s)
source ours
given  s: real
where  L(s) = log(1 + exp(-s))
claim  max(0, -s) < L(s)

    max(0, -s)
  = max(log(1), log(exp(-s)))           by log of one, log of an exponential
  = log(max(1, exp(-s)))                by log of a maximum
  < log(1 + exp(-s))                    by log increases: a sum of positive numbers exceeds the greater | 两正数之和大于较大者
  = L(s)                                by definition of L
""")

loss_upper_bound = derivation("""
title  In the score the loss exceeds max(0, -s) by at most log 2 | 损失至多比 max(0, -s) 大 log 2
source ours
given  s: real
where  L(s) = log(1 + exp(-s))
claim  L(s) <= max(0, -s) + log(2)

    L(s)
  = log(1 + exp(-s))                            by definition of L
  <= log(2*max(1, exp(-s)))                     by log increases: a sum is at most twice the greater | 和不超过较大者的两倍
  = log(max(1, exp(-s))) + log(2)               by log of a product
  = max(log(1), log(exp(-s))) + log(2)          by log of a maximum
  = max(0, -s) + log(2)                         by log of one, log of an exponential
""")

loss_ratio = derivation("""
title  The loss against a negative score | 得分为负时损失与得分之比
source ours
given  s: real, s < 0
where  L(s) = log(1 + exp(-s))
claim  L(s)/(-s) = 1 + log(1 + exp(s))/(-s)

    L(s)/(-s)
  = log(exp(-s)*(1 + exp(s)))/(-s)              by exp of a negative: take out exp(-s) | 提出 exp(-s)
  = (-s + log(1 + exp(s)))/(-s)                 by log of a product, log of an exponential
  = 1 + log(1 + exp(s))/(-s)                    by algebra
""")

loss_is_linear = derivation("""
title  For very negative scores the loss grows like -s | 得分为很大负数时损失线性增长
source ours
where  L(s) = log(1 + exp(-s))
claim  limit(L(s)/(-s), s, -oo) = 1

    limit(L(s)/(-s), s, -oo)
  = limit(1 + log(1 + exp(s))/(-s), s, -oo)                             by lemma likelihood.loss_ratio
  = 1 + limit(log(1 + exp(s)), s, -oo)*limit(1/(-s), s, -oo)            by continuity
  = 1 + log(1 + limit(exp(s), s, -oo))*limit(1/(-s), s, -oo)            by continuity
  = 1 + log(1 + 0)*limit(1/(-s), s, -oo)                                by exp at minus infinity
  = 1                                                                   by log of one
""")
