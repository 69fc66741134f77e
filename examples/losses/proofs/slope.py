"""The slope of the loss in the score."""

from derive import derivation

slope = derivation("""
title  The slope of the loss
given  y: label, z: real
claim  diff(log(1 + exp(z)) - y*z, z) = 1/(1 + exp(-z)) - y

    diff(log(1 + exp(z)) - y*z, z)
  = exp(z)/(1 + exp(z)) - y         by differentiation
  = 1/(1 + exp(-z)) - y             by exp of a negative
""")
