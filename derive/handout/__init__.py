"""Handouts, worksheets and keys: certified derivations on paper. This package sees outcomes and never a prover."""
