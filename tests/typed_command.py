"""A command as it is typed, in this process."""

from __future__ import annotations

import pytest

from goodfit.cli import app


def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    """The exit status of `goodfit WORDS` and what it printed."""
    monkeypatch.setattr("sys.argv", ["goodfit", *words])
    status: int | str | None = 0
    try:
        app.main()
    except SystemExit as stop:
        status = stop.code
    captured = capsys.readouterr()
    return int(status or 0), captured.out + captured.err
