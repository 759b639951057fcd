"""A fixture for pytest: `def test_training(goodfit_watch): train()` fails where the watcher finds errors or warnings.

Installed with goodfit; it imports nothing before a test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from goodfit.checks.watch import watch


@pytest.fixture
def goodfit_watch() -> Iterator[watch]:
    """The watch of this test; after the test, findings above a notice fail it, with their lines."""
    from goodfit.checks.finding import Level
    from goodfit.checks.formats import as_text
    from goodfit.checks.watch import watch

    with watch(quiet=True) as watching:
        yield watching
    loud = [finding for finding in watching.findings if finding.level is not Level.NOTICE]
    if loud:
        pytest.fail(as_text(loud, watching.watcher.program.summary()), pytrace=False)
