"""The derivations of two articles on cross-entropy and entropy, certified step by step; one module a section."""
