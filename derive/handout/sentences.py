"""The rules that students meet most, each as a sentence: `rule | English | Chinese`. Data only. No line ends at a `~`.

A step whose only reason is one of these, and of which the page says nothing itself, has the sentence for its reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from derive.model import Words

TABLE = """
algebra | Rearrange. | 整理。
differentiation | Differentiate. | 求导。
continuity | Take the limit inside, by continuity. | 由连续性，将极限取到函数内。
hypothesis | This is given. | 由已知条件。
signs | The signs of the terms show it. | 由各项的正负号可知。
calculation | Work out the number. | 计算数值。
log of a product | The logarithm of a product is the sum of the logarithms. | 积的对数等于对数之和。
log of a quotient | The logarithm of a quotient is the difference of the logarithms. | 商的对数等于对数之差。
log of a reciprocal | The logarithm of a reciprocal is the negative of the logarithm. | 倒数的对数等于对数的相反数。
log of a power | The exponent comes down in front of the logarithm. | 指数可以移到对数前面。
log of a root | The logarithm of a square root is half the logarithm. | 平方根的对数等于对数的一半。
log of an exponential | The logarithm undoes the exponential. | 对数函数与指数函数互相抵消。
log of one | The logarithm of 1 is 0. | 1 的对数为 0。
log of an indexed product | The logarithm of a product is the sum of the logarithms. | 连乘的对数等于对数的求和。
log of a maximum | The logarithm of the greater is the greater logarithm. | 最大值的对数等于对数的最大值。
change of base | A logarithm to another base is divided by the logarithm of that base. | 换底：除以新底的对数。
exp of a sum | The exponential of a sum is the product of the exponentials. | 和的指数函数值等于各指数函数值之积。
exp of a difference | The exponential of a difference is the quotient of the exponentials. | 差的指数函数值等于两指数函数值之商。
exp of a negative | The exponential of a negative is the reciprocal. | 相反数的指数函数值等于原指数函数值的倒数。
exp of a multiple | The exponential of a multiple is a power of the exponential. | 倍数的指数函数值等于指数函数值的幂。
exp of a logarithm | The exponential undoes the logarithm. | 指数函数与对数函数互相抵消。
exp of zero | The exponential of 0 is 1. | e 的 0 次幂为 1。
exp increases | The exponential increases. | 指数函数递增。
log increases | The logarithm increases. | 对数函数递增。
power of a product | The power of a product is the product of the powers. | 积的幂等于幂之积。
power of a quotient | The power of a quotient is the quotient of the powers. | 商的幂等于幂之商。
power of a sum | Powers of one base are multiplied by adding the exponents. | 同底数幂相乘，指数相加。
power of a difference | Powers of one base are divided by subtracting the exponents. | 同底数幂相除，指数相减。
power of a power | For a power of a power the exponents are multiplied. | 幂的乘方，指数相乘。
root of a square | The root of a square is the absolute value. | 平方的算术根等于绝对值。
sum over a delta | Kronecker's delta keeps one term of the sum. | 克罗内克符号只留下求和中的一项。
delta of different indices | Kronecker's delta of different indices is 0. | 指标不同，克罗内克符号为 0。
exchange of sums | The order of two sums does not matter. | 两个求和可以交换次序。
term of a sum | A sum of terms that are not negative is at least each of them. | 非负项之和不小于其中任一项。
proper term of a sum | A sum of two positive terms or more exceeds each of them. | 多于一个正项之和大于其中任一项。
sum of terms that are not negative | Such a sum is 0 only if each term is 0. | 非负项之和为 0，当且仅当各项均为 0。
square | A square is not negative. | 平方非负。
product that vanishes | A product is 0 only if one of its factors is 0. | 积为 0，当且仅当某个因子为 0。
log below its tangent | The logarithm lies below its tangent at 1: log~u~≤~u~−~1. | 对数不超过它在 1 处的切线：log~u~≤~u~−~1。
log strictly below its tangent | log~u~=~u~−~1 only at u~=~1. | 仅当 u~=~1 时，log~u~=~u~−~1。
jensen | Jensen: a convex function of the mean is at most the mean of the function. | 琴生不等式：凸函数在均值处的值不超过函数的均值。
exp at infinity | The exponential grows without bound. | 指数函数趋于无穷。
exp at minus infinity | The exponential of what falls without bound tends to 0. | 指数趋于负无穷时，指数函数趋于 0。
log at zero | The logarithm falls without bound at 0. | 在 0 处对数趋于负无穷。
log at infinity | The logarithm grows without bound. | 对数函数趋于无穷。
logarithm against power | u~log~u tends to 0 with u. | 当 u 趋于 0 时，u~log~u 趋于 0。
integral of a density | A density integrates to 1. | 概率密度的积分为 1。
integral of what is not negative | Such an integral is 0 only where almost all values are 0. | 非负函数的积分为 0，当且仅当它几乎处处为 0。
argmax under an increasing map | An increasing function moves no maximum. | 递增函数不改变最大值点。
argmin under an increasing map | An increasing function moves no minimum. | 递增函数不改变最小值点。
argmax of a negative | Where the negative is greatest, the function is least. | 相反数取最大值处，函数取最小值。
argmin of a negative | Where the negative is least, the function is greatest. | 相反数取最小值处，函数取最大值。
argmax without a constant term | A constant term moves no maximum. | 常数项不改变最大值点。
argmin without a constant term | A constant term moves no minimum. | 常数项不改变最小值点。
argmax without a positive factor | A positive factor moves no maximum. | 正的因子不改变最大值点。
argmin without a positive factor | A positive factor moves no minimum. | 正的因子不改变最小值点。
"""


def _read(line: str) -> tuple[str, Words]:
    name, en, zh = line.replace("~", "\u00a0").split(" | ")
    return name, Words(en, zh)


SENTENCES: Mapping[str, Words] = dict(map(_read, TABLE.strip().splitlines()))
