"""Circular functions."""

TABLE = """
sine and cosine squared | 正弦余弦平方和 : sin(u)**2 = 1 - cos(u)**2
tangent | 正切 : tan(u) = sin(u)/cos(u)
sine of a sum | 和的正弦 : sin(u + v) = sin(u)*cos(v) + cos(u)*sin(v)
cosine of a sum | 和的余弦 : cos(u + v) = cos(u)*cos(v) - sin(u)*sin(v)
sine of a negative | 相反数的正弦 : sin(-u) = -sin(u)
cosine of a negative | 相反数的余弦 : cos(-u) = cos(u)
sine of a double | 倍角的正弦 : sin(2*u) = 2*sin(u)*cos(u)
cosine of a double | 倍角的余弦 : cos(2*u) = 2*cos(u)**2 - 1
sine of zero | 零的正弦 : sin(0) = 0
cosine of zero | 零的余弦 : cos(0) = 1
sine of pi | 圆周率的正弦 : sin(pi) = 0
cosine of pi | 圆周率的余弦 : cos(pi) = -1
sine of half of pi | 半个圆周率的正弦 : sin(pi/2) = 1
cosine of half of pi | 半个圆周率的余弦 : cos(pi/2) = 0
sine of a third of pi | 三分之一圆周率的正弦 : sin(pi/3) = sqrt(3)/2
cosine of a third of pi | 三分之一圆周率的余弦 : cos(pi/3) = 1/2
sine of a quarter of pi | 四分之一圆周率的正弦 : sin(pi/4) = sqrt(2)/2
cosine of a quarter of pi | 四分之一圆周率的余弦 : cos(pi/4) = sqrt(2)/2
sine of a sixth of pi | 六分之一圆周率的正弦 : sin(pi/6) = 1/2
cosine of a sixth of pi | 六分之一圆周率的余弦 : cos(pi/6) = sqrt(3)/2
sine of a multiple of pi | 圆周率整数倍的正弦 : sin(pi*n) = 0 when n: integer
cosine of a multiple of pi | 圆周率整数倍的余弦 : cos(pi*n) = (-1)**n
"""
