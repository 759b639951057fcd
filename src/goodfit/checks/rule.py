"""What a rule is, and the facts that rules are asked about. A rule is one file in rules/; its docstring explains it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

import numpy as np

from goodfit.checks.finding import Finding, Level
from goodfit.stats import Estimate


class Rule(ABC):
    """A mistake that can be seen. Subclass `DataRule` or `EndRule` in a file of its own, named after the rule."""

    code: ClassVar[str]
    level: ClassVar[Level]

    @property
    def name(self) -> str:
        """Kebab-case, from the file's name: what users write and read."""
        return type(self).__module__.rpartition(".")[2].replace("_", "-")

    @property
    def page(self) -> str:
        """The explain page: the docstring of the rule's file."""
        return inspect.cleandoc(inspect.getmodule(type(self)).__doc__ or "")

    def finding(
        self, message: str, fix: str, *, file: str | None = None, count: int = 1, level: Level | None = None
    ) -> Finding:
        """A finding of the rule's own level, or of a lower one where the case is mild."""
        return Finding(self.name, self.code, level or self.level, message, fix, file=file, count=count)


@dataclass(frozen=True)
class DataFacts:
    """The data before training."""

    keys: Sequence[str]
    labels: np.ndarray | None  # (N,) class of every row as text; None when the task has no classes
    parts: np.ndarray  # (N,) train, valid, test, out
    digests: Sequence[str] | None  # equal rows have equal digests
    targets: np.ndarray | None = None  # (N,) class numbers or numbers; (N, K) for several
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)  # (N,) of a table: z-scores or codes, by name


@dataclass(frozen=True)
class EndFacts:
    """The run after training."""

    history: Sequence[Mapping[str, Any]]  # a line an epoch: epoch, train_loss, valid_loss, ...
    best_epoch: int  # counted from 1, whose weights were kept
    lowest_epoch: int  # counted from 1, of the lowest validation loss
    losses_at_lowest: np.ndarray  # (n_valid,) per row
    losses_at_end: np.ndarray  # (n_valid,) the same rows after the last epoch
    kept_train_losses: np.ndarray  # per row, of a sample of training rows under the kept weights
    kept_valid_losses: np.ndarray  # per row, of the validation rows under the kept weights
    main_metric: str
    greater_is_better: bool
    scores: Mapping[str, Estimate]  # part -> main metric of the kept weights: train (a sample), valid, test
    baseline: Mapping[str, float]  # part -> main metric of the trivial predictor
    looks_at_test: int

    def beats_baseline(self, part: str) -> bool:
        """Whether the metric is better than the trivial predictor's by more than its interval."""
        if self.greater_is_better:
            return self.scores[part].low > self.baseline[part]
        return self.scores[part].high < self.baseline[part]


class DataRule(Rule):
    """Reads the data before training."""

    @abstractmethod
    def check(self, data: DataFacts) -> Iterator[Finding]: ...


class EndRule(Rule):
    """Speaks once, after training, from the history."""

    @abstractmethod
    def at_end(self, end: EndFacts) -> Iterator[Finding]: ...


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of the rules folder, by code."""
    import goodfit.checks.rules as folder

    found = []
    for info in pkgutil.iter_modules(folder.__path__):
        module = importlib.import_module(f"{folder.__name__}.{info.name}")
        found += [
            kind()
            for _, kind in inspect.getmembers(module, inspect.isclass)
            if issubclass(kind, Rule) and kind.__module__ == module.__name__
        ]
    return tuple(sorted(found, key=lambda rule: rule.code))


def check_data(facts: DataFacts) -> list[Finding]:
    return [finding for rule in rules() if isinstance(rule, DataRule) for finding in rule.check(facts)]


def check_end(facts: EndFacts) -> list[Finding]:
    return [finding for rule in rules() if isinstance(rule, EndRule) for finding in rule.at_end(facts)]
