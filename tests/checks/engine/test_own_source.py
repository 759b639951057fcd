"""Trees of a program's source."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from goodfit.checks.engine.own_source import collector_paused, parsed

SOURCE = "\n".join(f"name_{number} = f(name_{number}, {number})" for number in range(2000))


@pytest.fixture(autouse=True)
def _collector_on() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_a_tree_is_made_without_a_search_for_garbage() -> None:
    starts: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            starts.append(info["generation"])

    gc.callbacks.append(note)
    try:
        parsed.cache_clear()
        assert len(parsed(SOURCE).body) == 2000
    finally:
        gc.callbacks.remove(note)
    assert len(starts) <= 1  # afterwards
    assert gc.isenabled()


def test_a_collector_that_the_program_has_turned_off_stays_off() -> None:
    gc.disable()
    with collector_paused():
        pass
    assert not gc.isenabled()
