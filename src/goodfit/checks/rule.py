"""What a rule is, and the facts that rules are asked about. A rule is one file in rules/; its docstring explains it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from goodfit.checks.finding import Finding, Level
from goodfit.stats.estimates import Estimate

if TYPE_CHECKING:
    from torch import Tensor

    from goodfit.checks import events
    from goodfit.checks.world import World


class Rule(ABC):
    """A mistake that can be seen. Subclass `DataRule`, `EndRule` or `LiveRule` in a file of its own, named after it."""

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
        self,
        message: str,
        fix: str,
        *,
        file: str | None = None,
        line: int | None = None,
        count: int = 1,
        level: Level | None = None,
    ) -> Finding:
        """A finding of the rule's own level, or of a lower one where the case is mild."""
        return Finding(self.name, self.code, level or self.level, message, fix, file=file, line=line, count=count)


@dataclass(frozen=True)
class DataFacts:
    """The data before training."""

    keys: Sequence[str]
    labels: np.ndarray | None  # (N,) class of every row as text; None when the task has no classes
    parts: np.ndarray  # (N,) train, valid, test, out
    digests: Sequence[str] | None  # equal rows have equal digests
    targets: np.ndarray | None = None  # (N,) class numbers or numbers; (N, K) for several
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)  # (N,) of a table: z-scores or codes, by name
    read: Callable[[Tensor], Tensor] | None = None  # images (n, C, H, W) of row numbers, when data alone is checked


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
    baseline: Mapping[str, float]  # part -> main metric of the rival
    rival: str  # such as the trivial predictor
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


class LiveRule(Rule):
    """Watches a program that runs. One object a watch; what it must remember are its own attributes.

    Handlers are called for what HANDLERS names, and give findings, whose line is the user's line that runs unless they
    say another.

    Attributes:
        sleepless: handlers that are asked in every step, also after the first ones: cheap ones alone.
        yields_to: rules that name the same cause better: when one of them has spoken, this one is silent.
    """

    HANDLERS: ClassVar[tuple[str, ...]] = (
        "on_call", "on_loss", "before_backward", "after_backward", "on_step", "on_zero", "on_clip", "on_schedule",
        "on_scaler", "on_epoch", "on_batch", "on_compare", "on_read", "on_reshape", "on_dropout", "on_weights",
        "on_autocast",
        "at_exit",
    )  # fmt: skip
    sleepless: ClassVar[tuple[str, ...]] = ()
    yields_to: ClassVar[tuple[str, ...]] = ()

    def __init__(self, world: World) -> None:
        self.world = world
        self.start()

    def start(self) -> None:
        """Set what the rule remembers."""

    def on_call(self, event: events.Call) -> Iterator[Finding] | None:
        """A module has been called."""

    def on_loss(self, event: events.Loss) -> Iterator[Finding] | None:
        """A loss function of torch has been called, or has raised."""

    def before_backward(self, event: events.Backward) -> Iterator[Finding] | None:
        """Gradients are about to be computed."""

    def after_backward(self, event: events.Backward) -> Iterator[Finding] | None:
        """Gradients have been computed."""

    def on_step(self, event: events.Step) -> Iterator[Finding] | None:
        """An optimiser has stepped."""

    def on_zero(self, event: events.Zero) -> Iterator[Finding] | None:
        """Gradients are about to be zeroed."""

    def on_clip(self, event: events.Clip) -> Iterator[Finding] | None:
        """Gradients are about to be clipped."""

    def on_schedule(self, event: events.Schedule) -> Iterator[Finding] | None:
        """A scheduler is about to step."""

    def on_scaler(self, event: events.Scaler) -> Iterator[Finding] | None:
        """A gradient scaler is about to be used."""

    def on_epoch(self, event: events.Epoch) -> Iterator[Finding] | None:
        """A data loader begins."""

    def on_batch(self, event: events.Batch) -> Iterator[Finding] | None:
        """A data loader gave a batch."""

    def on_compare(self, event: events.Compare) -> Iterator[Finding] | None:
        """Two tensors are compared by ==."""

    def on_read(self, event: events.Read) -> Iterator[Finding] | None:
        """Classes or numbers are made of a tensor."""

    def on_reshape(self, event: events.Reshape) -> Iterator[Finding] | None:
        """A tensor has been viewed or reshaped."""

    def on_dropout(self, event: events.Dropout) -> Iterator[Finding] | None:
        """A dropout function is called."""

    def on_weights(self, event: events.Weights) -> Iterator[Finding] | None:
        """Weights are taken from a module, loaded into it, or saved."""

    def on_autocast(self, event: events.Autocast) -> Iterator[Finding] | None:
        """A lower precision was asked for."""

    def at_exit(self, event: None) -> Iterator[Finding] | None:
        """The watch is over."""


@cache
def kinds() -> tuple[type[Rule], ...]:
    """Every rule of the rules folder, by code."""
    import goodfit.checks.rules as folder

    found: list[type[Rule]] = []
    for info in pkgutil.iter_modules(folder.__path__):
        module = importlib.import_module(f"{folder.__name__}.{info.name}")
        found += [
            kind
            for _, kind in inspect.getmembers(module, inspect.isclass)
            if issubclass(kind, Rule) and kind.__module__ == module.__name__
        ]
    return tuple(sorted(found, key=lambda kind: kind.code))


def live_rules() -> list[type[LiveRule]]:
    """Those that watch a program."""
    return [kind for kind in kinds() if issubclass(kind, LiveRule)]


@cache
def rules() -> tuple[Rule, ...]:
    """One of every rule, by code: to read data, a history, or the rule's own page."""
    from goodfit.checks.world import World

    return tuple(kind(World()) if issubclass(kind, LiveRule) else kind() for kind in kinds())


def check_data(facts: DataFacts) -> list[Finding]:
    return [finding for rule in rules() if isinstance(rule, DataRule) for finding in rule.check(facts)]


def check_end(facts: EndFacts) -> list[Finding]:
    return [finding for rule in rules() if isinstance(rule, EndRule) for finding in rule.at_end(facts)]
