"""Loops that numpy cannot say, compiled.

Nothing imports this module before it is needed: importing numba takes longer than a small answer.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function, *, nogil: bool = True) -> Function:
    """Compile a function when it is first called, and keep the result where that is possible.

    What is compiled is kept beside the module or, where that is not writable, in the user's cache;
    where neither is, it is compiled anew in each process.
    """
    dispatcher: Any = numba.njit(function, nogil=nogil, error_model="numpy")
    # As numba.njit(cache=True), which gives up where there is no folder that it may write to.
    with suppress(RuntimeError):
        dispatcher.enable_caching()
    return cast(Function, dispatcher)


#: For work of microseconds: to let other threads run, and to wait for them, would take longer.
compiled_brief = partial(compiled, nogil=False)
