"""What comparing the cache with its checksums costs: when a block is first read, and in every batch after that.

    python bench/cache_checks.py [--json]

Random batches of 128 rows from a warm cache, in one thread: 50,000 images of 32 px in colour, 4,000 of 224 px.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from goodfit.data.images.pixel_file import PixelFile, write_index

SETS = {"50,000 of 32 px": (50_000, 32, 32, 3), "4,000 of 224 px": (4_000, 224, 224, 3)}
BATCH = 128


def seconds_of_an_epoch(file: PixelFile, batches: list[torch.Tensor], *, compared: bool) -> float:
    """Every row once, gathered as a fit gathers it."""
    began = time.perf_counter()
    for rows in batches:
        pixels = file.rows(rows.numpy()) if compared else file._pixels
        torch.from_numpy(pixels).index_select(0, rows)
    return time.perf_counter() - began


def main() -> None:
    """Print a line for each set: the first epoch, later ones, and later ones without any comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    results = {}
    for name, shape in SETS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.pixels"
            rows = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
            path.write_bytes(rows.tobytes())
            write_index(path, rows, {})

            def untouched(rows: range, pixels: np.ndarray) -> None:
                raise AssertionError("the file is whole")

            batches = list(torch.randperm(len(rows)).split(BATCH))
            file = PixelFile(path, shape, untouched)
            seconds_of_an_epoch(file, batches, compared=False)  # pages are mapped
            first = seconds_of_an_epoch(file, batches, compared=True)
            later, without = (
                min(seconds_of_an_epoch(file, batches, compared=compared) for _ in range(5))
                for compared in (True, False)
            )
            results[name] = {"bytes": rows.nbytes, "first": first, "later": later, "without": without}
            if not given.json:
                more = (first - without) * 1e9 / rows.nbytes
                print(f"{name}: first epoch {first:.3f} s ({more:.2f} s more a GB), ", end="")
                print(f"later {later:.3f} s, without comparing {without:.3f} s")
    if given.json:
        print(json.dumps(results))


if __name__ == "__main__":
    main()
