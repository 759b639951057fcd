"""The list with hashes names the releases that are tested, and nothing of PyTorch."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
RELEASE = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)", re.MULTILINE)


def test_the_releases_with_hashes_are_those_that_are_tested() -> None:
    needed = (ROOT / "constraints.txt").read_text().partition("# What the tests and checks add")[0]
    hashed = (ROOT / "constraints-hashed.txt").read_text()
    expected = dict(RELEASE.findall(needed))
    assert expected.pop("torch")
    assert dict(RELEASE.findall(hashed)) == expected, "make constraints-hashed.txt anew: its first lines say how"


def test_every_release_has_a_hash() -> None:
    text = (ROOT / "constraints-hashed.txt").read_text()
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 40
    without = [block.partition(" ")[0] for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", block)]
    assert without == []
