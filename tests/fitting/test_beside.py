"""Rivals in a process of their own: the same to the last bit, and gone when the fit is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_limits

import goodfit as gf
from goodfit.data.terms import Terms
from goodfit.fitting import blending
from goodfit.fitting.beside import Beside
from goodfit.rivals import trees
from goodfit.rivals.learning import learn_all
from goodfit.rivals.rival import Lesson, Words
from goodfit.rivals.trees import TreesRival
from goodfit.store.run_folder import WEIGHTS
from goodfit.tasks.classification import Classification
from goodfit.tasks.multilabel import MultiLabel
from goodfit.tasks.regression import Regression
from goodfit.tasks.task import Task
from goodfit.train.device import cpu_threads

ROWS = 120  # so few that they are soon learnt


class PlainTrees(TreesRival):
    """Without those over pairs and maps: a test has less time."""

    plain = True


def lesson(kind: str) -> Lesson:
    """Two numbers and a category of three codes, that say something of the target; three folds."""
    random = np.random.default_rng(1)
    x = np.column_stack([random.normal(size=(ROWS, 2)), random.integers(0, 3, ROWS)]).astype(np.float32)
    raw = x[:, 0] * x[:, 1] + x[:, 2] + random.normal(size=ROWS)
    task: Task
    if kind == "classes":
        task, y = Classification(("a", "b")), torch.from_numpy(raw > 1).long()
    elif kind == "labels":
        task = MultiLabel(("a", "b"))
        y = torch.from_numpy(np.column_stack([raw > 1, raw < 0])).float()
    else:
        task, y = Regression((float(raw.mean()),), (float(raw.std()),)), torch.from_numpy(raw).float()
    words = None
    if kind == "texts":  # in each row two of six terms, and their weights
        pairs = np.stack([random.integers(0, 6, (ROWS, 2)), np.full((ROWS, 2), 0.7)], axis=-1).reshape(ROWS, 4)
        words = Words(torch.from_numpy(pairs).float(), Terms(count=6, lanes=4, places=1))
    of = np.arange(ROWS) % 3
    folds = [(np.flatnonzero(of != fold), np.flatnonzero(of == fold)) for fold in range(3)]
    apart = kind == "kept apart"  # the numbers again, with a validation part that nothing may learn from
    return Lesson(task, torch.from_numpy(x), y, folds[: 1 if apart else 3], (3,), seed=5, words=words, kept_apart=apart)


@pytest.mark.parametrize(
    "kind",
    [
        "classes",
        pytest.param("labels", marks=pytest.mark.slow),
        pytest.param("numbers", marks=pytest.mark.slow),  # those that are kept apart are numbers too
        pytest.param("texts", marks=pytest.mark.slow),
        pytest.param("kept apart", marks=pytest.mark.slow),
    ],
)
def test_the_answer_is_what_this_process_would_have_learnt(kind: str) -> None:
    given = lesson(kind)
    with cpu_threads(1):
        here = learn_all(given)
    with Beside() as beside:
        beside.teach(given)
        there = beside.answer()
    assert there is not None
    assert [each.name for each in there.fitted] == [each.name for each in here.fitted] != []
    assert there.half == here.half
    for one, other in zip(here.fitted, there.fitted, strict=True):
        assert torch.equal(one.out, other.out)
        assert torch.equal(one.module(given.x), other.module(given.x))
        assert (one.arch, one.options) == (other.arch, other.options)


def test_files_of_the_folder_where_the_user_stands_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'was run')!r}, 'w')\nraise SystemExit(1)\n")
    monkeypatch.chdir(tmp_path)
    with Beside() as beside:
        beside.teach(lesson("numbers"))
        assert beside.answer() is not None
    assert not (tmp_path / "was run").exists()


def test_a_process_that_was_killed_has_no_answer() -> None:
    with Beside() as beside:
        beside.teach(lesson("numbers"))
        os.kill(beside.number, signal.SIGKILL)
        assert beside.answer() is None


def test_leaving_ends_the_process_before_it_has_read_its_lesson() -> None:
    with Beside() as beside:
        beside.teach(lesson("numbers"))
        number = beside.number
    assert not _lives(number)


def test_leaving_ends_the_process_before_it_has_a_lesson() -> None:
    with Beside() as beside:
        number = beside.number
        assert _lives(number)
    assert not _lives(number)


def test_the_process_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(
        f"import sys, time\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_beside import Beside, lesson\n"
        "beside = Beside()\nbeside.teach(lesson('numbers'))\nprint(beside.number, flush=True)\ntime.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        number = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 60
    while _lives(number) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(number)


def _lives(number: int) -> bool:
    """Whether a process of this number runs; one that has ended and that nobody has waited for does not."""
    state = Path(f"/proc/{number}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def has_threads(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """As if torch had so many threads; it has one, and nothing that is put back afterwards changes that."""
    monkeypatch.setattr(torch, "get_num_threads", lambda: count)
    monkeypatch.setattr(torch, "set_num_threads", lambda count: None)


@pytest.mark.parametrize(
    ("answers", "folds"),
    [pytest.param(True, None, marks=pytest.mark.slow), (False, None), pytest.param(True, 1, marks=pytest.mark.slow)],
)
def test_a_fit_is_the_same_with_and_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: bool, folds: int | None
) -> None:
    random = np.random.default_rng(2)
    table = tmp_path / "table.csv"
    rows = [f"{a:.4f},{b:.4f},{'yes' if a + c > 0 else 'no'}" for a, b, c in random.normal(size=(80, 3))]
    table.write_text("\n".join(["a,b,y", *rows]))
    monkeypatch.setattr(blending, "ROWS_WORTH_A_PROCESS", 40)
    asked = []

    def answer(beside: Beside) -> None:
        asked.append(beside)

    runs = []
    for threads in (1, 2):
        if threads == 2 and not answers:
            monkeypatch.setattr(Beside, "answer", answer)
        has_threads(monkeypatch, threads)
        source, out = gf.table(table, target="y"), tmp_path / f"run{threads}"
        runs.append(gf.fit(source, out=out, epochs=1, folds=folds, quiet=True))
    assert len(asked) == (not answers)
    one, other = (run.folder / WEIGHTS for run in runs)
    assert one.read_bytes() == other.read_bytes()


def test_a_net_that_takes_all_cores_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []

    class Counted(Beside):
        def end(self) -> None:
            super().end()
            ended.append(self.number)

        def teach(self, lesson: Lesson) -> None:
            raise AssertionError("it was taught")

    monkeypatch.setattr(blending, "Beside", Counted)
    monkeypatch.setattr(blending, "ROWS_WORTH_A_PROCESS", 40)
    monkeypatch.setattr(blending, "_leaves_a_core", lambda training: False)
    has_threads(monkeypatch, 2)
    table = tmp_path / "table.csv"
    table.write_text("a,y\n" + "".join(f"{at % 7},{at}\n" for at in range(90)))
    run = gf.fit(gf.table(table, target="y"), out=tmp_path / "run", epochs=1, quiet=True)
    assert len(run.record.rivals) == 3  # the net alone, a linear model and trees: fitted afterwards
    assert len(set(ended)) == 1
    assert not _lives(ended[0])


def test_few_rows_start_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Beside:
        raise AssertionError("a process was started")

    monkeypatch.setattr(blending, "Beside", none)
    has_threads(monkeypatch, 2)
    table = tmp_path / "table.csv"
    table.write_text("a,y\n" + "".join(f"{at % 7},{at}\n" for at in range(60)))
    assert gf.fit(gf.table(table, target="y"), out=tmp_path / "run", epochs=1, quiet=True).verdict


def test_trees_of_many_rows_are_the_same_by_one_thread_and_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "FIRST_LENGTH", 10)
    monkeypatch.setitem(trees.ROUNDS, "numbers", 10)
    random = np.random.default_rng(4)
    x = random.normal(size=(trees.FEW_ROWS + 400, 3)).astype(np.float32)
    raw = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2] + 0.5 * random.normal(size=len(x))
    rows, y = np.arange(len(x)), torch.from_numpy(raw).float()
    given = Lesson(Regression((0.0,), (1.0,)), torch.from_numpy(x), y, [(rows[:9_000], rows[9_000:])], (), seed=5)
    outs = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="openmp"):
            outs.append(PlainTrees().fit(given).out)
    assert torch.equal(*outs)
