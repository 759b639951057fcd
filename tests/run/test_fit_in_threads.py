"""Fits that are begun in several threads at once."""

import threading
from pathlib import Path

import numpy as np
import polars as pl

import goodfit as gf


def test_they_give_the_models_of_fits_one_after_the_other(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(120, 3))
    frame = pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": x[:, 0] + random.normal(size=120)})

    def fit(name: str, seed: int) -> None:
        gf.fit(gf.table(frame, "y"), out=tmp_path / name, epochs=2, folds=2, rivals="none", seed=seed, quiet=True)

    for seed in (0, 1):
        fit(f"alone {seed}", seed)
    threads = [threading.Thread(target=fit, args=(f"at once {seed}", seed)) for seed in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    weights = {folder.name: (folder / "model.safetensors").read_bytes() for folder in tmp_path.iterdir()}
    assert weights["at once 0"] == weights["alone 0"] != weights["at once 1"] == weights["alone 1"]
