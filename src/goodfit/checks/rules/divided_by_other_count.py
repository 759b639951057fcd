"""divided-by-other-count: a sum over batches is divided by the number of rows, or one over rows by that of batches.

What it checks
    In the source of the program: a loop adds the mean loss of each batch, as a loss of torch gives it, and the sum is
    divided by a number of rows: len(loader.dataset), a counter of rows. Or it adds how many rows are right, and the
    sum is divided by len(loader), or by len(loader) times a batch size, where the last batch is smaller. Or it adds
    means times the rows of their batches, and the sum is divided by the number of batches. Or it adds
    means times the size that batches are meant to have (args.batch_size), where the last one is smaller, and the sum is
    divided by a number of rows. Only where the loaders of the program give batches of two rows and more.

Why it hurts
    The loss that is shown is too small by the size of a batch, and cannot be compared with one of another batch size;
    the accuracy is too large by it, and above 1.

Example
    for x, y in loader: total += loss_fn(net(x), y).item()
    total /= len(loader.dataset)

Instead
    for x, y in loader: total += loss_fn(net(x), y).item() * len(y)      # or total /= len(loader)
    total /= len(loader.dataset)

When it is a false alarm
    None is known: a loss with reduction="sum", or one of the program's own, is not reported.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
import weakref
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from torch import nn

from goodfit.checks.engine.events import Batch, WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, last_name, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.engine.user_frame import names_of, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.lazy_pattern import lazy_pattern

BATCH_AT_LEAST = 2
FUNCTIONS = (
    "cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits", "mse_loss", "l1_loss",
    "smooth_l1_loss", "huber_loss",
)  # fmt: skip
REDUCTION = ("reduction", "size_average", "reduce")
PLAIN = ("item", "detach", "cpu", "float", "numpy")  # what leaves a number as it is
MOVES = ("to", "cuda", "cpu")  # of a module, which they return
ITERATING = ("enumerate", "tqdm", "track")
LOADER = lazy_pattern(r"load|dl$|batches", re.IGNORECASE)
SIZE = lazy_pattern(r"(^|[_.])(batch_?size|bs|bsz|batch)$", re.IGNORECASE)  # as options name it
MEANS, RIGHT, ROWS, BATCHES, WHOLE = "means", "right rows", "rows", "batches", "rows of whole batches"
WEIGHED, SUMS = "means times a size", "means times the rows of each batch"
WRONG = {(SUMS, BATCHES): "the mean loss of each batch is multiplied with its rows, and the sum is divided by the "
                          "number of batches",
         (MEANS, ROWS): "the sum of the mean losses of batches is divided by a number of rows",
         (RIGHT, BATCHES): "the number of right rows is divided by the number of batches",
         (RIGHT, WHOLE): "the number of right rows is divided by the batches times their size, and the last one is "
                         "smaller",
         (WEIGHED, ROWS): "the mean of each batch counts as that of a whole one, the smaller last one too, and the "
                          "sum is divided by the number of rows"}  # fmt: skip


class DividedByOtherCount(SourceRule):
    code, level = "GF450", Level.WARNING
    worth_parsing = lazy_pattern(r"\+=|\.append\(|\.(update|add)\(")
    what = "{name}"
    fix = "Divide the sum of means by the number of batches, or weigh each by its rows; divide rows by rows"
    yields_to = ("impossible-metric",)
    asks_the_file_alone = False

    def start(self) -> None:
        self.smallest_batch = 0
        self.known: weakref.WeakSet[Any] = weakref.WeakSet()  # loaders
        self.rests: weakref.WeakSet[Any] = weakref.WeakSet()  # those whose last batch is smaller
        self.with_rest: set[str] = set()  # what they are called
        self.lines: set[int] = set()  # where they are asked for batches

    def on_batch(self, event: Batch) -> None:
        loader = event.loader
        size = loader.batch_size or 0
        self.smallest_batch = min(size, self.smallest_batch or size)
        if loader not in self.known and size:
            self.known.add(loader)
            if not loader.drop_last and hasattr(loader.dataset, "__len__") and len(loader.dataset) % size:
                self.with_rest |= names_of(loader)
                self.rests.add(loader)
        if event.number == 0 and loader in self.rests and (line := user_place().line) is not None:
            self.lines.add(line)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if self.smallest_batch >= BATCH_AT_LEAST:
            yield from super().on_end(event)

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return divided(tree, self.with_rest, self.lines)


def divided(
    tree: ast.Module, with_rest: Collection[str] = (), lines: Collection[int] = ()
) -> Iterator[tuple[str, int]]:
    """What is wrong with a sum that is divided by another count, with its line.

    Args:
        with_rest: names of loaders whose last batch is smaller.
        lines: of the loops that go through them.
    """
    losses = _losses(tree)
    for body in scopes(tree):
        own = [statement for statement in body if not isinstance(statement, ast.FunctionDef | ast.ClassDef)]
        nodes = [node for statement in own for node in within(statement)]
        yield from _metered(nodes, losses, lines)
        divisions = [
            node for node in nodes if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        ]
        if not divisions:
            continue
        scope = _read(nodes, losses)
        by_size = {  # right / len(loader) / batch_size
            id(node.left) for node in divisions if isinstance(node, ast.BinOp) and SIZE.search(ast.unparse(node.right))
        }
        for node in divisions:
            if id(node) in by_size:
                continue
            sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
            kinds = scope.sum_of(sides[0]), scope.count_of(sides[1])
            wrong = WRONG.get(kinds)
            if kinds[0] == WEIGHED and not scope.loops & set(lines):
                continue
            if wrong and (kinds[1] != WHOLE or names_in(sides[1]) & set(with_rest)):
                yield wrong, node.lineno


def _metered(nodes: list[ast.AST], losses: set[str], lines: Collection[int]) -> Iterator[tuple[str, int]]:
    """Updates of a meter by the mean of a batch and the size that batches are meant to have."""
    loops = [node for node in nodes if isinstance(node, ast.For) and node.lineno in lines]
    if not loops:
        return
    assigned = _assigned(nodes)
    measured = _measured(nodes, assigned)
    for call in (node for loop in loops for part in loop.body for node in within(part)):
        if isinstance(call, ast.Call) and called(call) in ("update", "add") and isinstance(call.func, ast.Attribute):
            sizes = [*call.args[1:2], *(each.value for each in call.keywords if each.arg in ("n", "count", "num"))]
            if call.args and len(sizes) == 1:
                weighed = ast.BinOp(call.args[0], ast.Mult(), sizes[0])
                if _kind(weighed, assigned, losses, measured) == WEIGHED:
                    yield "a meter counts the mean of the smaller last batch as that of a whole one", call.lineno


class Scope(NamedTuple):
    """What the names of a function stand for.

    Attributes:
        sums: "means", "right rows", "means times a size" or "means times the rows of each batch", of names that only
            such are added to.
        counts: "rows" or "batches", by name.
        loaders, loops: what the loops that add to a sum go through, and their lines.
        measured: names that are given other values than the size that batches are meant to have.
    """

    sums: dict[str, str]
    counts: dict[str, str]
    loaders: set[str]
    loops: set[int]
    measured: set[str]

    def sum_of(self, node: ast.AST) -> str:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):  # 100 * right / rows
            kinds = self.sum_of(node.left), self.sum_of(node.right)
            by_size = any(_is_meant_size(each, self.measured) for each in (node.left, node.right))
            return WEIGHED if by_size and MEANS in kinds else kinds[1] or kinds[0]
        if called(node) in ("sum", "float", "fsum") and isinstance(node, ast.Call) and len(node.args) == 1:
            node = node.args[0]
        node = _number(node)
        return self.sums.get(node.id, "") if isinstance(node, ast.Name) else ""

    def count_of(self, node: ast.AST) -> str:
        return self.counts.get(node.id, "") if isinstance(node, ast.Name) else _count(node, self.loaders)


def _read(nodes: list[ast.AST], losses: set[str]) -> Scope:
    assigned = _assigned(nodes)
    measured = _measured(nodes, assigned)
    kinds: dict[str, set[str]] = {}
    loaders: set[str] = set()
    loops: set[int] = set()
    for loop in (node for node in nodes if isinstance(node, ast.For)):
        added = [each for part in loop.body for node in within(part) for each in _added(node)]
        for name, value in added:
            kinds.setdefault(name, set()).add(_kind(value, assigned, losses, measured))
        if added:
            loaders.add(_iterated(loop.iter))
            loops.add(loop.lineno)
    single = {name: min(of) for name, of in kinds.items() if len(of) == 1}
    counts = {name: kind for name, kind in single.items() if kind == ROWS}
    for name, values in assigned.items():
        if name not in kinds and len(of := {_count(value, loaders) for value in values}) == 1:
            counts[name] = min(of)
    sums = {name: kind for name, kind in single.items() if kind in (MEANS, RIGHT, WEIGHED, SUMS)}
    return Scope(sums, counts, loaders, loops, measured)


def _assigned(nodes: list[ast.AST]) -> dict[str, list[ast.AST]]:
    """What names are set to."""
    assigned: dict[str, list[ast.AST]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and isinstance(node.op, ast.Mult):
            assigned.setdefault(node.target.id, []).append(node)  # loss *= len(x): no mean any more
    return assigned


def _measured(nodes: list[ast.AST], assigned: dict[str, list[ast.AST]]) -> set[str]:
    """Names that are given anything but the size that batches are meant to have, which options or loaders hold."""
    stored = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    found = set(stored)
    for name, values in assigned.items():
        plain = len(values) == stored.count(name)
        if plain and all(isinstance(each, ast.Attribute) and _is_meant_size(each, set()) for each in values):
            found.discard(name)
    return found


def _is_meant_size(node: ast.AST, measured: set[str]) -> bool:
    """Whether a value is args.batch_size, loader.batch_size, or a name such as BATCH_SIZE that is set elsewhere."""
    if isinstance(node, ast.Name):
        return node.id not in measured and bool(SIZE.search(node.id))
    return isinstance(node, ast.Attribute) and bool(SIZE.search(node.attr))


def _losses(tree: ast.Module) -> set[str]:
    """Names that only such losses of torch are given to as take the mean of a batch; those of its functions too."""
    means: dict[str, bool] = dict.fromkeys(FUNCTIONS, True)
    for node in all_nodes(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                made = _before_moves(node.value)
                name, kind = last_name(target), called(made)
                is_mean = kind.endswith("Loss") and hasattr(nn, kind) and _is_mean(made)
                means[name] = means.get(name, True) and is_mean
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            means[node.name] = False
    return {name for name, is_mean in means.items() if is_mean}


def _before_moves(node: ast.AST) -> ast.AST:
    """nn.MSELoss() of nn.MSELoss().to(device)."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MOVES:
        node = node.func.value
    return node


def _is_mean(call: ast.AST) -> bool:
    return isinstance(call, ast.Call) and not any(each.arg in REDUCTION or each.arg is None for each in call.keywords)


def _added(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What is added to a name: total += value, losses.append(value)."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and isinstance(node.target, ast.Name):
        yield node.target.id, node.value
    elif isinstance(node, ast.Call) and called(node) == "append" and len(node.args) == 1:
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if isinstance(owner, ast.Name):
            yield owner.id, node.args[0]


def _number(node: ast.AST) -> ast.AST:
    """What a number was taken out of: loss of float(loss.detach().item())."""
    while isinstance(node, ast.Call) and called(node) in PLAIN:
        if isinstance(node.func, ast.Attribute):
            node = node.func.value
        elif node.args:
            node = node.args[0]
        else:
            return node
    return node


def _kind(node: ast.AST, assigned: dict[str, list[ast.AST]], losses: set[str], measured: set[str]) -> str:
    """What a value is, that a loop adds to a sum; "" where that is not known."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for mean, size in ((node.left, node.right), (node.right, node.left)):
            if _is_size(size, assigned, measured):
                is_mean = _kind(mean, assigned, losses, measured) == MEANS or _is_mean_of_right(mean, assigned)
                return WEIGHED if is_mean else ""
            of_batch = assigned.get(size.id, []) if isinstance(size, ast.Name) else [size]
            if of_batch and all(map(_is_batch_size, of_batch)) and _kind(mean, assigned, losses, measured) == MEANS:
                return SUMS
    node = _number(node)
    values = assigned.get(node.id, []) if isinstance(node, ast.Name) else [node]
    if values and all(called(each) in losses and _is_mean(each) for each in map(_number, values)):
        return MEANS
    if len(values) == 1 and _is_right(_number(values[0])):
        return RIGHT
    return ROWS if _is_batch_size(node) else ""


def _is_size(node: ast.AST, assigned: dict[str, list[ast.AST]], measured: set[str]) -> bool:
    """Whether a value is the size that batches are meant to have, also under a name of its own."""
    if isinstance(node, ast.Name) and node.id in assigned and node.id not in measured:
        return True
    return _is_meant_size(node, measured)


def _is_mean_of_right(node: ast.AST, assigned: dict[str, list[ast.AST]]) -> bool:
    """Whether a value is (a == b).float().mean(), by its name too."""
    node = _number(node)
    values = assigned.get(node.id, []) if isinstance(node, ast.Name) else [node]
    return bool(values) and all(_is_compared_mean(_number(each)) for each in values)


def _is_compared_mean(node: ast.AST) -> bool:
    if called(node) != "mean" or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    compared = [each for each in all_nodes(node.func.value) if isinstance(each, ast.Compare) or called(each) == "eq"]
    return len(compared) == 1 and not node.args and not node.keywords


def _is_right(node: ast.AST) -> bool:
    """Whether rows are counted by comparing them: (a == b).sum()."""
    if called(node) != "sum" or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    parts = [node.func.value, *node.args]
    compared = any(isinstance(each, ast.Compare) or called(each) == "eq" for part in parts for each in all_nodes(part))
    return compared and not any(isinstance(each, ast.Div) for part in parts for each in all_nodes(part))


def _is_batch_size(node: ast.AST) -> bool:
    """Whether a value is len(y), y.size(0) or y.shape[0]."""
    if isinstance(node, ast.Call):
        first = [each.value for each in node.args if isinstance(each, ast.Constant)]
        return (called(node) == "len" and isinstance(node.func, ast.Name)) or (called(node) == "size" and first == [0])
    is_shape = isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    return is_shape and isinstance(node, ast.Subscript) and ast.unparse(node.slice) == "0"


def _iterated(node: ast.AST) -> str:
    """The loader that a loop goes through."""
    while isinstance(node, ast.Call) and called(node) in ITERATING and node.args:
        node = node.args[0]
    return ast.unparse(node)


def _count(node: ast.AST, loaders: set[str]) -> str:
    """Whether an expression is a number of rows or of batches; "" where that is not known."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return WHOLE if BATCHES in (_count(node.left, loaders), _count(node.right, loaders)) else ""
    if called(node) != "len" or not isinstance(node, ast.Call) or len(node.args) != 1:
        return ""
    of = node.args[0]
    if isinstance(of, ast.Attribute) and of.attr == "dataset":
        return ROWS
    return BATCHES if ast.unparse(of) in loaders and any(map(LOADER.search, names_in(of) | {ast.unparse(of)})) else ""
