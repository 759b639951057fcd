"""Lesson 10: a photo permuted, and the same reshaped: what each of the three planes then shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SMALLER = 2  # every second pixel is drawn


def measure() -> dict[str, Any]:
    from sklearn.datasets import load_sample_image

    photo = load_sample_image("china.jpg")
    permuted, reshaped = photo.transpose(2, 0, 1), photo.reshape(3, *photo.shape[:2])
    return {"equal": float((permuted == reshaped).mean())}


def texts(results: dict[str, Any]) -> dict[str, str]:
    picture = "![The first plane of a photo: permuted it is the photo in grey, reshaped it is not](plots/10-planes.png)"
    return {"shown": f"{picture}\n\nOnly {results['equal']:.1%} of the numbers are where they belong, by chance."}


def plots(results: dict[str, Any]) -> dict[str, Figure]:
    from matplotlib.figure import Figure
    from sklearn.datasets import load_sample_image

    photo = load_sample_image("china.jpg")
    permuted, reshaped = photo.transpose(2, 0, 1), photo.reshape(3, *photo.shape[:2])
    figure = Figure(figsize=(7.2, 2.7), layout="constrained")
    pictures = {"permute(2, 0, 1)[0]": permuted[0], "reshape(3, 427, 640)[0]": reshaped[0]}
    for plot, (name, plane) in zip(figure.subplots(1, 2), pictures.items(), strict=True):
        plot.imshow(np.asarray(plane)[::SMALLER, ::SMALLER], cmap="gray", vmin=0, vmax=255)
        plot.set_title(name, fontsize=10)
        plot.set_axis_off()
    return {"10-planes.png": figure}
