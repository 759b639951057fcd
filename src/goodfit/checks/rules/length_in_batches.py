"""length-in-batches: a data set says how many batches it has, and gives single rows.

What it checks
    The class of a data set that a loader reads in batches: `__len__` divides the number of rows by the batch size, and
    `__getitem__` takes the index for that of a row.

Why it hurts
    The loader asks for indices below the length: of 10,000 rows with batches of 32 the first 312 are read, in every
    epoch, and the others never.

Example
    def __len__(self): return len(self.x) // self.batch_size

Instead
    def __len__(self): return len(self.x)

When it is a false alarm
    None is known: an item that is itself a batch is made of the index times the batch size.

Cost
    The source of a data set's class is read once.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine.events import Batch
from goodfit.checks.engine.own_source import all_nodes, names_in
from goodfit.checks.engine.user_frame import shown
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

BATCH = lazy_pattern(r"batch|^bs$|^bsz$", re.IGNORECASE)
PARTS_AT_MOST = 4  # of a data set within another: Subset, a wrapper of the user's


class LengthInBatches(LiveRule):
    code, level = "GF520", Level.WARNING

    def start(self) -> None:
        self.examined: set[type] = set()

    def on_batch(self, event: Batch) -> Iterator[Finding]:
        loader = event.loader
        if loader.batch_size is None or loader.batch_size < 2:
            return
        data = loader.dataset
        for _ in range(PARTS_AT_MOST):
            if data is None:
                return
            if type(data) not in self.examined:
                self.examined.add(type(data))
                yield from self._examined(type(data), loader.batch_size, len(data) if hasattr(data, "__len__") else 0)
            data = getattr(data, "dataset", None)

    def _examined(self, kind: type, batch_size: int, rows: int) -> Iterator[Finding]:
        if kind.__module__.startswith("torch."):
            return
        length, item = (_function(vars(kind).get(name)) for name in ("__len__", "__getitem__"))
        if length is None or item is None or not _divides(length, batch_size) or not _takes_a_row(item, batch_size):
            return
        place = vars(kind)["__len__"].__code__
        yield self.finding(
            f"{kind.__name__} says that it has {rows} items, the number of its batches, and gives single rows: a "
            f"loader reads its first {rows} rows, and never the others",
            "Return the number of rows from __len__: the loader makes the batches",
            file=shown(place.co_filename),
            line=place.co_firstlineno,
        )


def _function(method: Any) -> ast.FunctionDef | None:
    """The tree of a method; None where its source is not known."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
    except (OSError, TypeError, SyntaxError):
        return None
    return next((node for node in all_nodes(tree) if isinstance(node, ast.FunctionDef)), None)


def _divides(length: ast.FunctionDef, batch_size: int) -> bool:
    """Whether the length that is returned is a number of rows divided by the batch size."""
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.FloorDiv | ast.Div)
        and _is_batch_size(node.right, batch_size)
        for node in all_nodes(length)
    )


def _is_batch_size(node: ast.AST, batch_size: int) -> bool:
    if isinstance(node, ast.Constant):
        return bool(node.value == batch_size)
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return bool(BATCH.search(name))


def _takes_a_row(item: ast.FunctionDef, batch_size: int) -> bool:
    """Whether an item is looked up by its index as it is: not multiplied, and no slice."""
    index = item.args.args[1].arg if len(item.args.args) > 1 else ""
    if any(_is_batch_size(node, batch_size) for node in all_nodes(item)):
        return False
    looked_up = [node.slice for node in all_nodes(item) if isinstance(node, ast.Subscript)]
    if any(isinstance(each, ast.Slice) and index in names_in(each) for each in looked_up):
        return False
    return any(isinstance(each, ast.Name) and each.id == index for each in looked_up)
