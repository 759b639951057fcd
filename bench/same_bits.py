"""Are the final weights of small fits the same, bit for bit, in two checkouts?

    python bench/same_bits.py BEFORE AFTER [--only NAME]

Makes one small data set of each kind, fits it in both checkouts by the command with the same seed and one cache (so
that what is chosen by timing is chosen once), and compares every tensor of model.safetensors.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from safetensors.numpy import load_file

FITS: dict[str, list[str]] = {
    "images": ["photos", "--epochs", "3", "--width", "8"],
    "images, accumulated": ["photos", "--epochs", "2", "--width", "8", "--accumulate", "3", "--batch-size", "8"],
    "images, streamed": ["photos", "--epochs", "3", "--width", "8", "--stream"],
    "images, labels in a list": ["labels.csv", "--epochs", "2", "--width", "8"],
    "table, classes": ["people.csv", "--target", "rich", "--epochs", "4"],
    "table, a number": ["people.csv", "--target", "income", "--epochs", "4", "--interval"],
    "ratings": ["stars.csv", "--user", "who", "--item", "film", "--target", "stars", "--epochs", "3"],
    "choices": ["stars.csv", "--user", "who", "--item", "film", "--epochs", "3"],
    "masks": ["street/images", "--masks", "street/masks", "--epochs", "2", "--arch", "unet-resnet10", "--width", "8"],
    "restoration": ["noisy", "--clean", "clean", "--epochs", "2", "--arch", "unet-resnet10", "--width", "8"],
    "arrays": ["rows.npz", "--epochs", "5"],
    "own net": ["net.py:net", "--data", "rows.npz", "--epochs", "5", "--lr", "0.01"],
}
NET = """import torch
from torch import nn

torch.manual_seed(3)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
"""


def write_data(folder: Path) -> None:
    """One small data set of each kind, from a fixed seed."""
    random = np.random.default_rng(0)
    _write_photos(folder, random)
    _write_scenes(folder, random)
    _write_tables(folder, random)
    x = random.normal(size=(300, 6)).astype(np.float32)
    np.savez(folder / "rows.npz", x=x, y=np.argmax(x[:, :3] + 0.3 * random.normal(size=(300, 3)), axis=1))
    (folder / "net.py").write_text(NET)


def _write_photos(folder: Path, random: np.random.Generator) -> None:
    lines = [("path", "label")]
    for number in range(120):
        label = ("disc", "box", "cross")[number % 3]
        photo = Image.new("RGB", (24, 24), (40, 60, 90))
        draw = ImageDraw.Draw(photo)
        left, top = (int(value) for value in random.integers(1, 10, 2))
        if label == "disc":
            draw.ellipse((left, top, left + 11, top + 11), fill=(220, 200, 90))
        elif label == "box":
            draw.rectangle((left, top, left + 11, top + 11), fill=(220, 200, 90))
        else:
            draw.line((left, top, left + 11, top + 11), fill=(220, 200, 90), width=3)
        pixels = np.asarray(photo) + random.normal(0, 20, (24, 24, 3))
        place = folder / "photos" / label / f"{number:03d}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(place)
        lines.append((f"photos/{label}/{number:03d}.png", f"{label}|warm" if left > 5 else label))
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)


def _write_scenes(folder: Path, random: np.random.Generator) -> None:
    for name in ("street/images", "street/masks", "noisy", "clean"):
        (folder / name).mkdir(parents=True)
    for number in range(24):
        scene, mask = Image.new("RGB", (48, 32), (90, 90, 90)), Image.new("L", (48, 32), 0)
        left, top = int(random.integers(2, 30)), int(random.integers(2, 16))
        ImageDraw.Draw(scene).ellipse((left, top, left + 14, top + 14), fill=(220, 120, 60))
        ImageDraw.Draw(mask).ellipse((left, top, left + 14, top + 14), fill=1)
        classes = np.asarray(mask).copy()
        classes[: int(random.integers(1, 30))] = 255  # void, of another height in every image
        noisy = (np.asarray(scene) + random.normal(0, 25, (32, 48, 3))).clip(0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(folder / "street/images" / f"{number}.png")
        Image.fromarray(classes).save(folder / "street/masks" / f"{number}.png")
        Image.fromarray(noisy).save(folder / "noisy" / f"{number}.png")
        scene.save(folder / "clean" / f"{number}.png")


def _write_tables(folder: Path, random: np.random.Generator) -> None:
    with (folder / "people.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["age", "town", "since", "rich", "income"])
        for _ in range(400):
            age, town = random.uniform(18, 80), random.choice(["north", "south", "east"])
            income = 900 * age + 8_000 * (town == "south") + random.normal(0, 4_000)
            since = f"20{random.integers(10, 24)}-{random.integers(1, 13):02d}-{random.integers(1, 29):02d}"
            writer.writerow([f"{age:.1f}", town, since, "yes" if income > 48_000 else "no", f"{income:.2f}"])
    with (folder / "stars.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["who", "film", "stars"])
        users, films = random.normal(size=(40, 3)), random.normal(size=(30, 3))
        for user in range(40):
            for film in random.choice(30, 15, replace=False):
                score = 3 + users[user] @ films[film] + 0.4 * random.normal()
                writer.writerow([f"u{user}", f"f{film}", int(np.clip(round(score), 1, 5))])


def fit(checkout: Path, data: Path, cache: Path, out: Path, arguments: list[str]) -> dict[str, np.ndarray]:
    """The weights that the command of this checkout ends with."""
    done = subprocess.run(
        [sys.executable, "-m", "goodfit", "fit", *arguments, "--out", str(out), "--cache", str(cache), "--quiet"]
        + ["--precision", "float32", "--device", "cpu", "--seed", "7"],
        cwd=data,
        env={**os.environ, "PYTHONPATH": str(checkout / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{checkout}: goodfit fit {' '.join(arguments)} failed:\n{done.stderr}")
    weights: dict[str, np.ndarray] = load_file(out / "model.safetensors")
    return weights


def main() -> int:
    """Print a line for each kind; 0 where all are equal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    given = parser.parse_args()
    different = 0
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        data.mkdir()
        write_data(data)
        for number, (kind, arguments) in enumerate(FITS.items()):
            if given.only not in kind:
                continue
            before, after = (
                fit(checkout.resolve(), data, Path(name) / "cache", Path(name) / f"{side}-{number}", arguments)
                for side, checkout in (("before", given.before), ("after", given.after))
            )
            unequal = (
                [key for key in before.keys() | after.keys() if before[key].tobytes() != after[key].tobytes()]
                if before.keys() == after.keys()
                else ["other names"]
            )
            different += bool(unequal)
            verdict = "equal bit for bit" if not unequal else f"DIFFERENT in {len(unequal)}: {unequal[0]}"
            print(f"{kind:<26} {len(before):>4} tensors  {verdict}", flush=True)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
