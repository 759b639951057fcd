"""The last two checkpoints are kept: where the newest is damaged, a run goes on from the one before it, and says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import goodfit
from goodfit.errors import RunError
from goodfit.store.files import keep_beside
from goodfit.store.run_folder import CHECKPOINT, CHECKPOINT_BEFORE
from goodfit.store.tensors import load_state, save_state
from goodfit.train import session

EPOCHS = 4


class PowerCutError(Exception):
    pass


def rows() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    x = random.normal(size=(90, 4)).astype(np.float32)
    return x, (x[:, 0] + 0.5 * random.normal(size=90) > 0).astype(np.int64)


def fit(folder: Path, **more: Any) -> goodfit.Run:
    return goodfit.fit(rows(), out=folder, epochs=EPOCHS, batch_size=16, lr=0.01, rivals="none", device="cpu", **more)


@pytest.fixture
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a run that ended in its third epoch, with two checkpoints of before."""

    def cut(epoch: goodfit.Epoch) -> None:
        if epoch.number == 3:
            raise PowerCutError

    monkeypatch.setattr(session, "FIRST_CHECKPOINT", 0.0)  # one after every epoch
    with pytest.raises(PowerCutError):
        fit(tmp_path / "run", on_epoch=cut)
    return tmp_path / "run"


def place_of(checkpoint: Path) -> str:
    """Where the training stood, in the words of a resumed run."""
    position = load_state(checkpoint)[1]["position"]
    return f"epoch {position['epoch'] + 1}, batch {position['batch']}"


def truncated(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-5] ^= 1  # in a tensor: the file is well-formed, and its checksum is another
    path.write_bytes(bytes(content))


DAMAGES: list[Callable[[Path], None]] = [truncated, emptied, flipped, Path.unlink]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same run, never stopped."""
    return fit(tmp_path_factory.mktemp("whole") / "run").folder


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_checkpoint_before_is_used_where_the_last_is_damaged(
    stopped: Path, whole: Path, damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    last, before = place_of(stopped / CHECKPOINT), place_of(stopped / CHECKPOINT_BEFORE)
    assert last != before
    damage(stopped / CHECKPOINT)
    fit(stopped, resume=True, quiet=False)
    told = capsys.readouterr().err
    assert f"resumed at {before}\n" in told
    if damage is not Path.unlink:
        assert f"{CHECKPOINT} is damaged" in told
    assert (stopped / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()
    assert not list(stopped.glob("checkpoint*"))


def test_a_whole_last_checkpoint_is_the_one_used(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    last = place_of(stopped / CHECKPOINT)
    fit(stopped, resume=True, quiet=False)
    assert f"resumed at {last}\n" in capsys.readouterr().err


def test_two_damaged_checkpoints_are_an_error_in_one_line(stopped: Path) -> None:
    for name in (CHECKPOINT, CHECKPOINT_BEFORE):
        truncated(stopped / name)
    with pytest.raises(RunError, match="damaged: it is cut off") as raised:
        fit(stopped, resume=True)
    assert "\n" not in str(raised.value)


def test_a_run_that_was_stopped_before_its_first_checkpoint_begins_anew(tmp_path: Path, whole: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "history.jsonl").write_text('{"epoch": 1}\n')  # what a frozen first epoch leaves
    fit(folder, resume=True)
    assert (folder / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()
    assert len((folder / "history.jsonl").read_text().splitlines()) == EPOCHS


@pytest.mark.parametrize("links", [True, False])
def test_a_second_name_holds_the_content_whatever_the_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    def no_links(self: Path, target: Path) -> None:
        raise OSError("no links here")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", no_links)
    file, before = tmp_path / "file", tmp_path / "before"
    keep_beside(file, before)
    assert not before.exists()
    for text in ("first", "second", "second"):
        file.unlink(missing_ok=True)
        file.write_text(text)
        keep_beside(file, before)
        keep_beside(file, before)  # a process that died in between did it already
        assert (file.read_text(), before.read_text()) == (text, text)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["before", "file"]


def test_a_checkpoint_of_a_net_that_was_built_otherwise_is_refused(stopped: Path) -> None:
    checkpoint = stopped / CHECKPOINT
    tensors, values = load_state(checkpoint)
    renamed = {name.replace("net/", "net/before.", 1): tensor for name, tensor in tensors.items()}
    save_state(checkpoint, renamed, values)
    with pytest.raises(RunError, match=r"another net stopped here.*Fit anew, without --resume"):
        fit(stopped, resume=True)
