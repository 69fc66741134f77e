"""The gradient of squared error against that of cross-entropy, and which of them vanishes where."""

from derive import derivation

squared_error_weight = derivation("""
title  Squared error: the gradient in the weight | 均方误差对权重的梯度
source B §4
given  w: real, x: real, b: real, y: real
where  g(t) = 1/(1 + exp(-t))
where  slope(t) = diff(g(t), t)
where  z = w*x + b
where  a = g(z)
claim  diff(1/2*(a - y)**2, w) = (a - y)*slope(z)*x

    diff(1/2*(a - y)**2, w)
  = (a - y)*diff(a, w)                                  by differentiation: the outer derivative | 外层导数
  = (a - y)*slope(z)*x                                  by differentiation: the chain rule | 链式法则
""")

squared_error_bias = derivation("""
title  Squared error: the gradient in the bias | 均方误差对偏置的梯度
source B §4
given  w: real, x: real, b: real, y: real
where  g(t) = 1/(1 + exp(-t))
where  slope(t) = diff(g(t), t)
where  z = w*x + b
where  a = g(z)
claim  diff(1/2*(a - y)**2, b) = (a - y)*slope(z)

    diff(1/2*(a - y)**2, b)
  = (a - y)*diff(a, b)                                  by differentiation
  = (a - y)*slope(z)                                    by differentiation
""")

squared_error_samples_weight = derivation("""
title  Squared error of m samples: the gradient in a weight | m 个样本的均方误差对权重的梯度
source B §4
given  m: size, d: size, w: real[d], b: real, x: real[m, d], y: real[m], l: index(d)
where  g(t) = 1/(1 + exp(-t))
where  slope(t) = diff(g(t), t)
where  z(i) = sum(w[r]*x[i, r] for r in d) + b
where  a(i) = g(z(i))
claim  diff(1/(2*m)*sum((a(i) - y[i])**2 for i in m), w[l]) = 1/m*sum((a(i) - y[i])*slope(z(i))*x[i, l] for i in m)

    diff(1/(2*m)*sum((a(i) - y[i])**2 for i in m), w[l])
  = 1/(2*m)*sum(2*(a(i) - y[i])*diff(a(i), w[l]) for i in m)                    by differentiation
  = 1/m*sum((a(i) - y[i])*diff(a(i), w[l]) for i in m)                          by algebra
  = 1/m*sum((a(i) - y[i])*slope(z(i))*x[i, l] for i in m)                       by differentiation, sum over a delta
""")

squared_error_samples_bias = derivation("""
title  Squared error of m samples: the gradient in the bias | m 个样本的均方误差对偏置的梯度
source B §4
given  m: size, d: size, w: real[d], b: real, x: real[m, d], y: real[m]
where  g(t) = 1/(1 + exp(-t))
where  slope(t) = diff(g(t), t)
where  z(i) = sum(w[r]*x[i, r] for r in d) + b
where  a(i) = g(z(i))
claim  diff(1/(2*m)*sum((a(i) - y[i])**2 for i in m), b) = 1/m*sum((a(i) - y[i])*slope(z(i)) for i in m)

    diff(1/(2*m)*sum((a(i) - y[i])**2 for i in m), b)
  = 1/(2*m)*sum(2*(a(i) - y[i])*slope(z(i)) for i in m)                         by differentiation
  = 1/m*sum((a(i) - y[i])*slope(z(i)) for i in m)                               by algebra
""")

cross_entropy_score = derivation("""
title  Cross-entropy: the gradient in the score | 交叉熵对得分的梯度
source B §4
given  z: real, y: real
where  g(t) = 1/(1 + exp(-t))
where  a = g(z)
claim  diff(-(y*log(a) + (1 - y)*log(1 - a)), z) = a - y

    diff(-(y*log(a) + (1 - y)*log(1 - a)), z)
  = -(y/a - (1 - y)/(1 - a))*diff(a, z)                 by differentiation: the outer derivative | 外层导数
  = -(y/a - (1 - y)/(1 - a))*a*(1 - a)                  by lemma sigmoid.slope
  = -(y*(1 - a) - (1 - y)*a)                            by algebra: the slope of the sigmoid cancels | 导数被约去
  = a - y                                               by algebra
""")

cross_entropy_weight = derivation("""
title  Cross-entropy: the gradient in the weight | 交叉熵对权重的梯度
source B §4
given  w: real, x: real, b: real, y: real
where  g(t) = 1/(1 + exp(-t))
where  z = w*x + b
where  a = g(z)
claim  diff(-(y*log(a) + (1 - y)*log(1 - a)), w) = (a - y)*x

    diff(-(y*log(a) + (1 - y)*log(1 - a)), w)
  = -(y/a - (1 - y)/(1 - a))*diff(a, w)                 by differentiation
  = -(y/a - (1 - y)/(1 - a))*a*(1 - a)*x                by differentiation
  = (a - y)*x                                           by algebra
""")

cross_entropy_bias = derivation("""
title  Cross-entropy: the gradient in the bias | 交叉熵对偏置的梯度
source B §4
given  w: real, x: real, b: real, y: real
where  g(t) = 1/(1 + exp(-t))
where  z = w*x + b
where  a = g(z)
claim  diff(-(y*log(a) + (1 - y)*log(1 - a)), b) = a - y

    diff(-(y*log(a) + (1 - y)*log(1 - a)), b)
  = -(y/a - (1 - y)/(1 - a))*diff(a, b)                 by differentiation
  = -(y/a - (1 - y)/(1 - a))*a*(1 - a)                  by differentiation
  = a - y                                               by algebra
""")

any_base_weight = derivation("""
title  Cross-entropy with logarithms to any base: the gradient in the weight | 任意底数的交叉熵对权重的梯度
source B §4
given  w: real, x: real, b: real, y: real, beta: positive, beta != 1
where  g(t) = 1/(1 + exp(-t))
where  a = g(w*x + b)
claim  diff(-(y*log(a, beta) + (1 - y)*log(1 - a, beta)), w) = (a - y)*x/log(beta)

    diff(-(y*log(a, beta) + (1 - y)*log(1 - a, beta)), w)
  = diff(-(y*log(a) + (1 - y)*log(1 - a))/log(beta), w)                 by change of base
  = diff(-(y*log(a) + (1 - y)*log(1 - a)), w)/log(beta)                 by differentiation
  = (a - y)*x/log(beta)                                                 by lemma gradients.cross_entropy_weight
""")

any_base_bias = derivation("""
title  Cross-entropy with logarithms to any base: the gradient in the bias | 任意底数的交叉熵对偏置的梯度
source B §4
given  w: real, x: real, b: real, y: real, beta: positive, beta != 1
where  g(t) = 1/(1 + exp(-t))
where  a = g(w*x + b)
claim  diff(-(y*log(a, beta) + (1 - y)*log(1 - a, beta)), b) = (a - y)/log(beta)

    diff(-(y*log(a, beta) + (1 - y)*log(1 - a, beta)), b)
  = diff(-(y*log(a) + (1 - y)*log(1 - a))/log(beta), b)                 by change of base
  = diff(-(y*log(a) + (1 - y)*log(1 - a)), b)/log(beta)                 by differentiation
  = (a - y)/log(beta)                                                   by lemma gradients.cross_entropy_bias
""")

several_outputs_weight = derivation("""
title  Several outputs with one weight: the gradient in the weight | 多个输出共用权重时对权重的梯度
source B §4
given  n: size, w: real, b: real, x: real[n], y: real[n]
where  g(t) = 1/(1 + exp(-t))
where  a(j) = g(w*x[j] + b)
claim  diff(-sum(y[j]*log(a(j)) + (1 - y[j])*log(1 - a(j)) for j in n), w) = sum((a(j) - y[j])*x[j] for j in n)

    diff(-sum(y[j]*log(a(j)) + (1 - y[j])*log(1 - a(j)) for j in n), w)
  = -sum((y[j]/a(j) - (1 - y[j])/(1 - a(j)))*a(j)*(1 - a(j))*x[j] for j in n)           by differentiation
  = sum((a(j) - y[j])*x[j] for j in n)                                                  by algebra
""")

several_outputs_bias = derivation("""
title  Several outputs with one bias: the gradient in the bias | 多个输出共用偏置时对偏置的梯度
source B §4
given  n: size, w: real, b: real, x: real[n], y: real[n]
where  g(t) = 1/(1 + exp(-t))
where  a(j) = g(w*x[j] + b)
claim  diff(-sum(y[j]*log(a(j)) + (1 - y[j])*log(1 - a(j)) for j in n), b) = sum(a(j) - y[j] for j in n)

    diff(-sum(y[j]*log(a(j)) + (1 - y[j])*log(1 - a(j)) for j in n), b)
  = -sum((y[j]/a(j) - (1 - y[j])/(1 - a(j)))*a(j)*(1 - a(j)) for j in n)                by differentiation
  = sum(a(j) - y[j] for j in n)                                                         by algebra
""")

multi_label_weight = derivation("""
title  Multi-label classification: the gradient in a weight | 多标签分类对权重的梯度
source B §4
given  m: size, n: size, d: size, w: real[n, d], b: real[n], x: real[m, d], y: real[m, n], k: index(n), l: index(d)
where  g(t) = 1/(1 + exp(-t))
where  z(i, j) = sum(w[j, r]*x[i, r] for r in d) + b[j]
where  a(i, j) = g(z(i, j))
claim  diff(-1/m*sum(sum(y[i, j]*log(a(i, j)) + (1 - y[i, j])*log(1 - a(i, j)) for j in n) for i in m), w[k, l])
       = 1/m*sum((a(i, k) - y[i, k])*x[i, l] for i in m)

    diff(-1/m*sum(sum(y[i, j]*log(a(i, j)) + (1 - y[i, j])*log(1 - a(i, j)) for j in n) for i in m), w[k, l])
  = 1/m*sum(sum((a(i, j) - y[i, j])*sum(delta(j, k)*delta(r, l)*x[i, r] for r in d) for j in n) for i in m)     by differentiation
  = 1/m*sum((a(i, k) - y[i, k])*x[i, l] for i in m)                                     by sum over a delta
""")

multi_label_bias = derivation("""
title  Multi-label classification: the gradient in a bias | 多标签分类对偏置的梯度
source B §4
given  m: size, n: size, d: size, w: real[n, d], b: real[n], x: real[m, d], y: real[m, n], k: index(n)
where  g(t) = 1/(1 + exp(-t))
where  z(i, j) = sum(w[j, r]*x[i, r] for r in d) + b[j]
where  a(i, j) = g(z(i, j))
claim  diff(-1/m*sum(sum(y[i, j]*log(a(i, j)) + (1 - y[i, j])*log(1 - a(i, j)) for j in n) for i in m), b[k])
       = 1/m*sum(a(i, k) - y[i, k] for i in m)

    diff(-1/m*sum(sum(y[i, j]*log(a(i, j)) + (1 - y[i, j])*log(1 - a(i, j)) for j in n) for i in m), b[k])
  = 1/m*sum(sum((a(i, j) - y[i, j])*delta(j, k) for j in n) for i in m)                 by differentiation
  = 1/m*sum(a(i, k) - y[i, k] for i in m)                                               by sum over a delta
""")

ratio = derivation("""
title  Squared error learns slower by the slope of the sigmoid | 均方误差的梯度小一个 σ' 因子
source B §4
given  w: real, x: real, b: real, y: label, x != 0
where  g(t) = 1/(1 + exp(-t))
where  slope(t) = diff(g(t), t)
where  z = w*x + b
where  a = g(z)
claim  diff(1/2*(a - y)**2, w)/diff(-(y*log(a) + (1 - y)*log(1 - a)), w) = slope(z)

    diff(1/2*(a - y)**2, w)/diff(-(y*log(a) + (1 - y)*log(1 - a)), w)
  = (a - y)*slope(z)*x/diff(-(y*log(a) + (1 - y)*log(1 - a)), w)        by lemma gradients.squared_error_weight
  = (a - y)*slope(z)*x/((a - y)*x)                                      by lemma gradients.cross_entropy_weight
  = slope(z)                                                            by algebra: the prediction is never a label | 预测值不等于标签
""")

ratio_any_base = derivation("""
title  The same ratio with logarithms to base β | 底数为 β 时的梯度之比
source B §4
given  w: real, x: real, b: real, y: label, x != 0, beta: positive, beta != 1
where  g(t) = 1/(1 + exp(-t))
where  slope(t) = diff(g(t), t)
where  z = w*x + b
where  a = g(z)
claim  diff(1/2*(a - y)**2, w)/diff(-(y*log(a, beta) + (1 - y)*log(1 - a, beta)), w) = slope(z)*log(beta)

    diff(1/2*(a - y)**2, w)/diff(-(y*log(a, beta) + (1 - y)*log(1 - a, beta)), w)
  = (a - y)*slope(z)*x/diff(-(y*log(a, beta) + (1 - y)*log(1 - a, beta)), w)    by lemma gradients.squared_error_weight
  = (a - y)*slope(z)*x/((a - y)*x/log(beta))                                    by lemma gradients.any_base_weight
  = slope(z)*log(beta)                                                          by algebra
""")

ratio_at_most_a_quarter = derivation("""
title  The gradient of squared error is at most a quarter of the other | 均方误差的梯度至多为交叉熵梯度的 1/4
source B §4
given  w: real, x: real, b: real, y: label, x != 0
where  g(t) = 1/(1 + exp(-t))
where  slope(t) = diff(g(t), t)
where  z = w*x + b
where  a = g(z)
claim  diff(1/2*(a - y)**2, w)/diff(-(y*log(a) + (1 - y)*log(1 - a)), w) <= 1/4

    diff(1/2*(a - y)**2, w)/diff(-(y*log(a) + (1 - y)*log(1 - a)), w)
  = slope(z)                                            by lemma gradients.ratio
  <= 1/4                                                by lemma sigmoid.at_most_a_quarter
""")

ratio_any_base_at_most = derivation("""
title  The same bound with logarithms to a base β > 1 | 底数 β > 1 时的同一上界
source B §4
given  w: real, x: real, b: real, y: label, x != 0, beta: positive, beta > 1
where  g(t) = 1/(1 + exp(-t))
where  slope(t) = diff(g(t), t)
where  z = w*x + b
where  a = g(z)
claim  diff(1/2*(a - y)**2, w)/diff(-(y*log(a, beta) + (1 - y)*log(1 - a, beta)), w) <= log(beta)/4

    diff(1/2*(a - y)**2, w)/diff(-(y*log(a, beta) + (1 - y)*log(1 - a, beta)), w)
  = slope(z)*log(beta)                                  by lemma gradients.ratio_any_base
  <= log(beta)/4                                        by lemma sigmoid.at_most_a_quarter
""")

ratio_at_infinity = derivation("""
title  For large scores the gradient of squared error vanishes against the other | 得分很大时均方误差的梯度相对消失
source B §4
given  x: real, y: label, x != 0
where  g(t) = 1/(1 + exp(-t))
where  mse(z) = diff(1/2*(g(z) - y)**2, z)*x
where  ce(z) = diff(-(y*log(g(z)) + (1 - y)*log(1 - g(z))), z)*x
claim  limit(mse(z)/ce(z), z, oo) = 0

    limit(mse(z)/ce(z), z, oo)
  = limit((g(z) - y)*diff(g(z), z)*x/((g(z) - y)*x), z, oo)             by differentiation
  = limit(g(z)*(1 - g(z)), z, oo)                                       by lemma sigmoid.slope
  = limit(g(z), z, oo)*(1 - limit(g(z), z, oo))                         by continuity
  = 1*(1 - 1)                                                           by exp at minus infinity, continuity
  = 0                                                                   by algebra
""")

ratio_at_minus_infinity = derivation("""
title  For very negative scores it vanishes, too | 得分为很大负数时同样相对消失
source B §4
given  x: real, y: label, x != 0
where  g(t) = 1/(1 + exp(-t))
where  mse(z) = diff(1/2*(g(z) - y)**2, z)*x
where  ce(z) = diff(-(y*log(g(z)) + (1 - y)*log(1 - g(z))), z)*x
claim  limit(mse(z)/ce(z), z, -oo) = 0

    limit(mse(z)/ce(z), z, -oo)
  = limit((g(z) - y)*diff(g(z), z)*x/((g(z) - y)*x), z, -oo)            by differentiation
  = limit(g(z)*(1 - g(z)), z, -oo)                                      by lemma sigmoid.slope
  = limit(g(z), z, -oo)*(1 - limit(g(z), z, -oo))                       by continuity
  = 0*(1 - 0)                                                           by exp at infinity, continuity
  = 0                                                                   by algebra
""")

mistake_squared_error = derivation("""
title  A confident mistake: the gradient of squared error vanishes | 自信的错误：均方误差的梯度消失
source B §4
given  x: real
where  g(t) = 1/(1 + exp(-t))
where  mse(z, y) = diff(1/2*(g(z) - y)**2, z)*x
claim  limit(mse(z, 1), z, -oo) = 0

    limit(mse(z, 1), z, -oo)
  = limit((g(z) - 1)*diff(g(z), z)*x, z, -oo)                                           by differentiation
  = limit((g(z) - 1)*g(z)*(1 - g(z))*x, z, -oo)                                         by lemma sigmoid.slope
  = (limit(g(z), z, -oo) - 1)*limit(g(z), z, -oo)*(1 - limit(g(z), z, -oo))*x           by continuity
  = (0 - 1)*0*(1 - 0)*x                                                                 by exp at infinity, continuity
  = 0                                                                                   by algebra
""")

certainty_squared_error = derivation("""
title  A confident right answer: the gradient of squared error vanishes | 自信且正确：均方误差的梯度消失
source B §4
given  x: real
where  g(t) = 1/(1 + exp(-t))
where  mse(z, y) = diff(1/2*(g(z) - y)**2, z)*x
claim  limit(mse(z, 1), z, oo) = 0

    limit(mse(z, 1), z, oo)
  = limit((g(z) - 1)*diff(g(z), z)*x, z, oo)                                            by differentiation
  = limit((g(z) - 1)*g(z)*(1 - g(z))*x, z, oo)                                          by lemma sigmoid.slope
  = (limit(g(z), z, oo) - 1)*limit(g(z), z, oo)*(1 - limit(g(z), z, oo))*x              by continuity
  = (1 - 1)*1*(1 - 1)*x                                                                 by exp at minus infinity, continuity
  = 0                                                                                   by algebra
""")

mistake_cross_entropy = derivation("""
title  A confident mistake: the gradient of cross-entropy stays | 自信的错误：交叉熵的梯度不消失
source B §4
given  x: real
where  g(t) = 1/(1 + exp(-t))
where  ce(z, y) = diff(-(y*log(g(z)) + (1 - y)*log(1 - g(z))), z)*x
claim  limit(ce(z, 1), z, -oo) = -x

    limit(ce(z, 1), z, -oo)
  = limit((g(z) - 1)*x, z, -oo)                         by lemma gradients.cross_entropy_score
  = (limit(g(z), z, -oo) - 1)*x                         by continuity
  = (0 - 1)*x                                           by exp at infinity, continuity
  = -x                                                  by algebra
""")

certainty_cross_entropy = derivation("""
title  A confident right answer: the gradient of cross-entropy vanishes | 自信且正确：交叉熵的梯度消失
source B §4
given  x: real
where  g(t) = 1/(1 + exp(-t))
where  ce(z, y) = diff(-(y*log(g(z)) + (1 - y)*log(1 - g(z))), z)*x
claim  limit(ce(z, 1), z, oo) = 0

    limit(ce(z, 1), z, oo)
  = limit((g(z) - 1)*x, z, oo)                          by lemma gradients.cross_entropy_score
  = (limit(g(z), z, oo) - 1)*x                          by continuity
  = (1 - 1)*x                                           by exp at minus infinity, continuity
  = 0                                                   by algebra
""")
