"""Ratings in MovieLens-20M's number and shape, made here: whole commands, what larger batches cost, and steps alone.

    python bench/ratings_scale.py [--ratings 20000000]      fit, evaluate and recommend to all users
    python bench/ratings_scale.py --ratings 2000000 --batches 2048 4096 16384    error and minutes of a fit by its batch
    python bench/ratings_scale.py --steps 2     seconds of a step by the batch and the history

138,000 users with 20 to about 9,000 ratings (68 for the median), 27,000 films of which the best known have tens of
thousands, and nobody rates a film twice. Fewer ratings are those of fewer users. A rating is a mean, what its user and
its film are like, the product of eight factors of both and noise of 0.75, in halves from 0.5 to 5: nothing can reach an
RMSE below 0.719, and who knew all users' and films' own terms, and no product, would come to 0.830.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
import torch

sys.path.insert(0, str(Path(__file__).parent))
from _command import head, run

from goodfit.data.sources.ratings import HISTORY_AT_MOST
from goodfit.nets import architecture, build, measure
from goodfit.train.optimiser import make_optimiser
from goodfit.train.passes import penalty

USERS, FILMS, RATINGS = 138_000, 27_000, 20_000_000
RATINGS_OF_A_USER = (20, 9_254)  # at least and at most
MEDIAN_BEYOND_LEAST, SPREAD_OF_USERS = 48, 1.38  # of a log-normal number of ratings: 68 for the median, 144 on average
SPREAD_OF_FILMS, SHARE_AT_MOST = 2.73, 67_000 / RATINGS
DRAWN = 1.35  # for each that is kept: the same film twice counts once
FACTORS = 8
COLUMNS = ["--user", "userId", "--item", "movieId", "--target", "rating"]


def made(count: int) -> pl.DataFrame:
    """So many ratings, in random order."""
    random = np.random.default_rng(0)
    users = max(100, USERS * count // RATINGS)
    least, most = RATINGS_OF_A_USER
    wanted = np.minimum(most, least + random.lognormal(math.log(MEDIAN_BEYOND_LEAST), SPREAD_OF_USERS, users))
    known = random.lognormal(0, SPREAD_OF_FILMS, FILMS)
    known = np.minimum(known, SHARE_AT_MOST * known.sum())
    drawn = np.round(wanted * (DRAWN * count / wanted.sum())).astype(np.int64)
    who = np.repeat(np.arange(users), drawn)
    what = np.searchsorted(np.cumsum(known / known.sum()), random.random(len(who)) * 0.999999)
    pairs = random.permutation(np.unique(who * FILMS + what))[:count]
    who, what = pairs // FILMS, pairs % FILMS
    values = 3.5 + 0.4 * random.normal(size=users)[who] + 0.45 * random.normal(size=FILMS)[what]
    tastes, kinds = (random.normal(size=(number, FACTORS)).astype(np.float32) for number in (users, FILMS))
    for of_user, of_film in zip(tastes.T, kinds.T, strict=True):
        values += 0.45 / math.sqrt(FACTORS) * of_user[who] * of_film[what]
    stars = np.clip(np.round(2 * (values + 0.75 * random.normal(size=len(pairs)))) / 2, 0.5, 5)
    return pl.DataFrame({"userId": who + 1, "movieId": what + 1, "rating": stars})


def time_steps(count: int, steps: int) -> None:
    """Seconds of a step of the factors on one batch after another, and the minutes of an epoch of such steps."""
    x = torch.from_numpy(made(count).select("userId", "movieId").to_numpy().astype(np.float32))
    users, items = (int(column.max()) + 1 for column in x.unbind(1))
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    recipe = architecture("factors").recipes["ratings"]
    large = recipe.batch_size
    while recipe.most_steps is not None and count > recipe.most_steps * large:
        large *= 2
    usual = recipe.batch_size
    for batch_size, history in ((usual, None), (usual, HISTORY_AT_MOST), (large, HISTORY_AT_MOST)):
        net = build("factors", (2,), 1, users=users, items=items, ratings=count, history_at_most=history).train()
        measure(net, lambda: x)
        group = {"params": list(net.parameters()), "weight_decay": 0.0, "share": 1.0}
        optimiser = make_optimiser("adamw", [group], torch.device("cpu"))
        began = time.monotonic()
        for step in range(steps + 1):
            if step == 1:  # the first one makes the optimiser's state
                began = time.monotonic()
            out = net(x[order[step * batch_size : (step + 1) * batch_size]])
            (out.square().mean() + penalty(net)).backward()
            optimiser.step()
            optimiser.zero_grad()
        seconds = (time.monotonic() - began) / steps
        minutes = seconds * count / batch_size / 60
        print(
            f"batch {batch_size:>6}, history {history or 'all':>4}: {seconds:>7.3f} s a step, {minutes:>7.1f} minutes "
            f"an epoch, {torch.get_num_threads()} threads",
            flush=True,
        )


def whole_commands(place: Path, ratings: Path, count: int) -> None:
    """Fit, evaluate all rows, and recommend to everybody."""
    head()
    fit = ["fit", ratings.name, *COLUMNS, "--out", "run", "--device", "cpu", "--verbose"]
    print(run(place, f"fit of {count:,} ratings", fit))
    print(run(place, "evaluate all of them", ["evaluate", "run", ratings.name]))
    print(run(place, "recommend ten items to all users", ["recommend", "run", "-o", "recommended.csv"]))
    with (place / "recommended.csv").open("rb") as file:
        print(f"{sum(1 for _ in file) - 1:,} recommendations")


def batches(place: Path, ratings: Path, sizes: list[int]) -> None:
    """The error of a fit by its batch."""
    head()
    for size in sizes:
        out = f"run{size}"
        options = ["--out", out, "--device", "cpu", "--batch-size", str(size)]
        run(place, f"batches of {size:,}", ["fit", ratings.name, *COLUMNS, *options])
        record = json.loads((place / out / "run.json").read_text())
        found = {part: metrics["rmse"]["value"] for part, metrics in record["metrics"].items()}
        print(f"{'':<8} RMSE: " + ", ".join(f"{part} {value:.4f}" for part, value in found.items()), flush=True)


def main() -> None:
    """Print a line a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=int, default=RATINGS)
    parser.add_argument("--ending", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--batches", type=int, nargs="+", help="compare fits with these batches")
    parser.add_argument("--steps", type=int, default=0, help="time so many steps of the net alone")
    given = parser.parse_args()
    if given.steps:
        time_steps(given.ratings, given.steps)
        return
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        ratings = place / f"ratings.{given.ending}"
        frame = made(given.ratings)
        frame.write_csv(ratings) if given.ending == "csv" else frame.write_parquet(ratings)
        del frame
        if given.batches:
            batches(place, ratings, given.batches)
        else:
            whole_commands(place, ratings, given.ratings)


if __name__ == "__main__":
    main()
