"""The worked example: the scores of a linear classifier, their hinge loss and their softmax loss. The third class is the right one."""

from derive import derivation

score_1 = derivation("""
title  The score of the first class | 第一类的得分
source A §3
where  W = [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]
where  x = [-15, 22, -44, 56], b = [0, 0.2, -0.3]
where  s(i) = sum(W[i, l]*x[l] for l in 4) + b[i]
claim  s(1) = -2.85

    s(1)
  = 0.01*(-15) + (-0.05)*22 + 0.1*(-44) + 0.05*56 + 0           by definition of s
  = -2.85                                                       by calculation
""")

score_2 = derivation("""
title  The score of the second class | 第二类的得分
source A §3
where  W = [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]
where  x = [-15, 22, -44, 56], b = [0, 0.2, -0.3]
where  s(i) = sum(W[i, l]*x[l] for l in 4) + b[i]
claim  s(2) = 0.86

    s(2)
  = 0.7*(-15) + 0.2*22 + 0.05*(-44) + 0.16*56 + 0.2             by definition of s
  = 0.86                                                        by calculation
""")

score_3 = derivation("""
title  The score of the third class, the right one | 第三类（正确类别）的得分
source A §3
where  W = [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]
where  x = [-15, 22, -44, 56], b = [0, 0.2, -0.3]
where  s(i) = sum(W[i, l]*x[l] for l in 4) + b[i]
claim  s(3) = 0.28

    s(3)
  = 0.0*(-15) + (-0.45)*22 + (-0.2)*(-44) + 0.03*56 + (-0.3)    by definition of s
  = 0.28                                                        by calculation
""")

hinge_loss = derivation("""
title  The hinge loss | 折叶损失
source A §3
where  W = [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]
where  x = [-15, 22, -44, 56], b = [0, 0.2, -0.3]
where  s(i) = sum(W[i, l]*x[l] for l in 4) + b[i]
claim  sum(max(0, s(j) - s(3) + 1) for j in 3 if j != 3) = 1.58

    sum(max(0, s(j) - s(3) + 1) for j in 3 if j != 3)
  = max(0, s(1) - s(3) + 1) + max(0, s(2) - s(3) + 1)           by algebra: two wrong classes | 两个错误类别
  = max(0, -2.13) + max(0, 1.58)                                by definition of s
  = 1.58                                                        by calculation
""")

softmax_1 = derivation("""
title  Softmax of the first class | 第一类的 Softmax 输出
source A §3
where  W = [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]
where  x = [-15, 22, -44, 56], b = [0, 0.2, -0.3]
where  s(i) = sum(W[i, l]*x[l] for l in 4) + b[i]
where  S(i) = exp(s(i))/sum(exp(s(j)) for j in 3)
claim  S(1) ~= 0.015

    S(1)
  = exp(s(1))/(exp(s(1)) + exp(s(2)) + exp(s(3)))                by definition of S
  = exp(-2.85)/(exp(-2.85) + exp(0.86) + exp(0.28))           by definition of s
  ~= 0.015                                                      by calculation
""")

softmax_2 = derivation("""
title  Softmax of the second class | 第二类的 Softmax 输出
source A §3
where  W = [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]
where  x = [-15, 22, -44, 56], b = [0, 0.2, -0.3]
where  s(i) = sum(W[i, l]*x[l] for l in 4) + b[i]
where  S(i) = exp(s(i))/sum(exp(s(j)) for j in 3)
claim  S(2) ~= 0.631

    S(2)
  = exp(s(2))/(exp(s(1)) + exp(s(2)) + exp(s(3)))                by definition of S
  = exp(0.86)/(exp(-2.85) + exp(0.86) + exp(0.28))            by definition of s
  ~= 0.631                                                      by calculation
""")

softmax_3 = derivation("""
title  Softmax of the third class | 第三类的 Softmax 输出
source A §3
where  W = [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]
where  x = [-15, 22, -44, 56], b = [0, 0.2, -0.3]
where  s(i) = sum(W[i, l]*x[l] for l in 4) + b[i]
where  S(i) = exp(s(i))/sum(exp(s(j)) for j in 3)
claim  S(3) ~= 0.353

    S(3)
  = exp(s(3))/(exp(s(1)) + exp(s(2)) + exp(s(3)))                by definition of S
  = exp(0.28)/(exp(-2.85) + exp(0.86) + exp(0.28))            by definition of s
  ~= 0.353                                                      by calculation
""")

softmax_loss = derivation("""
title  The softmax loss | Softmax 损失
source A §3
where  W = [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]
where  x = [-15, 22, -44, 56], b = [0, 0.2, -0.3]
where  s(i) = sum(W[i, l]*x[l] for l in 4) + b[i]
where  S(i) = exp(s(i))/sum(exp(s(j)) for j in 3)
claim  -log(S(3)) ~= 1.04

    -log(S(3))
  = -log(exp(s(3))/(exp(s(1)) + exp(s(2)) + exp(s(3))))         by definition of S
  = -s(3) + log(exp(s(1)) + exp(s(2)) + exp(s(3)))              by log of a quotient, log of an exponential
  = -0.28 + log(exp(-2.85) + exp(0.86) + exp(0.28))             by definition of s
  ~= 1.04                                                       by calculation
""")

softmax_loss_base_10 = derivation("""
title  The softmax loss with logarithms to base 10, which the figure shows | 以 10 为底的 Softmax 损失（图中的数值）
source A §3
where  W = [[0.01, -0.05, 0.1, 0.05], [0.7, 0.2, 0.05, 0.16], [0.0, -0.45, -0.2, 0.03]]
where  x = [-15, 22, -44, 56], b = [0, 0.2, -0.3]
where  s(i) = sum(W[i, l]*x[l] for l in 4) + b[i]
where  S(i) = exp(s(i))/sum(exp(s(j)) for j in 3)
claim  -log(S(3), 10) ~= 0.452

    -log(S(3), 10)
  = -log(S(3))/log(10)                                          by change of base
  = (-0.28 + log(exp(-2.85) + exp(0.86) + exp(0.28)))/log(10)   by log of a quotient, log of an exponential
  ~= 0.452                                                      by calculation
""")

hinge_zero = derivation("""
title  The hinge loss is 0 if and only if the right score leads by 1 | 折叶损失为零当且仅当正确得分领先至少 1
source A §3
given  K: size, s: real[K], c: index(K), K >= 2
claim  sum(max(0, s[j] - s[c] + 1) for j in K if j != c) == 0 iff all(s[c] >= s[j] + 1 for j in K if j != c)

    sum(max(0, s[j] - s[c] + 1) for j in K if j != c) == 0
iff all(max(0, s[j] - s[c] + 1) == 0 for j in K if j != c)            by sum but one of terms that are not negative
iff all(s[j] - s[c] + 1 <= 0 for j in K if j != c)                    by signs: the other is not above 0 | 另一数不大于 0
iff all(s[c] >= s[j] + 1 for j in K if j != c)                        by algebra
""")
