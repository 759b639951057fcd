"""One file a source: which paths it accepts (`accepts`), how it opens them (`open_path`), its options (`OPTIONS`).

A file dropped into this folder is found by itself. Nothing here imports torch when imported: the command's help lists
the options of every source.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType


@cache
def sources() -> tuple[ModuleType, ...]:
    """The source files of this folder."""
    return tuple(importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
