"""Images that are decoded in each epoch against those of the cache: memory and speed, and accuracy on sorted shards.

    python bench/streamed.py [--photos 3000] [--side 96] [--limit 1500] [--images 12000] [--shards 12] [--seeds 5]

Photos: crops of the clothing photos in shared/data as JPEG of 256x300 px in tar archives, fitted as whole commands,
each under a hard limit of memory (RLIMIT_DATA); the file of decoded images is mapped privately, so its size is added to
the limit of the fit that reads it.

Accuracy: Fashion-MNIST as JPEG in archives that are sorted by class, the same split and weights at the start in every
way. Blocks that are shuffled together (64 of them) are made smaller, as they are in larger images; "one block" shuffles
within one piece of an archive alone, which is what a window over shards laid end to end does. Validation rows alone.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PIL import Image

import goodfit
from goodfit.data import feed
from goodfit.data.images import stream

sys.path.insert(0, str(Path(__file__).parent))
import _fashion
from _command import MEGABYTE, head, run

CLOTHING = _fashion.SHARED.parent / "clothing" / "train"
SHAPE = (256, 300)  # px of a photo
NET = ["--arch", "resnet10", "--width", "8", "--lr", "0.01", "--device", "cpu", "--rivals", "none", "--epochs", "2"]
WAYS = {  # blocks that are shuffled together, rows of a block; None: the cache, and all rows
    "from the cache": None,
    "streamed, as it is": (64, 128),
    "streamed, blocks of 13": (64, 13),
    "one block of 832": (1, 832),
}


def write_tars(place: Path, samples: Iterable[tuple[Image.Image, str]], count: int, shards: int) -> None:
    """Images and labels in this order, so many in each archive."""
    place.mkdir()
    each = -(-count // shards)
    archive = None
    for number, (image, label) in enumerate(samples):
        if number % each == 0:
            if archive is not None:
                archive.close()
            archive = tarfile.open(place / f"shard-{number // each:04d}.tar", "w")  # noqa: SIM115  # closed above
        file = io.BytesIO()
        image.save(file, "JPEG", quality=90)
        for ending, data in (("jpg", file.getvalue()), ("cls", label.encode())):
            member = tarfile.TarInfo(f"{number:08d}.{ending}")
            member.size = len(data)
            assert archive is not None
            archive.addfile(member, io.BytesIO(data))
    if archive is not None:
        archive.close()


def photos(count: int) -> Iterable[tuple[Image.Image, str]]:
    """Crops of the photos of clothes, a different one each time."""
    paths = sorted(CLOTHING.rglob("*.jpg"))
    whole = [Image.open(path).convert("RGB").resize((300, 400)) for path in paths]
    for number in range(count):
        turn, at = divmod(number, len(whole))
        left, top = turn % 45, turn // 45
        yield whole[at].crop((left, top, left + SHAPE[0], top + SHAPE[1])), paths[at].parent.name


def measure_photos(count: int, side: int, limit: int) -> None:
    """A line a way: peak memory and seconds of the command, and the images of an epoch in a second."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write_tars(place / "photos", photos(count), count, 6)
        head()
        for way, more, room in (("from the cache", [], count * side * side * 3), ("streamed", ["--stream"], 0)):
            words = ["fit", "photos", "--size", str(side), "--out", way, *NET, *more]
            run(place, f"fit of {count:,} photos, {way}", words, limit * MEGABYTE + room)
            lines = [json.loads(line) for line in (place / way / "history.jsonl").read_text().splitlines()]
            speed = lines[-1]["rows"] / (lines[-1]["seconds"] - lines[-2]["seconds"])
            cache = sum(path.stat().st_size for path in (place / "cache").iterdir()) / 1e6
            print(f"    {speed:,.0f} images/s in the second epoch, validation included; the cache has {cache:,.0f} MB")
            for path in (place / "cache").iterdir():
                path.unlink()


def measure_accuracy(images: int, shards: int, seeds: int) -> None:
    """After each seed a line a way: validation accuracy, and its difference to the cache's."""
    x, y = (array[:images] for array in _fashion.arrays("train"))
    order = np.argsort(y, kind="stable")
    accuracy: dict[str, list[float]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        samples = ((Image.fromarray(x[row]), _fashion.CLASSES[y[row]]) for row in order)
        write_tars(place / "sorted", samples, images, shards)
        for seed in range(seeds):
            for way, blocks in WAYS.items():
                together, rows = blocks or (64, 128)
                with (
                    patch.object(feed, "BLOCKS_SHUFFLED_TOGETHER", together),
                    patch.object(stream, "BLOCK_AT_MOST", rows),
                ):
                    fitted = goodfit.fit(
                        place / "sorted", stream=blocks is not None or None, seed=seed, cache=place / "cache", epochs=3,
                        out=place / f"{way} {seed}", arch="resnet10", width=16, lr=0.01, batch_size=64, rivals="none",
                        device="cpu",
                    )  # fmt: skip
                accuracy[way].append(fitted.metrics["valid"]["accuracy"].value)
                print(f"    seed {seed}, {way}: {accuracy[way][-1]:.2%}", flush=True)
            _print_table(accuracy)


def _print_table(accuracy: dict[str, list[float]]) -> None:
    print(f"{'way':<26} {'shuffled together':>18} {'accuracy':>9} {'difference to the cache, points':>34}")
    for way, blocks in WAYS.items():
        values, apart = np.array(accuracy[way]) * 100, 100 * (np.array(accuracy[way]) - accuracy["from the cache"])
        spread = apart.std(ddof=1) / len(apart) ** 0.5 if len(apart) > 1 else float("nan")
        shuffled = "all" if blocks is None else f"{blocks[0] * blocks[1]:,}"
        print(
            f"{way:<26} {shuffled:>18} {values.mean():>8.2f}% {apart.mean():>+15.2f} (standard error {spread:.2f})",
            flush=True,
        )


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=3_000, help="0: none")
    parser.add_argument("--side", type=int, default=96, help="px, at which photos are fitted")
    parser.add_argument("--limit", type=int, default=1_500, help="megabytes, of the fits of photos")
    parser.add_argument("--images", type=int, default=12_000, help="of Fashion-MNIST")
    parser.add_argument("--shards", type=int, default=12, help="that they are written to")
    parser.add_argument("--seeds", type=int, default=5, help="0: no accuracy")
    given = parser.parse_args()
    if given.photos:
        measure_photos(given.photos, given.side, given.limit)
    if given.seeds:
        measure_accuracy(given.images, given.shards, given.seeds)


if __name__ == "__main__":
    main()
