"""Machine code for the loops that plain Python is too slow for: compiled at first use, then kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Callable from Python. Kept beside the source or in the user's cache; where neither can be written, in memory."""
    try:
        return cast(Function, njit(function, cache=True, nogil=True, error_model="numpy"))
    except RuntimeError:
        return cast(Function, njit(function, nogil=True, error_model="numpy"))


def inner(function: Function) -> Function:
    """Called by compiled functions only: it becomes part of their code."""
    return cast(Function, njit(function, nogil=True, error_model="numpy"))
