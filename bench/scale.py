"""What a step of several processes costs here, and what the same formula gives for more of them.

    python bench/scale.py measure [--counts 1,2,4]       # on this machine, over gloo
    python bench/scale.py paper --rows-per-second 3000 --parameters 11.7e6 --latency 2e-5 --bandwidth 2.5e10

`measure` times sums over processes of several sizes and fits latency and bandwidth to them, times fits of 2,000 images
of 32 x 32 px in each number of processes, and the writing of a checkpoint. `paper` computes a step of N processes:

    rows / N / speed  +  2 (N - 1) latency  +  2 (N - 1) / N * bytes / bandwidth  +  2 norms * 2 (N - 1) latency

the sum of the gradients by a ring (each process sends and receives 2 (N - 1) / N of them), and two small sums for each
batch norm. Nothing overlaps: goodfit sums after the backward pass.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import distributed

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from several_processes import in_processes

SOURCE = Path(__file__).resolve().parents[1] / "src"
SIZES = (1, 1_000, 100_000, 1_000_000, 10_000_000)  # float32 numbers
REPEATS = 15
IMAGES, SIDE, EPOCHS = 2_000, 32, 3
GRADIENT_BYTES = 4


def sums() -> dict[int, float]:
    """Median seconds of a sum over all processes, by how many numbers it has; run in each process."""
    from goodfit.train.processes import join

    processes = join(torch.device("cpu"))
    found = {}
    for size in SIZES:
        numbers = torch.zeros(size)
        times = []
        for _ in range(REPEATS):
            distributed.barrier()
            began = time.perf_counter()
            processes.sum(numbers)
            times.append(time.perf_counter() - began)
        found[size] = sorted(times)[REPEATS // 2]
    return found


def step_seconds(
    rows: float, speed: float, size: float, count: int, latency: float, bandwidth: float, norms: int = 20
) -> tuple[float, float]:
    """Seconds of a step of `rows` rows in `count` processes: of computing, and of sums.

    Args:
        speed: rows a second of one process.
        size: bytes of the gradients.
        latency, bandwidth: seconds and bytes a second of a message between two processes.
        norms: batch norm layers.
    """
    if count == 1:
        return rows / speed, 0.0
    ring = 2 * (count - 1) * latency + 2 * (count - 1) / count * size / bandwidth
    return rows / count / speed, ring + 2 * norms * 2 * (count - 1) * latency


def fitted(found: dict[int, float], count: int) -> tuple[float, float]:
    """Latency and bandwidth of the ring formula: from the smallest and the largest sum."""
    hops = 2 * (count - 1)
    latency = found[SIZES[0]] / hops
    seconds = found[SIZES[-1]] - found[SIZES[0]]
    return latency, hops / count * SIZES[-1] * GRADIENT_BYTES / seconds


def images(folder: Path) -> None:
    """2,000 images of noise with a bright half, as arrays."""
    random = np.random.default_rng(0)
    y = np.arange(IMAGES) % 2
    x = random.integers(0, 150, (IMAGES, 3, SIDE, SIDE), dtype=np.uint8)
    x[y == 1, :, : SIDE // 2] += 100
    np.savez(folder / "images.npz", x=x, y=y)


def rows_per_second(folder: Path, count: int, threads: int, out: str) -> float:
    """Training rows a second over the last epochs, validation included."""
    words = ["images.npz", "--arch", "resnet10", "--width", "16", "--epochs", str(EPOCHS), "--lr", "0.01"]
    words += ["--batch-size", "128", "--rivals", "none", "--processes", str(count), "--out", out, "--cache", "cache"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": str(threads)}
    command = [sys.executable, "-m", "goodfit", "fit", *words, "-q", "--device", "cpu"]
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    lines = [json.loads(line) for line in (folder / out / "history.jsonl").read_text().splitlines()]
    return float(sum(line["rows"] for line in lines[1:]) / (lines[-1]["seconds"] - lines[0]["seconds"]))


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(counts: list[int]) -> None:
    """Print what is measured here."""
    for count in (each for each in counts if each > 1):
        found = in_processes(count, sums)[0]
        latency, bandwidth = fitted(found, count)
        listed = ", ".join(f"{size:,} numbers {1e3 * seconds:.2f} ms" for size, seconds in found.items())
        print(f"sums of {count} processes: {listed}: latency {1e6 * latency:.0f} us, {bandwidth / 1e9:.2f} GB/s")
    from goodfit.store.tensors import load_state, save_state

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tensors = {"weights": torch.randn(25_000_000)}
        file = folder / "state.safetensors"
        print(f"100 MB written in {timed(lambda: save_state(file, tensors, {})):.2f} s, ", end="")
        print(f"read in {timed(lambda: load_state(file)):.2f} s, checksums included")
        images(folder)
        for count, threads in [(1, 1), (1, 2), *((each, 1) for each in counts if each > 1)]:
            speed = rows_per_second(folder, count, threads, f"run-{count}-{threads}")
            print(f"{count} processes of {threads} threads: {speed:,.0f} images/s", flush=True)


def paper(given: argparse.Namespace) -> None:
    """Print the formula's table."""
    size = GRADIENT_BYTES * given.parameters
    print(f"{'processes':>9} {'rows a step':>11} {'compute':>9} {'sums':>9} {'rows/s':>12} {'efficiency':>10}")
    for count in (1, 8, 64, 1_000):
        rows = given.rows_each * count
        computing, summing = step_seconds(
            rows, given.rows_per_second, size, count, given.latency, given.bandwidth, given.norms
        )
        speed = rows / (computing + summing)
        print(
            f"{count:>9,} {rows:>11,} {1e3 * computing:>6.1f} ms {1e3 * summing:>6.1f} ms {speed:>12,.0f} "
            f"{computing / (computing + summing):>10.0%}"
        )


def main() -> None:
    """Measure, or compute."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    measured = commands.add_parser("measure")
    measured.add_argument("--counts", default="1,2,4")
    computed = commands.add_parser("paper")
    computed.add_argument("--rows-per-second", type=float, default=3_000, help="of one process")
    computed.add_argument("--rows-each", type=int, default=128, help="rows of a step in each process")
    computed.add_argument("--parameters", type=float, default=11.7e6)
    computed.add_argument("--norms", type=int, default=20, help="batch norm layers; 0 with --no-sync-norm")
    computed.add_argument("--latency", type=float, default=2e-5, help="seconds")
    computed.add_argument("--bandwidth", type=float, default=2.5e10, help="bytes a second")
    given = parser.parse_args()
    if given.command == "measure":
        measure([int(count) for count in given.counts.split(",")])
    else:
        paper(given)


if __name__ == "__main__":
    main()
