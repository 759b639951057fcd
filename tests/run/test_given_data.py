"""New data as people hold it: the same predictions, whether it comes as a file, an image, an array or a dictionary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

import goodfit as gf
from goodfit.errors import DataError
from goodfit.predict.given import expanded
from goodfit.predict.predictions import Predictions
from goodfit.run import Run


@pytest.fixture(scope="module")
def digits_run(digits_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return gf.fit(digits_folder, epochs=1, width=4, out=tmp_path_factory.mktemp("runs") / "digits")


def chances(predictions: Predictions) -> np.ndarray:
    """(N, 10) probabilities."""
    return np.stack([predictions[f"p_{digit}"] for digit in range(10)], axis=1)


def test_a_path_an_image_an_array_and_a_tensor_are_predicted_alike(digits_run: Run, digits_folder: Path) -> None:
    paths = sorted(digits_folder.rglob("*.png"))[:3]
    images = [Image.open(path) for path in paths]
    arrays = [np.asarray(image) for image in images]
    expected = chances(digits_run.predict(digits_folder))[:0]
    expected = np.concatenate([expected, *(chances(digits_run.predict(path)) for path in paths)])
    batch = np.stack(arrays)
    forms = {
        "paths": paths,
        "texts": [str(path) for path in paths],
        "images": images,
        "arrays": arrays,
        "a batch": batch,
        "a batch with channels": batch[..., None],
        "shares": batch / 255,
        "tensors": torch.from_numpy(batch)[:, None],
        "mixed": [paths[0], images[1], arrays[2]],
    }
    for name, given in forms.items():
        np.testing.assert_allclose(chances(digits_run.predict(given)), expected, atol=1e-6, err_msg=name)
    one = digits_run.predict(images[0])
    np.testing.assert_allclose(chances(one), expected[:1], atol=1e-6)


def test_many_paths_keep_their_names_and_order(digits_run: Run, digits_folder: Path) -> None:
    paths = sorted(digits_folder.rglob("*.png"))[4:0:-1]
    predictions = digits_run.predict(paths)
    assert predictions["key"] == [str(path) for path in paths]


@pytest.mark.parametrize(
    ("given", "words"),
    [(np.full((8, 8), -1.0), "its values go from -1 to -1"), ([], "an empty list"), (["no/such.png"], "no such file"),
     (np.zeros((2, 3, 4, 5, 6)), "of shape"), ([object()], "an object is no image")],
    ids=["normalised", "empty", "absent", "five dimensions", "object"],
)  # fmt: skip
def test_what_is_no_image_is_refused_in_a_line(given: object, words: str, digits_run: Run) -> None:
    with pytest.raises(DataError, match=words):
        digits_run.predict(given)


def test_a_row_of_a_table_may_be_a_dictionary(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    frame = pl.DataFrame({"a": random.normal(size=80), "town": np.where(random.random(80) < 0.5, "Ulm", "Bonn")})
    frame = frame.with_columns(pl.when(pl.col("a") > 0).then(pl.lit("up")).otherwise(pl.lit("down")).alias("way"))
    run = gf.fit(frame, target="way", epochs=1, rivals="none", out=tmp_path / "run")
    rows = frame.head(3).drop("way")
    expected = run.predict(rows)
    columns = rows.to_dict(as_series=False)
    pandas: Any = pytest.importorskip("pandas")
    for given in (rows.to_dicts(), columns, pandas.DataFrame(columns)):
        predictions = run.predict(given)
        np.testing.assert_allclose(predictions["p_up"], expected["p_up"], atol=1e-6)
    one = run.predict(rows.to_dicts()[0])
    assert one["p_up"] == pytest.approx(expected["p_up"][:1], abs=1e-6)
    with pytest.raises(DataError, match=r"a list of texts or paths \(a\.csv, \.\.\.\)"):
        run.predict(["a.csv", "b.csv"])
    assert "Verdict" not in run._repr_html_()
    assert run.verdict.capitalize() in run._repr_html_() or run.verdict in run._repr_html_()
    assert repr(expected) == "Predictions(3 rows: prediction, confidence, p_down, p_up)"
    assert expected.frame().columns == ["key", "prediction", "confidence", "p_down", "p_up", "error"]
    assert "Predictions(3 rows" in expected._repr_html_()


def test_a_pattern_names_files_where_the_shell_has_not_done_it(digits_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a[1].png").touch()
    assert len(expanded(digits_folder / "7" / "*.png")) == len(list((digits_folder / "7").iterdir()))
    assert expanded(tmp_path / "a[1].png") == [tmp_path / "a[1].png"], "a file of that name is that file"
    assert expanded(tmp_path / "*.jpg") == [tmp_path / "*.jpg"]


def test_images_whose_names_begin_with_classes_are_scored_where_that_is_meant(
    digits_run: Run, digits_folder: Path, tmp_path: Path
) -> None:
    for digit in ("3", "7"):
        for at, path in enumerate(sorted(digits_folder.rglob(f"{digit}/*.png"))[:4]):
            (tmp_path / f"digit{digit}-{at}.png").write_bytes(path.read_bytes())
    with pytest.raises(
        DataError, match=r"no labels to score against. If the names of the files begin with their classes"
    ):
        digits_run.evaluate(tmp_path)
    with pytest.raises(DataError, match="its label 'digit3' is not among the training rows' classes"):
        digits_run.evaluate(tmp_path, layout="files")
