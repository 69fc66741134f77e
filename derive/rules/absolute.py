"""Absolute values, maxima and minima."""

TABLE = """
absolute value of what is not negative | 非负数的绝对值 : abs(u) = u when u >= 0
absolute value of what is not positive | 非正数的绝对值 : abs(u) = -u when u <= 0
absolute value of a product | 积的绝对值 : abs(u*v) = abs(u)*abs(v)
absolute value of a quotient | 商的绝对值 : abs(u/v) = abs(u)/abs(v)
square of an absolute value | 绝对值的平方 : abs(u)**2 = u**2
maximum is the first | 最大值为前者 : max(u, v) = u when u >= v
maximum is the second | 最大值为后者 : max(u, v) = v when v >= u
maximum by absolute value | 最大值用绝对值表示 : max(u, v) = (u + v + abs(u - v))/2
minimum by absolute value | 最小值用绝对值表示 : min(u, v) = (u + v - abs(u - v))/2
"""
