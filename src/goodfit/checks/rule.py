"""What a rule is, and the facts that rules are asked about. A rule is one file in rules/; its docstring explains it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeGuard, TypeVar

import numpy as np

from goodfit.checks.engine import dispatch
from goodfit.checks.finding import Finding, Level
from goodfit.quick_imports import quick_imports
from goodfit.stats.estimates import Estimate, mean, paired_z
from goodfit.stats.rise import kept_by_the_other_half
from goodfit.tasks.metric import Metric

if TYPE_CHECKING:
    from torch import Tensor

    from goodfit.checks.curves.curves import Curves
    from goodfit.checks.engine.events import Event
    from goodfit.checks.engine.program_state import ProgramState

Kind = TypeVar("Kind")
SAME_LOSSES = 0.01  # relative: the curve is kept in float32
Z_BEYOND_DOUBT = 2.576  # one-sided p < 0.005
FALL_AT_LEAST = 0.03  # of the loss: it is still falling
ERROR_TEXT_LENGTH = 200  # characters of an exception's text in a finding
FAILED = "rule-failed"


class Rule(ABC):
    """A mistake that can be seen, in a file of its own, named after it.

    Subclass `DataRule`, `EndRule`, `CurveRule` or `LiveRule`.

    Attributes:
        name: kebab-case, from the file's name: what users write and read.
    """

    name: ClassVar[str]
    code: ClassVar[str]
    level: ClassVar[Level]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = cls.__module__.rpartition(".")[2].replace("_", "-")

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
    noun: str = "row"  # what a row is called: image, text
    inputs: Sequence[str] | None = None  # as digests, without targets; None where equal ones are no news

    def held_out(self) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of training rows, and of others that a rule may judge by: validation rows, or a fifth of those."""
        train, valid = np.flatnonzero(self.parts == "train"), np.flatnonzero(self.parts == "valid")
        if len(valid):
            return train, valid
        every_fifth = np.random.default_rng(0).permutation(len(train)) % 5 == 0
        return train[~every_fifth], train[every_fifth]


@dataclass(frozen=True)
class EndFacts:
    """The run after training."""

    history: Sequence[Mapping[str, Any]]  # a line an epoch: epoch, train_loss, valid_loss, ...
    best_epoch: int  # counted from 1, whose weights were kept
    kept_train_losses: np.ndarray  # per row, of a sample of training rows under the kept weights
    kept_valid_losses: np.ndarray  # per row, of the validation rows under the kept weights
    main_metric: Metric
    scores: Mapping[str, Estimate]  # part -> main metric of the kept weights: train (a sample), valid, test
    baseline: Mapping[str, float]  # part -> main metric of the rival
    rival: str  # such as the trivial predictor
    looks_at_test: int
    test_rows: int = 0
    ended_early: bool = False  # it was to end when no epoch was better any more, and it did
    # part -> (n,) what each row loses less than under the trivial predictor, where rows have such a loss
    gains: Mapping[str, np.ndarray] = field(default_factory=dict)
    trivial_loss: float | None = None  # mean of the rows held out under the trivial predictor
    simpler: np.ndarray | None = None  # what a linear model loses more in each row held out, of valid and test
    simpler_arch: str = ""  # the architecture that is such a model alone, where there is one
    cross_fitted: bool = False  # the rows of valid are all training rows, each by nets that did not see it
    curve: np.ndarray | None = None  # (epochs, n) losses of a sample of the validation rows after each epoch
    # part -> main metric without the rows that are training rows as well, where there are such
    scores_without_copies: Mapping[str, float] = field(default_factory=dict)
    noun: str = "row"  # what a row is called: image, text
    minutes: float | None = None  # the time budget, where the epochs were fitted to one

    def beats_baseline(self, part: str) -> bool:
        """Whether the loss of a row, or else the main metric, is better than the trivial predictor's beyond doubt.

        An accuracy hides what a rare class is worth.
        """
        if part in self.gains:
            return mean(self.gains[part]).low > 0
        if self.main_metric.higher_is_better:
            return self.scores[part].low > self.baseline[part]
        return self.scores[part].high < self.baseline[part]

    @property
    def cut_short(self) -> bool:
        """Whether the last epoch is the best one, and was still much better than the one before."""
        if self.best_epoch < len(self.history):
            return False
        if len(self.history) < 2:
            return True
        before, last = (line["valid_loss"] for line in self.history[-2:])
        return bool(before - last > FALL_AT_LEAST * abs(before))

    @property
    def rows_that_tell(self) -> int:
        """Rows that nothing was learnt or chosen from, so that they can say how good the model is."""
        test = len(self.gains["test"]) if "test" in self.gains else self.test_rows
        if self.cross_fitted or not test:
            return test + len(self.kept_valid_losses)
        return test if self._gains_by_halves is None else test + len(self._gains_by_halves)

    @property
    def held_out_gain(self) -> Estimate | None:
        """What a row that tells loses less than under the trivial predictor; None where rows have no such loss."""
        return None if self._held_out_gains is None else mean(self._held_out_gains)

    @property
    def _held_out_gains(self) -> np.ndarray | None:
        """(N,) of the rows that tell."""
        parts = [self.gains[part] for part in ("valid", "test") if part in self.gains]
        if not parts:
            return None
        if "test" not in self.gains or self.cross_fitted:
            return np.concatenate(parts)
        halves = self._gains_by_halves
        return self.gains["test"] if halves is None else np.concatenate([halves, self.gains["test"]])

    @property
    def _gains_by_halves(self) -> np.ndarray | None:
        """(n,) of a sample of the validation rows, each under the epoch that the other half of them would have kept.

        None where there are no such rows, or a single one, or where the losses of the epochs are others than those of
        the model: of smoothed labels, before calibration, of the net without its rivals.
        """
        if self.curve is None or not len(self.curve) or self.curve.shape[1] < 2 or "valid" not in self.gains:
            return None
        apart = max(1, -(-len(self.kept_valid_losses) // self.curve.shape[1]))
        kept, gains = self.kept_valid_losses[::apart], self.gains["valid"][::apart]
        if self.best_epoch > len(self.curve) or kept.shape != self.curve[self.best_epoch - 1].shape:
            return None
        if not np.allclose(kept, self.curve[self.best_epoch - 1], rtol=SAME_LOSSES):
            return None
        return np.asarray(gains + kept - kept_by_the_other_half(self.curve))

    @property
    def beats_trivial(self) -> bool:
        """Whether the rows that tell say beyond doubt (p < 0.005, one-sided) that it beats the trivial predictor."""
        gains = self._held_out_gains
        if gains is None:
            return self.beats_baseline("test" if "test" in self.scores else "valid")
        on_test = "test" not in self.gains or float(self.gains["test"].mean()) > 0
        return paired_z(gains, np.zeros(len(gains))).z > Z_BEYOND_DOUBT and on_test

    def error_left(self, part: str) -> Estimate | None:
        """The main metric as a share of the trivial predictor's error: 0 is perfect, 1 no better than that.

        None for metrics without a best value, such as PSNR.
        """
        score, trivial = self.scores[part], self.baseline[part]
        if not self.main_metric.higher_is_better:
            return None if trivial <= 0 else Estimate(score.value / trivial, score.low / trivial, score.high / trivial)
        if score.value > 1 or trivial >= 1:
            return None
        left = 1 - trivial
        return Estimate((1 - score.value) / left, max(0.0, 1 - score.high) / left, (1 - score.low) / left)


class DataRule(Rule):
    """Reads the data before training."""

    @abstractmethod
    def check(self, data: DataFacts) -> Iterator[Finding]: ...


class EndRule(Rule):
    """Speaks once, after training, from the history."""

    @abstractmethod
    def at_end(self, end: EndFacts) -> Iterator[Finding]: ...


class CurveRule(Rule):
    """Judges the losses in the history of a run that has ended, whoever trained it."""

    @abstractmethod
    def at_curves(self, curves: Curves) -> Iterator[Finding]: ...


class LiveRule(Rule):
    """Watches a program that runs. One object a watch; what it must remember are its own attributes.

    A public method that a rule adds is a handler: the annotation of its one argument is an event of engine/events.py,
    or a union of several, and the method is called for each. It may yield findings, whose line is the user's line that
    runs unless they name another.

    Attributes:
        sleepless: events that the rule listens to in every step, also after the first ones: with cheap handlers alone.
        layers: modules whose calls the rule hears by listening to `Call`; of any kind where there are none.
        yields_to: rules that name the same cause better: when one of them has spoken, this one is silent.
    """

    sleepless: ClassVar[tuple[type[Event], ...]] = ()
    layers: ClassVar[tuple[type, ...]] = ()
    yields_to: ClassVar[tuple[str, ...]] = ()

    def __init__(self, program: ProgramState) -> None:
        self.program = program
        self.start()

    def start(self) -> None:
        """Set what the rule remembers."""

    @classmethod
    def handlers(cls) -> dict[str, tuple[type[Event], ...]]:
        """The methods that listen, with their events."""
        return dispatch.handlers(cls, CONTRACT)


CONTRACT = frozenset(name for kind in (DataRule, EndRule, CurveRule, LiveRule) for name in dir(kind))


class NotChecked(Exception):
    """Raised by a rule that cannot examine a net or data set; the report counts these at its end.

    Args:
        subject: what cannot be examined, such as the net: each is counted once.
        noun: what it is: "net".
        reason: the rest of the sentence: "that could not be copied".
    """

    def __init__(self, subject: object, noun: str, reason: str) -> None:
        super().__init__(f"{noun} {reason}")
        self.subject, self.noun, self.reason = id(subject), noun, reason


@cache
def kinds() -> tuple[type[Rule], ...]:
    """Every rule of the rules folder, by code.

    Raises:
        TypeError: a rule's method listens to something that is no event.
    """
    import goodfit.checks.rules as folder

    classes = []
    with quick_imports():
        for info in pkgutil.iter_modules(folder.__path__):
            module = importlib.import_module(f"{folder.__name__}.{info.name}")
            classes += [
                kind
                for kind in vars(module).values()
                if inspect.isclass(kind) and kind.__module__ == module.__name__ and _derived(kind, Rule)
            ]
        for kind in classes:
            if _derived(kind, LiveRule):
                kind.handlers()
    return tuple(sorted(classes, key=lambda kind: kind.code))


def _derived(kind: type[Any], base: type[Kind]) -> TypeGuard[type[Kind]]:
    """issubclass, which asks every other subclass of an abstract base where the answer is no: hundreds of rules."""
    return base in kind.__mro__


def live_rules() -> list[type[LiveRule]]:
    """Those that watch a program."""
    return [kind for kind in kinds() if _derived(kind, LiveRule)]


@cache
def rules() -> tuple[Rule, ...]:
    """One of every rule, by code: to read data, a history, or the rule's own page."""
    from goodfit.checks.engine.program_state import ProgramState

    return tuple(kind(ProgramState()) if issubclass(kind, LiveRule) else kind() for kind in kinds())


def rule_failed(rule: Rule | type[Rule], error: Exception) -> Finding:
    """The finding that a rule itself has failed: what it looks for may be there."""
    kind = rule if isinstance(rule, type) else type(rule)
    lines = str(error).strip().splitlines() or [""]
    text = lines[0] if len(lines[0]) <= ERROR_TEXT_LENGTH else f"{lines[0][:ERROR_TEXT_LENGTH]}..."
    own_file = inspect.getfile(kind)
    own_lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own_file]
    where = f" in its line {own_lines[-1]}" if own_lines else ""
    reporter = next(each for each in rules() if each.name == FAILED)
    return reporter.finding(
        f"the rule {kind.name} failed{where} with {type(error).__name__}{f': {text}' if text else ''}; the mistake "
        "that it looks for may have gone unseen",
        f"Report this as a bug of goodfit, or leave the rule out with --ignore {kind.code}",
    )


def check_data(facts: DataFacts, asked: Sequence[Rule] | None = None, *, strict: bool = False) -> list[Finding]:
    """Findings of the rules about data.

    Args:
        asked: the rules to ask; all when None.
        strict: for tests: raise what goes wrong inside a rule instead of reporting it as a finding.
    """
    wanted = [rule for rule in (rules() if asked is None else asked) if isinstance(rule, DataRule)]
    return [each.of(facts.noun) for rule in wanted for each in _ask(rule, rule.check, facts, strict=strict)]


def check_end(facts: EndFacts, asked: Sequence[Rule] | None = None, *, strict: bool = False) -> list[Finding]:
    """Findings of the rules about a run that has ended; arguments as of `check_data`."""
    wanted = [rule for rule in (rules() if asked is None else asked) if isinstance(rule, EndRule)]
    return [each.of(facts.noun) for rule in wanted for each in _ask(rule, rule.at_end, facts, strict=strict)]


def check_curves(curves: Curves, asked: Sequence[Rule] | None = None, *, strict: bool = False) -> list[Finding]:
    """Findings of the rules about curves; arguments as of `check_data`."""
    wanted = [rule for rule in (rules() if asked is None else asked) if isinstance(rule, CurveRule)]
    return [finding for rule in wanted for finding in _ask(rule, rule.at_curves, curves, strict=strict)]


def _ask(rule: Rule, check: Callable[[Any], Iterator[Finding]], facts: object, *, strict: bool) -> list[Finding]:
    """What one rule finds; where it fails, what it found before that, and that it failed."""
    findings: list[Finding] = []
    try:
        findings.extend(check(facts))
    except Exception as error:
        if strict:
            raise
        findings.append(rule_failed(rule, error))
    return findings
