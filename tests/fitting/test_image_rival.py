"""The rival of a net for images: fitted on the same rows, scored beside it, and named where it is as good."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image
from torch import nn

import goodfit as gf
from goodfit.data.normalise import Normalise
from goodfit.fitting.blending import NET_ALONE
from goodfit.fitting.image_rival import NAME
from goodfit.nets import build
from goodfit.nets.blend import Blend
from goodfit.predict.predictions import Predictions
from goodfit.train.loop import Training


@pytest.fixture(scope="module")
def tints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 images of 24 px of each of two tints that no net learns in one epoch of a rate near zero."""
    folder = tmp_path_factory.mktemp("tints") / "tints"
    random = np.random.default_rng(3)
    for label, colour in {"dark": (80, 80, 80), "light": (150, 140, 150)}.items():
        (folder / label).mkdir(parents=True)
        for number in range(30):
            pixels = np.clip(random.normal(colour, 40, (24, 24, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / label / f"{number:02d}.png")
    return folder


def test_it_is_scored_on_the_same_rows_as_the_net(tints: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"arch": "resnet10", "width": 4, "lr": 1e-8, "precision": "float32"}
    run = gf.fit(tints, out=tmp_path / "run", epochs=1, **options)
    (rival,) = run.record.rivals
    assert rival.name == NAME
    assert rival.metrics["valid"]["accuracy"].value == 1.0
    assert rival.metrics["test"]["accuracy"].value == 1.0
    assert rival.metrics["valid"]["log_loss"].value < run.metrics["valid"]["log_loss"].value
    assert rival.share is None  # it predicts nothing
    assert NAME in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert len(gf.load(tmp_path / "run").predict(tints)) == 60


def test_there_is_none_where_it_is_the_net_itself_or_is_not_wanted(tints: Path, tmp_path: Path) -> None:
    itself = gf.fit(tints, out=tmp_path / "a", arch="hog")
    assert itself.record.rivals == []
    assert itself.metrics["valid"]["accuracy"].value == 1.0
    without = gf.fit(tints, out=tmp_path / "b", epochs=1, width=4, rivals="none")
    assert without.record.rivals == []


def test_images_normalised_for_another_net_become_shares_again() -> None:
    pixels = torch.randint(0, 256, (3, 3, 20, 20), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    mean, deviation = (100.0, 110.0, 120.0), (50.0, 60.0, 70.0)
    plain = build("hog", (3, 20, 20), 4).eval()
    net = build("hog", (3, 20, 20), 4, normalised=(mean, deviation)).eval()
    net.load_state_dict(plain.state_dict())
    x = Normalise.of(mean, deviation)(pixels)
    torch.testing.assert_close(net(x), plain(pixels.float() / 255), atol=1e-3, rtol=0)


def test_a_net_that_learnt_little_is_blended_with_what_knows_more(tints: Path, tmp_path: Path) -> None:
    run = gf.fit(tints, out=tmp_path / "run", epochs=1, width=4, lr=1e-8, precision="float32", valid_share=0.4)
    assert [part.arch for part in run.record.net.parts] == ["hog"]
    rivals = {rival.name: rival for rival in run.record.rivals}
    assert set(rivals) == {NAME, NET_ALONE}
    assert (rivals[NAME].share or 0.0) > 0.5
    assert run.metrics["test"]["accuracy"].value == 1.0
    assert rivals[NET_ALONE].excess.value > 0
    again = gf.load(tmp_path / "run")
    predicted, once_more = run.predict(tints), again.predict(tints)
    assert isinstance(predicted, Predictions)
    assert isinstance(once_more, Predictions)
    assert once_more["prediction"] == predicted["prediction"]
    assert again.embed(tints).vectors.shape == (60, 16)  # of the net: its third pair has four times the width, 4


def test_a_named_net_is_not_blended(tints: Path, tmp_path: Path) -> None:
    run = gf.fit(tints, out=tmp_path / "run", epochs=1, arch="resnet10", width=4, lr=1e-8, precision="float32")
    assert run.record.net.parts == ()
    assert [(rival.name, rival.share) for rival in run.record.rivals] == [(NAME, None)]


def test_under_minutes_a_rival_of_some_rows_is_no_part_of_the_model(
    tints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"width": 4, "lr": 1e-8, "precision": "float32", "valid_share": 0.4, "folds": 1}
    monkeypatch.setattr("goodfit.fitting.image_rival.ROWS_A_MINUTE", 50)
    some = gf.fit(tints, out=tmp_path / "some", minutes=0.2, **options)  # 11 of 28
    assert some.record.net.parts == ()
    assert [rival.name for rival in some.record.rivals] == [NAME]


@pytest.mark.slow
def test_each_part_of_a_blend_is_asked_once_about_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 4))
    frame = pl.DataFrame({**{f"x{at}": x[:, at] for at in range(4)}, "y": np.where(x[:, 0] * x[:, 1] > 0, "a", "b")})
    asked: Counter[tuple[int, int]] = Counter()
    before = Training.scores

    def counted(self: Training, net: nn.Module, rows: torch.Tensor, *args: Any, **options: Any) -> Any:
        asked[id(net), id(rows)] += 1
        kept.append((net, rows))
        return before(self, net, rows, *args, **options)

    kept: list[Any] = []  # so that no number is given twice
    monkeypatch.setattr(Training, "scores", counted)
    run = gf.fit(gf.table(frame, "y"), out=tmp_path / "run", epochs=1)
    assert len(run.record.net.parts) == 2
    assert len({id(rows) for _, rows in kept if len(rows) == run.record.rows.test}) == 1  # they were asked about
    assert max(asked.values()) == 1
    assert not any(isinstance(net, Blend) for net, _ in kept)  # which would ask its parts again
