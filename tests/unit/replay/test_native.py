"""Machine code is kept where only its owner can write, and used only from there."""

import os
from pathlib import Path

import numpy as np
import pytest

from assay.methodology.replay import native


@pytest.mark.slow
def test_code_is_compiled_kept_tried_elsewhere_and_loaded_again(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    built = native._loaded_or_built()
    [kept] = [each for each in native.cache_folder().iterdir() if not each.name.startswith(".")]
    assert {each.name for each in kept.iterdir()} == {"price.o", "texts.o", "names"}
    assert [each.name for each in native.cache_folder().iterdir()] == [kept.name]
    for code in (built, native._loaded_or_built()):
        native.lay_out_three(code)
    native.trial(kept)
    (kept / "price.o").chmod(0o666)
    assert not native._is_ours(kept)


@pytest.mark.slow
def test_code_that_does_not_run_elsewhere_is_not_kept(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(native, "_runs_elsewhere", lambda _: False)
    native.lay_out_three(native._loaded_or_built())
    assert list(native.cache_folder().iterdir()) == []


def test_nothing_kept_is_nothing_of_ours(tmp_path: Path, monkeypatch) -> None:
    assert not native._is_ours(tmp_path / "nowhere")
    folder = tmp_path / "replay" / "key"
    folder.mkdir(parents=True, mode=0o700)
    folder.parent.chmod(0o700)
    for name in ("price.o", "texts.o", "names"):
        (folder / name).write_bytes(b"")
        (folder / name).chmod(0o600)
    assert native._is_ours(folder)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert not native._is_ours(folder)


def test_a_column_of_another_type_is_no_column() -> None:
    with pytest.raises(AssertionError):
        native._at(np.zeros(3, dtype=np.int32), np.int64)
