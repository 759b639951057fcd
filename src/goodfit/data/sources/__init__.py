"""One file a source. A file that is put into this folder is all that a new source takes.

The file's name is the source's: sources/texts.py holds a `Source` of the kind "texts" and the function `texts`, which
is then `goodfit.texts`. Nothing here imports torch when imported: the command's help lists the options of every source.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache

from goodfit.data.source import Source


def source_names() -> list[str]:
    """The kinds of data that can be read; no source is imported."""
    return list(_names_in(tuple(__path__)))


@cache  # one row of a table is predicted in about the time that reading a folder takes
def _names_in(folders: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(info.name for info in pkgutil.iter_modules(folders)))


@cache
def source_of(kind: str) -> type[Source]:
    """The source class of a kind: one of `source_names`.

    Raises:
        TypeError: its file does not hold what it has to.
    """
    module = importlib.import_module(f"{__name__}.{kind}")
    classes = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Source) and value.__module__ == module.__name__
    ]
    if len(classes) != 1 or getattr(classes[0], "kind", None) != kind or not callable(getattr(module, kind, None)):
        raise TypeError(
            f"{module.__file__} has to hold one subclass of Source with kind = {kind!r}, and the function {kind}"
        )
    return classes[0]


def all_sources() -> tuple[type[Source], ...]:
    """Every source class, in the order of their names, which decides nothing but the order of lists."""
    return tuple(source_of(kind) for kind in source_names())
