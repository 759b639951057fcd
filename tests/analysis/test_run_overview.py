"""A table of runs, and the model card of one: of runs of older versions as well."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from goodfit.analysis.model_card import model_card
from goodfit.analysis.run_table import runs_in
from goodfit.analysis.running_fits import Watched
from goodfit.cli.app import app
from goodfit.errors import RunError, UsageError
from goodfit.record import read_record
from goodfit.tasks import from_json

FIXTURES = Path(__file__).parents[1] / "run" / "fixtures"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two runs, one of them two folders deep, a damaged one, and something else."""
    shutil.copytree(FIXTURES / "run-format-1", tmp_path / "old")
    shutil.copytree(FIXTURES / "run-format-2", tmp_path / "group" / "new")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text('{"format": 2, "goodfit"')
    (tmp_path / "notes").mkdir()
    return tmp_path


def test_every_run_is_listed_and_the_damaged_one_says_why(folder: Path) -> None:
    lines = runs_in(folder)
    assert {str(line.folder.relative_to(folder)) for line in lines} == {"old", "group/new", "broken"}
    assert lines[-1].record is None
    assert "damaged" in str(lines[-1].fault)
    assert lines[0].record is not None
    assert lines[1].record is not None
    assert lines[0].record.created <= lines[1].record.created


def test_the_order_is_as_it_is_asked_for(folder: Path) -> None:
    names = [line.folder.name for line in runs_in(folder, "name")]
    assert names == ["new", "old", "broken"]
    assert [line.folder.name for line in runs_in(folder, "name", falling=True)] == ["old", "new", "broken"]
    with pytest.raises(UsageError, match="--sort size is not known"):
        runs_in(folder, "size")
    with pytest.raises(RunError, match="no such folder"):
        runs_in(folder / "nowhere")


def test_json_has_the_figures_of_run_json(folder: Path) -> None:
    printed = json.loads(CliRunner().invoke(app, ["runs", str(folder), "--json"]).stdout)["runs"]
    by_name = {Path(each["run"]).name: each for each in printed}
    record = read_record(folder / "old")
    part = "test" if "test" in record.metrics else "valid"
    value = record.metrics[part][by_name["old"]["metric"]]
    assert (by_name["old"]["value"], by_name["old"]["low"]) == (value.value, value.low)
    assert by_name["old"]["verdict"] == record.verdict
    assert set(by_name["broken"]) == {"run", "fault"}
    shown = CliRunner().invoke(app, ["runs", str(folder)]).output
    assert len(shown.splitlines()) == 4
    metric = next(each for each in from_json(record.task).metric_list if each.name == by_name["old"]["metric"])
    assert metric.share
    assert metric.interval(value) in shown  # in percent, as on the page


@pytest.mark.parametrize("name", ["run-format-1", "run-format-2"])
def test_a_card_names_every_metric_and_finding(name: str, tmp_path: Path) -> None:
    record = read_record(FIXTURES / name)
    text = model_card(FIXTURES / name, record)
    titles = {metric.name: metric for metric in from_json(record.task).metric_list}
    for part, metrics in record.metrics.items():
        for metric, value in metrics.items():
            title = {"test": "test", "valid": "validation"}[part]
            assert f"| {title} | {titles[metric].title} | {titles[metric].text(value.value, value)} |" in text
    assert all(f"**{finding.rule}**" in text for finding in record.findings)
    assert record.verdict in text
    path = tmp_path / "CARD.md"
    for _ in range(2):
        assert CliRunner().invoke(app, ["card", str(FIXTURES / name), "-o", str(path)]).exit_code == 0
    assert path.read_text() == text
    path.write_text("mine")
    assert isinstance(CliRunner().invoke(app, ["card", str(FIXTURES / name), "-o", str(path)]).exception, UsageError)


def test_a_card_of_ratings_names_what_is_predicted_and_one_row_is_singular() -> None:
    record = read_record(FIXTURES / "run-format-2")
    settings = {"target": "stars", "user": "who"}
    rows = msgspec.structs.replace(
        record, source={"kind": "ratings", "settings": settings}, rows=replace(record.rows, unreadable=1)
    )
    text = model_card(FIXTURES / "run-format-2", rows)
    assert "- Kind: ratings, predicting stars\n" in text
    assert "- Left out: 1 rating that could not be read\n" in text


def test_watching_shows_each_epoch_that_ends_and_each_fit_that_is_finished(tmp_path: Path) -> None:
    fixture = FIXTURES / "run-format-2"
    runs, lines = tmp_path / "runs", (fixture / "history.jsonl").read_text().splitlines(keepends=True)
    shutil.copytree(fixture, runs / "before")
    (runs / "now").mkdir()
    watched = Watched(runs)
    assert list(watched.news()) == []
    (runs / "now" / "history.jsonl").write_text(lines[0] + lines[1][:40])  # the second is just being written
    assert list(watched.news()) == ["now  epoch 1: train loss 2.3313, valid loss 2.3159, accuracy 10.00% (1 s)"]
    assert list(watched.news()) == []
    (runs / "now" / "history.jsonl").write_text("".join(lines[:3]))
    assert [line.split(":")[0] for line in watched.news()] == ["now  epoch 3"]
    shutil.copytree(fixture, runs / "now", dirs_exist_ok=True)
    assert [line.split(":")[0] for line in watched.news()] == ["now  epoch 20", "now  finished"]
    with pytest.raises(RunError, match="no such folder"):
        Watched(tmp_path / "elsewhere")
