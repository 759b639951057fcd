"""Fits that are killed at random moments, resumed, and compared bit for bit with ones that were never disturbed.

    python bench/faults.py [--kills 14] [--seed 0] [--only KIND ...] [--workers 2] [--processes 1] [--shard]
                           [--results kills.jsonl]

For each kind of data: one undisturbed fit, then `--kills` fits that get SIGKILL. What a fit is doing is seen from its
run folder: before its first checkpoint it starts (reads, decodes, chooses), then it trains, after the last line of
history.jsonl it scores and writes, after run.json it draws its page. Every second cache is cold, and every fourth fit
is killed a second time, while it resumes. Compared are weights, scores, predictions, parts and looks byte by byte, the
history and the record without times; and nothing half-written may be left.

Kinds that are "trained on" are `goodfit fit --more` of a finished run: it is killed while it trains on, and the same
command again ends it; only where the longer run has taken its place already is it `--resume`, which draws the page.

With `--processes N` each fit runs in N processes (`goodfit fit --processes N`), and one of them is killed, any of them;
torchrun starts all again by itself, and the same is compared with an undisturbed fit in N processes. A fit is killed
once, the next one twice, the next one three times: while it starts again, or in a later phase; one kill in three waits
for the moment in which a file is half written, in the run folder or the cache. With `--shard` as well each of them
holds a part of the weights; kinds that are "trained on" are left out then.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # forked processes, several at a time

from _equal_runs import difference
from _fits_to_kill import MORE, PYTHON_ARRAYS, Fit, ended, fault, lines_of_history, to_the_end
from same_bits import FITS, write_data

KINDS = [*FITS, PYTHON_ARRAYS, *MORE]
PHASES = ("starting", "training", "scoring", "page")
TURNS = (2, 1, 3, 2, 0, 1, 2, 3, 1, 2, 0, 1, 2, 3)  # the phases in which fit after fit is killed
KILLS_OF_A_FIT = (1, 2, 3)  # in several processes: torchrun starts them again three times
TEMPORARY_NAME = re.compile(r"^\.|\.\d+-[0-9a-f]{12}\.tmp$")  # what surrounds a file's name while it is written
LOOK_EVERY = 0.001  # seconds
HALF_WRITTEN = 1 / 3  # of the kills of several processes


@dataclass
class Moments:
    """When each phase of the undisturbed fit began, in seconds after its start, and when it ended."""

    starts: list[float]
    end: float

    def length(self, phase: int) -> float:
        return ([*self.starts, self.end][phase + 1]) - self.starts[phase]


def phase_now(fit: Fit) -> int:
    """What a fit is doing."""
    out = fit.work
    if (out / "run.json").exists():
        return 3
    if not (out / "checkpoint.safetensors").exists():
        return 0
    return 2 if lines_of_history(out) >= fit.epochs else 1


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
) -> tuple[list[int], list[str], str | None]:
    """Start it in several processes and kill one of them in each of these phases.

    Returns:
        The phases hit, the file half written at each kill ("": none), and what is wrong.
    """
    launcher = fit.start()
    hit: list[int] = []
    files: list[str] = []
    before: set[int] = set()  # processes of a start in which one was killed
    for phase in phases:
        limit = time.monotonic() + fit.seconds_at_most
        while True:
            done, status = os.waitpid(launcher, os.WNOHANG)
            if done:  # it was faster than the undisturbed one
                return hit, files, fault(status, fit)
            victims = _processes_of(launcher)
            if phase_now(fit) >= phase and len(victims) == fit.processes and not before.intersection(victims):
                break
            if time.monotonic() > limit:
                os.kill(launcher, signal.SIGTERM)
                os.waitpid(launcher, 0)
                return hit, files, f"it hangs before {PHASES[phase]}"
            time.sleep(LOOK_EVERY)
        # a start after a kill reads and joins before it goes on with its phase
        time.sleep(dice.uniform(0, moments.length(phase) + (moments.length(0) if hit else 0)))
        until = time.monotonic() + (moments.length(phase) if dice.random() < HALF_WRITTEN else 0)
        while not half_written(fit) and time.monotonic() < until:
            time.sleep(LOOK_EVERY / 5)
        before.update(victims)
        was_in, file = phase_now(fit), half_written(fit)
        try:
            os.kill(dice.choice(_processes_of(launcher)), signal.SIGKILL)
        except (IndexError, ProcessLookupError):  # it has just ended
            break
        hit.append(was_in)
        files.append(file)
    return hit, files, ended(launcher, fit)


def half_written(fit: Fit) -> str:
    """The name of a file that stands half written in the run folder or the cache; "": none does."""
    for folder in (fit.work, fit.cache):
        for path in folder.glob(".*.tmp"):
            return TEMPORARY_NAME.sub("", path.name)
    return ""


def _processes_of(launcher: int) -> list[int]:
    """The processes that a launcher has started to train."""
    try:
        children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
        return [int(child) for child in children if b"LOCAL_RANK=" in Path(f"/proc/{child}/environ").read_bytes()]
    except (FileNotFoundError, ProcessLookupError):
        return []


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
    kind: str,
    kills: int,
    seed: int,
    place: Path,
    processes: int,
    *,
    shard: bool = False,
    record: Callable[[dict[str, Any]], None],
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
        files: list[str] = []
        wrong = None
        while processes > 1 and not hit and wrong is None:
            fit = Fit(kind, data, cache, out, processes=processes, shard=shard)
            begin(fit, whole)
            hit, files, wrong = processes_killed(fit, sorted(phases), moments, dice)
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
        results.append({"kind": kind, "cold": cold, "phases": hit, "files": files, "wrong": wrong})
        record({"processes": processes, "shard": shard, "seed": seed, "number": number, **results[-1]})
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
    parser.add_argument("--only", nargs="+", default=[""], help="kinds whose name holds one of these")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--processes", type=int, default=1, help="of each fit")
    parser.add_argument("--shard", action="store_true", help="the weights are cut over these processes")
    parser.add_argument("--results", type=Path, help="a JSON line a fit is added here as it ends")
    given = parser.parse_args()
    if given.shard and given.processes < 2:
        parser.error("--shard needs --processes 2 or more")
    import goodfit.cli.app
    import goodfit.fitting.fit
    import goodfit.report.page  # noqa: F401  # imported once: a process then starts in no time

    kinds = [kind for kind in KINDS if any(word in kind for word in given.only)]
    kinds = [kind for kind in kinds if kind != PYTHON_ARRAYS or given.processes == 1]
    kinds = [kind for kind in kinds if not (given.shard and kind in MORE)]

    def record(entry: dict[str, Any]) -> None:
        """Add it to the file of results."""
        if given.results:
            with given.results.open("a") as file:
                file.write(json.dumps(entry) + "\n")

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
                        results = try_kind(
                            kind, given.kills, given.seed, place, given.processes, shard=given.shard, record=record
                        )
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
