"""From the likelihood of labels to the cross-entropy loss."""

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
