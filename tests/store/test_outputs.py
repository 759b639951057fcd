"""What may be written over: files that goodfit made, by what is in them, and nothing else."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import polars as pl
import pytest

from goodfit.errors import UsageError
from goodfit.predict.predictions import Predictions
from goodfit.store.files import ensure_folder, replacing, write_text
from goodfit.store.outputs import (
    Made,
    is_baseline,
    is_findings,
    is_page,
    is_png,
    is_predictions,
    is_recommendations,
    is_wrong_labels,
    refuse_foreign_folder,
    refuse_to_replace,
)

FOREIGN = ["key,prediction\n1,2\n", "id,error\n", "my notes", "{}", "[]", '{"accepted": {}}', "\0\1", '"unclosed']
ALL: tuple[Made, ...] = (is_predictions, is_recommendations, is_png, is_page, is_baseline, is_findings)


@pytest.mark.parametrize("content", FOREIGN)
def test_nothing_of_the_users_is_taken_for_ours(tmp_path: Path, content: str) -> None:
    path = tmp_path / "file"
    path.write_text(content)
    for made in ALL:
        with pytest.raises(UsageError, match="goodfit did not make") as raised:
            refuse_to_replace(path, made)
        assert "such as " + str(tmp_path / "file-2") in str(raised.value)


@pytest.mark.parametrize(
    ("made", "content"),
    [
        (is_predictions, 'key,prediction,"p_a\nb",error\n0,a,1.0,\n'),
        (is_recommendations, "user,place,item,prediction\n"),
        (is_page, '<html><head><meta name="generator" content="goodfit">'),
        (is_page, "<html><head><title>good fit: goodfit: photos</title>"),  # before 0.2
        (is_baseline, json.dumps({"accepted": [["rule", "train.py", "loss = 1"]]})),
        (is_findings, json.dumps({"program": "train.py", "steps": 3, "findings": []})),
        (is_findings, json.dumps({"program": "train.py", "steps": 3, "watched": True, "findings": []})),
        (is_findings, json.dumps({"runs": [{"tool": {"driver": {"name": "goodfit"}}}]})),
        (
            is_findings,
            "error  train.py:3  loss-detached [GF301]\n\ngoodfit: 1 error in 3 optimiser steps (1 optimiser)\n",
        ),
        (is_findings, "::error file=train.py,line=3,title=loss-detached (GF301)::The loss is detached. Do not.\n"),
        (is_findings, "\n"),
    ],
)
def test_what_goodfit_wrote_is_known_by_its_content(tmp_path: Path, made: Made, content: str) -> None:
    path = tmp_path / "file"
    path.write_text(content)
    refuse_to_replace(path, made)


def test_predictions_in_parquet_are_known_by_their_columns(tmp_path: Path) -> None:
    pl.DataFrame({"key": ["0"], "prediction": [1.5], "error": [None]}).write_parquet(tmp_path / "ours.parquet")
    pl.DataFrame({"key": ["0"], "income": [1.5]}).write_parquet(tmp_path / "yours.parquet")
    refuse_to_replace(tmp_path / "ours.parquet", is_predictions)
    with pytest.raises(UsageError, match="goodfit did not make"):
        refuse_to_replace(tmp_path / "yours.parquet", is_predictions)


def test_what_is_not_there_and_what_is_empty_may_be_written(tmp_path: Path) -> None:
    refuse_to_replace(tmp_path / "new.csv", is_predictions)
    (tmp_path / "empty.csv").touch()
    refuse_to_replace(tmp_path / "empty.csv", is_predictions)


def test_an_input_is_never_written_over_even_where_goodfit_made_it(tmp_path: Path) -> None:
    path = tmp_path / "predictions.csv"
    path.write_text("key,prediction,error\n")
    refuse_to_replace(path, is_predictions, [tmp_path / "other.csv"])
    (tmp_path / "link.csv").symlink_to(path)
    for name in ("predictions.csv", "link.csv", "../" + tmp_path.name + "/predictions.csv"):
        with pytest.raises(UsageError, match="input of the same command"):
            refuse_to_replace(tmp_path / name, is_predictions, [path])


def test_folders_devices_and_links_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "nowhere").symlink_to(tmp_path / "absent")
    (tmp_path / "thesis.txt").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "thesis.txt")
    cases = {tmp_path: "a folder", tmp_path / "fifo": "a device", Path("/dev/null"): "a device"}
    cases |= {tmp_path / "nowhere": "leads nowhere", tmp_path / "link": "did not make"}
    for path, what in cases.items():
        with pytest.raises(UsageError, match=what):
            refuse_to_replace(path, is_predictions)


def test_a_free_name_is_suggested_for_the_table_and_its_folder(tmp_path: Path) -> None:
    for name in ("masks", "masks-2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "0.png").write_bytes(b"mine")
    (tmp_path / "masks-3.csv").touch()
    with pytest.raises(UsageError, match=r"masks/0\.png: .* such as \S*/masks-4\.csv"):
        refuse_foreign_folder(tmp_path / "masks", is_png, tmp_path / "masks.csv")


def test_temporary_files_follow_no_link_and_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever knows the name beforehand, and lays a link there, gets nothing through it."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    monkeypatch.setattr("secrets.token_hex", lambda _: "guessed")
    (tmp_path / f".page.html.{os.getpid()}-guessed.tmp").symlink_to(victim)
    with pytest.raises(Exception, match="cannot write"):
        write_text(tmp_path / "page.html", "x")
    assert victim.read_text() == "mine"
    monkeypatch.undo()
    with replacing(tmp_path / ("n" * 255)) as temporary:  # the longest name that there is
        temporary.write_text("whole")
    assert (tmp_path / ("n" * 255)).read_text() == "whole"
    assert not [path for path in tmp_path.glob(".*") if not path.is_symlink()]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a file has a name until it is unlinked")
def test_a_folder_is_tried_without_a_name_that_a_killed_process_could_leave(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open" and str(arguments[0]).startswith(str(tmp_path)):
            seen.append(os.listdir(tmp_path))  # noqa: PTH208

    watching = True
    sys.addaudithook(look)  # before each file is opened
    ensure_folder(tmp_path)
    ensure_folder(tmp_path)
    watching = False
    assert seen
    assert not any(seen)
    assert not list(tmp_path.iterdir())


def test_a_column_of_errors_is_text_in_parquet_where_there_are_none(tmp_path: Path) -> None:
    for errors, rows in (([None, None], [1, 2]), ([None, "not an image"], [1])):
        path = Predictions(["a", "b"], {"prediction": rows}, errors).write(tmp_path / f"{len(rows)}.parquet")
        frame = pl.read_parquet(path)
        assert frame.schema["error"] == frame.schema["key"] == pl.String
        assert frame["error"].to_list() == errors


@pytest.mark.parametrize(
    ("made", "name", "instead"),
    [
        (is_predictions, "p.xlsx", "p.csv"),
        (is_predictions, "out/p.json", "p.csv"),
        (is_predictions, "p.csv.gz", "p.csv"),
        (is_recommendations, "r.parquet", "r.csv"),
        (is_wrong_labels, "l.TSV", "l.csv"),
    ],
)
def test_a_table_gets_no_name_of_a_format_that_is_not_written(
    tmp_path: Path, made: Made, name: str, instead: str
) -> None:
    with pytest.raises(UsageError, match=rf"this is written as \.csv.* Name it {instead}"):
        refuse_to_replace(tmp_path / name, made)


def test_other_names_are_left_to_the_user(tmp_path: Path) -> None:
    for name in ("p.csv", "p.parquet", "p.txt", "p", "p.v2"):
        refuse_to_replace(tmp_path / name, is_predictions)
    refuse_to_replace(tmp_path / "page.html", is_page)
