"""Hooks of scikit-learn, from the moment a program imports it: fitted transformers, splits, and scores.

Nothing of scikit-learn is imported for this: its modules are changed right after the program has imported them.
"""

from __future__ import annotations

import functools
import importlib.abc
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import numpy as np

from goodfit.checks.engine import events
from goodfit.checks.engine.watcher import Watcher

TRANSFORMERS = {
    "sklearn.preprocessing._data": (
        "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer", "QuantileTransformer",
    ),
    "sklearn.decomposition._pca": ("PCA",),
    "sklearn.impute._base": ("SimpleImputer",),
    "sklearn.impute._knn": ("KNNImputer",),
}  # fmt: skip
SPLITS = "sklearn.model_selection._split"
SPLITTERS = (  # that know of no groups
    "KFold", "RepeatedKFold", "ShuffleSplit", "StratifiedKFold", "RepeatedStratifiedKFold", "StratifiedShuffleSplit",
)  # fmt: skip
AREAS = ("roc_auc_score", "average_precision_score")
SCORES = {
    "sklearn.metrics._ranking": AREAS,
    "sklearn.metrics._classification": (
        "accuracy_score", "balanced_accuracy_score", "f1_score", "precision_score", "recall_score",
        "matthews_corrcoef", "confusion_matrix", "classification_report", "precision_recall_fscore_support",
    ),
    "sklearn.metrics._regression": ("r2_score", "mean_absolute_error", "mean_squared_error"),
}  # fmt: skip


class SklearnHooks(importlib.abc.MetaPathFinder):
    """Replaces methods in modules that are imported, and in those that will be."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._undo: list[Callable[[], None]] = []
        self._depth = 0

    def install(self) -> None:
        """Replace what is imported already, and wait for the rest."""
        for name in (*TRANSFORMERS, SPLITS, *SCORES):
            if name in sys.modules:
                self.hook(sys.modules[name])
        sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Put everything back."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        while self._undo:
            self._undo.pop()()

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Of the modules that are waited for: what the other finders find, with a loader that hooks the module."""
        if name not in (SPLITS, *SCORES, *TRANSFORMERS):
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, self)
                return spec
        return None

    def hook(self, module: ModuleType) -> None:
        """Replace the methods of a module of scikit-learn."""
        for name in TRANSFORMERS.get(module.__name__, ()):
            kind = getattr(module, name)
            for method in ("fit", "transform", "fit_transform", "inverse_transform"):
                if hasattr(kind, method):
                    self._replace(kind, method, getattr(self, f"_{method}"))
        if module.__name__ == SPLITS:
            self._replace_function(module, "sklearn.model_selection", "train_test_split", self._split)
            for name in SPLITTERS:
                self._replace_folds(getattr(module, name))
        for name in SCORES.get(module.__name__, ()):
            self._replace_function(module, "sklearn.metrics", name, functools.partial(self._score, name))

    def _replace_function(self, module: ModuleType, package: str, name: str, handler: Any) -> None:
        """In its own module, and in the package that has taken it from there already."""
        self._replace(module, name, handler)
        taken = sys.modules.get(package)
        if taken is not None and hasattr(taken, name):
            self._replace(taken, name, handler)

    def _replace(self, owner: Any, name: str, handler: Any) -> None:
        own, original = name in vars(owner), getattr(owner, name)

        @functools.wraps(original)
        def replacement(*args: Any, **kwargs: Any) -> Any:
            if self._depth or self._watcher.busy:  # of one method that calls another, the outer one is the user's
                return original(*args, **kwargs)
            self._depth += 1
            try:
                result = original(*args, **kwargs)
            finally:
                self._depth -= 1
            handler(args, kwargs, result)
            return result

        setattr(owner, name, replacement)
        self._undo.append(
            functools.partial(setattr, owner, name, original) if own else functools.partial(delattr, owner, name)
        )

    def _replace_folds(self, kind: Any) -> None:
        """Of a splitter: rules hear of its first fold."""
        own, original = "split" in vars(kind), kind.split

        @functools.wraps(original)
        def split(*args: Any, **kwargs: Any) -> Any:
            for at, fold in enumerate(original(*args, **kwargs)):
                if at == 0 and not self._depth and not self._watcher.busy:
                    labels = args[2] if len(args) > 2 else kwargs.get("y")
                    stratify = labels if "Stratified" in kind.__name__ else None
                    first, second = fold
                    rows = np.arange(len(first) + len(second))
                    self._watcher.tell(events.Split(first, second, stratify, rows))
                yield fold

        kind.split = split
        self._undo.append(
            functools.partial(setattr, kind, "split", original) if own else functools.partial(delattr, kind, "split")
        )

    def _fit(self, args: Any, kwargs: Any, result: Any) -> None:
        self._watcher.tell(events.Fit(args[0], args[1] if len(args) > 1 else kwargs.get("X")))

    def _transform(self, args: Any, kwargs: Any, result: Any) -> None:
        self._watcher.tell(events.Transform(args[0], args[1] if len(args) > 1 else kwargs.get("X"), result))

    def _fit_transform(self, args: Any, kwargs: Any, result: Any) -> None:
        self._fit(args, kwargs, result)
        self._transform(args, kwargs, result)

    def _inverse_transform(self, args: Any, kwargs: Any, result: Any) -> None:
        self._watcher.tell(events.Inverse(args[0], result))

    def _score(self, name: str, args: Any, kwargs: Any, result: Any) -> None:
        labels = args[0] if args else kwargs.get("y_true")
        predictions = args[1] if len(args) > 1 else kwargs.get("y_score", kwargs.get("y_pred"))
        self._watcher.tell(events.Score(name, labels, predictions))

    def _split(self, args: Any, kwargs: Any, result: Any) -> None:
        for whole, first, second in zip(args, result[::2], result[1::2], strict=True):
            self._watcher.tell(events.Split(first, second, kwargs.get("stratify"), whole))


class _Loader(importlib.abc.Loader):
    """Loads a module as its own loader does, which stands in the module afterwards, and hooks it."""

    def __init__(self, loader: Any, hooks: SklearnHooks) -> None:
        self._loader, self._hooks = loader, hooks

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        if self._hooks in sys.meta_path:
            self._hooks.hook(module)
