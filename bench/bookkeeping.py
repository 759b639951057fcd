"""What a source keeps of each row besides the row: its name, target, part, digest. In bytes.

    python bench/bookkeeping.py [--rows 1000000] [--only parquet]

Each kind of data is written, opened and prepared in a process of its own. Counted is all that can be reached from the
source afterwards: Python's objects, arrays, tensors and frames; what lies in mapped files does not count. (The memory
of the process says less: libraries keep what they have freed, and two runs differ by up to 80 bytes a row.)
"""

from __future__ import annotations

import argparse
import gc
import io
import multiprocessing
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import torch

KINDS = ("table of text", "table in Parquet", "images in Parquet", "images in tar archives", "images in folders")
NOT_HELD = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)  # the code, which leads to everything
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


def held_by(source: Any) -> int:
    """Bytes of all that can be reached from this source: objects, arrays, tensors and frames, but no mapped files."""
    files = mapped_files()
    sizes: dict[object, int] = {}
    seen: set[int] = set()
    waiting = [source]
    while waiting:
        item = waiting.pop()
        if id(item) in seen or isinstance(item, NOT_HELD):
            continue
        seen.add(id(item))
        if isinstance(item, (np.ndarray, torch.Tensor)):
            start, size = memory_of(item)
            if not any(low <= start < high for low, high in files):
                sizes[start] = max(size, sizes.get(start, 0))  # views of the same memory count once
            continue
        sizes["object", id(item)] = item.estimated_size() if hasattr(item, "estimated_size") else sys.getsizeof(item)
        waiting += gc.get_referents(item)
    return sum(sizes.values())


def memory_of(item: np.ndarray | torch.Tensor) -> tuple[int, int]:
    """Where the memory begins that this array or tensor is a view of, and how many bytes it has."""
    if isinstance(item, torch.Tensor):
        storage = item.untyped_storage()
        return storage.data_ptr(), storage.nbytes()
    while isinstance(item.base, np.ndarray):
        item = item.base
    return item.ctypes.data, item.nbytes


def mapped_files() -> list[tuple[int, int]]:
    """The addresses of this process, from and to, that are pages of files."""
    lines = [line.split() for line in Path("/proc/self/maps").read_text().splitlines()]
    regions = [line[0].split("-") for line in lines if line[4] != "0"]
    return [(int(low, 16), int(high, 16)) for low, high in regions]


def opened(kind: str, path: Path, cache: Path, stream: bool | None) -> Any:
    from goodfit.data import open_data

    options: dict[str, Any] = {}
    source: Any
    if "table" in kind:
        from goodfit.data.sources.table import table

        source = table(path, "kind", stream=True)
    else:
        source = open_data(path, stream=stream, **options)
    source.prepare(cache=cache)
    source.learn(torch.arange(min(len(source), 10_000)))
    source.let_go()
    return source


def measure(kind: str, rows: int, stream: bool) -> None:
    """Print the line of a kind."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "data").mkdir()
        data = write(kind, place / "data", rows)
        began = time.monotonic()
        source = opened(kind, data, place / "cache", stream=stream or None)
        seconds = time.monotonic() - began
        print(f"{kind:<26} {len(source):>10,} {held_by(source) / len(source):>10.1f} {seconds:>8.1f}", flush=True)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    parser.add_argument("--stream", action="store_true", help="images are decoded each time they are read")
    given = parser.parse_args()
    print(f"{'':<26} {'rows':>10} {'bytes/row':>10} {'seconds':>8}")
    context = multiprocessing.get_context("spawn")
    for kind in KINDS:
        if given.only in kind:
            process = context.Process(target=measure, args=(kind, given.rows, given.stream))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
