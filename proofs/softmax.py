"""The softmax function and its bounds, its cross-entropy loss, and the gradients of both with their signs."""

from derive import derivation

total = derivation("""
title  Softmax sums to 1 | Softmax 之和为 1
source A §3
given  K: size, s: real[K]
where  S(i) = exp(s[i])/sum(exp(s[j]) for j in K)
claim  sum(S(i) for i in K) = 1

    sum(S(i) for i in K)
  = sum(exp(s[i])/sum(exp(s[j]) for j in K) for i in K)         by definition of S
  = sum(exp(s[i]) for i in K)/sum(exp(s[j]) for j in K)         by algebra: the denominator does not depend on i | 分母与 i 无关
  = 1                                                           by algebra
""")

positive = derivation("""
title  Softmax is positive | Softmax 恒为正
source A §3
given  K: size, s: real[K], i: index(K)
where  S(i) = exp(s[i])/sum(exp(s[j]) for j in K)
claim  0 < S(i)

    0
  < exp(s[i])/sum(exp(s[j]) for j in K)                         by signs: exponentials are positive | 指数函数恒为正
  = S(i)                                                        by definition of S
""")

at_most_one = derivation("""
title  Softmax is at most 1 | Softmax 不超过 1
source A §3
given  K: size, s: real[K], i: index(K)
where  S(i) = exp(s[i])/sum(exp(s[j]) for j in K)
claim  S(i) <= 1

    S(i)
  = exp(s[i])/sum(exp(s[j]) for j in K)                         by definition of S
  <= sum(exp(s[j]) for j in K)/sum(exp(s[j]) for j in K)        by term of a sum
  = 1                                                           by algebra
""")

below_one = derivation("""
title  With two classes or more softmax is less than 1 | 类别不少于两个时 Softmax 小于 1
source A §3
given  K: size, s: real[K], i: index(K), K >= 2
where  S(i) = exp(s[i])/sum(exp(s[j]) for j in K)
claim  S(i) < 1

    S(i)
  = exp(s[i])/sum(exp(s[j]) for j in K)                         by definition of S
  < sum(exp(s[j]) for j in K)/sum(exp(s[j]) for j in K)         by proper term of a sum: there is another one | 还有另一项
  = 1                                                           by algebra
""")

loss = derivation("""
title  The softmax loss of one class | 某一类别的 Softmax 损失
source A §3
given  K: size, s: real[K], i: index(K)
where  S(i) = exp(s[i])/sum(exp(s[j]) for j in K)
claim  -log(S(i)) = -s[i] + log(sum(exp(s[j]) for j in K))

    -log(S(i))
  = -log(exp(s[i])/sum(exp(s[j]) for j in K))                   by definition of S
  = -(log(exp(s[i])) - log(sum(exp(s[j]) for j in K)))          by log of a quotient
  = -(s[i] - log(sum(exp(s[j]) for j in K)))                    by log of an exponential
  = -s[i] + log(sum(exp(s[j]) for j in K))                      by algebra
""")

shift = derivation("""
title  A shift of all scores changes nothing | 所有得分同时平移不改变 Softmax
source ours
given  K: size, s: real[K], i: index(K), c: real
claim  exp(s[i] + c)/sum(exp(s[j] + c) for j in K) = exp(s[i])/sum(exp(s[j]) for j in K)

    exp(s[i] + c)/sum(exp(s[j] + c) for j in K)
  = exp(s[i])*exp(c)/sum(exp(s[j])*exp(c) for j in K)           by exp of a sum
  = exp(s[i])*exp(c)/(exp(c)*sum(exp(s[j]) for j in K))         by algebra
  = exp(s[i])/sum(exp(s[j]) for j in K)                         by algebra
""")

log_sum_exp = derivation("""
title  The stable form of log-sum-exp | 数值稳定的 log-sum-exp
source ours
given  K: size, s: real[K], c: real
claim  log(sum(exp(s[j]) for j in K)) = c + log(sum(exp(s[j] - c) for j in K))

    log(sum(exp(s[j]) for j in K))
  = log(sum(exp(c + (s[j] - c)) for j in K))                    by algebra
  = log(sum(exp(c)*exp(s[j] - c) for j in K))                   by exp of a sum
  = log(exp(c)*sum(exp(s[j] - c) for j in K))                   by algebra
  = log(exp(c)) + log(sum(exp(s[j] - c) for j in K))            by log of a product
  = c + log(sum(exp(s[j] - c) for j in K))                      by log of an exponential
""")

two_classes = derivation("""
title  With two classes softmax is the sigmoid | 两个类别时 Softmax 即 S 型函数
source ours
given  s: real[2]
where  g(t) = 1/(1 + exp(-t))
claim  exp(s[1])/(exp(s[1]) + exp(s[2])) = g(s[1] - s[2])

    exp(s[1])/(exp(s[1]) + exp(s[2]))
  = 1/(1 + exp(s[2])/exp(s[1]))                                 by algebra
  = 1/(1 + exp(s[2] - s[1]))                                    by exp of a difference
  = 1/(1 + exp(-(s[1] - s[2])))                                 by algebra
  = g(s[1] - s[2])                                              by definition of g
""")

gradient = derivation("""
title  The derivative of softmax | Softmax 的导数
source ours
given  K: size, s: real[K], i: index(K), k: index(K)
where  Z = sum(exp(s[j]) for j in K)
where  S(i) = exp(s[i])/Z
claim  diff(S(i), s[k]) = S(i)*(delta(i, k) - S(k))

    diff(S(i), s[k])
  = diff(exp(s[i])/Z, s[k])                                     by definition of S
  = (delta(i, k)*exp(s[i])*Z - exp(s[i])*sum(delta(j, k)*exp(s[j]) for j in K))/Z**2    by differentiation: the quotient rule | 商的求导法则
  = (delta(i, k)*exp(s[i])*Z - exp(s[i])*exp(s[k]))/Z**2        by sum over a delta
  = exp(s[i])/Z*(delta(i, k) - exp(s[k])/Z)                     by algebra
  = S(i)*(delta(i, k) - S(k))                                   by definition of S
""")

loss_gradient_unnormalised = derivation("""
title  The gradient of cross-entropy after softmax, for any weights y | 任意权重 y 下 Softmax 交叉熵的梯度
source ours
given  K: size, s: real[K], y: real[K], k: index(K)
where  Z = sum(exp(s[j]) for j in K)
where  S(i) = exp(s[i])/Z
claim  diff(-sum(y[i]*log(S(i)) for i in K), s[k]) = S(k)*sum(y[i] for i in K) - y[k]

    diff(-sum(y[i]*log(S(i)) for i in K), s[k])
  = -sum(y[i]*(delta(i, k) - sum(delta(j, k)*exp(s[j]) for j in K)/Z) for i in K)       by differentiation
  = -sum(y[i]*(delta(i, k) - S(k)) for i in K)                  by sum over a delta
  = -(sum(delta(i, k)*y[i] for i in K) - S(k)*sum(y[i] for i in K))     by algebra
  = -(y[k] - S(k)*sum(y[i] for i in K))                         by sum over a delta
  = S(k)*sum(y[i] for i in K) - y[k]                            by algebra
""")

loss_gradient = derivation("""
title  The gradient of cross-entropy after softmax | Softmax 交叉熵的梯度
source ours
given  K: size, s: real[K], y: real[K], k: index(K), sum(y[i] for i in K) == 1
where  S(i) = exp(s[i])/sum(exp(s[j]) for j in K)
claim  diff(-sum(y[i]*log(S(i)) for i in K), s[k]) = S(k) - y[k]

    diff(-sum(y[i]*log(S(i)) for i in K), s[k])
  = S(k)*sum(y[i] for i in K) - y[k]                            by lemma softmax.loss_gradient_unnormalised
  = S(k) - y[k]                                                 by hypothesis: the labels sum to 1 | 标签之和为 1
""")

loss_gradient_one_hot = derivation("""
title  The gradient for a one-hot label | 独热标签下的梯度
source ours
given  K: size, s: real[K], c: index(K), k: index(K)
where  S(i) = exp(s[i])/sum(exp(s[j]) for j in K)
where  y(i) = delta(i, c)
claim  diff(-sum(y(i)*log(S(i)) for i in K), s[k]) = S(k) - delta(k, c)

    diff(-sum(y(i)*log(S(i)) for i in K), s[k])
  = diff(-sum(delta(i, c)*log(S(i)) for i in K), s[k])          by definition of y
  = diff(-log(S(c)), s[k])                                      by sum over a delta
  = sum(delta(j, k)*exp(s[j]) for j in K)/sum(exp(s[j]) for j in K) - delta(c, k)       by differentiation
  = exp(s[k])/sum(exp(s[j]) for j in K) - delta(c, k)           by sum over a delta
  = S(k) - delta(k, c)                                          by definition of S
""")

weight_gradient = derivation("""
title  The gradient in the weights of a linear classifier | 线性分类器权重的梯度
source ours
given  K: size, d: size, W: real[K, d], x: real[d], b: real[K], y: real[K]
given  k: index(K), l: index(d), sum(y[i] for i in K) == 1
where  s(i) = sum(W[i, r]*x[r] for r in d) + b[i]
where  Z = sum(exp(s(j)) for j in K)
where  S(i) = exp(s(i))/Z
claim  diff(-sum(y[i]*log(S(i)) for i in K), W[k, l]) = (S(k) - y[k])*x[l]

    diff(-sum(y[i]*log(S(i)) for i in K), W[k, l])
  = diff(-sum(y[i]*(s(i) - log(Z)) for i in K), W[k, l])        by log of a quotient, log of an exponential
  = diff(-sum(y[i]*s(i) for i in K) + log(Z)*sum(y[i] for i in K), W[k, l])     by algebra
  = diff(-sum(y[i]*s(i) for i in K) + log(Z), W[k, l])          by hypothesis
  = -y[k]*x[l] + exp(s(k))/Z*x[l]                               by differentiation, sum over a delta
  = (S(k) - y[k])*x[l]                                          by definition of S
""")

bias_gradient = derivation("""
title  The gradient in the biases of a linear classifier | 线性分类器偏置的梯度
source ours
given  K: size, d: size, W: real[K, d], x: real[d], b: real[K], y: real[K]
given  k: index(K), sum(y[i] for i in K) == 1
where  s(i) = sum(W[i, r]*x[r] for r in d) + b[i]
where  Z = sum(exp(s(j)) for j in K)
where  S(i) = exp(s(i))/Z
claim  diff(-sum(y[i]*log(S(i)) for i in K), b[k]) = S(k) - y[k]

    diff(-sum(y[i]*log(S(i)) for i in K), b[k])
  = diff(-sum(y[i]*(s(i) - log(Z)) for i in K), b[k])           by log of a quotient, log of an exponential
  = diff(-sum(y[i]*s(i) for i in K) + log(Z)*sum(y[i] for i in K), b[k])        by algebra
  = diff(-sum(y[i]*s(i) for i in K) + log(Z), b[k])             by hypothesis
  = -y[k] + exp(s(k))/Z                                         by differentiation, sum over a delta
  = S(k) - y[k]                                                 by definition of S
""")

samples = derivation("""
title  The softmax loss of N samples | N 个样本的 Softmax 损失
source A §3
given  N: size, K: size, s: real[N, K], c: index(K)[N]
where  S(i, j) = exp(s[i, j])/sum(exp(s[i, r]) for r in K)
claim  -log(prod(S(i, c[i]) for i in N)) = sum(-s[i, c[i]] + log(sum(exp(s[i, j]) for j in K)) for i in N)

    -log(prod(S(i, c[i]) for i in N))
  = -sum(log(S(i, c[i])) for i in N)                                                    by log of an indexed product
  = -sum(log(exp(s[i, c[i]])) - log(sum(exp(s[i, j]) for j in K)) for i in N)           by log of a quotient
  = -sum(s[i, c[i]] - log(sum(exp(s[i, j]) for j in K)) for i in N)                     by log of an exponential
  = sum(-s[i, c[i]] + log(sum(exp(s[i, j]) for j in K)) for i in N)                     by algebra
""")

two_classes_loss = derivation("""
title  With two classes the softmax loss has the form of the ±1 labels | 两个类别时的 Softmax 损失与 ±1 标签形式相同
source A §2
given  s: real[2], c: index(2)
where  y = cases((1, c == 1), (-1, c == 2))
claim  -log(exp(s[c])/sum(exp(s[j]) for j in 2)) = log(1 + exp(-y*(s[1] - s[2])))

    -log(exp(s[c])/sum(exp(s[j]) for j in 2))
  = log(sum(exp(s[j]) for j in 2)/exp(s[c]))                    by log of a quotient
  = log(sum(exp(s[j] - s[c]) for j in 2))                       by exp of a difference
  = log(1 + exp(-y*(s[1] - s[2])))                              by cases c, exp of zero
""")

log_ratio = derivation("""
title  Scores are log-odds | 得分之差即对数几率
source ours
given  K: size, s: real[K], i: index(K), j: index(K)
where  Z = sum(exp(s[r]) for r in K)
where  S(i) = exp(s[i])/Z
claim  log(S(i)) - log(S(j)) = s[i] - s[j]

    log(S(i)) - log(S(j))
  = log(exp(s[i])) - log(Z) - (log(exp(s[j])) - log(Z))         by log of a quotient
  = log(exp(s[i])) - log(exp(s[j]))                             by algebra
  = s[i] - s[j]                                                 by log of an exponential
""")

right_score = derivation("""
title  The slope of the loss in the score of the right class | 损失对正确类别得分的导数
source ours
given  K: size, s: real[K], c: index(K), K >= 2
where  S(i) = exp(s[i])/sum(exp(s[j]) for j in K)
claim  diff(-sum(delta(i, c)*log(S(i)) for i in K), s[c]) = S(c) - 1

    diff(-sum(delta(i, c)*log(S(i)) for i in K), s[c])
  = S(c) - delta(c, c)                                          by lemma softmax.loss_gradient_one_hot
  = S(c) - 1                                                    by algebra
""")

wrong_score = derivation("""
title  The slope of the loss in the score of a wrong class | 损失对错误类别得分的导数
source ours
given  K: size, s: real[K], c: index(K), k: index(K), K >= 2, k != c
where  S(i) = exp(s[i])/sum(exp(s[j]) for j in K)
claim  diff(-sum(delta(i, c)*log(S(i)) for i in K), s[k]) = S(k)

    diff(-sum(delta(i, c)*log(S(i)) for i in K), s[k])
  = S(k) - delta(k, c)                                          by lemma softmax.loss_gradient_one_hot
  = S(k)                                                        by delta of different indices
""")

raise_right_score = derivation("""
title  A higher score of the right class lowers the loss | 正确类别的得分越高损失越小
source ours
given  K: size, s: real[K], c: index(K), K >= 2
where  S(i) = exp(s[i])/sum(exp(s[j]) for j in K)
claim  diff(-sum(delta(i, c)*log(S(i)) for i in K), s[c]) < 0

    diff(-sum(delta(i, c)*log(S(i)) for i in K), s[c])
  = S(c) - 1                                                    by lemma softmax.right_score
  < 1 - 1                                                       by lemma softmax.below_one
  = 0                                                           by algebra
""")

lower_wrong_score = derivation("""
title  A higher score of a wrong class raises the loss | 错误类别的得分越高损失越大
source ours
given  K: size, s: real[K], c: index(K), k: index(K), K >= 2, k != c
where  S(i) = exp(s[i])/sum(exp(s[j]) for j in K)
claim  diff(-sum(delta(i, c)*log(S(i)) for i in K), s[k]) > 0

    diff(-sum(delta(i, c)*log(S(i)) for i in K), s[k])
  = S(k)                                                        by lemma softmax.wrong_score
  > 0                                                           by signs
""")
