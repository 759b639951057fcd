"""Runs of every format there has been are still read, and predict what they predicted when they were made."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from make_run_fixture import FIXTURES, SHOWN, write_images

import goodfit as gf
from goodfit.record import FORMAT

pytestmark = pytest.mark.plots

FORMATS = [FIXTURES / f"run-format-{number}" for number in range(1, FORMAT + 1)]


@pytest.mark.parametrize("folder", FORMATS, ids=lambda folder: folder.name)
def test_a_run_of_this_format_predicts_as_it_did(folder: Path, tmp_path: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text())
    run = gf.load(folder, device="cpu")
    found = run.predict(write_images(tmp_path, SHOWN, labelled=False)).table()
    assert found["prediction"] == expected["prediction"]
    for name in expected:
        if name.startswith("p_"):
            np.testing.assert_allclose(found[name], expected[name], atol=1e-4)
    assert run.verdict == json.loads((folder / "run.json").read_text())["verdict"]


@pytest.mark.parametrize("folder", FORMATS, ids=lambda folder: folder.name)
def test_its_report_can_be_written_anew(folder: Path, tmp_path: Path) -> None:
    page = gf.load(folder, device="cpu").report(tmp_path / "page.html").read_text()
    assert page.count("<svg") >= 2
