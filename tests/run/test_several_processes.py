"""Fits in several processes end where one process does: weights, scores, rows, and one run folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file
from several_processes import in_processes

import goodfit
from goodfit.errors import ProcessError
from goodfit.fitting.folder import choose_folder
from goodfit.fitting.processes import Team
from goodfit.train.session import Epoch

# Adam divides by the root of the mean squared gradient: where that is near zero, rounding of the gradient's sum (1e-7)
# moves a weight by a part of the rate. So weights are held to a thousandth of the largest of their tensor.
TOLERANCE = 1e-3
FITS: dict[str, dict[str, Any]] = {
    "photos": {"epochs": 2, "width": 8, "batch_size": 14, "augment": "standard", "ema": 0.9, "clip": 1.0},
    "masked": {"masks": "masks", "epochs": 2, "arch": "unet-resnet10", "width": 8, "batch_size": 5},
    "people.csv": {"target": "rich", "epochs": 2, "folds": 3, "batch_size": 30},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos of two kinds, scenes with masks, and a table; no number of rows is a multiple of 2 or 3."""
    folder, random = tmp_path_factory.mktemp("several"), np.random.default_rng(5)
    for number in range(53):
        kind = ("dark", "light")[number % 2]
        pixels = random.integers(0, 90, (16, 16, 3)) + 120 * (kind == "light")
        path = folder / "photos" / kind / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(path)
    for name in ("masked", "masks"):
        (folder / name).mkdir()
    for number in range(19):
        mask = np.zeros((16, 16), dtype=np.uint8)
        mask[: number % 13 + 2] = 1
        image = (random.integers(0, 60, (16, 16, 3)) + 150 * mask[:, :, None]).astype(np.uint8)
        Image.fromarray(image).save(folder / "masked" / f"{number}.png")
        Image.fromarray(mask).save(folder / "masks" / f"{number}.png")
    lines = ["age,town,rich"]
    for _ in range(115):
        age, town = random.uniform(18, 80), random.choice(["north", "south"])
        lines.append(f"{age:.2f},{town},{'yes' if age + 20 * (town == 'south') + random.normal(0, 9) > 55 else 'no'}")
    (folder / "people.csv").write_text("\n".join(lines))
    return folder


def fit_all(place: str, runs: str, exact: bool = False) -> list[dict[str, float]]:
    """Fit each of FITS; the metrics of each run, which every process gets back."""
    os.chdir(place)
    found = []
    for name, options in FITS.items():
        run = goodfit.fit(
            name, out=Path(runs) / name, cache="cache", precision="float32", device="cpu", exact=exact, **options
        )
        found.append({f"{part} {key}": each.value for part, keys in run.metrics.items() for key, each in keys.items()})
    return found


@pytest.fixture(scope="module")
def one(place: Path) -> list[dict[str, float]]:
    (found,) = in_processes(1, fit_all, str(place), str(place / "one"))
    return list(found)


@pytest.mark.parametrize("count", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_several_processes_end_where_one_does(place: Path, one: list[dict[str, float]], count: int) -> None:
    runs = place / f"{count} processes"
    answers = in_processes(count, fit_all, str(place), str(runs))
    assert all(answer == answers[0] for answer in answers)
    for name, expected, metrics in zip(FITS, one, answers[0], strict=True):
        assert metrics == pytest.approx(expected, abs=1e-4), name
        alone, together = (load_file(folder / name / "model.safetensors") for folder in (place / "one", runs))
        for key, tensor in alone.items():
            apart = np.abs(tensor.astype(float) - together[key]).max(initial=0.0)
            assert apart <= TOLERANCE * np.abs(tensor.astype(float)).max(initial=1e-9), f"{name}: {key}"
        records = [goodfit.load(folder / name).record for folder in (place / "one", runs)]
        rows = [[line["rows"] for line in record.history] for record in records]
        assert rows[0] == rows[1]
        findings = [sorted(finding.rule for finding in record.findings) for record in records]
        assert findings[0] == findings[1]
        assert (runs / name / "report.html").exists()


@pytest.mark.slow
def test_exact_fits_have_the_same_bits_in_one_two_and_four_processes(place: Path) -> None:
    answers = {
        count: in_processes(count, fit_all, str(place), str(place / f"exact-{count}"), True) for count in (1, 2, 4)
    }
    assert answers[1][0] == answers[2][1] == answers[4][3]
    for name in FITS:
        for file in ("model.safetensors", "scores.safetensors", "predictions.csv"):
            one, two, four = ((place / f"exact-{count}" / name / file).read_bytes() for count in (1, 2, 4))
            assert one == two, f"{name}: {file}"
            assert one == four, f"{name}: {file}"


def fit_rows(folder: str, resume: bool = False, killed: int | None = None) -> str:
    """A small fit of arrays, by a net with batch norm and dropout; process `killed` ends itself in the second epoch."""
    from goodfit.train import processes, session

    session.FIRST_CHECKPOINT = 0.0  # at the end of every epoch
    if killed is not None and os.environ["RANK"] == str(killed):
        summed, steps = processes.Processes.sum, 0

        def sum_and_die(self: processes.Processes, tensor: Any) -> None:
            nonlocal steps
            steps += 1
            if steps > 60:
                os.kill(os.getpid(), signal.SIGKILL)
            summed(self, tensor)

        processes.Processes.sum = sum_and_die  # type: ignore[method-assign]  # for this process
    random = np.random.default_rng(3)
    x = random.normal(size=(131, 4)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int64)
    try:
        goodfit.fit((x, y), out=folder, resume=resume, epochs=5, batch_size=16, lr=0.01, rivals="none", device="cpu")
    except ProcessError as error:
        return str(error)
    return "the end"


@pytest.mark.parametrize("killed", [pytest.param(0, marks=pytest.mark.slow), 1])
def test_the_others_notice_that_a_process_was_killed_and_any_number_goes_on(tmp_path: Path, killed: int) -> None:
    assert in_processes(2, fit_rows, str(tmp_path / "whole")) == ["the end"] * 2
    with pytest.raises(RuntimeError, match="it ended without an answer"):
        in_processes(2, fit_rows, str(tmp_path / "run"), False, killed)
    assert (tmp_path / "run/checkpoint.safetensors").exists()
    shutil.copytree(tmp_path / "run", tmp_path / "other")
    assert in_processes(2, fit_rows, str(tmp_path / "run"), True) == ["the end"] * 2
    assert in_processes(3, fit_rows, str(tmp_path / "other"), True) == ["the end"] * 3
    whole, same, other = (tmp_path / name / "model.safetensors" for name in ("whole", "run", "other"))
    assert whole.read_bytes() == same.read_bytes()
    alone, together = load_file(whole), load_file(other)
    for name, tensor in alone.items():
        np.testing.assert_allclose(together[name], tensor, rtol=1e-3, atol=1e-4, err_msg=name)
    rows = [[line["rows"] for line in goodfit.load(tmp_path / name).history] for name in ("whole", "run", "other")]
    assert rows[0] == rows[1] == rows[2]


def start(place: Path, *words: str) -> subprocess.Popen[str]:
    (place / "temporary").mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "goodfit", "fit", *words, "--cache", "cache", "--device", "cpu"],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "TMPDIR": str(place / "temporary")},
    )


def test_what_is_wrong_with_the_data_is_one_line_of_all_processes(place: Path) -> None:
    process = start(place, "people.csv", "--target", "rihc", "--processes", "2", "-q")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    assert output == ""
    assert errors.splitlines() == [
        "goodfit: --target rihc: there is no such column. Did you mean rich? The columns are age, town, rich."
    ]
    assert not (place / "runs").exists()
    assert not list((place / "temporary").iterdir())  # torchrun's launcher leaves a folder by itself


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The processes that the launcher has started, by their ranks."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    found = {}
    for child in children:
        entries = dict(
            entry.split("=", 1)
            for entry in Path(f"/proc/{child}/environ").read_text().split("\0")
            if entry.startswith("RANK=")
        )
        if entries:
            found[int(entries["RANK"])] = int(child)
    return [found[rank] for rank in sorted(found)]


def test_a_fit_that_is_started_again_goes_on_in_its_folder_though_it_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --resume: the launcher repeats the command as it was given."""
    x = np.random.default_rng(3).normal(size=(131, 4)).astype(np.float32)
    out = tmp_path / "run"

    def killed(epoch: Epoch) -> None:
        raise KeyboardInterrupt

    rows: dict[str, Any] = {"epochs": 3, "rivals": "none", "device": "cpu"}
    with pytest.raises(KeyboardInterrupt):
        goodfit.fit((x, x[:, 0]), out=out, on_epoch=killed, **rows)
    monkeypatch.setattr(Team, "folder_before_restart", lambda self, longer: choose_folder("", out, resume=True))
    assert len(goodfit.fit((x, x[:, 0]), out=out, **rows).history) == 3


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes in /proc")
@pytest.mark.parametrize("rank", [0, 1])
def test_a_fit_goes_on_after_one_of_its_processes_was_killed(place: Path, rank: int) -> None:
    words = ["people.csv", "--target", "rich", "--epochs", "60", "--folds", "3", "--processes", "2", "-q"]
    whole, killed = place / "whole", place / f"killed-{rank}"
    if not whole.exists():
        undisturbed = start(place, *words, "--out", str(whole))
        undisturbed.communicate(timeout=300)  # wait() would leave its pipes open
        assert undisturbed.returncode == 0
    process = start(place, *words, "--out", str(killed))
    while not (killed / "history.jsonl").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    os.kill(workers_of(process)[rank], signal.SIGKILL)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert errors.count("another process of this fit has ended") == 1
    assert (killed / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C goes to a group of processes")
def test_ctrl_c_ends_all_processes_with_one_line_and_another_number_goes_on(place: Path) -> None:
    words = ["people.csv", "--target", "rich", "--epochs", "60", "--folds", "3", "--out", "stopped"]
    process = start(place, *words, "--processes", "3")
    while not (place / "stopped/history.jsonl").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert errors.count("stopped; go on with the same command and --resume") == 1
    assert errors.splitlines().count("interrupted") == 1
    assert "death signal" not in errors, "torchrun speaks as well"
    assert "Traceback" not in errors
    again = start(place, *words, "--resume", "--processes", "2")
    _, errors = again.communicate(timeout=300)
    assert again.returncode == 0, errors
    history = goodfit.load(place / "stopped").history
    assert [line["rows"] for line in history] == [history[0]["rows"]] * len(history)


def join_as_another_version() -> str:
    """Process 1 says that it is of another version; what each of them is answered."""
    import torch

    from goodfit.fitting import processes

    if os.environ["RANK"] == "1":
        processes.__version__ = "0.0.1"  # type: ignore[attr-defined]  # imported there, for this
    try:
        processes.join_team(torch.device("cpu"))
    except ProcessError as error:
        return str(error)
    return "joined"


def test_a_process_of_another_version_is_refused_by_its_number() -> None:
    first, other = in_processes(2, join_as_another_version)
    assert first == "joined"
    assert other.startswith("process 1 runs goodfit 0.0.1 and torch ")
    assert f"and the first one goodfit {goodfit.__version__}" in other
    assert other.endswith("Install the same on all machines.")


def fit_rows_of_this_process(place: str) -> None:
    """Both read "the same" table, of which process 1 has a copy that lacks a row; what each says is in a file."""
    rank = os.environ["RANK"]
    try:
        goodfit.fit(
            Path(place) / rank / "people.csv", target="rich", out=Path(place) / "run", epochs=1, folds=1,
            rivals="none", device="cpu", cache=Path(place) / "cache",
        )  # fmt: skip
    except ProcessError as error:
        (Path(place) / rank / "said").write_text(str(error))
        os._exit(1)  # as the command does: the other one notices


def test_a_process_that_reads_other_data_is_refused_by_its_number(tmp_path: Path) -> None:
    lines = ["age,rich", *(f"{20 + row % 50},{'yes' if row % 50 > 25 else 'no'}" for row in range(200))]
    for rank in range(2):
        (tmp_path / str(rank)).mkdir()
        (tmp_path / str(rank) / "people.csv").write_text("\n".join(lines[: len(lines) - rank]))
    with pytest.raises(RuntimeError, match="it ended without an answer"):
        in_processes(2, fit_rows_of_this_process, str(tmp_path))
    first, other = ((tmp_path / str(rank) / "said").read_text() for rank in range(2))
    assert other == "people: process 1 reads other data than the first one. Give all machines the same data."
    assert first.startswith("another process of this fit has ended")


def fit_by_its_own_clock(place: str, out: str, seconds: float) -> int:
    """A fit whose process 1 has clocks that are wrong by so much, and go a hundredth faster; its epochs."""
    if os.environ["RANK"] == "1":
        for name in ("time", "monotonic", "perf_counter"):
            right = getattr(time, name)
            setattr(time, name, lambda right=right: 1.01 * right() + seconds)
    run = goodfit.fit(
        Path(place) / "people.csv", target="rich", out=out, epochs=3, folds=3, rivals="none", device="cpu",
        cache=Path(place) / "cache",
    )  # fmt: skip
    return len(run.history)


@pytest.mark.slow
def test_clocks_that_differ_between_processes_change_nothing(place: Path, tmp_path: Path) -> None:
    weights = []
    for seconds in (0.0, 1e5, -1e5):
        out = tmp_path / f"wrong by {seconds:.0f}"
        assert in_processes(2, fit_by_its_own_clock, str(place), str(out), seconds) == [3, 3]
        weights.append((out / "model.safetensors").read_bytes())
        assert (out / "report.html").exists()
    assert weights[0] == weights[1] == weights[2]


def train_on(folder: str) -> str:
    """Two more epochs; the other process is slow to read the run once it is finished."""
    from goodfit.fitting import processes

    def late(*arguments: Any, **options: Any) -> Any:
        time.sleep(2)
        return goodfit.load(*arguments, **options)

    processes.load = late  # type: ignore[attr-defined]  # imported there, for this
    x = np.random.default_rng(3).normal(size=(131, 4)).astype(np.float32)
    run = goodfit.fit((x, x[:, 0]), out=folder, more=2, rivals="none", device="cpu")
    return f"{run.folder.name} of {len(run.history)} epochs"


def test_a_run_that_is_trained_on_is_read_where_it_ends_up(tmp_path: Path) -> None:
    """It takes the place of the shorter one at its end, and the other processes must not look for it before."""
    x = np.random.default_rng(3).normal(size=(131, 4)).astype(np.float32)
    goodfit.fit((x, x[:, 0]), out=tmp_path / "run", epochs=1, rivals="none", device="cpu")
    assert in_processes(2, train_on, str(tmp_path / "run")) == ["run of 3 epochs"] * 2


def train_on_with_a_launcher(folder: str, killed: bool) -> str:
    """Two more epochs; process 0 is killed while the page of the longer run is drawn, which has taken its place."""
    from goodfit.fitting import fit, processes

    def keep(name: str, text: str) -> None:
        Path(folder).with_name(f"kept {name}").write_text(text)

    def kept(name: str) -> str | None:
        path = Path(folder).with_name(f"kept {name}")
        return path.read_text() if path.exists() else None

    def end_here(run: Any) -> None:
        os._exit(1)

    processes.keep_text, processes.kept_text = keep, kept  # type: ignore[attr-defined]  # as torchrun's store does
    if killed:
        fit.finish = end_here  # type: ignore[attr-defined]  # imported there, for this
    x = np.random.default_rng(3).normal(size=(131, 4)).astype(np.float32)
    try:
        run = goodfit.fit((x, x[:, 0]), out=folder, more=2, rivals="none", device="cpu")
    except ProcessError as error:
        return str(error)
    return f"{run.folder.name} of {len(run.history)} epochs"


def test_processes_started_again_after_the_longer_run_took_its_place_train_it_no_further(tmp_path: Path) -> None:
    """torchrun repeats the command, --more 2 as well."""
    x = np.random.default_rng(3).normal(size=(131, 4)).astype(np.float32)
    goodfit.fit((x, x[:, 0]), out=tmp_path / "run", epochs=1, rivals="none", device="cpu")
    with pytest.raises(RuntimeError, match="it ended without an answer"):
        in_processes(2, train_on_with_a_launcher, str(tmp_path / "run"), True)
    again = in_processes(2, train_on_with_a_launcher, str(tmp_path / "run"), False)
    assert again == ["run of 3 epochs"] * 2
    assert (tmp_path / "run" / "report.html").exists()
    assert not (tmp_path / "run-before-2").exists()
