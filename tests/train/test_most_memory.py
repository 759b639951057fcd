"""The most memory of a run is its own, not that of the program that started it."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys, torch
from goodfit.train.memory import most_memory
before = most_memory(torch.device("cpu"))
kept = bytearray(int(sys.argv[1]))
print(before, most_memory(torch.device("cpu")))
"""
LARGE, MORE = 1_500_000_000, 300_000_000  # bytes: importing torch takes a few hundred million


@pytest.mark.skipif(sys.platform != "linux", reason="getrusage counts a parent's memory on Linux alone")
@pytest.mark.slow
def test_the_memory_of_a_large_parent_does_not_count() -> None:
    child = [sys.executable, "-c", PROGRAM, str(MORE)]
    parent = f"import subprocess\nheld = bytearray({LARGE})\nsubprocess.run({child!r}, check=True)"
    done = subprocess.run([sys.executable, "-c", parent], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after < LARGE
    assert MORE - 20_000_000 < after - before < MORE + 20_000_000
