"""Maximum likelihood is minimum cross-entropy; the normal and the Bernoulli distribution."""

from derive import derivation

log_likelihood = derivation("""
title  The log-likelihood of a sample | 样本的对数似然
source B §5
given  n: size, f: (real, real) -> positive, x: real[n], t: real
claim  log(prod(f(x[i], t) for i in n)) = sum(log(f(x[i], t)) for i in n)

    log(prod(f(x[i], t) for i in n))
  = sum(log(f(x[i], t)) for i in n)                     by log of an indexed product: every factor is positive | 每个因子均为正
""")

shares = derivation("""
title  The shares of the outcomes sum to 1 | 各结果的频率之和为 1
source B §5
given  n: size, K: size, x: index(K)[n]
where  count(k) = sum(delta(x[i], k) for i in n)
where  share(k) = count(k)/n
claim  sum(share(k) for k in K) = 1

    sum(share(k) for k in K)
  = sum(count(k)/n for k in K)                          by definition of share
  = 1/n*sum(sum(delta(x[i], k) for i in n) for k in K)  by definition of count
  = 1/n*sum(sum(delta(x[i], k) for k in K) for i in n)  by exchange of sums
  = 1/n*sum(1 for i in n)                               by sum over a delta: every observation is one outcome | 每个观测值恰为一种结果
  = 1                                                   by algebra
""")

sample = derivation("""
title  The mean log-likelihood is the cross-entropy of the shares, with a sign | 平均对数似然等于负的频率交叉熵
source B §5
given  n: size, K: size, x: index(K)[n], f: positive[K]
where  count(k) = sum(delta(x[i], k) for i in n)
where  share(k) = count(k)/n
where  H = -sum(share(k)*log(f[k]) for k in K)
claim  1/n*sum(log(f[x[i]]) for i in n) = -H

    1/n*sum(log(f[x[i]]) for i in n)
  = 1/n*sum(sum(delta(x[i], k)*log(f[k]) for k in K) for i in n)        by sum over a delta
  = 1/n*sum(sum(delta(x[i], k)*log(f[k]) for i in n) for k in K)        by exchange of sums
  = 1/n*sum(count(k)*log(f[k]) for k in K)                              by definition of count
  = sum(share(k)*log(f[k]) for k in K)                                  by definition of share
  = -H                                                                  by definition of H
""")

divergence = derivation("""
title  The mean log-likelihood by relative entropy | 用相对熵表示的平均对数似然
source B §5
given  n: size, K: size, x: index(K)[n], f: positive[K]
given  p: positive[K], all(p[k] == sum(delta(x[i], k) for i in n)/n for k in K)
where  D = sum(p[k]*log(p[k]/f[k]) for k in K)
where  H = -sum(p[k]*log(p[k]) for k in K)
claim  1/n*sum(log(f[x[i]]) for i in n) = -D - H

    1/n*sum(log(f[x[i]]) for i in n)
  = sum(sum(delta(x[i], k) for i in n)/n*log(f[k]) for k in K)          by lemma maximum_likelihood.sample
  = sum(p[k]*log(f[k]) for k in K)                                      by hypothesis
  = -(-sum(p[k]*log(f[k]) for k in K) - H) - H                          by algebra
  = -D - H                                                              by lemma information.relative_entropy
""")

population = derivation("""
title  The expected log-likelihood is the cross-entropy, with a sign | 对数似然的期望等于负的交叉熵
source B §5
given  K: size, p: nonnegative[K], f: positive[K], sum(p[k] for k in K) == 1
where  H = -sum(p[k]*log(f[k]) for k in K)
claim  sum(p[k]*log(f[k]) for k in K) = -H

    sum(p[k]*log(f[k]) for k in K)
  = -H                                                  by definition of H
""")

normal = derivation("""
title  The log-likelihood of the normal distribution | 正态分布的对数似然
source B §5
given  n: size, x: real[n], mu: real, v: positive
where  f(t) = exp(-(t - mu)**2/(2*v))/sqrt(2*pi*v)
claim  log(prod(f(x[i]) for i in n)) = -n/2*log(2*pi*v) - 1/(2*v)*sum((x[i] - mu)**2 for i in n)

    log(prod(f(x[i]) for i in n))
  = sum(log(f(x[i])) for i in n)                                                        by log of an indexed product
  = sum(log(exp(-(x[i] - mu)**2/(2*v))) - log(sqrt(2*pi*v)) for i in n)                 by log of a quotient
  = sum(-(x[i] - mu)**2/(2*v) - log(sqrt(2*pi*v)) for i in n)                           by log of an exponential
  = sum(-(x[i] - mu)**2/(2*v) - log(2*pi*v)/2 for i in n)                               by log of a root
  = -n/2*log(2*pi*v) - 1/(2*v)*sum((x[i] - mu)**2 for i in n)                           by algebra
""")

normal_mean_slope = derivation("""
title  The slope of the normal log-likelihood in the mean | 正态对数似然对均值的导数
source B §5
given  n: size, x: real[n], mu: real, v: positive
where  f(t) = exp(-(t - mu)**2/(2*v))/sqrt(2*pi*v)
claim  diff(log(prod(f(x[i]) for i in n)), mu) = 1/v*sum(x[i] - mu for i in n)

    diff(log(prod(f(x[i]) for i in n)), mu)
  = diff(-n/2*log(2*pi*v) - 1/(2*v)*sum((x[i] - mu)**2 for i in n), mu)                 by lemma maximum_likelihood.normal
  = -1/(2*v)*sum(-2*(x[i] - mu) for i in n)                                             by differentiation
  = 1/v*sum(x[i] - mu for i in n)                                                       by algebra
""")

normal_mean = derivation("""
title  At the mean of the sample the slope in the mean is 0 | 在样本均值处对均值的导数为零
source B §5
given  n: size, x: real[n], mu: real, v: positive
where  f(t) = exp(-(t - mu)**2/(2*v))/sqrt(2*pi*v)
where  m = 1/n*sum(x[i] for i in n)
claim  diff(log(prod(f(x[i]) for i in n)), mu, at=m) = 0

    diff(log(prod(f(x[i]) for i in n)), mu, at=m)
  = 1/v*sum(x[i] - m for i in n)                                        by lemma maximum_likelihood.normal_mean_slope
  = 1/v*(sum(x[i] for i in n) - n*m)                                    by algebra
  = 1/v*(sum(x[i] for i in n) - sum(x[i] for i in n))                   by definition of m
  = 0                                                                   by algebra
""")

normal_variance_slope = derivation("""
title  The slope of the normal log-likelihood in the variance | 正态对数似然对方差的导数
source B §5
given  n: size, x: real[n], mu: real, v: positive
where  f(t) = exp(-(t - mu)**2/(2*v))/sqrt(2*pi*v)
claim  diff(log(prod(f(x[i]) for i in n)), v) = n/(2*v)*(1/n*sum((x[i] - mu)**2 for i in n)/v - 1)

    diff(log(prod(f(x[i]) for i in n)), v)
  = diff(-n/2*log(2*pi*v) - 1/(2*v)*sum((x[i] - mu)**2 for i in n), v)                  by lemma maximum_likelihood.normal
  = -n/(2*v) + 1/(2*v**2)*sum((x[i] - mu)**2 for i in n)                                by differentiation
  = n/(2*v)*(1/n*sum((x[i] - mu)**2 for i in n)/v - 1)                                  by algebra
""")

normal_variance = derivation("""
title  At the mean square deviation the slope in the variance is 0 | 在均方差处对方差的导数为零
source B §5
given  n: size, x: real[n], v: positive, sum((x[i] - 1/n*sum(x[j] for j in n))**2 for i in n) > 0
where  m = 1/n*sum(x[i] for i in n)
where  s = 1/n*sum((x[i] - m)**2 for i in n)
where  f(t) = exp(-(t - m)**2/(2*v))/sqrt(2*pi*v)
claim  diff(log(prod(f(x[i]) for i in n)), v, at=s) = 0

    diff(log(prod(f(x[i]) for i in n)), v, at=s)
  = n/(2*s)*(1/n*sum((x[i] - m)**2 for i in n)/s - 1)                   by lemma maximum_likelihood.normal_variance_slope
  = n/(2*s)*(s/s - 1)                                                   by definition of s
  = 0                                                                   by algebra
""")

squared_error = derivation("""
title  Squared error is the cross-entropy of a normal distribution | 均方误差即正态分布的交叉熵
source ours
given  n: size, x: real[n], mu: real, v: positive
where  f(t) = exp(-(t - mu)**2/(2*v))/sqrt(2*pi*v)
claim  -1/n*sum(log(f(x[i])) for i in n) = 1/(2*v)*(1/n*sum((x[i] - mu)**2 for i in n)) + 1/2*log(2*pi*v)

    -1/n*sum(log(f(x[i])) for i in n)
  = -1/n*sum(log(exp(-(x[i] - mu)**2/(2*v))) - log(sqrt(2*pi*v)) for i in n)            by log of a quotient
  = -1/n*sum(-(x[i] - mu)**2/(2*v) - log(sqrt(2*pi*v)) for i in n)                      by log of an exponential
  = -1/n*sum(-(x[i] - mu)**2/(2*v) - 1/2*log(2*pi*v) for i in n)                        by log of a root
  = 1/(2*v)*(1/n*sum((x[i] - mu)**2 for i in n)) + 1/2*log(2*pi*v)                      by algebra
""")

bernoulli_slope = derivation("""
title  The slope of the Bernoulli log-likelihood | 伯努利对数似然的导数
source ours
given  n: size, y: label[n], a: probability
where  P = prod(a**y[i]*(1 - a)**(1 - y[i]) for i in n)
where  s = sum(y[i] for i in n)
claim  diff(log(P), a) = (s - n*a)/(a*(1 - a))

    diff(log(P), a)
  = diff(sum(log(a**y[i]*(1 - a)**(1 - y[i])) for i in n), a)           by log of an indexed product
  = diff(sum(y[i]*log(a) + (1 - y[i])*log(1 - a) for i in n), a)        by log of a product, log of a power
  = sum(y[i]/a - (1 - y[i])/(1 - a) for i in n)                         by differentiation
  = s/a - (n - s)/(1 - a)                                               by algebra
  = (s - n*a)/(a*(1 - a))                                               by algebra
""")

bernoulli = derivation("""
title  At the mean of the labels the slope is 0 | 在标签均值处导数为零
source ours
given  n: size, y: label[n], a: probability, sum(y[i] for i in n) > 0, sum(y[i] for i in n) < n
where  P = prod(a**y[i]*(1 - a)**(1 - y[i]) for i in n)
where  m = 1/n*sum(y[i] for i in n)
claim  diff(log(P), a, at=m) = 0

    diff(log(P), a, at=m)
  = (sum(y[i] for i in n) - n*m)/(m*(1 - m))                            by lemma maximum_likelihood.bernoulli_slope
  = (sum(y[i] for i in n) - sum(y[i] for i in n))/(m*(1 - m))           by definition of m
  = 0                                                                   by algebra
""")

same_maximisers = derivation("""
title  Likelihood, log-likelihood and their mean have the same maximisers | 似然、对数似然与其平均值的最大点相同
source B §5
given  n: size, Theta: set, f: (real, Theta) -> positive, x: real[n]
claim  argmax(prod(f(x[i], t) for i in n) for t in Theta) = argmax(1/n*sum(log(f(x[i], t)) for i in n) for t in Theta)

    argmax(prod(f(x[i], t) for i in n) for t in Theta)
  = argmax(log(prod(f(x[i], t) for i in n)) for t in Theta)     by argmax under an increasing map: log increases | 对数递增
  = argmax(sum(log(f(x[i], t)) for i in n) for t in Theta)      by log of an indexed product
  = argmax(1/n*sum(log(f(x[i], t)) for i in n) for t in Theta)  by argmax without a positive factor
""")

least_cross_entropy = derivation("""
title  Maximising the likelihood is minimising the cross-entropy | 最大似然即最小交叉熵
source B §5
given  n: size, K: size, Theta: set, x: index(K)[n], f: (Theta, index(K)) -> positive
where  count(k) = sum(delta(x[i], k) for i in n)
where  share(k) = count(k)/n
where  H(t) = -sum(share(k)*log(f(t, k)) for k in K)
claim  argmax(sum(log(f(t, x[i])) for i in n) for t in Theta) = argmin(H(t) for t in Theta)

    argmax(sum(log(f(t, x[i])) for i in n) for t in Theta)
  = argmax(1/n*sum(log(f(t, x[i])) for i in n) for t in Theta)          by argmax without a positive factor
  = argmax(1/n*sum(sum(delta(x[i], k)*log(f(t, k)) for k in K) for i in n) for t in Theta)      by sum over a delta
  = argmax(1/n*sum(sum(delta(x[i], k)*log(f(t, k)) for i in n) for k in K) for t in Theta)      by exchange of sums
  = argmax(1/n*sum(count(k)*log(f(t, k)) for k in K) for t in Theta)                            by definition of count
  = argmax(sum(share(k)*log(f(t, k)) for k in K) for t in Theta)                                by definition of share
  = argmin(H(t) for t in Theta)                                                                 by argmax of a negative
""")

least_relative_entropy = derivation("""
title  Maximising the likelihood is minimising the relative entropy | 最大似然即最小相对熵
source B §5
given  n: size, K: size, Theta: set, x: index(K)[n], f: (Theta, index(K)) -> positive
given  p: positive[K], all(p[k] == sum(delta(x[i], k) for i in n)/n for k in K)
where  D(t) = sum(p[k]*log(p[k]/f(t, k)) for k in K)
where  H = -sum(p[k]*log(p[k]) for k in K)
claim  argmax(sum(log(f(t, x[i])) for i in n) for t in Theta) = argmin(D(t) for t in Theta)

    argmax(sum(log(f(t, x[i])) for i in n) for t in Theta)
  = argmax(1/n*sum(log(f(t, x[i])) for i in n) for t in Theta)          by argmax without a positive factor
  = argmax(1/n*sum(sum(delta(x[i], k)*log(f(t, k)) for k in K) for i in n) for t in Theta)      by sum over a delta
  = argmax(1/n*sum(sum(delta(x[i], k)*log(f(t, k)) for i in n) for k in K) for t in Theta)      by exchange of sums
  = argmax(sum(sum(delta(x[i], k) for i in n)/n*log(f(t, k)) for k in K) for t in Theta)       by algebra
  = argmax(sum(p[k]*log(f(t, k)) for k in K) for t in Theta)                                    by hypothesis
  = argmax(-D(t) - H for t in Theta)                                                            by log of a quotient
  = argmax(-D(t) for t in Theta)                                        by argmax without a constant term
  = argmin(D(t) for t in Theta)                                         by argmax of a negative
""")

least_cross_entropy_of_a_population = derivation("""
title  The same for a population | 总体的情形
source B §5
given  K: size, Theta: set, p: nonnegative[K], sum(p[k] for k in K) == 1, f: (Theta, index(K)) -> positive
where  H(t) = -sum(p[k]*log(f(t, k)) for k in K)
claim  argmax(sum(p[k]*log(f(t, k)) for k in K) for t in Theta) = argmin(H(t) for t in Theta)

    argmax(sum(p[k]*log(f(t, k)) for k in K) for t in Theta)
  = argmax(-H(t) for t in Theta)                                        by definition of H
  = argmin(H(t) for t in Theta)                                         by argmax of a negative
""")

normal_maximum = derivation("""
title  No normal distribution makes the sample likelier | 正态分布的最大似然
source B §5
given  n: size, x: real[n], mu: real, v: positive, sum((x[i] - 1/n*sum(x[j] for j in n))**2 for i in n) > 0
where  m = 1/n*sum(x[i] for i in n)
where  s = 1/n*sum((x[i] - m)**2 for i in n)
where  f(t) = exp(-(t - mu)**2/(2*v))/sqrt(2*pi*v)
where  best(t) = exp(-(t - m)**2/(2*s))/sqrt(2*pi*s)
claim  log(prod(f(x[i]) for i in n)) <= log(prod(best(x[i]) for i in n))

    log(prod(f(x[i]) for i in n))
  = -n/2*log(2*pi*v) - 1/(2*v)*sum((x[i] - mu)**2 for i in n)           by lemma maximum_likelihood.normal
  = -n/2*log(2*pi*v) - n/(2*v)*(s + (m - mu)**2)                        by algebra: the deviations from m sum to 0 | 对 m 的偏差之和为零
 <= -n/2*log(2*pi*v) - n/(2*v)*s                                        by square
  = n/2*(log(s/v) - s/v) - n/2*log(2*pi*s)                              by log of a product: s/v times 2πv is 2πs | s/v 乘 2πv 得 2πs
 <= n/2*(s/v - 1 - s/v) - n/2*log(2*pi*s)                               by log below its tangent
  = -n/2*log(2*pi*s) - 1/(2*s)*sum((x[i] - m)**2 for i in n)            by algebra
  = log(prod(best(x[i]) for i in n))                                    by lemma maximum_likelihood.normal
""")

bernoulli_maximum = derivation("""
title  The mean of the labels makes them likeliest | 标签均值使似然最大
source ours
given  n: size, y: label[n], a: probability, sum(y[i] for i in n) > 0, sum(y[i] for i in n) < n
where  P(t) = prod(t**y[i]*(1 - t)**(1 - y[i]) for i in n)
where  m = 1/n*sum(y[i] for i in n)
claim  log(P(a)) <= log(P(m))

    log(P(a))
  = sum(log(a**y[i]*(1 - a)**(1 - y[i])) for i in n)                                            by log of an indexed product
  = sum(y[i]*log(a) + (1 - y[i])*log(1 - a) for i in n)                                         by log of a product, log of a power
  = n*(m*log(a) + (1 - m)*log(1 - a))                                                           by algebra
  = n*(m*log(a/m) + (1 - m)*log((1 - a)/(1 - m)) + m*log(m) + (1 - m)*log(1 - m))               by log of a quotient
 <= n*(m*(a/m - 1) + (1 - m)*((1 - a)/(1 - m) - 1) + m*log(m) + (1 - m)*log(1 - m))             by log below its tangent
  = n*(m*log(m) + (1 - m)*log(1 - m))                                                           by algebra
  = sum(y[i]*log(m) + (1 - y[i])*log(1 - m) for i in n)                                         by algebra
  = sum(log(m**y[i]*(1 - m)**(1 - y[i])) for i in n)                                            by log of a product, log of a power
  = log(P(m))                                                                                   by log of an indexed product
""")
