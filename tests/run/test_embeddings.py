"""Embeddings: what the head is given, row by row, and a Parquet file of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import polars
import pytest
from command import goodfit
from torch import nn

import goodfit as gf
from goodfit.errors import UsageError
from goodfit.predict.predictions import Predictions


@pytest.fixture(scope="module")
def run(digits_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> gf.Run:
    out = tmp_path_factory.mktemp("runs") / "run"
    return gf.fit(digits_folder, out=out, epochs=2, arch="resnet10", width=4, precision="float32", seed=1)


def test_the_vectors_are_what_the_head_is_given_when_the_run_predicts(run: gf.Run, digits_folder: Path) -> None:
    embeddings = run.embed(digits_folder)
    head = run.net.get_submodule("fc")
    assert isinstance(head, nn.Linear)  # it is in its place again
    assert embeddings.vectors.shape == (300, head.in_features) == (300, 32)
    given: list[np.ndarray] = []
    hook = head.register_forward_pre_hook(lambda _, arguments: given.append(arguments[0].numpy()))
    predictions = run.predict(digits_folder)
    hook.remove()
    assert isinstance(predictions, Predictions)
    assert list(embeddings.keys) == predictions["key"]
    np.testing.assert_array_equal(embeddings.vectors, np.concatenate(given).astype(np.float16).astype(np.float32))


def test_the_command_writes_parquet_with_a_gap_for_what_cannot_be_read(
    run: gf.Run, digits_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new"
    new.mkdir()
    for number, path in enumerate(sorted((digits_folder / "3").glob("*.png"))[:4]):
        shutil.copy(path, new / f"{number}.png")
    (new / "2.png").write_bytes(b"no image")
    out = tmp_path / "vectors.parquet"
    assert goodfit("embed", run.folder, new, "-o", out, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "run": str(run.folder), "rows": 4, "unreadable": 1, "numbers": 32, "output": str(out),
    }  # fmt: skip
    table = polars.read_parquet(out)
    assert table.columns == ["key", "vector", "error"]
    assert [Path(key).name for key in table["key"]] == ["0.png", "1.png", "2.png", "3.png"]
    assert table["vector"].is_null().to_list() == [False, False, True, False]
    assert table["error"].to_list() == [None, None, "not an image", None]
    expected = run.embed(new).vectors
    np.testing.assert_array_equal(np.array(table["vector"][3]), expected[3])
    assert np.isnan(expected[2]).all()
    assert goodfit("embed", run.folder, new, "-o", out, "--quiet") == 0  # its own file is replaced


def test_nothing_else_is_written_over_and_csv_is_refused(run: gf.Run, digits_folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "mine.parquet"
    polars.DataFrame({"a": [1]}).write_parquet(other)
    assert goodfit("embed", run.folder, digits_folder, "-o", other) == 2
    assert polars.read_parquet(other).columns == ["a"]
    with pytest.raises(UsageError, match=r"embeddings are written as Parquet. Name it vectors\.parquet"):
        run.embed(digits_folder).write(tmp_path / "vectors.csv")


def test_a_net_without_one_linear_head_says_which_have_embeddings(tmp_path: Path) -> None:
    table = polars.DataFrame({"x": np.arange(80) % 7, "y": ["a", "b"] * 40})
    run = gf.fit(table, target="y", out=tmp_path / "run", epochs=1, arch="tabm", folds=1)
    with pytest.raises(UsageError, match="its head is not one linear layer"):
        run.embed(table)
