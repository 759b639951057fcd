"""Ratings in the number of MovieLens-20M, made here: memory and time of reading, of an epoch, and of recommendations.

    python bench/ratings_scale.py [--ratings 2000000] [--steps 0]

Users, films and ratings are in MovieLens-20M's proportion (138,000, 27,000 and 20,000,000); who rates how much and what
falls off by a power law. Each step says its seconds and the largest memory of the process so far. With `--steps N` so
many steps of the net are timed alone, by the batch and the history of few ratings and by those of so many.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
import torch

import goodfit
from goodfit.data.sources.ratings import HISTORY_AT_MOST
from goodfit.nets import architecture, build, measure
from goodfit.train.optimiser import make_optimiser
from goodfit.train.passes import penalty

USERS, FILMS, RATINGS = 138_000, 27_000, 20_000_000
POWER = 0.8  # of the rank, that activity and popularity fall off with


def made(count: int) -> pl.DataFrame:
    """So many ratings of users and films in proportion: a mean, what each of both is like, and noise."""
    random = np.random.default_rng(0)
    users, films = max(100, USERS * count // RATINGS), max(100, FILMS * count // RATINGS)
    who, what = (_drawn(random, number, count) for number in (users, films))
    values = 3.5 + 0.4 * random.normal(size=users)[who] + 0.5 * random.normal(size=films)[what]
    stars = np.clip(np.round(2 * (values + 0.8 * random.normal(size=count))) / 2, 0.5, 5)
    return pl.DataFrame({"userId": who + 1, "movieId": what + 1, "rating": stars})


def _drawn(random: np.random.Generator, number: int, count: int) -> np.ndarray:
    shares = np.arange(1, number + 1) ** -POWER
    return random.permutation(number)[
        np.searchsorted(np.cumsum(shares / shares.sum()), random.random(count) * 0.999999)
    ]


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


def main() -> None:
    """Print a line a step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=int, default=2_000_000)
    parser.add_argument("--ending", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--steps", type=int, default=0, help="time so many steps of the net alone")
    given = parser.parse_args()
    if given.steps:
        time_steps(given.ratings, given.steps)
        return
    began = time.monotonic()

    def say(what: str) -> None:
        nonlocal began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{what:<44} {time.monotonic() - began:>8.1f} s {peak:>8,.0f} MB", flush=True)
        began = time.monotonic()

    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / f"ratings.{given.ending}"
        frame = made(given.ratings)
        frame.write_csv(place) if given.ending == "csv" else frame.write_parquet(place)
        del frame
        say(f"{given.ratings:,} ratings made")
        source = goodfit.ratings(place, "userId", "movieId", "rating")
        say("opened")
        source.prepare()
        say("prepared")
        source.release()
        del source
        run = goodfit.fit(
            place, user="userId", item="movieId", target="rating", epochs=1, out=Path(name) / "run", device="cpu"
        )
        say(f"fitted, {run.history[-1]['seconds']:.1f} s of it the epoch")
        lines = sum(1 for _ in run.catalogue.recommend(None, 10))
        say(f"{lines:,} recommendations")


if __name__ == "__main__":
    main()
