"""Whether a share of requests is worse than chance explains."""

from collections.abc import Iterable
from math import exp, lgamma, log

# One-sided. A bake is looked at every minute, and in any of a hundred looks chance may play foul.
UNLIKELY = 0.001


def unlikely_within(bad: int, total: int, share: float) -> bool:
    """Tell whether so many are hardly ever bad where the true share is at most this.

    The exact binomial test: "Confidence intervals" (7.2.4.1) in NIST/SEMATECH's e-Handbook of
    Statistical Methods. It holds for any number, also for five requests.
    """
    if share >= 1 or bad <= total * share:
        return False
    odds = log(share), log(1 - share)
    first = _ways(total, bad) + bad * odds[0] + (total - bad) * odds[1]
    ratios = ((total - n) / (n + 1) * share / (1 - share) for n in range(bad, total))
    return _tail(first, ratios) < UNLIKELY


def unlikely_alike(bad: int, total: int, other_bad: int, other_total: int) -> bool:
    """Tell whether the first hardly ever has so many bad ones if both have the same true share.

    Fisher's exact test, one-sided: "How can we determine whether two processes produce the same
    proportion of defectives?" (7.3.3) in the same handbook.
    """
    everyone, all_bad = total + other_total, bad + other_bad
    if not total or not other_total or bad * everyone <= all_bad * total:
        return False
    first = _ways(all_bad, bad) + _ways(everyone - all_bad, total - bad) - _ways(everyone, total)
    ratios = (
        (all_bad - n) / (n + 1) * (total - n) / (everyone - all_bad - total + n + 1)
        for n in range(bad, min(all_bad, total))
    )
    return _tail(first, ratios) < UNLIKELY


def _ways(total: int, chosen: int) -> float:
    """Give the logarithm of the number of ways to choose some of all."""
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)


def _tail(first: float, ratios: Iterable[float]) -> float:
    """Add up what falls from its first member on, each given by its ratio to the one before."""
    term = total = 1.0
    for ratio in ratios:
        term *= ratio
        total += term
        if term < total * 1e-12:
            break
    return exp(min(first + log(total), 0.0))
