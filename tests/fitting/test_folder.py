"""The run folder of a fit: which one it is, and that it appears with its first content."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodfit.errors import DiskError, RunError
from goodfit.fitting.folder import LOCK, choose_folder
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
    with folder.claimed():
        assert [path.name for path in folder.path.iterdir()] == [LOCK]
        (folder.path / CHECKPOINT).touch()
    assert [path.name for path in folder.path.iterdir()] == [CHECKPOINT]


def test_a_folder_that_nothing_was_written_into_goes_again() -> None:
    folder = choose_folder("titanic", None, resume=False)
    with pytest.raises(ZeroDivisionError), folder.claimed():
        raise ZeroDivisionError
    assert not folder.path.exists()
    Path("mine").mkdir()
    with pytest.raises(ZeroDivisionError), choose_folder("titanic", "mine", resume=False).claimed():
        raise ZeroDivisionError
    assert list(Path("mine").iterdir()) == []  # it was the user's


def test_a_second_fit_into_one_folder_is_refused_and_disturbs_nothing() -> None:
    first, second = (choose_folder("titanic", "mine", resume=False) for _ in range(2))
    with first.claimed():
        with pytest.raises(RunError, match="another goodfit fit is writing into this folder"), second.claimed():
            raise AssertionError("it was let in")
        assert (first.path / LOCK).exists()
        (first.path / CHECKPOINT).touch()
        with pytest.raises(RunError, match="another goodfit fit"), choose_folder("x", "mine", resume=True).claimed():
            raise AssertionError("it was let in")
    with choose_folder("x", "mine", resume=True).claimed():
        assert (first.path / CHECKPOINT).exists()


def test_what_a_killed_fit_left_before_its_first_checkpoint_is_no_run() -> None:
    filled(Path("runs/titanic"), LOCK)
    folder = choose_folder("titanic", None, resume=False)
    assert folder.path == Path("runs/titanic")
    with folder.claimed():
        pass


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
    with pytest.raises(RunError, match="in use"), folder.claimed():
        raise AssertionError("it was let in")
    assert [path.name for path in folder.path.iterdir()] == [CHECKPOINT]


def test_a_place_below_a_file_is_refused_before_any_work() -> None:
    Path("runs").write_text("not a folder")
    with pytest.raises(DiskError, match="cannot be written"):
        choose_folder("titanic", None, resume=False)
