"""Folders of texts, and tables with a column of text: from data to predictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

import goodfit as gf
from goodfit.data import open_path
from goodfit.data.sources.texts import texts
from goodfit.errors import DataError

WORDS = {"sea": ["wave", "boat", "salt", "harbour", "gull"], "hill": ["rock", "path", "goat", "snow", "cabin"]}
ROWS = 120


def sentence(row: int) -> tuple[str, str]:
    """A text of a class, and the class; a third of the words are of both."""
    random = np.random.default_rng(row)
    name = ("hill", "sea")[row % 2]
    both = ["the", "long", "day", "was", "over"]
    words = [str(random.choice(WORDS[name] if at % 3 else both)) for at in range(9)]
    return " ".join(words), name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("texts") / "notes"
    for row in range(ROWS):
        text, name = sentence(row)
        place = root / ("test" if row >= 90 else "train") / name
        place.mkdir(parents=True, exist_ok=True)
        encoding = "utf-16" if row == 5 else "utf-8-sig" if row == 7 else "utf-8"
        (place / f"{row}.txt").write_text(text, encoding=encoding)
    (root / "train/sea/.ipynb_checkpoints").mkdir()
    (root / "train/sea/.ipynb_checkpoints/1.txt").write_text("not of the data")
    (root / "train/sea/notes.pdf").write_bytes(b"%PDF")
    return root


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> gf.Run:
    return gf.fit(folder, out=tmp_path_factory.mktemp("runs") / "run", epochs=8, rivals="none", quiet=True)


def test_a_folder_is_read_with_its_classes_and_parts(folder: Path) -> None:
    source = open_path(folder)
    assert source.kind == "texts"
    assert len(source) == ROWS
    assert set(source.parts) == {"test", "train"}
    of_key = {key: row["text"] for key, row in zip(source.keys, source.values(range(ROWS)), strict=True)}
    assert of_key[str(folder / "train/sea/5.txt")] == sentence(5)[0]  # of UTF-16
    assert of_key[str(folder / "train/sea/7.txt")] == sentence(7)[0]  # with a mark
    assert ("left out", "1 .pdf file", "no texts that are read") in source.notes


def test_a_fit_tells_the_classes_apart_and_predicts_in_every_form(run: gf.Run, folder: Path, tmp_path: Path) -> None:
    assert run.metrics["test"]["accuracy"].value > 0.9  # words of one class alone: all can be told
    new = tmp_path / "new"
    new.mkdir()
    told = [sentence(row) for row in range(200, 220)]
    for row, (text, _) in enumerate(told):
        (new / f"{row:02}.txt").write_text(text)
    of_folder = run.predict(new).frame()
    assert of_folder["key"].to_list() == [str(new / f"{row:02}.txt") for row in range(20)]
    answers = of_folder["prediction"].to_list()
    assert np.mean([answer == name for answer, (_, name) in zip(answers, told, strict=True)]) > 0.9
    frame = pl.DataFrame({"text": [text for text, _ in told]})
    texts_told = [text for text, _ in told]
    held = (np.array(texts_told), frame["text"], pd.Series(texts_told, index=range(5, 25)))
    for data in (texts_told, *held, frame, frame.to_dicts()):
        assert run.predict(data).frame()["prediction"].to_list() == answers
    row = pd.Series({"text": texts_told[3]})
    assert run.predict(row).frame()["prediction"].to_list() == answers[3:4]
    assert run.predict(new / "03.txt").frame()["prediction"].to_list() == answers[3:4]
    frame.write_csv(tmp_path / "new.csv")
    assert run.predict(tmp_path / "new.csv").frame()["prediction"].to_list() == answers


def test_a_table_with_nothing_but_a_column_of_text_takes_texts(tmp_path: Path) -> None:
    table = pl.DataFrame([sentence(row) for row in range(ROWS)], schema=["note", "kind"], orient="row")
    run = gf.fit(gf.table(table, "kind"), out=tmp_path / "run", epochs=2, rivals="none", quiet=True)
    new = [sentence(row)[0] for row in range(200, 205)]
    assert run.predict(new)["prediction"] == run.predict(pl.DataFrame({"note": new}))["prediction"]
    assert len(run.predict(new)["prediction"]) == 5


def test_a_list_of_texts_is_no_table_of_several_columns(tmp_path: Path) -> None:
    table = pl.DataFrame([sentence(row) for row in range(ROWS)], schema=["note", "kind"], orient="row")
    table = table.with_columns(length=pl.col("note").str.len_chars())
    run = gf.fit(gf.table(table, "kind"), out=tmp_path / "run", epochs=1, rivals="none", quiet=True)
    with pytest.raises(DataError, match="a list of texts or paths"):
        run.predict([sentence(200)[0]])


def test_new_texts_without_a_known_word_are_counted_and_refused_where_all_are_so(run: gf.Run) -> None:
    some = run.predict([sentence(300)[0], "zebra quagga", "sentence"])
    (note,) = some.notes
    assert note[:2] == ("not used", "text: 2 of 3")
    assert note[2] == "'zebra quagga' is not a text with words that training had: it counts as missing"
    with pytest.raises(gf.GoodfitError, match="not one of the 20 values of the column 'text' is a text with words"):
        run.predict(["zebra quagga"] * 20)


def test_a_column_of_text_that_says_nothing_is_warned_of(tmp_path: Path) -> None:
    alone = [" ".join(f"{letter}{row}" for letter in "pqrstuv") for row in range(ROWS)]
    frame = pl.DataFrame({"note": alone, "size": [1.0, 2.0] * (ROWS // 2), "y": ["a", "b"] * (ROWS // 2)})
    run = gf.fit(gf.table(frame, target="y"), out=tmp_path / "run", epochs=1, rivals="none", quiet=True)
    (doubt,) = [finding for finding in run.findings if finding.rule == "doubtful-reading"]
    assert "no two have a word of the column 'note' in common: nothing is learnt from it" in doubt.message


def test_a_text_that_says_what_it_is_gives_no_target_away(run: gf.Run) -> None:
    """A single direction tells these classes apart, as it does languages: that is what texts are for."""
    assert "target-leakage" not in {finding.rule for finding in run.findings}


def test_a_table_with_another_column_is_refused(run: gf.Run, tmp_path: Path) -> None:
    pl.DataFrame({"sentence": ["a gull over the harbour"], "by": ["me"]}).write_csv(tmp_path / "new.csv")
    with pytest.raises(gf.GoodfitError, match="the column 'text' is missing"):
        run.predict(tmp_path / "new.csv")


def test_a_folder_of_texts_without_classes_cannot_be_learnt_from(folder: Path, tmp_path: Path) -> None:
    for row in range(4):
        (tmp_path / f"{row}.txt").write_text("a boat")
    with pytest.raises(gf.GoodfitError, match=r"the class of no text is known.*into a folder of its own"):
        gf.fit(tmp_path, out=tmp_path / "run", quiet=True)
    (tmp_path / "empty").mkdir()
    with pytest.raises(gf.GoodfitError, match="no text files in it"):
        texts(tmp_path / "empty")


def test_folders_of_images_with_texts_beside_them_stay_images(digits_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("about the images")
    (tmp_path / "digits").symlink_to(digits_folder)
    assert open_path(tmp_path).kind == "images"


def test_a_column_of_text_teaches_beside_others_and_its_importance_is_one(tmp_path: Path) -> None:
    """The class is in the words alone; the number says nothing."""
    rows = [sentence(row) for row in range(ROWS)]
    sizes = np.random.default_rng(0).normal(size=ROWS)
    frame = pl.DataFrame({"note": [text for text, _ in rows], "size": sizes, "y": [name for _, name in rows]})
    run = gf.fit(gf.table(frame, target="y"), out=tmp_path / "run", epochs=8, folds=2, quiet=True)
    assert run.metrics["test"]["accuracy"].value > 0.8
    assert run.record.explanation is not None
    importance = run.record.explanation["importance"]
    assert [each["column"] for each in importance] == ["note", "size"]
    assert importance[0]["low"] > 0
    assert "texts" in {choice.name for choice in run.record.choices}


def test_files_without_an_ending_are_texts_where_they_look_so(tmp_path: Path) -> None:
    for row in range(40):
        text, name = sentence(row)
        (tmp_path / "news" / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / "news" / name / f"{51_000 + row}").write_text(f"From: a@b\nSubject: x\n\n{text}\n", "latin-1")
    source = open_path(tmp_path / "news")
    assert source.kind == "texts"
    source.prepare()
    assert sorted(set(source.targets or ())) == ["hill", "sea"]
    for path in (tmp_path / "news").rglob("51*"):
        path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(DataError, match="40 files without ending"):
        open_path(tmp_path / "news").prepare()


def test_more_than_a_tenth_of_unreadable_texts_is_an_error(tmp_path: Path) -> None:
    for row in range(40):
        text, name = sentence(row)
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / f"{row}.txt").write_bytes(b"\x00\x01\xff" * 20 if row < 4 else text.encode())
    source = texts(tmp_path)
    source.prepare()
    assert len(source.unreadable) == 4
    (tmp_path / "sea/9.txt").write_bytes(b"\x00\x01\xff" * 20)
    with pytest.raises(DataError, match="5 of 40 texts cannot be read; the first: not a text file"):
        texts(tmp_path).prepare()


def test_lines_of_fasttext_are_texts_with_a_class(tmp_path: Path) -> None:
    lines = [f"__label__{sentence(row)[1]} {sentence(row)[0]}" for row in range(40)]
    for part, first in (("train", 0), ("test", 30)):
        (tmp_path / f"{part}.txt").write_text("\n".join(lines[first : first + 30]) + "\n")
    source = open_path(tmp_path / "train.txt", test=tmp_path / "test.txt")
    assert source.kind == "texts"
    source.prepare()
    assert list(source.targets or ()) == [sentence(row)[1] for row in [*range(30), *range(30, 40)]]
    assert source.values([1])[0]["text"] == sentence(1)[0]
    assert [part for part in source.parts if part == "test"] == ["test"] * 10
    assert source.keys[1] == f"{tmp_path / 'train.txt'}:2"


def test_lines_of_fasttext_with_several_labels_are_texts_with_labels(tmp_path: Path) -> None:
    lines = ["__label__b __label__a good day", "__label__a bad day", "no label at all"] * 10
    (tmp_path / "two.txt").write_text("\n".join(lines) + "\n")
    source = open_path(tmp_path / "two.txt")
    source.prepare()
    assert list(source.targets or ())[:3] == [("a", "b"), ("a",), ()]
    assert ("labels", "10 empty cells") in {note[:2] for note in source.notes}
    assert source.values([0])[0]["text"] == "good day"
    new = tmp_path / "new.txt"
    new.write_text("__label__a one alone\n__label__b another\n")  # a file in which no line has two
    source.learn(torch.arange(len(source)))
    again = open_path(new)
    again.prepare(source.schema())
    assert list(again.targets or ()) == [("a",), ("b",)]
