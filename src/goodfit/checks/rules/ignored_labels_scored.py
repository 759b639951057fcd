"""ignored-labels-scored: places whose label the loss ignores count in the score, as mistakes.

What it checks
    The loss leaves out labels of one value (ignore_index); in an evaluation predictions are compared with labels that
    hold this value, and the line takes the mean of all comparisons, or the function divides their sum by the number of
    all labels. No line of the function leaves those places out.

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
import linecache
import re
from collections.abc import Iterator
from pathlib import Path

from torch import Tensor

from goodfit.checks.engine.events import Compare, Loss
from goodfit.checks.engine.own_source import called, parsed, within
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOSSES = ("cross_entropy", "nll_loss")
SHARE_AT_LEAST = 0.02  # of the labels
TIMES_AT_LEAST = 2
LEAVES_OUT = re.compile(r"ignore|valid|mask|pad|keep|known|labell?ed", re.IGNORECASE)
COUNTS = ("numel", "size", "nelement")


class IgnoredLabelsScored(LiveRule):
    code, level = "GF448", Level.WARNING

    def start(self) -> None:
        self.ignored: set[int] = set()
        self.times: dict[Place, int] = {}

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


def _share(labels: Tensor, value: int) -> float:
    return float((labels == value).float().mean()) if labels.numel() else 0.0


def _counts_all(place: Place) -> bool:
    """Whether a line's comparison goes into a mean over all, and nothing near it leaves places out."""
    if place.file is None or place.line is None:
        return False
    tree = parsed("".join(linecache.getlines(str(Path(place.file).resolve())) or linecache.getlines(place.file)))
    scope = _scope(tree, place.line)
    statement = next((each for each in _statements(scope) if each.lineno <= place.line <= (each.end_lineno or 0)), None)
    if statement is None:
        return False
    text = "\n".join(ast.unparse(each) for each in scope)
    nodes = [node for each in scope for node in within(each)]
    if LEAVES_OUT.search(text) or any(
        isinstance(node, ast.NotEq | ast.GtE | ast.Gt | ast.Lt | ast.BitAnd) for node in nodes
    ):
        return False
    is_mean = any(called(node) == "mean" for node in within(statement))
    return is_mean or any(called(node) in COUNTS for node in nodes)


def _scope(tree: ast.Module, line: int) -> list[ast.stmt]:
    """The body of the innermost function around a line, or of the file without its functions and classes."""
    functions = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    if functions:
        return max(functions, key=lambda node: node.lineno).body
    return [each for each in tree.body if each.lineno <= line <= (each.end_lineno or 0)]  # such as its loop


def _statements(scope: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those that hold no others, innermost first."""
    for statement in scope:
        for node in within(statement):
            if isinstance(node, ast.stmt) and not hasattr(node, "body"):
                yield node
