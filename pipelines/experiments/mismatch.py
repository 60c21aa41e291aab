"""Whether users are divided by the shares: a sample-ratio mismatch means that a comparison is not valid.

The test may be made at every look. Source: Lindon and Malek, "Anytime-valid inference for multinomial count data",
NeurIPS 2022: the Bayes factor of a uniform Dirichlet prior against the shares is a martingale under them, so it exceeds
1/alpha at any look with a probability of alpha at most.
"""

from collections.abc import Sequence
from math import exp, lgamma, log

ALPHA = 0.001  # a mismatch stops a verdict, so a false one must be rare


def mismatch_p(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Always-valid p-value for "users are divided by the shares".

    >>> round(mismatch_p([510, 490], [0.5, 0.5]), 2), mismatch_p([600, 400], [0.5, 0.5]) < 0.001
    (1.0, True)

    Args:
        counts: users of each variant.
        shares: of each variant, in any unit, more than 0.
    """
    total, kinds = sum(counts), len(counts)
    whole = sum(shares)
    likely = sum(count * log(share / whole) for count, share in zip(counts, shares, strict=True) if count)
    evidence = lgamma(kinds) - lgamma(kinds + total) + sum(lgamma(1 + count) for count in counts) - likely
    return min(1.0, exp(-max(evidence, 0.0)))
