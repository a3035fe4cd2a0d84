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

from assay.methodology.replay import kernel, placing
from assay.methodology.replay.columns import Array

_INNER = (
    "amounts", "join", "settle", "values_of", "below", "put_in_order", "weigh", "cut_by_volume",
    "cap_binds", "price_at", "between", "at_share", "mean_of", "estimate", "quotes", "end_of",
    "steps_of", "priced", "gather", "climb",
)  # fmt: skip
_OUTER = ("place_rows", "price_groups")
#: What the compiler's code refers to and never calls: reference counts of arrays it does not own.
_NEVER = """
declare void @abort()
define void @NRT_Free(i8* %x) { call void @abort() ret void }
define void @NRT_MemInfo_call_dtor(i8* %x) { call void @abort() ret void }
define void @numba_gil_ensure(i8* %x) { call void @abort() ret void }
define void @numba_gil_release(i8* %x) { call void @abort() ret void }
define i8* @numba_do_raise(i8* %x) { call void @abort() ret i8* null }
define i8* @numba_runtime_build_excinfo_struct(i8* %x) { call void @abort() ret i8* null }
define i8* @numba_unpickle(i8* %x) { call void @abort() ret i8* null }
"""
_COLUMN_TYPES = (
    np.int64, np.int64, np.int64, np.int32, np.int32, np.int8, np.int8, np.int64, np.int64,
)  # fmt: skip
_lock = threading.Lock()
_held: list[Native] = []


@dataclass(frozen=True, slots=True)
class Native:
    """The two entries of the compiled kernel. Calls run beside each other, without Python's lock."""

    _place: Callable[..., None]
    _price: Callable[..., None]
    _owner: Any

    def place_rows(self, group: Array, valid: Array, starts: Array, rows: Array) -> None:
        """As `placing.place_rows`."""
        self._place(
            _at(group, np.int64), _at(valid, np.bool_), _at(starts, np.int64),
            _at(rows, np.int64), len(group), len(starts),
        )  # fmt: skip

    def price_groups(
        self, starts: Array, rows: Array, data: tuple[Array, ...], *rest: Array
    ) -> None:
        """As `kernel.price_groups`."""
        lengths = [len(data[0]), len(data[kernel.RANK]), len(starts), len(rows)]
        sizes = np.array([*lengths, *(len(each) for each in rest)], dtype=np.int64)
        columns = (_at(each, kind) for each, kind in zip(data, _COLUMN_TYPES, strict=True))
        numbers = (_at(each, np.int64) for each in (*rest, sizes))
        self._price(_at(starts, np.int64), _at(rows, np.int64), *columns, *numbers)


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

    parts = [Path(module.__file__ or "").read_bytes() for module in (kernel, placing)]
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
            folder / "place.o",
            folder / "price.o",
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
    for name in ("place.o", "price.o"):
        engine.add_object_file(binding.ObjectFileRef.from_path(str(folder / name)))
    engine.finalize_object()
    place, price = (
        engine.get_function_address(name) for name in (folder / "names").read_text().split()
    )
    return Native(_place_type()(place), _price_type()(price), engine)


def _place_type() -> Any:
    pointer, whole = ctypes.c_void_p, ctypes.c_int64
    return ctypes.CFUNCTYPE(None, *[pointer] * 4, whole, whole)


def _price_type() -> Any:
    return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 19)


# ---- compiling ---------------------------------------------------------------------------


def _built(folder: Path) -> Native:
    """Compile in this process, and keep the code where another process could run it."""
    place, price = _compiled()
    found = Native(_place_type()(place.address), _price_type()(price.address), (place, price))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.parent.chmod(0o700)
        fresh = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
        objects = (("place.o", place), ("price.o", price))
        for name, entry in objects:
            (fresh / name).write_bytes(entry._library._get_compiled_object())  # noqa: SLF001 numba has no other way
        (fresh / "names").write_text(" ".join(entry.native_name for _, entry in objects))
        if _runs_elsewhere(fresh):
            fresh.rename(folder)
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
    """Load the code and sort three rows with it."""
    starts, rows = np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64)
    load(folder).place_rows(
        np.array([1, 0, 1], dtype=np.int64), np.ones(3, dtype=bool), starts, rows
    )
    if starts.tolist() != [0, 1, 3] or rows.tolist() != [1, 0, 2]:
        raise SystemExit(1)


def _compiled() -> tuple[Any, Any]:
    import numba
    from numba import carray, types  # type: ignore[attr-defined]  # exported, not declared

    jit = numba.njit(nogil=True, boundscheck=False, error_model="numpy")
    names: dict[str, Any] = {**vars(placing), **vars(kernel)}
    for name in (*_INNER, *_OUTER):
        own: FunctionType = names[name]
        names[name] = jit(FunctionType(own.__code__, names, own.__name__, own.__defaults__))
    place_rows, price_groups = (names[name] for name in _OUTER)

    def place(group: Any, valid: Any, starts: Any, rows: Any, size: int, groups: int) -> None:
        place_rows(
            carray(group, size), carray(valid, size), carray(starts, groups), carray(rows, size)
        )  # fmt: skip

    def price(
        starts: Any, rows: Any, low: Any, high: Any, tonnes: Any, firm: Any, group: Any, kind: Any,
        side: Any, received: Any, rank: Any, documents: Any, rules: Any, steps: Any, desk: Any,
        quoted: Any, notes: Any, found: Any, sizes: Any,
    ) -> None:  # fmt: skip
        of = carray(sizes, 11)
        size = of[0]
        data = (
            carray(low, size), carray(high, size), carray(tonnes, size), carray(firm, size),
            carray(group, size), carray(kind, size), carray(side, size), carray(received, size),
            carray(rank, of[1]),
        )  # fmt: skip
        price_groups(
            carray(starts, of[2]), carray(rows, of[3]), data, carray(documents, of[4]),
            carray(rules, of[5]), carray(steps, of[6]), carray(desk, of[7]),
            carray(quoted, of[8]), carray(notes, of[9]), carray(found, of[10]),
        )  # fmt: skip

    pointer: Any = types.CPointer
    whole, cfunc = pointer(types.int64), numba.cfunc
    columns = [pointer(numba.from_dtype(np.dtype(each))) for each in _COLUMN_TYPES]
    flags, size = pointer(types.boolean), types.int64
    return (
        cfunc(types.void(whole, flags, whole, whole, size, size))(place),
        cfunc(types.void(whole, whole, *columns, *[whole] * 8))(price),
    )
