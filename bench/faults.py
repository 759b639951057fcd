"""Fits that are killed at random moments, resumed, and compared bit for bit with ones that were never disturbed.

    python bench/faults.py [--kills 14] [--seed 0] [--only KIND] [--workers 2] [--processes 1] [--shard]

For each kind of data: one undisturbed fit, then `--kills` fits that get SIGKILL. What a fit is doing is seen from its
run folder: before its first checkpoint it starts (reads, decodes, chooses), then it trains, after the last line of
history.jsonl it scores and writes, after run.json it draws its page. Every second cache is cold, and every fourth fit
is killed a second time, while it resumes. Compared are weights, scores, predictions, parts and looks byte by byte, the
history and the record without times; and nothing half-written may be left.

Kinds that are "trained on" are `goodfit fit --more` of a finished run: it is killed while it trains on, and the same
command again ends it; only where the longer run has taken its place already is it `--resume`, which draws the page.

With `--processes N` each fit runs in N processes (`goodfit fit --processes N`), and one of them is killed, any of them;
torchrun starts all again by itself, and the same is compared with an undisturbed fit in N processes. A fit is killed
once, the next one twice, the next one three times: while it starts again, or in a later phase. With `--shard` as
well each of them holds a part of the weights; kinds that are "trained on" are left out then.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # forked processes, several at a time

import numpy as np
from _equal_runs import difference
from same_bits import FITS, write_data

PYTHON_ARRAYS = "arrays from Python"
MORE = {f"{kind}, trained on": (kind, 3) for kind in ("table, classes", "table, a number", "images")}
KINDS = [*FITS, PYTHON_ARRAYS, *MORE]
PHASES = ("starting", "training", "scoring", "page")
SHARD = ["--shard", "--optimiser", "adamw", "--folds", "1"]  # not for Muon, nor for cross-fitting
TURNS = (2, 1, 3, 2, 0, 1, 2, 3, 1, 2, 0, 1, 2, 3)  # the phases in which fit after fit is killed
KILLS_OF_A_FIT = (1, 2, 3)  # in several processes: torchrun starts them again three times
SECONDS_AT_MOST = 120  # of a fit, a process
LOOK_EVERY = 0.001  # seconds


@dataclass(frozen=True)
class Fit:
    """A command to run, in a process of its own."""

    kind: str
    data: Path
    cache: Path
    out: Path
    resume: bool = False
    processes: int = 1
    shard: bool = False

    @property
    def more(self) -> int:
        """Epochs by which it trains a finished run on; 0 for a fit of its own."""
        return MORE[self.kind][1] if self.kind in MORE else 0

    @property
    def seconds_at_most(self) -> int:
        """After which it hangs."""
        return SECONDS_AT_MOST * self.processes

    @property
    def epochs(self) -> int:
        """Of the whole history."""
        words = self._words
        return (int(words[words.index("--epochs") + 1]) if "--epochs" in words else 5) + self.more

    @property
    def _words(self) -> list[str]:
        return FITS.get(MORE[self.kind][0] if self.more else self.kind, [])

    @property
    def stands(self) -> bool:
        """Whether the run has all of its epochs under its own name."""
        return (self.out / "run.json").exists() and _lines(self.out) >= self.epochs

    @property
    def work(self) -> Path:
        """Where it is written."""
        return self.out if not self.more or self.stands else self.out.with_name(f"{self.out.name}-more")

    def start(self) -> int:
        """The number of its process."""
        process = os.fork()
        if process:
            return process
        try:
            os._exit(self._run())
        finally:
            os._exit(99)  # a traceback: it is in the log

    def _run(self) -> int:
        log = os.open(self.out.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.chdir(self.data)
        try:
            if self.kind == PYTHON_ARRAYS:
                import goodfit

                rows = np.load("rows.npz")
                goodfit.fit((rows["x"], rows["y"]), epochs=5, out=self.out, resume=self.resume, cache=self.cache)
                return 0
            from goodfit.cli.app import main

            sys.argv = ["goodfit", "fit", *self._words, "--out", str(self.out), "--cache", str(self.cache)]
            if self.processes > 1:
                sys.argv += ["--processes", str(self.processes), *(SHARD if self.shard else [])]
            sys.argv += ["--quiet", "--device", "cpu", "--seed", "7", *self._again]
            main()
        except SystemExit as stop:
            return int(stop.code or 0)
        except BaseException:
            import traceback

            traceback.print_exc()
            return 98
        return 0

    @property
    def _again(self) -> list[str]:
        if self.more and not self.stands:
            return ["--more", str(self.more)]
        return ["--resume"] if self.resume else []


@dataclass
class Moments:
    """When each phase of the undisturbed fit began, in seconds after its start, and when it ended."""

    starts: list[float]
    end: float

    def length(self, phase: int) -> float:
        return ([*self.starts, self.end][phase + 1]) - self.starts[phase]


def _lines(folder: Path) -> int:
    """Epochs in the history of a folder."""
    try:
        return (folder / "history.jsonl").read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def phase_now(fit: Fit) -> int:
    """What a fit is doing."""
    out = fit.work
    if (out / "run.json").exists():
        return 3
    if not (out / "checkpoint.safetensors").exists():
        return 0
    return 2 if _lines(out) >= fit.epochs else 1


def undisturbed(fit: Fit) -> Moments:
    """Run it to its end, and note when its phases began."""
    process, began = fit.start(), time.monotonic()
    seen: dict[int, float] = {0: 0.0}
    while os.waitpid(process, os.WNOHANG)[0] == 0:
        seen.setdefault(phase_now(fit), time.monotonic() - began)
        time.sleep(LOOK_EVERY)
    end = time.monotonic() - began
    starts = [0.0]
    for phase in (1, 2, 3):
        starts.append(seen.get(phase, starts[-1]))
    return Moments(starts, end)


def killed_in(fit: Fit, phase: int, moments: Moments, dice: random.Random) -> int | None:
    """Start it and kill it in this phase or a later one; the phase that it was in, None: it had ended before."""
    process = fit.start()
    limit = time.monotonic() + fit.seconds_at_most
    while phase_now(fit) < phase:
        if os.waitpid(process, os.WNOHANG)[0]:
            return None
        if time.monotonic() > limit:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            raise TimeoutError(f"{fit.kind}: it hangs before {PHASES[phase]}")
        time.sleep(LOOK_EVERY)
    time.sleep(dice.uniform(0, moments.length(phase)))
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    return phase_now(fit) if os.WIFSIGNALED(status) else None


def processes_killed(
    fit: Fit, phases: list[int], moments: Moments, dice: random.Random
) -> tuple[list[int], str | None]:
    """Start it in several processes and kill one of them in each of these phases; the phases hit, and what is wrong."""
    launcher = fit.start()
    hit: list[int] = []
    before: set[int] = set()  # processes of a start in which one was killed
    for phase in phases:
        limit = time.monotonic() + fit.seconds_at_most
        while True:
            done, status = os.waitpid(launcher, os.WNOHANG)
            if done:  # it was faster than the undisturbed one
                return hit, _fault(status, fit)
            victims = _processes_of(launcher)
            if phase_now(fit) >= phase and len(victims) == fit.processes and not before.intersection(victims):
                break
            if time.monotonic() > limit:
                os.kill(launcher, signal.SIGTERM)
                os.waitpid(launcher, 0)
                return hit, f"it hangs before {PHASES[phase]}"
            time.sleep(LOOK_EVERY)
        # a start after a kill reads and joins before it goes on with its phase
        time.sleep(dice.uniform(0, moments.length(phase) + (moments.length(0) if hit else 0)))
        before.update(victims)
        was_in = phase_now(fit)
        try:
            os.kill(dice.choice(_processes_of(launcher)), signal.SIGKILL)
        except (IndexError, ProcessLookupError):  # it has just ended
            break
        hit.append(was_in)
    return hit, ended(launcher, fit)


def _processes_of(launcher: int) -> list[int]:
    """The processes that a launcher has started to train."""
    try:
        children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
        return [int(child) for child in children if b"LOCAL_RANK=" in Path(f"/proc/{child}/environ").read_bytes()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def to_the_end(fit: Fit) -> str | None:
    """Run it; what is wrong, None where it ends well."""
    return ended(fit.start(), fit)


def ended(process: int, fit: Fit) -> str | None:
    """Wait for a fit; what is wrong, None where it ends well."""
    limit = time.monotonic() + fit.seconds_at_most
    while True:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return _fault(status, fit)
        if time.monotonic() > limit:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return "hangs"
        time.sleep(0.01)


def _fault(status: int, fit: Fit) -> str | None:
    code = os.waitstatus_to_exitcode(status)
    return None if code == 0 else f"exit {code}: {fit.out.with_suffix('.log').read_text()[-2000:]}"


def begin(fit: Fit, whole: Fit | None = None) -> None:
    """An empty place, or one with the finished run that is trained on: fitted once, and copied."""
    shutil.rmtree(fit.out.parent, ignore_errors=True)
    fit.out.parent.mkdir()
    if not fit.more:
        return
    base = fit.out.parent.with_name(f"base-{KINDS.index(fit.kind)}")
    if whole is None:
        base.mkdir()
        wrong = to_the_end(replace(fit, kind=MORE[fit.kind][0], out=base / "run"))
        if wrong:
            raise SystemExit(f"{fit.kind}: {wrong}")
    shutil.copytree(base / "run", fit.out)


def try_kind(
    kind: str, kills: int, seed: int, place: Path, processes: int, *, shard: bool = False
) -> list[dict[str, Any]]:
    """All kills of a kind of data: an entry each."""
    data, warm = place / "data", place / f"cache-{KINDS.index(kind)}"
    whole = Fit(kind, data, warm, place / f"whole-{KINDS.index(kind)}" / "run", processes=processes, shard=shard)
    begin(whole)
    moments = undisturbed(whole)
    if not (whole.out / "run.json").exists():
        raise SystemExit(f"{kind}: {whole.out.with_suffix('.log').read_text()}")
    results = []
    for number in range(kills):
        dice = random.Random(f"{seed}/{kind}/{number}")
        phases = [TURNS[(number + kill) % len(TURNS)] for kill in range(KILLS_OF_A_FIT[number % 3])]
        cold = dice.random() < 0.5
        out = place / f"run-{KINDS.index(kind)}-{number}" / "run"
        cache = place / f"cold-{KINDS.index(kind)}-{number}" if cold else warm
        hit: list[int] = []
        wrong = None
        while processes > 1 and not hit and wrong is None:
            fit = Fit(kind, data, cache, out, processes=processes, shard=shard)
            begin(fit, whole)
            hit, wrong = processes_killed(fit, sorted(phases), moments, dice)
            wrong = wrong or difference(whole.out, out, [cache])
        while processes == 1 and not hit:  # a fit that was faster than the undisturbed one may have ended before
            fit = Fit(kind, data, cache, out)
            begin(fit, whole)
            was_in = killed_in(fit, phases[0], moments, dice)
            hit += [] if was_in is None else [was_in]
        if processes == 1 and number % 4 == 3:
            again = dice.randrange(len(PHASES))
            was_in = killed_in(Fit(kind, data, cache, out, resume=True), again, moments, dice)
            hit += [] if was_in is None else [was_in]
        if processes == 1:
            wrong = to_the_end(Fit(kind, data, cache, out, resume=True)) or difference(whole.out, out, [cache])
        results.append({"kind": kind, "cold": cold, "phases": hit, "wrong": wrong})
        if wrong:
            print(f"{kind}, kill {number} in {[PHASES[each] for each in hit]}: {wrong}", flush=True)
        shutil.rmtree(out.parent, ignore_errors=True)
        if cold:
            shutil.rmtree(cache, ignore_errors=True)
    return results


def main() -> int:
    """Print a table; 0 where every fit ended as if nothing had been."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=len(TURNS), help="fits to kill of each kind of data")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--processes", type=int, default=1, help="of each fit")
    parser.add_argument("--shard", action="store_true", help="the weights are cut over these processes")
    given = parser.parse_args()
    if given.shard and given.processes < 2:
        parser.error("--shard needs --processes 2 or more")
    import goodfit.cli.app
    import goodfit.fitting.fit
    import goodfit.report.page  # noqa: F401  # imported once: a process then starts in no time

    kinds = [kind for kind in KINDS if given.only in kind and (kind != PYTHON_ARRAYS or given.processes == 1)]
    kinds = [kind for kind in kinds if not (given.shard and kind in MORE)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "data").mkdir()
        write_data(place / "data")
        workers = []
        for worker in range(given.workers):
            process = os.fork()
            if not process:
                code = 1
                try:
                    for kind in kinds[worker :: given.workers]:
                        results = try_kind(kind, given.kills, given.seed, place, given.processes, shard=given.shard)
                        (place / f"results-{KINDS.index(kind)}.json").write_text(json.dumps(results))
                    code = 0
                except BaseException:
                    import traceback

                    traceback.print_exc()
                finally:
                    os._exit(code)
            workers.append(process)
        failed = sum(os.waitpid(process, 0)[1] != 0 for process in workers)
        results = [each for path in place.glob("results-*.json") for each in json.loads(path.read_text())]
    print(f"{'':<26} {'fits':>5} {' '.join(f'{phase:>9}' for phase in PHASES)} {'resumed equal':>14}")
    for kind in kinds:
        of_kind = [each for each in results if each["kind"] == kind]
        phases = Counter(phase for each in of_kind for phase in each["phases"])
        equal = sum(each["wrong"] is None for each in of_kind)
        counts = " ".join(f"{phases[at]:>9}" for at in range(len(PHASES)))
        print(f"{kind:<26} {len(of_kind):>5} {counts} {equal:>14}")
    wrong = sum(each["wrong"] is not None for each in results)
    kills = sum(len(each["phases"]) for each in results)
    cold = sum(each["cold"] for each in results)
    print(
        f"{kills} kills of {len(results)} fits ({cold} with a cold cache), {wrong} not equal, in "
        f"{(time.monotonic() - began) / 60:.0f} minutes"
    )
    return 1 if wrong or failed else 0


if __name__ == "__main__":
    sys.exit(main())
