"""numba's decorator with a type, so that strict checking holds for every kernel.

numba ships no annotations for `njit`; this is the one place that knows it. Kernels are cached on disk: the
first run of a fresh installation compiles them, `transcaspian warm-up` does it ahead of time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from numba import njit as _njit
from numba import types

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def njit(signature: object = None, *, inline: bool = False) -> Callable[[Kernel], Kernel]:
    """`numba.njit(signature, cache=True, nogil=True)`; no fastmath: equal inputs must give equal bytes.

    `inline` copies a small step into its callers: worth it only where a call costs as much as the step.
    """

    def decorate(function: Kernel) -> Kernel:
        options: dict[str, Any] = {"cache": True, "nogil": True, "inline": "always" if inline else "never"}
        make: Any = _njit(**options) if signature is None else _njit(signature, **options)
        compiled: Kernel = make(function)
        return compiled

    return decorate


def tuple_type(columns: Sequence[object], kind: type) -> Any:
    """The type of a `NamedTuple` of these types, for signatures; numba tells those of a single type from the others."""
    make: Any = types.NamedTuple
    same: Any = types.NamedUniTuple
    return same(columns[0], len(columns), kind) if len(set(columns)) == 1 else make(tuple(columns), kind)
