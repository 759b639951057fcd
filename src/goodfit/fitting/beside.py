"""Rivals that learn in a process of their own while the net trains.

A net of a table keeps one core busy; its rows and folds are known before the first step. So the other cores, which
would be idle, grow the trees meanwhile. Threads cannot: growing a tree holds Python's lock most of the time. The
process gets the lesson through a pipe and answers through another, as JSON and safetensors; it ends when the fit does,
however that ends. What it answers is what the same code gives in this process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

from goodfit.data.terms import Terms
from goodfit.rivals.half import HalfTheRows
from goodfit.rivals.learning import Learnt, learn_all
from goodfit.rivals.rival import FittedRival, Lesson, Words
from goodfit.rivals.time_limit import TimeLimit
from goodfit.stats.estimates import Estimate
from goodfit.tasks import from_json as task_from_json
from goodfit.train.device import cpu_threads

WIDTH = 8  # bytes of a number that says how long a part of a message is


class Beside:
    """The process, from its start to its answer; leaving the context ends it.

    It starts before there is a lesson, since its imports take seconds.

    Args:
        threads: for trees of many rows; all else takes one.
    """

    def __init__(self, threads: int = 1) -> None:
        known = os.environ.get("PYTHONPATH")
        paths = [str(Path(__file__).parents[2]), *([known] if known else [])]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],  # -P: a random.py where the user stands is none of ours
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # where it fails, the same is done here, and fails in the open
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": str(threads)},
        )
        self._lesson: Lesson | None = None
        self._sender: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Kill it, if it still runs."""
        self._process.kill()
        self._process.wait()
        if self._sender is not None:
            self._sender.join()
        for end in (self._process.stdin, self._process.stdout):
            assert end is not None
            with suppress(BrokenPipeError):  # it was killed with a part of the lesson unread
                end.close()

    @property
    def number(self) -> int:
        """Of the process."""
        return self._process.pid

    def teach(self, lesson: Lesson) -> None:
        """Let it learn, once."""
        self._lesson = lesson
        # a pipe takes 64 kB until its end is read
        self._sender = threading.Thread(target=self._send, args=(lesson,), daemon=True)
        self._sender.start()

    def answer(self) -> Learnt | None:
        """Wait for it; None: it has ended without an answer, as where memory is short."""
        assert self._process.stdout is not None
        assert self._lesson is not None
        try:
            values, tensors = _read(self._process.stdout)
        except EOFError:
            return None
        return _learnt(self._lesson, values, tensors)

    def _send(self, lesson: Lesson) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended: that there is no answer is seen where one is awaited
            _write(self._process.stdin, *_of_lesson(lesson))


def _of_lesson(lesson: Lesson) -> tuple[dict[str, Any], dict[str, Tensor]]:
    folds = [torch.from_numpy(rows) for fold in lesson.folds for rows in fold]
    values = {
        "task": {"name": lesson.task.name, **lesson.task.to_json()},
        "cardinalities": list(lesson.cardinalities),
        "seed": lesson.seed,
        "folds": len(lesson.folds),
        "kept_apart": lesson.kept_apart,
        "ends": lesson.limit.ends,
        "terms": None if lesson.words is None else asdict(lesson.words.terms),
    }
    words = {} if lesson.words is None else {"words": lesson.words.pairs}
    return values, {"x": lesson.x, "y": lesson.y, **words, **{f"fold.{at}": rows for at, rows in enumerate(folds)}}


def _lesson(values: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Lesson:
    rows = [tensors[f"fold.{at}"].numpy() for at in range(2 * values["folds"])]
    folds: list[tuple[np.ndarray, np.ndarray]] = list(zip(rows[::2], rows[1::2], strict=True))
    words = None if values["terms"] is None else Words(tensors["words"], Terms(**values["terms"]))
    task, seed = task_from_json(values["task"]), values["seed"]
    apart, limit = values["kept_apart"], TimeLimit(values["ends"])
    codes = values["cardinalities"]
    return Lesson(task, tensors["x"], tensors["y"], folds, codes, seed, words, kept_apart=apart, limit=limit)


def _of_learnt(learnt: Learnt) -> tuple[dict[str, Any], dict[str, Tensor]]:
    fitted = [
        {"name": each.name, "arch": each.arch, "options": each.options, "seconds": each.seconds}
        for each in learnt.fitted
    ]
    tensors = {
        f"{at}.{name}": value
        for at, each in enumerate(learnt.fitted)
        for name, value in {"out": each.out, **_prefixed("state", each.module.state_dict())}.items()
    }
    half = learnt.half
    told = None if half is None else {"rival": half.rival, "rows": half.rows, "excess": half.excess.to_json()}
    return {"fitted": fitted, "half": told, "left_out": list(learnt.left_out)}, tensors


def _learnt(lesson: Lesson, values: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Learnt:
    fitted = []
    for at, each in enumerate(values["fitted"]):
        of_this = {name.removeprefix(f"{at}."): value for name, value in tensors.items() if name.startswith(f"{at}.")}
        out = of_this.pop("out")
        state = {name.removeprefix("state."): value for name, value in of_this.items()}
        fitted.append(FittedRival.of(lesson, each["name"], each["arch"], each["options"], state, out, each["seconds"]))
    half = values["half"]
    known = None if half is None else HalfTheRows(**{**half, "excess": Estimate(**half["excess"])})
    return Learnt(fitted, known, values["left_out"])


def _prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": value for name, value in tensors.items()}


def _write(end: IO[bytes], values: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
    packed = safetensors.torch.save({name: value.contiguous() for name, value in tensors.items()})
    for part in (json.dumps(values).encode(), packed):
        end.write(len(part).to_bytes(WIDTH, "little"))
        end.write(part)
    end.flush()


def _read(end: IO[bytes]) -> tuple[dict[str, Any], dict[str, Tensor]]:
    parts = [_exactly(end, int.from_bytes(_exactly(end, WIDTH), "little")) for _ in range(2)]
    return json.loads(parts[0]), safetensors.torch.load(parts[1])


def _exactly(end: IO[bytes], count: int) -> bytes:
    part = end.read(count)
    if len(part) < count:
        raise EOFError
    return part


def _end_with(parent: IO[bytes]) -> None:
    """The pipe closes when the fit ends, by kill -9 as well; then nobody waits for an answer."""
    parent.read(1)
    os._exit(1)


def main() -> None:
    """What the process does: a lesson from stdin, an answer to stdout."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both: the fit decides when to end
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    lesson = _lesson(*_read(sys.stdin.buffer))
    threading.Thread(target=_end_with, args=(sys.stdin.buffer,), daemon=True).start()
    with cpu_threads(1):
        learnt = learn_all(lesson)
    _write(answers, *_of_learnt(learnt))


if __name__ == "__main__":
    main()
