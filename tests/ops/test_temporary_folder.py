"""A temporary folder is gone afterwards, whatever happened and whenever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ops.temporary_folder import temporary_folder


def test_it_is_there_and_then_it_is_gone(tmp_path: Path) -> None:
    with temporary_folder("work-", tmp_path) as folder:
        (folder / "file").write_text("x")
        assert folder.parent == tmp_path
        assert folder.name.startswith("work-")
        assert folder.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_during_the_work_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), temporary_folder("work-", tmp_path):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_just_after_it_was_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    mkdir = Path.mkdir

    def interrupted(folder: Path, *arguments: Any, **more: Any) -> None:
        mkdir(folder, *arguments, **more)
        made.append(folder)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "mkdir", interrupted)
    with pytest.raises(KeyboardInterrupt), temporary_folder("work-", tmp_path):
        pass
    assert len(made) == 1
    assert list(tmp_path.iterdir()) == []
