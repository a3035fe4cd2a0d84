"""The kernel as machine code: compiled once, kept in the user's cache, loaded without a compiler.

Compiling takes seconds and the compiler alone takes a third of a second to import; loading
kept code takes hundredths. The cache is a folder that only its owner can write, outside the
checkout, keyed by source, processor and versions; code is kept only after another process
has loaded and run it. Small runs use none of this.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

from assay.methodology.replay import groups, kernel, texts
from assay.methodology.replay.columns import Array

_INNER = (
    "below", "first_gap", "by_key", "by_comparing", "put_in_order", "weigh", "cut_by_volume",
    "tears", "cap_binds", "price_at", "between", "at_share", "mean_of", "estimate", "quotes", "end_of",
    "steps_of", "priced", "amounts", "join", "settle", "values_of", "gather", "climb", "live",
    "lay_out",
)  # fmt: skip
#: What the compiler's code refers to and never calls: errors that our loops cannot raise.
_NEVER = """
declare void @abort()
define void @NRT_Free(i8* %x) { call void @abort() ret void }
define void @numba_gil_ensure(i8* %x) { call void @abort() ret void }
define void @numba_gil_release(i8* %x) { call void @abort() ret void }
define i8* @numba_do_raise(i8* %x) { call void @abort() ret i8* null }
define i8* @numba_runtime_build_excinfo_struct(i8* %x) { call void @abort() ret i8* null }
define i8* @numba_unpickle(i8* %x) { call void @abort() ret i8* null }
"""
_COLUMN_TYPES = (
    np.int64, np.int64, np.int64, np.int32, np.int32, np.int8, np.int8, np.int64, np.int64,
)  # fmt: skip
#: The C library's names for requests to its allocator (malloc.h), and what is asked for.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGEST_KEPT, _MOST_KEPT = 32 << 20, 128 << 20
_OBJECTS = ("price.o", "texts.o")
_lock = threading.Lock()
_held: list[Native] = []


@dataclass(frozen=True, slots=True)
class Native:
    """The entries of the compiled kernel. Calls run beside each other, without Python's lock."""

    _price: Callable[..., None]
    _texts: Callable[..., None]
    _owner: Any

    def price_days(
        self, bounds: Array, size: int, series: Array, valid: Array, data: tuple[Array, ...],
        given: tuple[Array, ...], memory: tuple[Array, ...],
    ) -> None:  # fmt: skip
        """As `groups.price_days`; `given` are documents, rules and steps, `memory` all the rest."""
        documents, rules, _ = given
        sizes = np.array([len(bounds) - 1, size, len(documents), len(rules)], dtype=np.int64)
        columns = (_at(each, kind) for each, kind in zip(data, _COLUMN_TYPES, strict=True))
        numbers = (_at(each, np.int64) for each in (*given, *memory, sizes))
        self._price(
            _at(bounds, np.int64), _at(series, np.int32), _at(valid, np.bool_), *columns, *numbers
        )

    def read_decimals(self, offsets: Array, text: Array, values: Array, places: Array) -> None:
        """As `texts.read_decimals`."""
        self._texts(
            len(values), _at(offsets, np.int32), _at(text, np.uint8), _at(values, np.int64),
            _at(places, np.int8),
        )  # fmt: skip


def read_decimals(listed: pa.Array) -> tuple[Array, Array]:
    """Digits and places of each text of a column of strings, as `texts.read_decimals` says them."""
    size, (validity, offsets, text) = len(listed), listed.buffers()
    values, places = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int8)
    starts = np.frombuffer(offsets, dtype=np.int32)[listed.offset : listed.offset + size + 1]
    letters = np.frombuffer(text or b"\0", dtype=np.uint8)
    native().read_decimals(starts, letters, values, places)
    if listed.null_count:
        places[~np.asarray(listed.is_valid().to_numpy(zero_copy_only=False))] = texts.EMPTY
    del validity
    return values, places


def _at(column: Array, kind: Any) -> int:
    assert column.dtype == kind, (column.dtype, kind)
    assert column.flags.c_contiguous
    return int(column.ctypes.data)


def native() -> Native:
    """The compiled kernel: loaded, or compiled and kept (thread-safe, once a process)."""
    with _lock:
        if not _held:
            _held.append(_loaded_or_built())
    return _held[0]


def keep_memory() -> None:
    """Ask the C library to keep what was freed: a long run needs the same arrays again and again.

    Giving pages back and asking for them anew took a third of a first run's time. Where the
    library knows no such request nothing is asked.
    """
    ask = getattr(ctypes.CDLL(None), "mallopt", None)
    if ask is not None:
        ask(_M_MMAP_THRESHOLD, _LARGEST_KEPT)
        ask(_M_TRIM_THRESHOLD, _MOST_KEPT)


def cache_folder() -> Path:
    """Where machine code is kept: the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "assay" / "replay"


def _loaded_or_built() -> Native:
    folder = cache_folder() / _key()
    if _is_ours(folder):
        return load(folder)
    return _built(folder)


def _key() -> str:
    import llvmlite  # type: ignore[import-untyped]  # ships no types
    from llvmlite import binding

    parts = [Path(module.__file__ or "").read_bytes() for module in (kernel, groups, texts)]
    parts.append(Path(__file__).read_bytes())
    said = (
        llvmlite.__version__, platform.python_version(), np.__version__, platform.machine(),
        binding.get_host_cpu_name(),
    )  # fmt: skip
    return hashlib.sha256(b"\0".join([*parts, "\0".join(said).encode()])).hexdigest()[:32]


def _is_ours(folder: Path) -> bool:
    """Whether code is kept there that nobody but this user can have written."""
    try:
        for path in (
            folder.parent,
            folder,
            folder / "price.o",
            folder / "texts.o",
            folder / "names",
        ):
            seen = path.stat()
            if seen.st_uid != os.getuid() or seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return False
    except OSError:
        return False
    return True


def load(folder: Path) -> Native:
    """Load kept machine code with the linker alone."""
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_default_triple().create_target_machine(jit=True)
    engine = binding.create_mcjit_compiler(binding.parse_assembly(_NEVER), machine)
    for name in _OBJECTS:
        engine.add_object_file(binding.ObjectFileRef.from_path(str(folder / name)))
    engine.finalize_object()
    price, read = map(engine.get_function_address, (folder / "names").read_text().split())
    return Native(_price_type()(price), _texts_type()(read), engine)


def _price_type() -> Any:
    return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 22)


def _texts_type() -> Any:
    return ctypes.CFUNCTYPE(None, ctypes.c_int64, *[ctypes.c_void_p] * 4)


# ---- compiling ---------------------------------------------------------------------------


def _built(folder: Path) -> Native:
    """Compile in this process, and keep the code where another process could run it."""
    entries = price, read = _compiled()
    found = Native(_price_type()(price.address), _texts_type()(read.address), entries)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.parent.chmod(0o700)
        fresh = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
        for name, entry in zip(_OBJECTS, entries, strict=True):
            (fresh / name).write_bytes(entry._library._get_compiled_object())  # noqa: SLF001 numba has no other way
        (fresh / "names").write_text(" ".join(entry.native_name for entry in entries))
        if _runs_elsewhere(fresh):
            fresh.rename(folder)
        shutil.rmtree(fresh, ignore_errors=True)
    except OSError:
        return found
    return found


def _runs_elsewhere(folder: Path) -> bool:
    """Whether a new process can load and run the code (a missing symbol would end it)."""
    code = "import sys; from pathlib import Path; from assay.methodology.replay import native; native.trial(Path(sys.argv[1]))"
    root = str(Path(__file__).resolve().parents[3])
    environment = {**os.environ, "PYTHONPATH": root}
    ran = subprocess.run(  # noqa: S603 our own interpreter and our own code
        [sys.executable, "-c", code, str(folder)], env=environment, capture_output=True, check=False
    )
    return ran.returncode == 0


def trial(folder: Path) -> None:
    """Load the code and run it."""
    lay_out_three(load(folder))


def lay_out_three(code: Native) -> None:
    """Lay out three rows by series, under a document without a rung; ends the process if wrong."""
    whole = np.zeros(3, dtype=np.int64)
    small = [np.zeros(3, dtype=kind) for kind in _COLUMN_TYPES]
    series = np.array([1, 0, 1], dtype=np.int32)
    starts = np.zeros(4, dtype=np.int64)
    rules = np.zeros(kernel.RULES_WIDTH, dtype=np.int64)
    desk = np.zeros(kernel.HEAD + 4 * kernel.PLACES, dtype=np.int64)
    desk[kernel.T_ROOM] = 4
    memory = (desk, starts, *(np.zeros(64, dtype=np.int64) for _ in range(4)))
    code.price_days(
        np.array([0, 3], dtype=np.int64), 2, series, np.ones(3, dtype=bool), tuple(small),
        (whole[:1], rules, whole), memory,
    )  # fmt: skip
    if starts.tolist() != [0, 1, 3, 3]:
        raise SystemExit(1)


def _compiled() -> tuple[Any, Any]:
    import numba
    from numba import types

    jit = numba.njit(nogil=True, boundscheck=False, error_model="numpy")
    names: dict[str, Any] = {**vars(texts), **vars(kernel), **vars(groups)}
    for name in (*_INNER, "price_days", "read_decimals"):
        own: FunctionType = names[name]
        names[name] = jit(FunctionType(own.__code__, names, own.__name__, own.__defaults__))
    price_days, read_decimals = names["price_days"], names["read_decimals"]

    def price(
        bounds: Any, series: Any, valid: Any, low: Any, high: Any, tonnes: Any, firm: Any,
        group: Any, kind: Any, side: Any, received: Any, rank: Any, documents: Any, rules: Any,
        steps: Any, desk: Any, starts: Any, cards: Any, quoted: Any, notes: Any, found: Any,
        sizes: Any,
    ) -> None:  # fmt: skip
        data = (low, high, tonnes, firm, group, kind, side, received, rank)
        price_days(
            sizes[0], bounds, sizes[1], series, valid, data, sizes[2], documents, sizes[3], rules,
            steps, desk, starts, cards, quoted, notes, found,
        )  # fmt: skip

    def read(size: int, offsets: Any, text: Any, values: Any, places: Any) -> None:
        read_decimals(size, offsets, text, values, places)

    pointer: Any = types.CPointer
    whole = pointer(types.int64)
    columns = [pointer(numba.from_dtype(np.dtype(each))) for each in _COLUMN_TYPES]
    flags, series = pointer(types.int8), pointer(types.int32)
    return (
        numba.cfunc(types.void(whole, series, flags, *columns, *[whole] * 10))(price),
        numba.cfunc(types.void(types.int64, series, pointer(types.uint8), whole, flags))(read),
    )
