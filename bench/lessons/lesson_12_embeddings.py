"""Lesson 12: how many numbers a user and a film need, over MovieLens-100k's five folds, and the films' learnt space."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from lessons.figures import COLOURS, axes, interval, table
from lessons.page import SHARED
from lessons.training import Missing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDS, WIDTHS = range(1, 6), (0, 4, 16, 64)
EPOCHS, DECAY, BIAS_DECAY, OFTEN = 20, 1.0, 0.1, 100
GENRES = ["Children's", "Horror", "Film-Noir", "Romance"]


def folder() -> Path:
    """Where MovieLens-100k is. Missing where it is not."""
    if not (SHARED / "ml-100k").is_dir():
        raise Missing("MovieLens-100k is not in the folder ml-100k of GOODFIT_LESSONS_DATA")
    return SHARED / "ml-100k"


def read(name: str) -> tuple[Tensor, Tensor]:
    """(N, 2) user and film from 0, and (N,) stars."""
    numbers = torch.tensor(np.loadtxt(folder() / name, dtype=np.int64))
    return numbers[:, :2] - 1, numbers[:, 2].float()


class Ratings(nn.Module):
    """(N, 2) user and film -> (N,) stars; of width 0 it has biases alone."""

    def __init__(self, mean: Tensor, width: int) -> None:
        super().__init__()
        self.mean = mean
        self.user, self.film = nn.Embedding(943, width), nn.Embedding(1682, width)
        self.user_bias, self.film_bias = nn.Embedding(943, 1), nn.Embedding(1682, 1)
        for each in (self.user, self.film, self.user_bias, self.film_bias):
            if each.weight.numel():
                nn.init.normal_(each.weight, std=0.05)

    def forward(self, batch: Tensor) -> Tensor:
        user, film = batch[:, 0], batch[:, 1]
        bias = self.user_bias(user) + self.film_bias(film)
        return cast(Tensor, self.mean + bias.squeeze(1) + (self.user(user) * self.film(film)).sum(1))


def fitted(pairs: Tensor, stars: Tensor, width: int, seed: int) -> Ratings:
    torch.manual_seed(seed)
    net = Ratings(stars.mean(), width)
    groups: list[dict[str, Any]] = [
        {"params": [net.user_bias.weight, net.film_bias.weight], "weight_decay": BIAS_DECAY}
    ]
    if width:
        groups.append({"params": [net.user.weight, net.film.weight], "weight_decay": DECAY})
    optimizer = torch.optim.AdamW(groups, lr=0.01)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(stars)).split(1000):
            loss = ((net(pairs[batch]) - stars[batch]) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return net


def measure() -> dict[str, Any]:
    errors: dict[str, list[float]] = {f"{width}": [] for width in WIDTHS}
    for fold in FOLDS:
        pairs, stars = read(f"u{fold}.base")
        test_pairs, test_stars = read(f"u{fold}.test")
        for width in WIDTHS:
            net = fitted(pairs, stars, width, fold)
            with torch.no_grad():
                predicted = net(test_pairs)
            errors[f"{width}"].append(float(((predicted - test_stars) ** 2).mean().sqrt()))
    pairs, stars = read("u.data")
    points = fitted(pairs, stars, 16, 0).film.weight.detach().numpy()
    often = np.bincount(pairs[:, 1].numpy(), minlength=len(points)) >= OFTEN
    names = [line.split("|")[0] for line in (folder() / "u.genre").read_text().splitlines() if line]
    lines = (folder() / "u.item").read_text(encoding="latin-1").splitlines()
    genres = [[bool(int(mark)) for mark in line.split("|")[5:]] for line in lines]
    centred = points[often] - points[often].mean(0)
    _, sizes, axes_of_space = np.linalg.svd(centred, full_matrices=False)
    flat = centred @ axes_of_space[:2].T
    of_genre = {name: np.array([line[names.index(name)] for line in genres])[often] for name in GENRES}
    return {
        "errors": errors,
        "points": flat.tolist(),
        "genres": {name: np.flatnonzero(mask).tolist() for name, mask in of_genre.items()},
        "share": float((sizes[:2] ** 2).sum() / (sizes**2).sum()),
        "separation": {name: separation(flat, mask) for name, mask in of_genre.items()},
    }


def separation(flat: np.ndarray, mask: np.ndarray) -> float:
    """Distance of a genre's mean from that of all others, in standard deviations of the points along it."""
    apart = flat[mask].mean(0) - flat[~mask].mean(0)
    along = flat @ (apart / np.linalg.norm(apart))
    return float(np.linalg.norm(apart) / along.std())


def texts(results: dict[str, Any]) -> dict[str, str]:
    rows = []
    alone = results["errors"]["0"]
    for width, values in results["errors"].items():
        gain = interval([one - other for one, other in zip(values, alone, strict=True)])
        error = "{:.3f} ({:.3f} to {:.3f})".format(*interval(values))
        less = "" if width == "0" else "{:+.3f} ({:+.3f} to {:+.3f})".format(*gain)
        rows.append(["biases alone" if width == "0" else f"and {width} numbers each", error, less])
    picture = "![Films as points in the plane in which they differ most, four genres in colour](plots/12-space.svg)"
    separations = ", ".join(f"{name} {value:.1f}" for name, value in results["separation"].items())
    count = len(results["points"])
    return {
        "widths": "RMSE in stars over the data's own five folds, 95% intervals (`make lessons ONLY=12`):\n\n"
        + table(["net", "RMSE", "less biases alone"], rows),
        "space": f"{picture}\n\nThe {count} films with at least {OFTEN} ratings, in the plane that holds most of their"
        f" spread ({results['share']:.0%} of it; principal components). The net was given no genres, and yet they lie"
        " apart. How far the mean of a genre's films is from the mean of the others, in standard deviations:"
        f" {separations}.",
    }


def plots(results: dict[str, Any]) -> dict[str, Figure]:
    figure, (plot,) = axes(width=5.6, height=4.2)
    points = np.array(results["points"])
    plot.plot(*points.T, ".", color="#c9d1d9", ms=4)
    for colour, name in zip(COLOURS, GENRES, strict=False):
        plot.plot(*points[results["genres"][name]].T, "o", color=colour, ms=4, label=name)
    plot.legend(frameon=False, fontsize=9)
    return {"12-space.svg": figure}
