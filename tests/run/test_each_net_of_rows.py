"""Each architecture that takes rows of a table fits every kind of column."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import goodfit as gf

architectures = import_module("goodfit.nets.architecture")

ROWS = 80
WORDS = ["a", "the", "of", "room", "bad", "good", "view", "from", "with", "quiet", "loud", "near", "far", "clean"]


def table(kinds: str) -> pl.DataFrame:
    """Columns of numbers ("n"), categories ("c") and texts ("t")."""
    random = np.random.default_rng(0)
    columns = {
        "n": random.normal(size=ROWS),
        "c": random.choice(["red", "green", "blue"], ROWS),
        "t": [" ".join(random.choice(WORDS, 9)) for _ in range(ROWS)],
    }
    kept: dict[str, object] = {kind: columns[kind] for kind in kinds}
    return pl.DataFrame({**kept, "y": random.choice(["no", "yes"], ROWS)})


@pytest.mark.parametrize("kinds", ["t", "nct"])
@pytest.mark.parametrize("arch", architectures.names(1))
def test_a_named_net_takes_all_kinds_of_columns(arch: str, kinds: str, tmp_path: Path) -> None:
    frame = table(kinds)
    if arch in ("factors", "ranker"):
        with pytest.raises(gf.GoodfitError, match="is for ratings"):
            gf.fit(frame, target="y", arch=arch, epochs=1, rivals="none", out=tmp_path / "run")
        return
    run = gf.fit(frame, target="y", arch=arch, epochs=1, rivals="none", out=tmp_path / "run")
    assert len(run.predict(frame.drop("y"))) == ROWS
