"""What a source keeps of each row besides the row: its name, target, part, digest. In bytes, from the process's memory.

    python bench/bookkeeping.py [--rows 1000000] [--only parquet]

Each kind of data is written, opened and prepared in a process of its own; memory before it is opened is taken from
memory after (both after a collection, with freed memory given back), and what lies in mapped files does not count.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import io
import multiprocessing
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

KINDS = ("table of text", "table in Parquet", "images in Parquet", "images in tar archives", "images in folders")
ROWS_WARM = 300  # read first by the same code, so that what it imports and holds for good does not count
SIDE, CLASSES, SHARDS = 8, 10, 8


def write(kind: str, place: Path, rows: int) -> Path:
    """Data of this kind in a new folder."""
    random = np.random.default_rng(0)
    labels = random.integers(0, CLASSES, rows)
    if "table" in kind:
        import polars as pl

        frame = pl.DataFrame({f"x{at}": random.normal(size=rows).astype(np.float32) for at in range(4)})
        frame = frame.with_columns(kind=pl.Series([f"kind {label}" for label in labels.tolist()]))
        if kind == "table of text":
            frame.write_csv(place / "rows.csv")
            return place / "rows.csv"
        frame.write_parquet(place / "rows.parquet")
        return place / "rows.parquet"
    if kind == "images in Parquet":
        import polars as pl

        cells = pl.Series("image", [png(number) for number in range(rows)], dtype=pl.Binary)
        pl.DataFrame({"image": cells, "label": labels}).write_parquet(place / "rows.parquet", row_group_size=20_000)
        return place / "rows.parquet"
    if kind == "images in tar archives":
        for shard in range(SHARDS):
            with tarfile.open(place / f"shard-{shard:04d}.tar", "w") as archive:
                for number in range(shard, rows, SHARDS):
                    for ending, data in (("png", png(number)), ("cls", str(labels[number]).encode())):
                        member = tarfile.TarInfo(f"{number:08d}.{ending}")
                        member.size = len(data)
                        archive.addfile(member, io.BytesIO(data))
        return place
    for number in range(rows):
        folder = place / f"{labels[number]}"
        folder.mkdir(exist_ok=True)
        (folder / f"{number:08d}.png").write_bytes(png(number))
    return place


def png(number: int) -> bytes:
    """An image of its own for each number."""
    from PIL import Image

    file = io.BytesIO()
    digits = [number % 256, number // 256 % 256, number // 65_536]
    Image.fromarray(np.resize(np.array(digits, dtype=np.uint8), (SIDE, SIDE, 3))).save(file, "PNG", compress_level=1)
    return file.getvalue()


def resident() -> int:
    """Bytes of this process that are its own, after a collection."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    facts = Path("/proc/self/smaps_rollup").read_text().splitlines()
    anonymous = next(line for line in facts if line.startswith("Anonymous:"))
    return 1024 * int(anonymous.split()[1])


def opened(kind: str, path: Path, cache: Path) -> Any:
    import torch

    from goodfit.data import open_data

    options: dict[str, Any] = {}
    source: Any
    if "table" in kind:
        from goodfit.data.sources.table import table

        source = table(path, "kind", stream=True)
    else:
        source = open_data(path, **options)
    source.prepare(cache=cache)
    source.learn(torch.arange(min(len(source), 10_000)))
    source.let_go()
    return source


def measure(kind: str, rows: int) -> None:
    """Print the line of a kind."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for part, count in (("warm", ROWS_WARM), ("data", rows)):
            (place / part).mkdir()
            data = write(kind, place / part, count)
            before, began = resident(), time.monotonic()
            source = opened(kind, data, place / "cache")
            after = resident()
            if part == "data":
                each = (after - before) / len(source)
                print(f"{kind:<26} {len(source):>10,} {each:>10.1f} {time.monotonic() - began:>8.1f}", flush=True)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    given = parser.parse_args()
    print(f"{'':<26} {'rows':>10} {'bytes/row':>10} {'seconds':>8}")
    context = multiprocessing.get_context("spawn")
    for kind in KINDS:
        if given.only in kind:
            process = context.Process(target=measure, args=(kind, given.rows))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
