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
  = sum(-p[i]*log(p[i]) for i in n)                     by definition of eta: every p[i] is positive | 所有 p[i] 均为正
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
