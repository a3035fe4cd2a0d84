"""The kernel, compiled: loaded once a process from a cache outside the checkout.

Compiling takes seconds, loading a fraction of one; small runs do neither and execute the
same code as it stands. The cache holds machine code only, keyed by versions and source.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

from assay.methodology.replay import kernel, placing

_INNER = (
    "amounts", "join", "settle", "values_of", "below", "put_in_order", "weigh", "cut_by_volume",
    "cap_binds", "price_at", "between", "at_share", "mean_of", "estimate", "quotes", "end_of",
    "steps_of", "priced", "gather", "climb",
)  # fmt: skip
_OUTER = ("place_rows", "price_groups")
_lock = threading.Lock()
_loaded: dict[str, Callable[..., None]] = {}


def cache_folder() -> Path:
    """Where machine code is kept: the user's cache folder, else a temporary one."""
    base = os.environ.get("XDG_CACHE_HOME")
    folder = Path(base) if base else Path.home() / ".cache"
    for candidate in (folder / "assay" / "replay", Path(tempfile.gettempdir()) / "assay-replay"):
        try:
            candidate.mkdir(parents=True, exist_ok=True)
            probe = candidate / f".{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError:
            continue
        return candidate
    return Path(tempfile.mkdtemp(prefix="assay-replay-"))


def compiled() -> dict[str, Callable[..., None]]:
    """The compiled functions of the kernel by name (thread-safe, once a process)."""
    with _lock:
        if not _loaded:
            _loaded.update(_compile())
    return _loaded


def _compile() -> dict[str, Callable[..., None]]:
    os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder()))
    import numba

    numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # type: ignore[attr-defined]  # set at import, not declared
    jit = numba.njit(nogil=True, cache=True, boundscheck=False, error_model="numpy")
    names: dict[str, Any] = {**vars(placing), **vars(kernel)}
    for name in (*_INNER, *_OUTER):
        own: FunctionType = names[name]
        copied = FunctionType(own.__code__, names, own.__name__, own.__defaults__)
        copied.__module__ = own.__module__
        names[name] = jit(copied)
    return {name: names[name] for name in _OUTER}
