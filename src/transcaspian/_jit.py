"""numba's decorator with a type, so that strict checking holds for every kernel.

numba ships no annotations for `njit`; this is the one place that knows it. Kernels are cached on disk: the
first run of a fresh installation compiles them, `transcaspian warm-up` does it ahead of time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit as _njit

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def njit(signature: object = None) -> Callable[[Kernel], Kernel]:
    """`numba.njit(signature, cache=True, nogil=True)`; no fastmath: equal inputs must give equal bytes."""

    def decorate(function: Kernel) -> Kernel:
        make: Any = (
            _njit(cache=True, nogil=True) if signature is None else _njit(signature, cache=True, nogil=True)
        )
        compiled: Kernel = make(function)
        return compiled

    return decorate
