"""Named random streams: a key for each cause in each replication, the same on every machine.

A cause ("weather.KZAAU", "train.KZHOR", "breakdown") draws from a stream of its own, so a change to one leaves the
numbers of the others as they are, and two scenarios with one seed meet the same storms. What is drawn from a key,
and how, stands in `runs/_draws_kernel.py`: a draw is a function of key, entity and counter.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from transcaspian.errors import InputError, Problem

_PURPOSE = b"transcaspian 1"  # at most 16 bytes; another number would be another world of random numbers


def stream_key(seed: int, replication: int, name: str, *, antithetic: bool = False) -> np.uint64:
    """The key of the stream `name` of one replication.

    BLAKE2b (Aumasson, Neves, Wilcox-O'Hearn and Winnerlein 2013) of the three, so that keys of neighbouring seeds and
    replications have nothing in common.

    Parameters
    ----------
    seed
        Any whole number; the world.
    replication
        Number of the replication, 0 or more.
    name
        The cause, not empty.
    antithetic
        Give the twin whose uniforms are 1 - u. A pair of replications is `stream_key(seed, n // 2, name,
        antithetic=n % 2 == 1)`.

    Returns
    -------
    key
        63 random bits; the lowest bit is 1 for the twin.

    Raises
    ------
    InputError
        If the replication is negative or the name empty.
    """
    if replication < 0 or not name:
        what = f"replication {replication}, stream {name!r}: no such stream."
        raise InputError(Problem("runs.stream", "stream_key", what, "count replications from 0 and name the stream."))
    text = f"{int(seed)}/{int(replication)}/{name}".encode()
    key = int.from_bytes(blake2b(text, digest_size=8, person=_PURPOSE).digest(), "little")
    return np.uint64(key | 1 if antithetic else key & ~1)


def antithetic(key: np.uint64) -> np.uint64:
    """The twin of a key: each of its uniforms is 1 - u; the twin of the twin is the key itself."""
    return np.uint64(int(key) ^ 1)
