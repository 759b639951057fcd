"""Fits and predictions of more rows than their memory would hold, each command under a hard limit of memory.

    python bench/large.py [--images 100000] [--rows 3000000] [--limit 2000]

The limit is RLIMIT_DATA (`bench/_command.py`). The file of decoded images is mapped privately, so its size is added to
the limit of the commands that read images.
"""

from __future__ import annotations

import argparse
import io
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from _command import MEGABYTE, head, run

SIDE, SHARDS = 20, 10


def write_images(place: Path, count: int) -> None:
    """Bright and dark noise in tar archives, WebDataset's way."""
    random = np.random.default_rng(0)
    place.mkdir()
    for shard in range(SHARDS):
        with tarfile.open(place / f"shard-{shard:04d}.tar", "w") as archive:
            for number in range(shard, count, SHARDS):
                pixels = random.integers(0, 150, (SIDE, SIDE), dtype=np.uint8) + np.uint8(100 * (number % 2))
                file = io.BytesIO()
                Image.fromarray(pixels).save(file, "PNG", compress_level=1)
                for ending, data in (("png", file.getvalue()), ("cls", (b"dark", b"light")[number % 2])):
                    member = tarfile.TarInfo(f"{number:08d}.{ending}")
                    member.size = len(data)
                    archive.addfile(member, io.BytesIO(data))


def write_table(path: Path, rows: int) -> None:
    """Twelve columns of numbers, one of words, and a class that follows from three of them."""
    random = np.random.default_rng(0)
    columns = {f"x{at}": random.normal(size=rows).astype(np.float32) for at in range(12)}
    town = random.integers(0, 50, rows)
    label = columns["x0"] + columns["x1"] * columns["x2"] + 0.05 * town > 1
    frame = pl.DataFrame(columns).with_columns(
        town=pl.Series(town).cast(pl.String), label=pl.Series(np.where(label, "yes", "no"))
    )
    frame.write_parquet(path, row_group_size=100_000)


def main() -> None:
    """Print a line a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000, help="0: none")
    parser.add_argument("--rows", type=int, default=3_000_000, help="of a table; 0: none")
    parser.add_argument("--limit", type=int, default=2_000, help="megabytes")
    given = parser.parse_args()
    limit = given.limit * MEGABYTE
    head()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        if given.images:
            write_images(place / "photos", given.images)
            mapped = given.images * SIDE * SIDE
            net = ["--arch", "resnet10", "--width", "8", "--lr", "0.01", "--device", "cpu", "--rivals", "none"]
            fit = ["fit", "photos", "--epochs", "1", "--out", "images", *net]
            run(place, f"fit of {given.images:,} images", fit, limit + mapped)
            stream = ["fit", "photos", "--epochs", "1", "--out", "streamed", "--stream", *net]
            run(place, f"fit of {given.images:,} images, streamed", stream, limit)
            run(place, "predict them", ["predict", "images", "photos", "-o", "images.csv"], limit + mapped)
            run(place, "evaluate them", ["evaluate", "images", "photos"], limit + mapped)
            run(place, "check them", ["check", "photos"], limit + mapped)
        if given.rows:
            write_table(place / "rows.parquet", given.rows)
            fit = ["fit", "rows.parquet", "--target", "label", "--epochs", "1", "--out", "table", "--device", "cpu"]
            run(place, f"fit of {given.rows:,} rows", [*fit, "--lr", "0.003", "--rivals", "none"], limit)
            run(place, "predict them", ["predict", "table", "rows.parquet", "-o", "table.parquet"], limit)
            run(place, "evaluate them", ["evaluate", "table", "rows.parquet"], limit)
            run(place, "check them", ["check", "rows.parquet", "--target", "label"], limit)


if __name__ == "__main__":
    main()
