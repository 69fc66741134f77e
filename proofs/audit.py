"""What the two articles print or claim and is wrong: each claim as printed, refuted; and, behind `see`, the chain that puts it right.

A page marked `expect refuted` writes down what stands in the article that its source names, with the row of the audit behind it in
brackets; pages without the mark are proved, and belong to the printed claims above them.
"""

from derive import derivation

# -- row 9.1

jensen_turned_round = derivation("""
title  E log(p/q) is at least log E(p/q) | E log(p/q) 不小于 log E(p/q)
source B §3 (9.1)
expect refuted: Jensen's inequality turned round; the logarithm is concave, so the mean of log(p/q) is at most the logarithm of the mean |
       Jensen 不等式的方向用反了：对数是凹函数，log(p/q) 的期望不超过期望的对数
see    information.relative_entropy_nonnegative
given  n: size, p: positive[n], q: positive[n], sum(p[i] for i in n) == 1, sum(q[i] for i in n) == 1
claim  sum(p[i]*log(p[i]/q[i]) for i in n) >= log(sum(p[i]*(p[i]/q[i]) for i in n))

    sum(p[i]*log(p[i]/q[i]) for i in n)
  >= log(sum(p[i]*(p[i]/q[i]) for i in n))      by hypothesis: said to be Jensen's inequality | 文中称由 Jensen 不等式
""")

# -- row 9.2

mean_turned_over = derivation("""
title  log E(p/q) is -log E(q/p) | log E(p/q) 等于 -log E(q/p)
source B §3 (9.2)
expect refuted: log(p/q) = -log(q/p) holds for each outcome, and not once the mean is inside; the right side is -log(sum of q) = 0 |
       log(p/q) = -log(q/p) 对每个结果成立，但期望在对数之内时不成立；右边是 q 之和的对数的相反数，即 0
see    information.relative_entropy_nonnegative
given  n: size, p: positive[n], q: positive[n], sum(p[i] for i in n) == 1, sum(q[i] for i in n) == 1
claim  log(sum(p[i]*(p[i]/q[i]) for i in n)) = -log(sum(p[i]*(q[i]/p[i]) for i in n))

    log(sum(p[i]*(p[i]/q[i]) for i in n))
  = -log(sum(p[i]*(q[i]/p[i]) for i in n))      by log of a reciprocal: of the quotient inside the mean | 用于期望之内的商
""")

# -- row 9.3

entropy_always_positive = derivation("""
title  Entropy is always greater than 0 | 信息熵总是大于 0
source B §2 (9.3)
expect refuted: a certain outcome has entropy 0; what holds for finitely many outcomes is H >= 0 |
       必然发生的结果熵为 0；对有限个结果成立的是 H >= 0
see    information.entropy_nonnegative
given  n: size, p: nonnegative[n], sum(p[i] for i in n) == 1
where  eta(t) = cases((-t*log(t), t > 0), (0, t == 0))
claim  sum(eta(p[i]) for i in n) > 0

    sum(eta(p[i]) for i in n)
  > 0                                           by hypothesis: a distribution | p 是概率分布
""")

density_entropy_positive = derivation("""
title  The entropy of a uniform density is not negative | 均匀密度的熵非负
source B §2 (9.3)
expect refuted: it is log(c), and so negative on an interval shorter than 1 | 它等于 log(c)，区间长度小于 1 时为负
see    audit.uniform_density_entropy
given  c: positive
where  f = 1/c
claim  c*(-f*log(f)) >= 0

    c*(-f*log(f))
  >= 0                                          by definition of f: the density, over an interval of length c | 密度为 1/c，区间长为 c
""")

uniform_density_entropy = derivation("""
title  A uniform density on (0, c) has the entropy log(c) | (0, c) 上均匀密度的熵为 log(c)
source ours
given  c: positive
where  f = 1/c
claim  c*(-f*log(f)) = log(c)

    c*(-f*log(f))
  = -log(1/c)                                   by definition of f
  = log(c)                                      by log of a reciprocal
""")

# -- row 9.4

one_sample_without_half = derivation("""
title  For one sample the factor 1/2 may be dropped | 单个样本时系数 1/2 可以略去
source B §4 (9.4)
expect refuted: the factor 1/2 is left over at m = 1; it has no place in front of a cross-entropy, which is a mean, -1/m times the sum |
       m = 1 时还剩系数 1/2；交叉熵是均值，系数应为 -1/m
see    audit.mean_over_copies
given  m: size, y: label[m], a: probability[m], m == 1
where  loss(i) = -(y[i]*log(a[i]) + (1 - y[i])*log(1 - a[i]))
claim  1/(2*m)*sum(loss(i) for i in m) = loss(1)

    1/(2*m)*sum(loss(i) for i in m)
  = loss(1)                                     by hypothesis: there is one sample | 只有一个样本
""")

mean_over_copies = derivation("""
title  The mean loss of m equal samples is that of one | m 个相同样本的平均损失就是单个样本的损失
source ours
given  m: size, n: size, y: real[n], a: probability[n]
where  loss = -sum(y[j]*log(a[j]) + (1 - y[j])*log(1 - a[j]) for j in n)
claim  1/m*sum(loss for i in m) = loss

    1/m*sum(loss for i in m)
  = 1/m*(m*loss)                                by algebra: m equal terms | m 个相同的项
  = loss                                        by algebra
""")

# -- row 9.5

factor_ln_two = derivation("""
title  The derivative of a logarithm to base 2 has the factor ln 2 | 以 2 为底的对数求导得因子 ln 2
source B §4 (9.5)
expect refuted: the factor is 1/ln 2, since the logarithm of a to base 2 is ln a/ln 2; what is printed is off by ln 2 squared |
       因子应为 1/ln 2，因为 a 以 2 为底的对数是 ln a/ln 2；所印结果相差 (ln 2)² 倍
see    audit.log_two_slope, gradients.any_base_weight, gradients.any_base_bias
given  a: probability
claim  diff(-log(a, 2), a) = -log(2)/a

    diff(-log(a, 2), a)
  = -log(2)/a                                   by differentiation
""")

log_two_slope = derivation("""
title  The derivative of a logarithm to base 2 | 以 2 为底的对数的导数
source ours
given  a: positive
claim  diff(-log(a, 2), a) = -1/(a*log(2))

    diff(-log(a, 2), a)
  = diff(-log(a)/log(2), a)                     by change of base
  = -1/(a*log(2))                               by differentiation
""")

# -- row 9.6

weight_gradient_base_two = derivation("""
title  The weight's gradient to base 2 is -ln 2 times a sum | 以 2 为底时权重的梯度为 -ln 2 乘以和
source B §4 (9.6)
expect refuted: the factor ln 2 should be 1/ln 2, and the sign of the last sum is lost: these terms add up to +ln 2 times it |
       因子 ln 2 应为 1/ln 2；最后一步又丢了符号：各项之和应为 +ln 2 乘以该和
see    audit.weight_terms, audit.base_two_weight
given  n: size, w: real, b: real, x: real[n], y: label[n]
where  g(t) = 1/(1 + exp(-t))
where  slope(t) = diff(g(t), t)
where  z(j) = w*x[j] + b
where  a(j) = g(z(j))
claim  diff(-sum(y[j]*log(a(j), 2) + (1 - y[j])*log(1 - a(j), 2) for j in n), w) = -log(2)*sum((a(j) - y[j])*x[j] for j in n)

    diff(-sum(y[j]*log(a(j), 2) + (1 - y[j])*log(1 - a(j), 2) for j in n), w)
  = -sum(y[j]*slope(z(j))/a(j)*x[j]*log(2) + (1 - y[j])*slope(z(j))/(1 - a(j))*(-x[j])*log(2) for j in n)       by differentiation
  = -log(2)*sum((a(j) - y[j])*x[j] for j in n)                                          by differentiation: of the sigmoid | S 型函数求导
""")

weight_terms = derivation("""
title  What the printed terms of the gradient add up to | 所印梯度各项之和
source ours
given  n: size, w: real, b: real, x: real[n], y: real[n]
where  g(t) = 1/(1 + exp(-t))
where  slope(t) = diff(g(t), t)
where  z(j) = w*x[j] + b
where  a(j) = g(z(j))
claim  -sum(y[j]*slope(z(j))/a(j)*x[j]*log(2) + (1 - y[j])*slope(z(j))/(1 - a(j))*(-x[j])*log(2) for j in n)
       = log(2)*sum((a(j) - y[j])*x[j] for j in n)

    -sum(y[j]*slope(z(j))/a(j)*x[j]*log(2) + (1 - y[j])*slope(z(j))/(1 - a(j))*(-x[j])*log(2) for j in n)
  = -sum(y[j]*(1 - a(j))*x[j]*log(2) - (1 - y[j])*a(j)*x[j]*log(2) for j in n)          by lemma sigmoid.slope
  = log(2)*sum((a(j) - y[j])*x[j] for j in n)                                           by algebra
""")

base_two_weight = derivation("""
title  The gradient in the weight to base 2 | 以 2 为底时对权重的梯度
source ours
given  n: size, w: real, b: real, x: real[n], y: real[n]
where  g(t) = 1/(1 + exp(-t))
where  a(j) = g(w*x[j] + b)
claim  diff(-sum(y[j]*log(a(j), 2) + (1 - y[j])*log(1 - a(j), 2) for j in n), w) = 1/log(2)*sum((a(j) - y[j])*x[j] for j in n)

    diff(-sum(y[j]*log(a(j), 2) + (1 - y[j])*log(1 - a(j), 2) for j in n), w)
  = diff(-sum(y[j]*log(a(j)) + (1 - y[j])*log(1 - a(j)) for j in n)/log(2), w)          by change of base
  = 1/log(2)*diff(-sum(y[j]*log(a(j)) + (1 - y[j])*log(1 - a(j)) for j in n), w)        by differentiation
  = 1/log(2)*sum((a(j) - y[j])*x[j] for j in n)                                         by lemma gradients.several_outputs_weight
""")

# -- row 9.7

bias_gradient_base_two = derivation("""
title  The bias's gradient to base 2 is -ln 2 times a sum | 以 2 为底时偏置的梯度为 -ln 2 乘以和
source B §4 (9.7)
expect refuted: the second term lacks its minus sign, the factor ln 2 should be 1/ln 2, and the sign of the last sum is wrong |
       第二项缺了负号，因子 ln 2 应为 1/ln 2，最后的和符号也错了
see    audit.base_two_bias
given  n: size, w: real, b: real, x: real[n], y: label[n]
where  g(t) = 1/(1 + exp(-t))
where  slope(t) = diff(g(t), t)
where  z(j) = w*x[j] + b
where  a(j) = g(z(j))
claim  diff(-sum(y[j]*log(a(j), 2) + (1 - y[j])*log(1 - a(j), 2) for j in n), b) = -log(2)*sum(a(j) - y[j] for j in n)

    diff(-sum(y[j]*log(a(j), 2) + (1 - y[j])*log(1 - a(j), 2) for j in n), b)
  = -sum(y[j]*slope(z(j))/a(j)*log(2) + (1 - y[j])*slope(z(j))/(1 - a(j))*log(2) for j in n)    by differentiation
  = -log(2)*sum(a(j) - y[j] for j in n)                                                 by differentiation: of the sigmoid | S 型函数求导
""")

base_two_bias = derivation("""
title  The gradient in the bias to base 2 | 以 2 为底时对偏置的梯度
source ours
given  n: size, w: real, b: real, x: real[n], y: real[n]
where  g(t) = 1/(1 + exp(-t))
where  a(j) = g(w*x[j] + b)
claim  diff(-sum(y[j]*log(a(j), 2) + (1 - y[j])*log(1 - a(j), 2) for j in n), b) = 1/log(2)*sum(a(j) - y[j] for j in n)

    diff(-sum(y[j]*log(a(j), 2) + (1 - y[j])*log(1 - a(j), 2) for j in n), b)
  = diff(-sum(y[j]*log(a(j)) + (1 - y[j])*log(1 - a(j)) for j in n)/log(2), b)          by change of base
  = 1/log(2)*diff(-sum(y[j]*log(a(j)) + (1 - y[j])*log(1 - a(j)) for j in n), b)        by differentiation
  = 1/log(2)*sum(a(j) - y[j] for j in n)                                                by lemma gradients.several_outputs_bias
""")

# -- row 9.8

softmax_loss_of_example = derivation("""
title  The softmax loss of the example is 0.452 | 算例的 Softmax 损失为 0.452
source A §3 (9.8)
expect refuted: 0.452 is the logarithm to base 10; with the natural logarithm, by which the loss is defined, it is 1.04 |
       0.452 用的是以 10 为底的对数；按定义用自然对数应为 1.04
see    worked_example.softmax_loss
where  W = [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]
where  x = [-15, 22, -44, 56], b = [0, 0.2, -0.3]
where  s(i) = sum(W[i, k]*x[k] for k in 4) + b[i]
where  S(i) = exp(s(i))/sum(exp(s(j)) for j in 3)
claim  -log(S(3)) ~= 0.452

    -log(S(3))
  ~= 0.452                                      by calculation
""")

# -- row 9.9

grows_like_an_exponential = derivation("""
title  The penalty grows like an exponential | 惩罚按指数级增长
source A §2.1 (9.9)
expect refuted: against an exponential of any rate k > 0 the loss vanishes: the quotient tends to 0; the growth is linear |
       与任何速率 k > 0 的指数相比，损失之比都趋于 0；增长是线性的
see    likelihood.loss_is_linear, audit.slower_than_any_exponential
given  k: positive, C: positive
where  L(s) = log(1 + exp(-s))
claim  limit(L(s)/exp(-k*s), s, -oo) = C

    limit(L(s)/exp(-k*s), s, -oo)
  = limit((-s + log(1 + exp(s)))*exp(k*s), s, -oo)      by exp of a negative, log of a quotient, log of an exponential
  = C                                                   by algebra: growth like an exponential of rate k | 与速率为 k 的指数同阶
""")

slower_than_any_exponential = derivation("""
title  The penalty grows more slowly than any exponential | 惩罚的增长慢于任何指数
source ours
given  k: positive
where  L(s) = log(1 + exp(-s))
claim  limit(L(s)*exp(k*s), s, -oo) = 0

    limit(L(s)*exp(k*s), s, -oo)
  = limit((-s + log(1 + exp(s)))*exp(k*s), s, -oo)          by exp of a negative, log of a quotient, log of an exponential
  = limit(-(s*exp(k*s)) + log(1 + exp(s))*exp(k*s), s, -oo) by algebra
  = 0                           by continuity, exp at minus infinity, exponential against power at minus infinity
""")

grows_by_one_factor = derivation("""
title  Each unit of score multiplies the penalty alike | 得分每变化一个单位，惩罚增长同样的倍数
source A §2.1 (9.9)
expect refuted: an exponential grows by one factor everywhere; for the loss it falls towards 1, and L(-10)/L(-9) is only 1.11 |
       指数函数处处按同一倍数增长；损失的倍数却趋于 1，L(-10)/L(-9) 仅为 1.11
see    likelihood.loss_is_linear
given  s: real, t: real
where  L(u) = log(1 + exp(-u))
claim  L(s - 1)/L(s) = L(t - 1)/L(t)

    L(s - 1)/L(s)
  = L(t - 1)/L(t)                               by algebra: one factor for every score | 倍数与得分无关
""")

# -- row 9.10

closer_to_one = derivation("""
title  The closer the score is to 1, the smaller the loss | 得分越接近 1，损失越小
source A §2.2 (9.10)
expect refuted: 1 is a label and no score to aim at; the loss goes on falling beyond it |
       1 是标签，不是得分的目标；得分超过 1 后损失继续下降
see    audit.loss_falls
given  s: real, t: real, abs(s - 1) < abs(t - 1)
where  L(u) = log(1 + exp(-u))
claim  L(s) < L(t)

    L(s)
  < L(t)                                        by hypothesis: s is closer to 1 than t | s 比 t 更接近 1
""")

closer_to_minus_one = derivation("""
title  The closer the score is to -1, the larger the loss | 得分越接近 -1，损失越大
source A §2.2 (9.10)
expect refuted: the loss goes on growing below -1 | 得分低于 -1 时损失继续增大
see    audit.loss_falls
given  s: real, t: real, abs(s + 1) < abs(t + 1)
where  L(u) = log(1 + exp(-u))
claim  L(s) > L(t)

    L(s)
  > L(t)                                        by hypothesis: s is closer to -1 than t | s 比 t 更接近 -1
""")

loss_falls = derivation("""
title  The loss of a label +1 falls at every score | 标签为 +1 时，损失处处随得分下降
source ours
given  s: real
where  L(u) = log(1 + exp(-u))
claim  diff(L(s), s) < 0

    diff(L(s), s)
  = -exp(-s)/(1 + exp(-s))                      by differentiation
  < 0                                           by algebra: exponentials are positive | 指数恒为正
""")

# -- row 9.11

likelihood_with_a_sign = derivation("""
title  The loss is the likelihood with a minus sign | 损失函数就是似然函数加负号
source A §2.1 (9.11)
expect refuted: it is the logarithm of the likelihood that takes the sign; the likelihood itself is no sum over the samples |
       加负号的是对数似然；似然函数本身不是对样本求和
see    likelihood.cross_entropy, likelihood.samples
given  N: size, y: label[N], a: probability[N]
where  P(i) = a[i]**y[i]*(1 - a[i])**(1 - y[i])
claim  -prod(P(i) for i in N) = -sum(y[i]*log(a[i]) + (1 - y[i])*log(1 - a[i]) for i in N)

    -prod(P(i) for i in N)
  = -sum(y[i]*log(a[i]) + (1 - y[i])*log(1 - a[i]) for i in N)          by log of a power
""")

# -- row 9.12

relative_entropy_both_ways = derivation("""
title  Relative entropy is a difference, the same both ways | 相对熵是差值，与 p、q 的先后无关
source B §3 (9.12)
expect refuted: it is not symmetric, so neither a difference nor a distance of the two; one of them has to be the data |
       它不对称，既不是两个分布之差，也不是距离；须说明哪一个是数据的分布
see    information.relative_entropy, information.one_hot
given  n: size, p: positive[n], q: positive[n], sum(p[i] for i in n) == 1, sum(q[i] for i in n) == 1
claim  sum(p[i]*log(p[i]/q[i]) for i in n) = sum(q[i]*log(q[i]/p[i]) for i in n)

    sum(p[i]*log(p[i]/q[i]) for i in n)
  = sum(q[i]*log(q[i]/p[i]) for i in n)         by log of a reciprocal: p and q change places | p 与 q 互换
""")

cross_entropy_both_ways = derivation("""
title  Cross-entropy is the same both ways | 交叉熵与 p、q 的先后无关
source A §3 (9.12)
expect refuted: the data weigh, the prediction stands in the logarithm; changed round it is another number |
       数据的分布作权重，预测的分布在对数内；互换后是另一个数
see    information.relative_entropy, information.one_hot
given  n: size, p: positive[n], q: positive[n], sum(p[i] for i in n) == 1, sum(q[i] for i in n) == 1
claim  -sum(p[i]*log(q[i]) for i in n) = -sum(q[i]*log(p[i]) for i in n)

    -sum(p[i]*log(q[i]) for i in n)
  = -sum(q[i]*log(p[i]) for i in n)             by algebra: p and q change places | p 与 q 互换
""")

# -- row 9.13

density_as_probability = derivation("""
title  A normal likelihood is a probability, at most 1 | 正态似然是概率，不超过 1
source B §5 (9.13)
expect refuted: it is a density, which is large where the standard deviation is small | 它是密度，标准差小时可以很大
see    audit.joint_probability, audit.density_at_the_mean
given  x: real, mu: real, sigma: positive
where  f(t) = exp(-(t - mu)**2/(2*sigma**2))/(sqrt(2*pi)*sigma)
claim  f(x) <= 1

    f(x)
  <= 1                                          by algebra: said to be a probability | 文中称为概率
""")

joint_density_as_probability = derivation("""
title  Normal likelihoods multiply to a probability | 正态似然之积是概率
source B §5 (9.13)
expect refuted: a product of densities is a joint density, and that is no probability | 密度之积是联合密度，不是概率
see    audit.joint_probability, audit.density_at_the_mean
given  n: size, mu: real, sigma: positive
where  f(t) = exp(-(t - mu)**2/(2*sigma**2))/(sqrt(2*pi)*sigma)
claim  prod(f(mu) for i in n) <= 1

    prod(f(mu) for i in n)
  <= 1                                          by algebra: said to be a joint probability | 文中称为联合概率
""")

joint_probability = derivation("""
title  The likelihoods of all pairs of K outcomes sum to 1 | K 种结果两次观测的似然之和为 1
source B §5
given  K: size, f: nonnegative[K], sum(f[k] for k in K) == 1
claim  sum(sum(f[k]*f[l] for l in K) for k in K) = 1

    sum(sum(f[k]*f[l] for l in K) for k in K)
  = sum(f[k]*sum(f[l] for l in K) for k in K)   by algebra
  = sum(f[k] for k in K)                        by hypothesis
  = 1                                           by hypothesis
""")

density_at_the_mean = derivation("""
title  A normal density at its mean, larger the smaller its deviation | 正态密度在均值处的值，标准差越小越大
source ours
given  mu: real, sigma: positive
where  f(t) = exp(-(t - mu)**2/(2*sigma**2))/(sqrt(2*pi)*sigma)
claim  f(mu) = 1/(sqrt(2*pi)*sigma)

    f(mu)
  = exp(0)/(sqrt(2*pi)*sigma)                   by algebra
  = 1/(sqrt(2*pi)*sigma)                        by exp of zero
""")
