"""Whose code a file is: the user's, or torch's, goodfit's or another package's."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import goodfit
from goodfit.checks.engine.user_frame import is_users, user_place

PACKAGE = Path(goodfit.__file__).parent


@pytest.mark.parametrize(
    ("file", "users"),
    [
        (PACKAGE / "checks" / "watch.py", False),
        (PACKAGE.with_name("goodfit_experiments") / "train.py", True),  # beside the package, with a like name
        (Path(torch.__file__).parent / "nn" / "functional.py", False),
        (Path(pytest.__file__), False),
        (Path("train.py"), True),
        ("<string>", False),
    ],
)
def test_whose_code_a_file_is(file: Path | str, users: bool) -> None:
    assert is_users(str(file)) == users


def test_the_place_is_this_line() -> None:
    place = user_place()
    assert place.file == str(Path(__file__).relative_to(Path.cwd()))
    assert place.line is not None
    assert "place = user_place()" in Path(__file__).read_text(encoding="utf-8").splitlines()[place.line - 1]
