"""What somebody types in the first hour, and what they read then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from typed_command import said

import goodfit as gf
from goodfit.errors import DataError, ModelError, UsageError


def people(rows: int = 60) -> pl.DataFrame:
    """A table with a name a row, a class of ticket, an age and whether somebody paid."""
    random = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "name": [f"passenger number {row}" for row in range(rows)],
            "ticket": random.integers(1, 4, rows),
            "age": random.normal(40, 9, rows).round(1),
            "paid": np.where(random.random(rows) < 0.5, "yes", "no"),
        }
    )


def test_the_command_alone_welcomes_and_names_five_things(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, monkeypatch)
    assert status == 0
    for command in ("demo", "fit", "predict", "check", "explain"):
        assert f"  goodfit {command} " in text


@pytest.mark.parametrize(
    ("name", "first"),
    [("overfit", "GF410 overfitting"), ("GF410", "GF410 overfitting"), ("good fit", "good fit: no rule"),
     ("--lr", "--lr: an option of goodfit fit"), ("label_smoothing", "--label-smoothing: an option"),
     ("log_loss", "log loss: a metric; lower is better"), ("R²", "R²: a metric"),
     ("--more", "--more: an option of goodfit fit."), ("resume", "--resume: an option of goodfit fit."),
     ("compare", "goodfit compare: "), ("IoU", "IoU: a metric"),
     ("ECE", "expected calibration error: "), ("95% interval", "95% interval: "), ("baseline", "baseline: ")],
)  # fmt: skip
def test_a_rule_a_verdict_a_metric_and_an_option_are_explained_by_any_of_their_names(
    name: str, first: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, monkeypatch, "explain", name)
    assert (status, text[: len(first)]) == (0, first)


def test_a_name_of_several_words_needs_no_quotes_and_long_lines_are_wrapped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, monkeypatch, "explain", "log", "loss")
    assert (status, text[:8]) == (0, "log loss")
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    ("words", "meant"),
    [(("fit", "peple.csv", "--target", "paid"), "people.csv"), (("labels", "runs/onne"), "runs/one"),
     (("predict", "runs/on", "new"), "runs/one"), (("report", "runs/oen"), "runs/one")],
)  # fmt: skip
def test_a_misspelt_path_is_answered_with_what_is_there(
    words: tuple[str, ...],
    meant: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    people().write_csv("people.csv")
    for folder in ("runs/one", "new"):
        Path(folder).mkdir(parents=True)
    status, text = said(capsys, monkeypatch, *words)
    assert status == 2
    assert f"Did you mean {meant}?" in text


def test_a_name_that_is_misspelt_is_answered_with_those_nearest_to_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, monkeypatch, "explain", "overfiting")
    assert status == 2
    assert "Did you mean overfitting" in text


def test_a_target_that_names_the_rows_is_asked_about() -> None:
    with pytest.raises(DataError, match=r"60 different values in 60 rows.*Is it the right column"):
        gf.fit(people(), target="name", epochs=1)


def test_numbers_that_are_hardly_times_are_doubted(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"3 different times in 60 rows.*Is --time the right column\?"):
        gf.fit(people(), target="paid", time="ticket", epochs=1)
    dozens = people().with_columns((pl.int_range(pl.len()) // 10).alias("week"))
    run = gf.fit(dozens, target="paid", time="week", epochs=1, rivals="none", out=tmp_path / "run")
    doubts = [finding.message for finding in run.findings if finding.code == "GF003"]
    assert any("the times in 'week' are 6 different numbers" in doubt for doubt in doubts)


def test_a_net_of_the_wrong_width_is_told_which_came_and_which_it_takes(tmp_path: Path) -> None:
    x = np.zeros((40, 8), dtype=np.float32)
    with pytest.raises(ModelError, match=r"takes width 5 and was given 8; the mini-batches are \(N, 8\)"):
        gf.fit(gf.arrays(x, np.arange(40) % 2), model=torch.nn.Linear(5, 2), epochs=1, out=tmp_path / "run")


def test_a_finished_run_that_is_to_be_resumed_for_longer_says_why_not(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    data = gf.arrays(x, (x[:, 0] > 0).astype(int))
    gf.fit(data, epochs=1, out=tmp_path / "run")
    with pytest.raises(UsageError, match=r"this run is finished, .*--more 11, or fit anew with --epochs 12"):
        gf.fit(data, epochs=12, out=tmp_path / "run", resume=True)
    assert gf.fit(data, epochs=1, out=tmp_path / "run", resume=True).record.options["epochs"] == 1


def test_a_target_that_counts_the_rows_is_doubted(tmp_path: Path) -> None:
    counted = people().with_columns(pl.int_range(1, pl.len() + 1).alias("number"))
    run = gf.fit(counted, target="number", epochs=1, rivals="none", out=tmp_path / "run")
    doubts = [finding.message for finding in run.findings if finding.code == "GF003"]
    assert any("the target 'number' counts the rows, from 1 to 60" in doubt for doubt in doubts)


def test_a_column_by_its_first_letters_or_two_in_one_is_asked_about() -> None:
    with pytest.raises(UsageError, match="Did you mean ticket"):
        gf.fit(people(), target="tick", epochs=1)
    with pytest.raises(UsageError, match=r"Did you mean age,paid.*Commas separate several"):
        gf.fit(people(), target="age paid", epochs=1)


@pytest.mark.parametrize(
    ("arch", "answer"),
    [("resnet18", "resnet18 is for images, and the data are rows of a table"), ("factors", "factors is for ratings"),
     ("xgboost", "Boosted trees are fitted beside the net"), ("unet", "Did you mean unet-")],
)  # fmt: skip
def test_an_architecture_for_other_data_says_for_which(arch: str, answer: str) -> None:
    with pytest.raises(UsageError, match=answer):
        gf.fit(people(), target="paid", arch=arch, epochs=1, rivals="none")


def test_an_architecture_of_tables_is_refused_for_images() -> None:
    x = np.zeros((40, 3, 8, 8), dtype=np.float32)
    with pytest.raises(UsageError, match="tabm is for rows of a table, and the data are images"):
        gf.fit(x, np.arange(40) % 2, arch="tabm", epochs=1)


def test_a_flat_net_for_images_is_advised_to_flatten(tmp_path: Path) -> None:
    x = np.zeros((40, 3, 8, 8), dtype=np.float32)
    with pytest.raises(ModelError, match=r"takes width 192 and was given 8.*torch.nn.Flatten\(\)"):
        gf.fit(x, np.arange(40) % 2, model=torch.nn.Linear(192, 2), epochs=1, out=tmp_path / "run")


def test_a_run_does_not_go_on_with_data_of_another_kind_or_target(tmp_path: Path) -> None:
    out = tmp_path / "run"
    gf.fit(people(), target="paid", epochs=1, rivals="none", out=out)
    x = np.zeros((40, 3), dtype=np.float32)
    for how in ({"resume": True}, {"more": 1}):
        with pytest.raises(DataError, match="this run was fitted on data of the kind table"):
            gf.fit(x, np.arange(40) % 2, out=out, **how)
        with pytest.raises(DataError, match="--target is ticket now and was paid"):
            gf.fit(people(), target="ticket", out=out, **how)
    with pytest.raises(UsageError, match=r"--epochs 3 and --more were both given\. Leave --epochs out"):
        gf.fit(people(), target="paid", more=1, epochs=3, out=out)


def test_what_python_gives_just_works_or_is_answered(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(int)
    run = gf.fit(x, y, device=torch.device("cpu"), epochs=1, out=tmp_path / "run")  # type: ignore[arg-type]
    assert run.record.options["device"] == "cpu"
    with pytest.raises(DataError, match=r"Give them beside the rows: goodfit.fit\(x, y\)"):
        gf.fit(x)
    with pytest.raises(UsageError, match="the path is empty"):
        gf.fit("")
    with pytest.raises(UsageError, match=r"Give both apart: goodfit.fit\(x, y\)"):
        gf.fit({"x": x, "y": y})
    with pytest.raises(UsageError, match="a folder for each class"):
        gf.fit(["cat/1.png", "dog/2.png"])
    with pytest.raises(ModelError, match="Give arch='resnet18'"):
        gf.fit(x, y, model="resnet18", out=tmp_path / "other")
    with pytest.raises(UsageError, match="is not a number"):
        gf.fit(x, y, lr=[0.1])  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"the report is an HTML page\. Name it page\.html"):
        run.report(tmp_path / "page.pdf")


def test_text_files_are_predicted_in_their_order_and_a_text_is_no_path(tmp_path: Path) -> None:
    for name, words in {"good": "lovely fine", "bad": "awful poor"}.items():
        for number in range(20):
            file = tmp_path / "texts" / name / f"{number}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{words} {number}")
    run = gf.fit(tmp_path / "texts", epochs=1, rivals="none", out=tmp_path / "run")
    files = [tmp_path / "texts" / name for name in ("good/3.txt", "bad/1.txt", "good/12.txt")]
    predicted = run.predict(files).frame()
    assert predicted["key"].to_list() == [str(file) for file in files]
    whole = run.predict(tmp_path / "texts").frame()
    by_key = dict(zip(whole["key"], whole["p_good"], strict=True))
    expected = [by_key[str(file)] for file in files]
    assert predicted["p_good"].to_list() == pytest.approx(expected, abs=1e-6)
    with pytest.raises(DataError, match=r"a text, not a path. Give a list of texts: predict\(\[text\]\)"):
        run.predict("a lovely day")
