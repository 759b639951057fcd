"""ignored-labels-scored: places whose label the loss ignores count in the score, as mistakes.

What it checks
    The loss leaves out labels of one value (ignore_index); in an evaluation predictions are compared with labels that
    hold this value, and the line takes the mean of all comparisons, or the function divides their sum by the number of
    all labels. Or predictions and labels are each compared with a class, and the function takes their union. No line of
    the function leaves those places out. Or the ignored value is a class, and both are asked where that class is.

Why it hurts
    A prediction never equals the ignored label, so each such place counts as a mistake. A perfect net scores the share
    of labelled places, and images or texts with more padding look worse.

Example
    accuracy = (logits.argmax(1) == labels).float().mean()

Instead
    valid = labels != 255; accuracy = (logits.argmax(1) == labels)[valid].float().mean()

When it is a false alarm
    None is known.

Cost
    Labels are compared with the ignored value at comparisons of the steps examined.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import Compare, EqualTo, Loss
from goodfit.checks.engine.own_source import called, scope_around, within
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

LOSSES = ("cross_entropy", "nll_loss")
SHARE_AT_LEAST = 0.02  # of the labels
TIMES_AT_LEAST = 2
CLASSES_AT_MOST = 100  # an ignored value below may be a class that is left out of the loss alone
LEAVES_OUT = lazy_pattern(r"ignore|valid|mask|pad|keep|known|labell?ed", re.IGNORECASE)
COUNTS = ("numel", "size", "nelement")


class IgnoredLabelsScored(LiveRule):
    code, level = "GF448", Level.WARNING

    def start(self) -> None:
        self.ignored: set[int] = set()
        self.times: dict[Place, int] = {}
        self.asked: Tensor | None = None  # where a class is that the loss ignores
        self.predicted: Tensor | None = None  # the last classes that were compared with a number, without ignored ones

    def on_loss(self, event: Loss) -> None:
        if event.name in LOSSES and len(self.ignored) < 4 and not event.target.is_floating_point():
            value = int(event.options["ignore_index"])
            if value not in self.ignored and _share(event.target, value) >= SHARE_AT_LEAST:
                self.ignored.add(value)

    def on_comparison(self, event: Compare) -> Iterator[Finding]:
        if not self.ignored or event.grad or event.left.shape != event.right.shape:
            return
        for predicted, labels in ((event.left, event.right), (event.right, event.left)):
            if labels.is_floating_point() or predicted.is_floating_point():
                continue
            for value in self.ignored:
                share = _share(labels, value)
                if share < SHARE_AT_LEAST or _share(predicted, value):
                    continue
                place = user_place()
                self.times[place] = self.times.get(place, 0) + 1
                if self.times[place] == TIMES_AT_LEAST and _counts_all(place):
                    yield self.finding(
                        f"{share:.0%} of the labels are {value}, which the loss ignores, and count in the score as "
                        "mistakes: no prediction equals them",
                        f"Leave them out of both sums: valid = labels != {value}",
                    )
                return

    def on_class(self, event: EqualTo) -> Iterator[Finding]:
        """Of an overlap of each class: the predictions are asked for a class first, then the labels, or in turn."""
        if event.number in self.ignored and 0 <= event.number < CLASSES_AT_MOST and not event.grad:
            yield from self._of_ignored_class(event)
        x, special = event.tensor, {value for value in self.ignored if not 0 <= value < CLASSES_AT_MOST}
        if event.grad or not special or x.is_floating_point() or event.number in special:
            return
        value = max(special, key=lambda each: _share(x, each))
        share, predicted = _share(x, value), self.predicted
        if share < SHARE_AT_LEAST:
            self.predicted = x
        elif predicted is not None and predicted.shape == x.shape and predicted is not x:
            self.predicted = None
            place = user_place()
            self.times[place] = self.times.get(place, 0) + 1
            if self.times[place] == TIMES_AT_LEAST and _takes_union(place):
                yield self.finding(
                    f"{share:.0%} of the labels are {value}, which the loss ignores: what is predicted there counts in "
                    "the union of each class as a mistake",
                    f"Leave them out of both: valid = labels != {value}",
                )

    def _of_ignored_class(self, event: EqualTo) -> Iterator[Finding]:
        """Of a class that the loss ignores: both the predictions and the labels are asked where it is."""
        x, before = event.tensor, self.asked
        self.asked = None if x.is_floating_point() else x
        if self.asked is None or before is None or before is x or before.shape != x.shape:
            return
        share, other = _share(x, event.number), _share(before, event.number)
        if max(share, other) < SHARE_AT_LEAST or torch.equal(x, before):
            return
        self.asked = None
        place = user_place()
        self.times[place] = self.times.get(place, 0) + 1
        if self.times[place] == TIMES_AT_LEAST:
            yield self.finding(
                f"class {event.number} is scored, and the loss ignores its labels (ignore_index={event.number}): "
                "nothing teaches the net where it is",
                "Leave ignore_index out where the value is a class; keep it for places without a label",
            )


def _share(labels: Tensor, value: int) -> float:
    return float((labels == value).float().mean()) if labels.numel() else 0.0


def _counts_all(place: Place) -> bool:
    """Whether a line's comparison goes into a mean over all, and nothing near it leaves places out."""
    scope = scope_around(place)
    statement = next(
        (each for each in _statements(scope) if each.lineno <= (place.line or 0) <= (each.end_lineno or 0)), None
    )
    if statement is None or _leaves_out(scope, (ast.NotEq, ast.GtE, ast.Gt, ast.Lt, ast.BitAnd)):
        return False
    is_mean = any(called(node) == "mean" for node in within(statement))
    return is_mean or any(called(node) in COUNTS for node in _nodes(scope))


def _takes_union(place: Place) -> bool:
    """Whether the function around a line joins what is predicted and what is labelled, and leaves no places out."""
    scope = scope_around(place)
    joins = any(isinstance(node, ast.BitOr) or called(node) == "logical_or" for node in _nodes(scope))
    return (joins or "union" in _text(scope)) and not _leaves_out(scope, (ast.NotEq, ast.GtE, ast.Lt))


def _leaves_out(scope: list[ast.stmt], operators: tuple[type[ast.AST], ...]) -> bool:
    return bool(LEAVES_OUT.search(_text(scope))) or any(isinstance(node, operators) for node in _nodes(scope))


def _text(scope: list[ast.stmt]) -> str:
    return "\n".join(ast.unparse(each) for each in scope)


def _nodes(scope: list[ast.stmt]) -> list[ast.AST]:
    return [node for each in scope for node in within(each)]


def _statements(scope: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those that hold no others, innermost first."""
    for statement in scope:
        for node in within(statement):
            if isinstance(node, ast.stmt) and not hasattr(node, "body"):
                yield node
