"""mean-of-batch-means: the last batch of an evaluation is small, and counts as much as the others.

What it checks
    In the source: a loop over a loader, without a backward pass, adds up a number of each batch, and the sum is divided
    by len(loader). And as it runs: the last batch of that loader has a quarter of the rows of the others or fewer, and
    its weight in the mean is 5% or more above its share of the rows.

Why it hurts
    A row of the last batch counts four times as much as another one, or more: the mean is not that of the rows, and it
    changes with the batch size. It may choose another epoch as the best.

Example
    for x, y in loader: total += loss_of(net(x), y).item()
    mean = total / len(loader)

Instead
    for x, y in loader: total += loss_of(net(x), y).item() * len(x)
    mean = total / len(loader.dataset)

When it is a false alarm
    Numbers that are no means over the rows of a batch.

Cost
    The length of each loader; the program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine.events import Epoch, WatchEnds
from goodfit.checks.engine.events_data import batches_of
from goodfit.checks.engine.own_source import all_nodes, called, scopes, within
from goodfit.checks.engine.user_frame import names_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

WORTH_PARSING = lazy_pattern(r"/\s*len\(")
SMALL = 0.25  # of the rows of a whole batch
WEIGHT_ABOVE = 0.05  # of the last batch's share of the rows
COUNTS = frozenset(("len", "size", "numel", "sum", "dot"))


class MeanOfBatchMeans(LiveRule):
    code, level = "GF468", Level.NOTICE

    def start(self) -> None:
        self.uneven: dict[str, tuple[int, int, int]] = {}  # a loader's name -> batches, rows of one and of the last

    def on_epoch(self, event: Epoch) -> None:
        if (sizes := _uneven(event.loader)) is not None:
            self.uneven |= dict.fromkeys(names_of(event.loader), sizes)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.uneven:
            return
        for source in self.program.source.files():
            if source.mentions(WORTH_PARSING):
                for loader, line in source.found(means_of_batches):
                    if (sizes := self.uneven.get(loader)) is not None:
                        batches, rows, last = sizes
                        yield self.finding(
                            f"each of the {batches} batches of {loader} counts the same, and the last one has "
                            f"{counted(last, 'row')} where the others have {rows}",
                            "Multiply the number of each batch by its rows, and divide the sum by all rows",
                            file=source.file,
                            line=line,
                        )


def _uneven(loader: Any) -> tuple[int, int, int] | None:
    """Batches of a loader, rows of one and of the last, where that one counts too much in a mean of batches."""
    data, rows, batches = getattr(loader, "dataset", None), getattr(loader, "batch_size", None), batches_of(loader)
    count = len(data) if data is not None and hasattr(data, "__len__") else 0
    if not isinstance(rows, int) or batches < 2 or not (batches - 1) * rows < count < batches * rows:
        return None
    last = count - (batches - 1) * rows
    too_much = last <= SMALL * rows and 1 / batches - last / count >= WEIGHT_ABOVE
    return (batches, rows, last) if too_much else None


def means_of_batches(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Loaders of whose batches an unweighted sum is divided by their number, each with the line of the sum."""
    for scope in scopes(tree):
        nodes = [node for statement in scope for node in within(statement)]
        for loop in nodes:
            if isinstance(loop, ast.For) and (loader := _name(loop.iter)):
                inside = [node for statement in loop.body for node in within(statement)]
                if any(called(node) == "backward" for node in inside):
                    continue
                sums = dict(each for node in inside for each in _added(node))
                for node in nodes:
                    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                        total, by = node.left, node.right
                        if (
                            isinstance(total, ast.Name)
                            and total.id in sums
                            and isinstance(by, ast.Call)
                            and called(by) == "len"
                            and [_name(each) for each in by.args] == [loader]
                        ):
                            yield loader, sums[total.id]


def _name(node: ast.expr) -> str:
    """Of a variable, or of an attribute; also of enumerate(loader) and tqdm(loader)."""
    if isinstance(node, ast.Call) and called(node) in ("enumerate", "tqdm") and node.args:
        return _name(node.args[0])
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _added(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The variable to which a statement adds a number of this batch without its rows, and the line."""
    if not isinstance(node, ast.AugAssign) or not isinstance(node.op, ast.Add) or not isinstance(node.target, ast.Name):
        return
    parts = all_nodes(node.value)
    weighed = any(
        (isinstance(each, ast.BinOp) and isinstance(each.op, ast.Mult))
        or called(each) in COUNTS
        or (isinstance(each, ast.Attribute) and each.attr == "shape")
        for each in parts
    )
    if not weighed and any(called(each) in ("item", "float") for each in parts):
        yield node.target.id, node.lineno
