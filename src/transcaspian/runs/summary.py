"""What many replications say together: mean, quantiles, and how sure the mean is.

Intervals are Student's t over independent replications (Law 2015, chapters 4 and 9 to 11). Under common random
numbers two scenarios are compared replication by replication; antithetic replications come in pairs, 0 with 1, 2 with
3, and only the pairs are independent of one another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transcaspian.errors import InputError, Problem

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Summary:
    """One quantity over `n` replications; `low` to `high` holds the true mean with the confidence asked for."""

    n: int
    mean: float
    p10: float
    p50: float
    p90: float
    low: float | None  # None where one replication, or one pair, tells nothing of the spread
    high: float | None

    def as_json(self) -> dict[str, float | None]:
        """Keys of the JSON envelope."""
        quantiles = {"mean": self.mean, "p10": self.p10, "p50": self.p50, "p90": self.p90}
        return {**quantiles, "low": self.low, "high": self.high, "n": self.n}


@dataclass(frozen=True, slots=True)
class Difference:
    """How much a quantity changed from one ensemble to another, over `n` pairs of replications."""

    n: int
    mean: float
    low: float | None
    high: float | None
    variance_ratio: float | None  # of the mean difference, against independent streams; below 1 they helped

    @property
    def significant(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and not self.low <= 0.0 <= self.high

    def as_json(self) -> dict[str, float | None]:
        """Keys of the JSON envelope."""
        return {"mean": self.mean, "low": self.low, "high": self.high, "n": self.n}


def summarise(values: npt.ArrayLike, *, antithetic: bool = False, confidence: float = 0.95) -> Summary:
    """Mean, quantiles and the interval of the mean.

    Parameters
    ----------
    values
        One value per replication, shape (n,), finite.
    antithetic
        Replications 0 and 1, 2 and 3 ... are antithetic pairs: the interval is that of the pairs' means.
    confidence
        Of the interval, between 0 and 1.

    Returns
    -------
    summary
        Quantiles interpolate linearly between order statistics (type 7 of Hyndman and Fan 1996).

    Raises
    ------
    InputError
        If there is no value, one is not finite, pairs are incomplete or the confidence is out of range.
    """
    sample = _sample(values, antithetic)
    p10, p50, p90 = (float(quantile) for quantile in np.quantile(sample, (0.1, 0.5, 0.9)))
    low, high = _interval(_pair_means(sample) if antithetic else sample, confidence)
    return Summary(sample.size, float(sample.mean()), p10, p50, p90, low, high)


def paired_difference(
    before: npt.ArrayLike, after: npt.ArrayLike, *, antithetic: bool = False, confidence: float = 0.95
) -> Difference:
    """Mean of `after - before` under common random numbers, with its interval.

    Parameters
    ----------
    before, after
        The same quantity in two ensembles with one seed, shape (n,) each: replication k of both met the same draws.
    antithetic, confidence
        As in `summarise`.

    Raises
    ------
    InputError
        As `summarise`, or if the two are not of one length.
    """
    first, second = _sample(before, antithetic), _sample(after, antithetic)
    if first.size != second.size:
        what = f"{first.size} replications before, {second.size} after."
        raise InputError(_problem(what, "run both with one seed and one number of replications."))
    step = second - first
    independent = _pair_means(step) if antithetic else step
    low, high = _interval(independent, confidence)
    apart = float(first.var(ddof=1) + second.var(ddof=1)) / first.size if first.size > 1 else 0.0
    joint = float(independent.var(ddof=1)) / independent.size if independent.size > 1 else 0.0
    known = independent.size > 1 and apart > 0.0
    return Difference(step.size, float(step.mean()), low, high, joint / apart if known else None)


def antithetic_variance_ratio(values: npt.ArrayLike) -> float:
    """Variance of the mean of antithetic pairs, over that of as many independent replications; below 1 they pay.

    It is 1 + r, where r is the correlation within the pairs.

    Parameters
    ----------
    values
        One value per replication, pairs side by side, shape (n,), n even, 4 or more.

    Raises
    ------
    InputError
        As `summarise`, or if there are fewer than two pairs or all values are equal.
    """
    sample = _sample(values, True)
    single = float(sample.var(ddof=1))
    if sample.size < 4 or single == 0.0:
        raise InputError(_problem("two pairs of different values are the least.", "run more replications."))
    return 2.0 * float(_pair_means(sample).var(ddof=1)) / single


def _interval(independent: Floats, confidence: float) -> tuple[float | None, float | None]:
    if not 0.0 < confidence < 1.0:
        raise InputError(_problem(f"a confidence of {confidence}.", "give one between 0 and 1, such as 0.95."))
    if independent.size < 2:
        return None, None
    from scipy.special import stdtrit  # scipy.stats would take half a second to load

    mean = float(independent.mean())
    error = float(independent.std(ddof=1)) / independent.size**0.5
    half = float(stdtrit(independent.size - 1, 0.5 + confidence / 2.0)) * error
    return mean - half, mean + half


def _pair_means(sample: Floats) -> Floats:
    return 0.5 * (sample[0::2] + sample[1::2])


def _sample(values: npt.ArrayLike, antithetic: bool) -> Floats:
    sample = np.asarray(values, np.float64)
    if sample.ndim != 1 or sample.size == 0:
        raise InputError(_problem(f"values of shape {sample.shape}.", "give one value per replication."))
    if not np.isfinite(sample).all():
        where = ", ".join(str(row) for row in np.flatnonzero(~np.isfinite(sample))[:5])
        raise InputError(_problem(f"no finite value in replication {where}.", "leave such quantities out, and say so."))
    if antithetic and sample.size % 2:
        raise InputError(_problem(f"{sample.size} replications make no pairs.", "run an even number of them."))
    return sample


def _problem(what: str, mend: str) -> Problem:
    return Problem("runs.summary", "", what, mend)
