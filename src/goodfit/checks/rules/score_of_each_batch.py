"""score-of-each-batch: a score that is no mean over rows is computed of each batch, and never of all rows.

What it checks
    Without gradients, while a loader of three batches or more is gone through, f1_score, precision_score, recall_score,
    balanced_accuracy_score, matthews_corrcoef, r2_score or an area of scikit-learn gets the rows of one batch, three
    times or more; and until the program ends it never gets more rows than those of a batch. Or, in the source: in a
    loop without a backward pass the exponential of each batch's loss, a perplexity, or what a function of the program
    called r2, auc, f1 or the like gives of a batch, is added up or put into a list, and the sum is divided, or the mean
    of the list is taken; and that function is given nothing else.

Why it hurts
    The mean of these scores is not that of the rows. A batch with few positive rows has an F1 or a precision of 0 or 1
    by chance, one with a single class has no area: the mean changes with the batch size, and so may the best epoch.
    The mean of perplexities is above the perplexity of all tokens, the more so the more batches differ.

Example
    for x, y in loader: total += f1_score(y, net(x).argmax(1))
    f1 = total / len(loader)

Instead
    for x, y in loader: truth.append(y); guesses.append(net(x).argmax(1))
    f1 = f1_score(torch.cat(truth), torch.cat(guesses))

When it is a false alarm
    Batches that stand for something, as the candidates of one query do.

Cost
    The number of rows of each call.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from goodfit.checks.engine.events import Epoch, Score, WatchEnds
from goodfit.checks.engine.events_data import batches_of
from goodfit.checks.engine.own_source import all_nodes, called, of_kind, scopes, within, within_body
from goodfit.checks.engine.sklearn_hooks import AREAS
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

NOT_MEANS = frozenset(
    (*AREAS, "f1_score", "precision_score", "recall_score", "balanced_accuracy_score", "matthews_corrcoef", "r2_score")
)
BATCHES_AT_LEAST = 3
LOADER = lazy_pattern(r"loader|_dl$|^dl$|batches|\.split\(|DataLoader", re.IGNORECASE)
SCORING = lazy_pattern(
    r"def (\w+_)?(r2|r_?squared|auc|auroc|f1|matthews|mcc|pearsonr?|spearmanr?|corr|correlation|concordance)(_\w+)?\(",
    re.IGNORECASE,
)
EXPONENTIAL = lazy_pattern(r"exp\(\s*\w*loss|loss\w*\.exp\(", re.IGNORECASE)


@dataclass
class _Scored:
    """How one function of scikit-learn was called."""

    in_epoch: int = 0  # calls with one batch since the loader began
    evaluations: int = 0
    of_more: bool = False  # it got more rows than those of a batch
    place: Place = field(default_factory=user_place)


class ScoreOfEachBatch(LiveRule):
    code, level = "GF451", Level.WARNING
    sleepless = (Epoch, Score)

    def start(self) -> None:
        self.rows = 0  # of a batch of the loader that is gone through; 0: it has too few batches, or no fixed size
        self.scored: dict[str, _Scored] = {}

    def on_epoch(self, event: Epoch) -> None:
        self.rows = _rows_of_a_batch(event.loader)
        for scored in self.scored.values():
            scored.in_epoch = 0

    def on_score(self, event: Score) -> None:
        if event.name not in NOT_MEANS or not self.rows:
            return
        labels = np.asarray(event.labels)
        if labels.size != len(labels):  # several labels a row: it may be a mean over rows
            return
        scored = self.scored.get(event.name)
        if scored is None:
            scored = self.scored[event.name] = _Scored()
        if len(labels) > self.rows:
            scored.of_more = True
        elif len(labels) == self.rows and not torch.is_grad_enabled():
            scored.in_epoch += 1
            scored.evaluations += scored.in_epoch == BATCHES_AT_LEAST

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for name, scored in self.scored.items():
            if scored.evaluations and not scored.of_more:
                yield self.finding(
                    f"{name} is computed of each batch and never of all rows: the mean over batches is another number",
                    "Collect labels and predictions of all batches, and compute it once",
                    file=scored.place.file,
                    line=scored.place.line,
                )
        for source in self.program.source.files():
            if source.mentions(SCORING):
                for name, line in source.found(scores_of_batches):
                    yield self.finding(
                        f"{name} is computed of each batch and averaged: the mean over batches is another number",
                        "Collect labels and predictions of all batches, and compute it once",
                        file=source.file,
                        line=line,
                    )
            if source.mentions(EXPONENTIAL):
                for name, line in source.found(perplexities_of_batches):
                    yield self.finding(
                        f"{name} is the perplexity of one batch, and the mean of these is not that of all tokens",
                        "Average the losses, and take the exponential of the mean: exp(total_loss / count)",
                        file=source.file,
                        line=line,
                    )


def perplexities_of_batches(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Exponentials of losses of batches that a loop adds up to a mean, each with its line."""
    for scope in scopes(tree):
        nodes = [node for each in scope for node in within(each)]
        for loop in (node for node in nodes if isinstance(node, ast.For)):
            body = [node for each in loop.body for node in within(each)]
            if any(called(node) == "backward" or isinstance(node, ast.For) for node in body):
                continue
            for node in body:
                target, value = _added(node)
                if target and value is not None and _is_perplexity(value) and _is_averaged(target, nodes):
                    yield ast.unparse(value), value.lineno


def scores_of_batches(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Scores by functions of the program that are no means over rows, of each batch and averaged, with their lines."""
    own = {each.name for each in of_kind(tree, ast.FunctionDef) if SCORING.search(f"def {each.name}(")}
    found, calls = list[ast.Call](), [node for node in of_kind(tree, ast.Call) if called(node) in own]
    for scope in scopes(tree):
        nodes = within_body(scope)
        for node in nodes:
            if isinstance(node, ast.For) and _is_of_batches(node.target, node.iter):
                body = [each for statement in node.body for each in within(statement)]
                if not any(called(each) == "backward" for each in body):
                    sums = [_added(each) for each in body]
                    found += [
                        value for name, value in sums if isinstance(value, ast.Call) and _is_averaged(name, nodes)
                    ]
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.ListComp):
                loop, value = node.value.generators[0], node.value.elt
                if isinstance(value, ast.Call) and _is_of_batches(loop.target, loop.iter):
                    found += [value] if _is_averaged(ast.unparse(node.targets[0]), nodes) else []
    for call in found:
        others = [each for each in calls if called(each) == called(call) and each is not call]
        if called(call) in own and not others:
            yield called(call), call.lineno


def _is_of_batches(target: ast.expr, iterated: ast.expr) -> bool:
    """Whether a loop takes inputs and labels out of a loader, by its name."""
    return isinstance(target, ast.Tuple) and LOADER.search(ast.unparse(iterated)) is not None


def _added(node: ast.AST) -> tuple[str, ast.expr | None]:
    """What a value is added to, or put into, and the value."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        return ast.unparse(node.target), node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append" and node.args:
        return ast.unparse(node.func.value), node.args[0]
    return "", None


def _is_perplexity(value: ast.expr) -> bool:
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "item":
        value = value.func.value
    if not isinstance(value, ast.Call) or called(value) != "exp":
        return False
    of = value.args[0] if value.args else value.func
    return "loss" in ast.unparse(of).lower() and not any(isinstance(each, ast.UnaryOp) for each in all_nodes(of))


def _is_averaged(target: str, nodes: Sequence[ast.AST]) -> bool:
    """Whether a sum is divided, or a mean of a list is taken."""
    for node in nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            if target in (ast.unparse(node.left), ast.unparse(node.left).removeprefix("sum(").removesuffix(")")):
                return True
        elif called(node) == "mean" and isinstance(node, ast.Call) and target in map(ast.unparse, node.args):
            return True
    return False


def _rows_of_a_batch(loader: Any) -> int:
    rows = getattr(loader, "batch_size", None)
    return rows if isinstance(rows, int) and rows > 1 and batches_of(loader) >= BATCHES_AT_LEAST else 0
