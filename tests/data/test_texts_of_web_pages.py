"""Texts with the tags of web pages: tags are no words, in a column and in files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest
import torch

from goodfit.data.sources.table import table
from goodfit.data.sources.texts import texts
from goodfit.data.tables.free_text import FreeText
from goodfit.data.tables.web_text import shown_text, without_tags


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p class='wide'>a fine day</p>", "a fine day"),
        ("one<br />two<BR>three", "one two three"),
        ("caf&eacute; &amp; bar&nbsp;&#33;", "café & bar !"),
        ("<style>p {color: red}</style><b>red</b><script>var blue = 1;</script>", "red"),
        ("<!-- hidden --><div>seen</div>", "seen"),
        ("if a < b and c > d: AT&T; x <y> z", "if a < b and c > d: AT&T; x <y> z"),  # no tag of a page
    ],
)
def test_what_a_browser_shows_is_read(page: str, words: str) -> None:
    assert shown_text(page).split() == words.split()


def test_texts_without_tags_stay_as_they_are() -> None:
    column = pl.Series(["plain", None, "5 < 6", ""])
    assert without_tags(column).to_list() == ["plain", None, "5 < 6", ""]


SENTENCES = [f"the {word} ran over {place} hills again" for word in ("dog", "cat", "fox") for place in ("low", "old")]


def test_a_text_with_tags_stands_where_the_text_stands() -> None:
    learnt = FreeText.learn(pl.Series("t", SENTENCES * 5))
    assert learnt is not None
    assert not {"br", "class", "div"} & set(learnt.terms)
    plain, tagged = (
        learnt.read(pl.Series([text])) for text in (SENTENCES[0], f"<div class='x'>{SENTENCES[0]}<br></div>")
    )
    assert (plain[0] == tagged[0]).all()
    assert (plain[1] == tagged[1]).all()


def test_runs_of_before_read_tags_as_the_words_that_they_learnt() -> None:
    learnt = FreeText.learn(pl.Series("t", SENTENCES * 5))
    assert learnt is not None
    values = asdict(learnt)
    del values["as_shown"]
    before = FreeText(**{**values, "terms": ["br", *learnt.terms[1:]]})
    assert not before.says_nothing(*(each.astype("float32") for each in before.read(pl.Series(["<br>"])))).any()


def test_that_tags_are_left_out_is_said() -> None:
    rows = [f"<p>{text} {at}</p>" for at, text in enumerate(SENTENCES * 10)]
    source = table(pl.DataFrame({"t": rows, "y": ["a", "b"] * 30}), "y", text=["t"])
    source.prepare()
    assert any("tags of web pages are left out" in why for _, _, why in source.notes)


def test_files_that_cannot_be_read_are_not_counted_as_empty_texts(tmp_path: Path) -> None:
    run = table(pl.DataFrame({"text": SENTENCES * 5, "class": ["a", "b"] * 15}), "class", text=["text"])
    run.prepare()
    run.learn(torch.arange(30))
    for name, content in (("a", SENTENCES[0]), ("b", " \n"), ("c", "{\\rtf1 not a text}"), ("d", "%PDF-1.4")):
        (tmp_path / f"{name}.txt").write_text(content)
    new = texts(tmp_path)
    new.prepare(run.schema())
    assert [item.row for item in new.unreadable] == [2, 3]
    assert [note[:2] for note in new.notes if note[0] == "empty"] == [("empty", "1 row")]


def test_web_pages_among_texts_are_read(tmp_path: Path) -> None:
    for at, text in enumerate(SENTENCES * 4):
        place = tmp_path / "t" / "ab"[at % 2]
        place.mkdir(parents=True, exist_ok=True)
        page = f"<!DOCTYPE html><html><head><title>x</title></head><body><p>{text}</p></body></html>"
        (place / f"{at}.txt").write_text(page if at % 3 else text)
    source = texts(tmp_path / "t")
    source.prepare()
    source.learn(torch.arange(len(source)))
    assert not source.unreadable
    assert ("web pages", "16 texts", "their tags are left out") in source.notes
    assert "html" not in source.encoder.texts[0].terms
