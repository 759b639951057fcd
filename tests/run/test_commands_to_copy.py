"""Commands that a run prints can be copied into a shell, and fit it again as it was fitted."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import polars as pl

import goodfit as gf
from goodfit.analysis.model_card import model_card
from goodfit.fitting.options import split_options
from goodfit.report.from_run import _commands


def test_a_folder_with_a_space_is_quoted_and_the_target_is_named(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=60)
    frame = pl.DataFrame({"x": x, "y z": np.where(x + random.normal(0, 0.5, 60) > 0, "yes", "no")})
    folder = tmp_path / "Überlebende an Bord"
    run = gf.fit(frame, target="y z", epochs=1, rivals="none", out=folder)
    again, predict, evaluate = (shlex.split(line) for line in _commands(run.folder, run.record))
    assert again[:3] == ["goodfit", "fit", "DATA"]
    assert again[again.index("--target") + 1] == "y z"
    assert again[again.index("--rivals") + 1] == "none"
    assert predict[:4] == ["goodfit", "predict", str(folder), "NEW_DATA"]
    assert evaluate == ["goodfit", "evaluate", str(folder), "HELD_OUT_DATA"]
    given = dict(zip((word.removeprefix("--") for word in again[3::2]), again[4::2], strict=True))
    assert split_options({"seed": int(given["seed"]), "epochs": int(given["epochs"])})[0].epochs == 1
    card = model_card(run.folder, run.record)
    assert f"goodfit predict {shlex.quote(str(folder))} NEW_DATA" in card
    for line in card.splitlines():  # a value and the baseline beside it have as many decimals
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 7 and cells[1] == "test" and cells[3].endswith("%") and cells[5]:
            assert len(cells[3].partition(".")[2]) == len(cells[5].partition(".")[2]), line
