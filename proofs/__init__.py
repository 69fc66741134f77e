"""The derivations of two articles on cross-entropy and entropy, certified step by step; one module a section."""

__all__ = [  # noqa: RUF022 (the order of the chapters)
    "sigmoid", "likelihood", "signed_labels", "softmax", "information", "gradients", "maximum_likelihood", "worked_example", "audit",
]
TITLES = {
    "sigmoid": "The sigmoid function | S 型函数",
    "likelihood": "From the likelihood to cross-entropy | 从似然到交叉熵",
    "signed_labels": "Cross-entropy with labels −1 and 1 | 标签为 ±1 的交叉熵",
    "softmax": "Softmax and its loss | Softmax 及其损失",
    "information": "Information, entropy and relative entropy | 信息量、熵与相对熵",
    "gradients": "Cross-entropy against squared error: the gradients | 交叉熵与平方误差的梯度",
    "maximum_likelihood": "Maximum likelihood is minimum cross-entropy | 最大似然即最小交叉熵",
    "worked_example": "A worked example: scores and losses | 计算示例：得分与损失",
    "audit": "What was printed and is wrong | 文中的错误",
}
