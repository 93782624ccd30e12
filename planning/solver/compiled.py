"""Machine code for the loops that plain Python is too slow for: compiled at first use, then kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Callable from Python. Kept beside the source or in the user's cache; where neither can be written, in memory."""
    try:
        return njit(cache=True, nogil=True, error_model="numpy")(function)  # type: ignore[no-any-return]
    except RuntimeError:
        return njit(nogil=True, error_model="numpy")(function)  # type: ignore[no-any-return]


def inner(function: Function) -> Function:
    """Called by compiled functions only: part of their code, so that it needs no way in from Python."""
    options = {"nogil": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return njit(**options)(function)  # type: ignore[no-any-return]
