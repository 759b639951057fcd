"""A finding that asks a question ends with its question mark alone, wherever it is shown."""

from __future__ import annotations

import pytest

from goodfit.checks.finding import Finding, Level
from goodfit.checks.formats import FORMATS, render
from goodfit.errors import DataError
from goodfit.fitting.console import Console
from goodfit.formatting import sentence

ASKS = Finding("a-rule", "GF000", Level.WARNING, "is it so?", "Look: is it?")


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "json"])
def test_in_the_reports_of_check(form: str) -> None:
    shown = render(form, [ASKS], "people.csv")
    assert "so?" in shown
    assert "?." not in shown


def test_on_the_console_and_in_errors(capsys: pytest.CaptureFixture[str]) -> None:
    Console().finding(ASKS)
    captured = capsys.readouterr()
    assert "is it so? Look: is it? [a-rule]" in captured.out + captured.err
    assert str(DataError("is it so?", fix="Look: is it?")) == "is it so? Look: is it?"


@pytest.mark.parametrize(
    ("text", "whole"), [("so", "so."), ("so.", "so."), ("so. ", "so."), ("so?", "so?"), ("so...", "so..."), ("", ".")]
)
def test_a_sentence_has_one_end(text: str, whole: str) -> None:
    assert sentence(text) == whole
