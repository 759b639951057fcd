"""The command in this process, as the tests of this folder run it."""

from __future__ import annotations

import pytest

from goodfit.cli.app import main


def goodfit(*arguments: object) -> int:
    """Run `goodfit ...`; its exit status."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["goodfit", *map(str, arguments)])
        try:
            main()
        except SystemExit as stop:
            return int(stop.code or 0)
    return 0
