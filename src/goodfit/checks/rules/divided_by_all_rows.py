"""divided-by-all-rows: a sum over the rows that a sampler draws is divided by the number of all rows.

What it checks
    A loader's sampler draws another number of rows than its data set has, as SubsetRandomSampler does of a part. In the
    source of the program the loop over that loader adds what each row lost, or how many rows are right, from 0 on; and
    the sum is divided by len(loader.dataset), or by the length of the data set itself.

Why it hurts
    The loss of a fifth of the rows, divided by all of them, is a fifth of what it is: training and validation cannot be
    compared with each other, nor with the test, and an accuracy of 95% is shown as 19%.

Example
    loader = DataLoader(data, batch_size=20, sampler=SubsetRandomSampler(valid_rows))
    for x, y in loader: total += loss_fn(net(x), y).item() * len(x)
    total /= len(loader.dataset)

Instead
    total /= len(loader.sampler)                  # or count the rows that the loop sees

When it is a false alarm
    None is known: sums over several folds, and samplers of several processes, are left out.

Cost
    Two lengths for each loader; the program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import weakref
from collections.abc import Collection, Iterator
from typing import Any

from torch.utils.data import DataLoader

from goodfit.checks.engine.events import Epoch
from goodfit.checks.engine.own_source import OWN_SCOPE, all_nodes, called, given, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.engine.user_frame import names_of, user_place
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ITERATING = ("enumerate", "tqdm", "track", "trange", "iter")
PLAIN = ("item", "detach", "cpu", "float", "double", "numpy", "sum", "fsum", "int")
LOOPS = (ast.For, ast.While)
OF_SEVERAL = ("Distributed", "Shard", "Rank")  # in names of samplers: the sums of all processes are added


class DividedByAllRows(SourceRule):
    code, level = "GF553", Level.WARNING
    worth_parsing = lazy_pattern(r"\blen\(")
    what = "{name}"
    fix = "Divide by the rows that are drawn: len(loader.sampler), or a count of them"
    asks_the_file_alone = False

    def start(self) -> None:
        self.lines: dict[int, tuple[int, int]] = {}  # of loops over loaders of a part: rows drawn, and all
        self.datasets: set[str] = set()  # names of their data sets
        self.known: weakref.WeakSet[Any] = weakref.WeakSet()

    def on_epoch(self, event: Epoch) -> None:
        drawn = _rows_drawn(event.loader)
        line = user_place().line
        if drawn is not None and line is not None:
            self.lines[line] = drawn
            if event.loader not in self.known:
                self.known.add(event.loader)
                self.datasets |= {f"len({name})" for name in names_of(event.loader.dataset)}

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        if self.lines:
            for name, line, loop in divided_by_all(tree, self.lines, self.datasets):
                part, whole = self.lines[loop]
                what = f"{name} is summed over the {part:,} rows that the sampler draws and divided by all {whole:,}"
                yield what, line


def _rows_drawn(loader: Any) -> tuple[int, int] | None:
    """How many rows a loader's sampler draws and its data set has, where these are others."""
    if not isinstance(loader, DataLoader) or loader.batch_size is None or loader.drop_last:
        return None
    sampler: Any = loader.sampler
    data: Any = loader.dataset
    if not (hasattr(sampler, "__len__") and hasattr(data, "__len__")):
        return None
    if any(each in type(sampler).__name__ for each in OF_SEVERAL) or hasattr(sampler, "num_replicas"):
        return None
    drawn, rows = len(sampler), len(data)
    return (drawn, rows) if drawn and drawn != rows else None


def divided_by_all(
    tree: ast.Module, lines: Collection[int], datasets: Collection[str] = ()
) -> Iterator[tuple[str, int, int]]:
    """Sums that are divided by the length of a data set, each with its line and that of the loop.

    Args:
        lines: where loops ask a loader for a part of the rows.
        datasets: `len(name)` of the data sets of these.
    """
    outer = _values(node for each in tree.body for node in within(each))
    for body in scopes(tree):
        own = [each for each in body if not isinstance(each, OWN_SCOPE)]
        nodes = [node for each in own for node in within(each)]
        divisions = [
            node for node in nodes if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        ]
        if not divisions:
            continue
        values = {**outer, **_values(nodes)}
        loops = [node for node in nodes if isinstance(node, ast.For) and node.lineno in lines]
        for division in divisions:
            above, below = (
                (division.left, division.right)
                if isinstance(division, ast.BinOp)
                else (division.target, division.value)
            )
            count = _plain(below)
            length = ast.unparse(values.get(ast.unparse(count), count))
            summed = _summed(values.get(ast.unparse(above), above))
            name = ast.unparse(_summed(above))
            if isinstance(summed, ast.GeneratorExp | ast.ListComp):
                part = summed.generators[0].iter
                is_whole = length == f"len({_iterated(part)}.dataset)" or length in datasets
                if part.lineno in lines and is_whole and _is_of_rows(summed.elt, values):
                    yield name, division.lineno, part.lineno
                continue
            for loop in loops:
                is_whole = length == f"len({_iterated(loop.iter)}.dataset)" or length in datasets
                if is_whole and _adds_rows(loop, name, values) and _begins_anew(loop, name, nodes):
                    yield name, division.lineno, loop.lineno
                    break


def _values(nodes: Iterator[ast.AST] | list[ast.AST]) -> dict[str, ast.expr]:
    """What names are set to, where that is a length or a product, by name."""
    kinds = (ast.Call, ast.BinOp, ast.Subscript)
    return {target.id: to for target, to in given(nodes) if isinstance(target, ast.Name) and isinstance(to, kinds)}


def _plain(node: ast.expr) -> ast.expr:
    """Without float(), .item() and the like."""
    while isinstance(node, ast.Call) and called(node) in PLAIN:
        if node.args and (isinstance(node.func, ast.Name) or called(node) in ("sum", "fsum")):
            node = node.args[0]
        elif isinstance(node.func, ast.Attribute) and not node.args:
            node = node.func.value
        else:
            break
    return node


def _summed(node: ast.expr) -> ast.expr:
    """The sum in 100 * sum, or float(sum)."""
    node = _plain(node)
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        node = _plain(node.right if isinstance(node.left, ast.Constant) else node.left)
    return node


def _iterated(node: ast.expr) -> str:
    while isinstance(node, ast.Call) and called(node) in ITERATING and node.args:
        node = node.args[0]
    return ast.unparse(node)


def _adds_rows(loop: ast.For, name: str, values: dict[str, ast.expr]) -> bool:
    """Whether a loop adds to a name what counts once for each row: a loss times the rows, rows that are right."""
    nodes = [each for part in loop.body for each in within(part)]
    added = [
        node.value
        for node in nodes
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and ast.unparse(node.target) == name
    ]
    appended = (node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == f"{name}.append")
    added += [node.args[0] for node in appended if len(node.args) == 1]
    return bool(added) and all(_is_of_rows(each, values) for each in added)


def _is_of_rows(node: ast.expr, values: dict[str, ast.expr]) -> bool:
    is_sum = called(node) == "sum"
    if not is_sum:
        node = _plain(node)
    if isinstance(node, ast.Name):
        node = values.get(node.id, node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return any(_is_size(each, values) for each in (node.left, node.right))
    parts = all_nodes(node)
    counts = any(isinstance(each, ast.Compare) or called(each) in ("eq", "sum") for each in parts)
    in_sum = any(
        each.arg == "reduction" and ast.unparse(each.value) == "'sum'"
        for each in parts
        if isinstance(each, ast.keyword)
    )
    is_mean = any(called(each) == "mean" or isinstance(each, ast.Div) for each in parts)
    return (counts or in_sum or is_sum) and not is_mean


def _is_size(node: ast.expr, values: dict[str, ast.expr]) -> bool:
    """Whether a value is len(x), x.size(0) or x.shape[0], by a name too."""
    if isinstance(node, ast.Name):
        node = values.get(node.id, node)
    text = ast.unparse(node)
    return called(node) == "len" or text.endswith((".size(0)", ".shape[0]", ".size()[0]"))


def _begins_anew(loop: ast.For, name: str, nodes: list[ast.AST]) -> bool:
    """Whether each loop around this one sets the sum to a value first: it is no sum over several folds."""
    around = [node for node in nodes if isinstance(node, LOOPS) and node is not loop and loop in within(node)]
    for outer in around:
        sets = [node for node in within(outer) if isinstance(node, ast.Assign)]
        targets = [each for node in sets for target in node.targets for each in getattr(target, "elts", [target])]
        if not any(ast.unparse(each) == name for each in targets):
            return False
    return True
