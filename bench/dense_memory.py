"""What checkpointing saves in nets of dense blocks, and what it costs: peak memory and time of a training step.

    python bench/dense_memory.py [--repeats 3]

Forward and backward over 4 images of 240 by 180 on the CPU, each case in a process of its own. Peak: how far the
process grew beyond its size before the first step. Kept: what backward asked for, as `goodfit nets` counts it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _timing import spread

NETS = ("densenet121", "tiramisu56", "tiramisu103")
BATCH, IN_SHAPE, CLASSES = 4, (3, 180, 240), 11
MIB = 2**20
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes, of what getrusage says


def size() -> int:
    """The most bytes that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


def measure(name: str, checkpointing: bool, repeats: int) -> dict[str, float]:
    """One case, in the process of its own. The imports are here: a child's peak starts at the size of its parent."""
    import torch
    from torch.nn import functional

    from goodfit.nets import architecture, build
    from goodfit.nets.describe import describe

    kept = describe(name, IN_SHAPE, CLASSES, BATCH, checkpointing=checkpointing)[-1].kept
    torch.manual_seed(0)
    net = build(name, IN_SHAPE, CLASSES, checkpointing=checkpointing)
    x = torch.rand(BATCH, *IN_SHAPE)
    y = torch.randint(0, CLASSES, (BATCH, *IN_SHAPE[1:]) if architecture(name).dense else (BATCH,))
    before, seconds = size(), []
    for _ in range(1 + repeats):
        start = time.perf_counter()
        functional.cross_entropy(net(x), y).backward()
        seconds.append(time.perf_counter() - start)
        net.zero_grad()
    return {"peak": (size() - before) / MIB, "kept": kept / MIB, **spread(seconds[1:])}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--case", nargs=2, metavar=("NET", "yes|no"), help="measure this one, print it as JSON")
    given = parser.parse_args()
    if given.case is not None:
        name, checkpointing = given.case
        print(json.dumps(measure(name, checkpointing == "yes", given.repeats)))
        return
    print(f"{'net':<12}  {'checkpointing':<13}  {'peak, MiB':>9}  {'kept, MiB':>9}  {'step, s':>7}  low to high")
    for name in NETS:
        for checkpointing in ("no", "yes"):
            command = [sys.executable, __file__, "--repeats", str(given.repeats), "--case", name, checkpointing]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(
                f"{name:<12}  {checkpointing:<13}  {found['peak']:>9,.0f}  {found['kept']:>9,.0f}  "
                f"{found['median']:>7.2f}  {found['low']:.2f} to {found['high']:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
