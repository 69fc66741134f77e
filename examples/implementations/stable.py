"""The stable form of the loss of a label ±1, proved to be the loss: it takes exp of nothing positive.

One page for each sign of y*s; that of log-sum-exp is `proofs.softmax.log_sum_exp`, with the largest score for c.
"""

from derive import derivation

right_side = derivation("""
title  The stable form where the sign is right | 判断正确时的数值稳定形式
source ours
given  s: real, y: real, y*s >= 0
claim  -log(1/(1 + exp(-y*s))) = max(0, -(y*s)) + log(1 + exp(-abs(y*s)))

    -log(1/(1 + exp(-y*s)))
  = log(1 + exp(-y*s))                            by log of a reciprocal
  = max(0, -(y*s)) + log(1 + exp(-abs(y*s)))      by maximum is the first, absolute value of what is not negative
""")

wrong_side = derivation("""
title  The stable form where the sign is wrong | 判断错误时的数值稳定形式
source ours
given  s: real, y: real, y*s <= 0
claim  -log(1/(1 + exp(-y*s))) = max(0, -(y*s)) + log(1 + exp(-abs(y*s)))

    -log(1/(1 + exp(-y*s)))
  = log(1 + exp(-y*s))                            by log of a reciprocal
  = log(exp(-y*s)*(1 + exp(y*s)))                 by exp of a negative
  = -y*s + log(1 + exp(y*s))                      by log of a product, log of an exponential
  = max(0, -(y*s)) + log(1 + exp(-abs(y*s)))      by maximum by absolute value, absolute value of what is not positive
""")
