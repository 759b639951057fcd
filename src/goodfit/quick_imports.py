"""Imports without looking for garbage meanwhile: torch makes a million objects, all of which stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quick_imports(*, keep: bool = False) -> Iterator[None]:
    """While modules are imported, Python's collector rests.

    Args:
        keep: what there is afterwards is left out of all later collections, once in a process that is ours alone.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if keep and not gc.get_freeze_count():
            gc.freeze()
        if collects:
            gc.enable()
