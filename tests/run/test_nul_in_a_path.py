"""A path with the character NUL is one clear line at every door, before anything is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import goodfit as gf

NAME = "a\0b"


def rows() -> Any:
    x = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    return gf.arrays(x, (x[:, 0] > 0).astype(int))


@pytest.mark.parametrize(
    "call",
    [
        lambda: gf.fit(rows(), out=NAME),
        lambda: gf.fit(rows(), cache=NAME, out="never"),
        lambda: gf.fit(NAME),
        lambda: gf.fit(rows(), pretrained=f"{NAME}.safetensors", out="never"),
        lambda: gf.load(NAME),
        lambda: gf.compare(NAME, NAME),
        lambda: gf.profile(NAME),
        lambda: gf.table(NAME, target="b"),
        lambda: gf.ratings(NAME, user="a", item="b"),
        lambda: gf.images(NAME),
        lambda: gf.masks(NAME, masks=NAME),
        lambda: gf.find_wrong_labels(NAME),
    ],
)
def test_a_nul_in_a_path_is_refused(call: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(gf.GoodfitError, match="a\0b"):
        call()
    assert not list(tmp_path.rglob("*.json"))


def test_a_nul_in_a_written_name_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "p.csv"
    table.write_text("truth,one,two\n" + "1.5,1,2\n2.5,2,3\n" * 10)
    compared = gf.compare(table, truth="truth", prediction=["one", "two"])
    with pytest.raises(gf.GoodfitError, match="character NUL"):
        compared.write(tmp_path / f"{NAME}.html")
