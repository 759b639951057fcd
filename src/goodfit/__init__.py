"""goodfit: from data to a model that you can trust, in one command.

Names are loaded when they are first used: `import goodfit` alone imports neither torch nor anything else that is slow.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "fit": "goodfit.fitting.fit",
    "load": "goodfit.run",
    "compare": "goodfit.comparison",
    "Comparison": "goodfit.comparison",
    "Run": "goodfit.run",
    "Epoch": "goodfit.train.session",
    "profile": "goodfit.analysis.profile",
    "find_wrong_labels": "goodfit.analysis.wrong_labels",
    "watch": "goodfit.checks.watch",
    "allow": "goodfit.checks.suppressions",
    "GoodfitError": "goodfit.errors",
}

if TYPE_CHECKING:  # for editors and mypy; at run time the sources come from their registry
    from goodfit import stats as stats
    from goodfit.analysis.profile import profile as profile
    from goodfit.analysis.wrong_labels import find_wrong_labels as find_wrong_labels
    from goodfit.checks.suppressions import allow as allow
    from goodfit.checks.watch import watch as watch
    from goodfit.comparison import Comparison as Comparison
    from goodfit.comparison import compare as compare
    from goodfit.data.sources.arrays import arrays as arrays
    from goodfit.data.sources.image_parquet import image_parquet as image_parquet
    from goodfit.data.sources.images import images as images
    from goodfit.data.sources.masks import masks as masks
    from goodfit.data.sources.pairs import pairs as pairs
    from goodfit.data.sources.ratings import ratings as ratings
    from goodfit.data.sources.shards import shards as shards
    from goodfit.data.sources.table import table as table
    from goodfit.data.sources.texts import texts as texts
    from goodfit.errors import GoodfitError as GoodfitError
    from goodfit.fitting.fit import fit as fit
    from goodfit.run import Run as Run
    from goodfit.run import load as load
    from goodfit.train.session import Epoch as Epoch

__all__ = [
    "Comparison", "Epoch", "GoodfitError", "Run", "__version__", "allow", "arrays", "compare", "find_wrong_labels",
    "fit", "image_parquet", "images", "load", "masks", "pairs", "profile", "ratings", "shards", "stats", "table",
    "texts", "watch",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "stats":
        value = importlib.import_module("goodfit.stats")
    elif name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    elif not name.startswith("_") and name in _sources().source_names():
        value = _sources().source_of(name).function()
    else:
        names = importlib.import_module("goodfit.names_elsewhere")
        raise names.no_such_name("goodfit", name, names.OF_GOODFIT, sys.modules[__name__])
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *_sources().source_names()})


def _sources() -> Any:
    """The registry of sources: each has a function of its name here, those of files put there later too."""
    return importlib.import_module("goodfit.data.sources")
