"""A row of images is called an image and one of texts a text, in findings, sentences, sections, card and results."""

from __future__ import annotations

import html
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import goodfit as gf
from goodfit.analysis.model_card import model_card
from goodfit.formatting import rows_called

pytestmark = pytest.mark.plots

ROWS = re.compile(r"\brows?\b")
OF_DOCS = "measured on validation rows: docs/benchmarks.md"  # rows of other data


@pytest.mark.parametrize(
    ("text", "noun", "expected"),
    [
        ("only 1 row of 12 rows", "image", "only 1 image of 12 images"),
        ("the loss of a row", "image", "the loss of an image"),
        ("A row. Rows that are wrong", "text", "A text. Texts that are wrong"),
        ("the class 'first row' has 2 rows", "image", "the class 'first row' has 2 images"),
        ("the model's rows and others' rows", "text", "the model's texts and others' texts"),
        ("arrow, throws, narrow rows", "rating", "arrow, throws, narrow ratings"),
        ("a row, rows", "row", "a row, rows"),
    ],
)
def test_rows_are_called_what_they_are(text: str, noun: str, expected: str) -> None:
    assert rows_called(text, noun) == expected


def words_of(page: Path) -> str:
    text = re.sub(r"(?s)<style.*?</style>|<script.*?</script>", " ", page.read_text(encoding="utf-8"))
    return html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("too-few-rows", "").replace(OF_DOCS, "")


def check(run: gf.Run, noun: str) -> None:
    sentences = [*run.record.sentences, *(f"{each.message} {each.fix}" for each in run.findings)]
    assert any(f"{noun}s" in sentence for sentence in sentences)
    page, card = words_of(run.report()), model_card(run.folder, run.record).replace("too-few-rows", "")
    for text in (*sentences, page, card.replace(OF_DOCS, "")):
        assert not ROWS.search(text), text[max(0, ROWS.search(text).start() - 80) :][:160]  # type: ignore[union-attr]


def test_a_run_of_images_speaks_of_images(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for number in range(60):
        place = tmp_path / "photos" / ("dark", "bright")[number % 2] / f"{number}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((random.random((12, 12)) * 100 + 100 * (number % 2)).astype(np.uint8)).save(place)
    run = gf.fit(tmp_path / "photos", epochs=1, out=tmp_path / "run", quiet=True)
    assert "too-few-rows" in {finding.rule for finding in run.findings}
    check(run, "image")


def test_a_run_of_texts_speaks_of_texts(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for number in range(60):
        kind = ("late", "quick")[number % 2]
        place = tmp_path / "notes" / kind / f"{number}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        words = random.choice(["parcel", "box", "letter", "came", "was", "here"], 6).tolist()
        place.write_text(f"{kind} {' '.join(words)}", encoding="utf-8")
    check(gf.fit(tmp_path / "notes", epochs=1, out=tmp_path / "run", quiet=True), "text")
