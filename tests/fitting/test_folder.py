"""The run folder of a fit: which one it is, and that it appears with its first content."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodfit.errors import DiskError, RunError
from goodfit.fitting.folder import choose_folder
from goodfit.store.run_folder import CHECKPOINT, RECORD


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def filled(path: Path, name: str) -> Path:
    path.mkdir(parents=True)
    (path / name).touch()
    return path


def test_nothing_is_made_before_it_is_claimed() -> None:
    folder = choose_folder("titanic", None, resume=False)
    assert folder.path == Path("runs/titanic")
    assert not folder.path.exists()
    folder.claim()
    assert list(folder.path.iterdir()) == []


def test_names_are_numbered() -> None:
    filled(Path("runs/titanic"), RECORD)
    filled(Path("runs/titanic-2"), CHECKPOINT)
    assert choose_folder("titanic", None, resume=False).path == Path("runs/titanic-3")


def test_resume_takes_the_last_unfinished_run_of_the_name() -> None:
    filled(Path("runs/titanic"), CHECKPOINT)
    filled(Path("runs/titanic-2"), RECORD)
    folder = choose_folder("titanic", None, resume=True)
    assert folder.checkpoint == Path("runs/titanic") / CHECKPOINT
    assert not folder.finished


def test_resume_of_a_finished_run_says_so() -> None:
    filled(Path("runs/titanic"), RECORD)
    assert choose_folder("titanic", None, resume=True).finished
    assert choose_folder("titanic", "runs/titanic", resume=True).finished


def test_nothing_to_resume_starts_a_run() -> None:
    folder = choose_folder("titanic", None, resume=True)
    assert (folder.path, folder.checkpoint, folder.finished) == (Path("runs/titanic"), None, False)


def test_a_folder_that_holds_something_is_refused() -> None:
    filled(Path("mine"), "notes.txt")
    with pytest.raises(RunError, match="in use"):
        choose_folder("titanic", "mine", resume=False)
    with pytest.raises(RunError, match="no run to resume"):
        choose_folder("titanic", "mine", resume=True)
    assert [path.name for path in Path("mine").iterdir()] == ["notes.txt"]


def test_a_folder_that_another_fit_took_in_the_meantime_is_refused() -> None:
    folder = choose_folder("titanic", None, resume=False)
    filled(folder.path, CHECKPOINT)
    with pytest.raises(RunError, match="in use"):
        folder.claim()


def test_a_place_below_a_file_is_refused_before_any_work() -> None:
    Path("runs").write_text("not a folder")
    with pytest.raises(DiskError, match="cannot be written"):
        choose_folder("titanic", None, resume=False)
