"""A fit on two "machines" (torchrun's launchers, on loopback), of which one fails at a random moment and comes back.

    python bench/two_machines.py [--kills 6] [--seed 0]

Killed is the second launcher with its process, which is then started again by the same command; or, in turn, a process
of either launcher, which its launcher starts again. Each fit has to end with the weights of an undisturbed one.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SOURCE = Path(__file__).resolve().parents[1] / "src"
EPOCHS, ROWS, SECONDS_AT_MOST = 40, 300, 300
FIT = ["-m", "goodfit", "fit", "people.csv", "--target", "rich", "--epochs", str(EPOCHS), "--folds", "1"]
FIT += ["--batch-size", "8", "--device", "cpu", "--cache", "cache", "--quiet"]
TURNS = ("the second launcher", "a process of the first", "a process of the second")


def write_people(folder: Path) -> None:
    """A table of ages and whether somebody is rich."""
    dice = np.random.default_rng(3)
    age = dice.uniform(18, 80, ROWS)
    rich = np.where(age + dice.normal(0, 9, ROWS) > 50, "yes", "no")
    lines = [f"{years:.2f},{label}" for years, label in zip(age, rich, strict=True)]
    (folder / "people.csv").write_text("\n".join(["age,rich", *lines]))


def torchrun(place: Path, words: list[str], out: str) -> subprocess.Popen[bytes]:
    """A launcher with the fit."""
    with (place / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "torch.distributed.run", *words, *FIT, "--out", out],
            cwd=place,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(SOURCE)},
        )


def killed(place: Path, out: str, victim: str, dice: random.Random) -> tuple[int, str | None]:
    """Fit on two launchers and kill one; how many epochs had ended then, and what is wrong."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = ["--nnodes", "2", "--nproc-per-node", "1", "--max-restarts", "3", "--monitor-interval", "0.2"]
    words += ["--master-addr", "127.0.0.1", "--master-port", port, "--node-rank"]
    launchers = [torchrun(place, [*words, str(rank)], out) for rank in (0, 1)]
    history, limit = place / out / "history.jsonl", time.monotonic() + SECONDS_AT_MOST
    epochs, due = 0, dice.randrange(1, EPOCHS - 5)
    try:
        while epochs < due:
            if launchers[0].poll() is not None or time.monotonic() > limit:
                return epochs, "it ended, or hangs, before it was killed"
            time.sleep(0.01)
            epochs = history.read_bytes().count(b"\n") if history.exists() else 0
        time.sleep(dice.uniform(0, 0.1))
        if victim == TURNS[0]:
            launchers[1].kill()
            launchers[1].wait(10)
            time.sleep(dice.uniform(0, 3))
            launchers[1] = torchrun(place, [*words, "1"], out)
        else:
            parent = launchers[TURNS.index(victim) - 1].pid
            for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
                if b"LOCAL_RANK=" in Path(f"/proc/{child}/environ").read_bytes():
                    os.kill(int(child), signal.SIGKILL)
        codes = [launcher.wait(max(1, limit - time.monotonic())) for launcher in launchers]
        return epochs, None if codes == [0, 0] else f"exit {codes}"
    except subprocess.TimeoutExpired:
        return epochs, "hangs"
    finally:
        for launcher in launchers:
            if launcher.poll() is None:
                launcher.kill()
                launcher.wait(10)


def main() -> int:
    """Print a line a kill; 0 where all ended with the weights of the undisturbed fit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no launcher is left behind
    wrongs = 0
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write_people(place)
        if torchrun(place, ["--nproc-per-node", "2", "--standalone"], "whole").wait(SECONDS_AT_MOST):
            raise SystemExit((place / "log.txt").read_text()[-3000:])
        whole = (place / "whole/model.safetensors").read_bytes()
        for number in range(given.kills):
            dice, victim = random.Random(f"{given.seed}/{number}"), TURNS[number % len(TURNS)]
            began = time.monotonic()
            epochs, wrong = killed(place, f"run-{number}", victim, dice)
            if wrong is None and (place / f"run-{number}/model.safetensors").read_bytes() != whole:
                wrong = "other weights"
            wrongs += wrong is not None
            seconds = time.monotonic() - began
            print(f"{victim:<24} after epoch {epochs:>2}: {wrong or 'equal'}, in {seconds:.0f} s", flush=True)
    print(f"{given.kills} kills, {wrongs} not equal")
    return 1 if wrongs else 0


if __name__ == "__main__":
    sys.exit(main())
