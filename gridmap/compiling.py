"""Loops that numpy cannot say, compiled.

Nothing imports this module before it is needed: importing numba takes longer than a small answer.

numba keeps compiled code in files that are not safe as they are where several processes begin at
once, or where a file that others' code was taken into has changed: it writes the index before the
code that the index names, numbers the files so that two processes can choose the same, and looks
only at the file of the function itself. Code that was made for other data then runs on these.
`_Files` and `_Cache` put that right.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile

Function = TypeVar("Function", bound=Callable[..., Any])

_DIGEST_BYTES = 8


class _Files(IndexDataCacheFile):  # type: ignore[misc]
    """Code by signature: each in a file of its own name, which is there before it is listed."""

    def save(self, key: Any, data: Any) -> None:
        """Keep code; of two processes one may lose its entry, and compiles again."""
        name = self._data_name_pattern.format(number=int(_digest(self._dump(key)), 16))
        self._save_data(name, data)
        self._save_index(self._load_index() | {key: name})


class _Cache(FunctionCache):  # type: ignore[misc]
    """Code of a function and of those it calls, who all live in one folder."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        source = _digest_of_sources(Path(inspect.getfile(function)).parent)
        base = f"{self._impl.filename_base}-{source}"
        self._cache_file = _Files(self.cache_path, base, self._impl.locator.get_source_stamp())


def compiled(function: Function, *, nogil: bool = True) -> Function:
    """Compile a function when it is first called, and keep the result where that is possible.

    What is compiled is kept beside the module or, where that is not writable, in the user's cache;
    where neither is, it is compiled anew in each process.
    """
    dispatcher: Any = numba.njit(function, nogil=nogil, error_model="numpy")
    # As numba.njit(cache=True), which gives up where there is no folder that it may write to. A
    # later numba may name its parts otherwise: then nothing is kept.
    with suppress(RuntimeError, AttributeError):
        dispatcher._cache = _Cache(function)
    return cast(Function, dispatcher)


#: For work of microseconds: to let other threads run, and to wait for them, would take longer.
compiled_brief = partial(compiled, nogil=False)


@cache
def _digest_of_sources(folder: Path) -> str:
    return _digest(b"".join(source.read_bytes() for source in sorted(folder.glob("*.py"))))


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()
