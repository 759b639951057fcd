"""shuffled-apart: inputs and their labels are put into two different random orders.

What it checks
    In the source of the program: two arrays are shuffled one after the other, each by a draw of its own (shuffle,
    x[randperm(n)], permutation), nothing sets the seed in between, and they are used as a pair: together in a data set,
    a split or a fit, returned as inputs and labels, or one in the call of a net and the other as its target. They are
    followed under other names: slices, casts, scaled copies. Or one object is made of both, each in an order of its
    own; or both are inputs that are given out with one label.

Why it hurts
    Each row has the label of another one. The loss falls to what the frequencies of the classes give, and no further.

Example
    np.random.shuffle(x); np.random.shuffle(y)

Instead
    order = np.random.permutation(len(x)); x, y = x[order], y[order]

When it is a false alarm
    Arrays that are no pairs, and are given to one data set all the same.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from goodfit.checks.engine.own_source import all_nodes, called, names_in, scopes, within
from goodfit.checks.engine.renamed import Marks, marks_of, renamed
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

WORTH_PARSING = lazy_pattern(r"shuffle\(|permutation\(|randperm\(|randint\(|integers\(|choice\(")
ORDERS = ("randperm", "permutation")
DRAWS = ("randperm", "permutation", "randint", "integers", "choice")
SEEDING = ("seed", "manual_seed", "set_state", "setstate", "RandomState", "default_rng", "Random", "set_rng_state")
PAIRING = ("TensorDataset", "train_test_split", "fit", "partial_fit", "from_tensor_slices")
LABELS = lazy_pattern(r"^y(s|b|t|tr|te)?$|^[yt]_|_ys?$|label|target|^lbl", re.IGNORECASE)
LOSSES = lazy_pattern(r"loss|criterion|cross_entropy|^mse$|^bce$|^nll$", re.IGNORECASE)
CASTS = ("tensor", "as_tensor", "from_numpy", "Tensor", "FloatTensor", "LongTensor", "array", "asarray", "to", "view")
DOMAINS = lazy_pattern(r"source|src", re.IGNORECASE)  # beside which "target" is no label
APART_AT_MOST = 4  # statements from one to the other


class Shuffle(NamedTuple):
    """A statement that gives `name` the values of `base` in a random order, that of `order` where it has a name.

    Attributes:
        size: of how many values the order is, as the source says it.
        generator: what draws it, as the source says it: two that begin with one seed draw one order.
    """

    name: str
    base: str
    order: str
    line: int
    size: str = ""
    generator: str = ""


class ShuffledApart(SourceRule):
    code, level = "GF516", Level.WARNING
    worth_parsing = WORTH_PARSING
    what = "{name} are shuffled one after the other, each into an order of its own, and then used as pairs"
    fix = "Draw one order and index both with it: order = torch.randperm(len(x)); x, y = x[order], y[order]"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for first, second in apart(tree):
            yield f"{first.base} and {second.base}", second.line


def apart(tree: ast.Module) -> Iterator[tuple[Shuffle, Shuffle]]:
    """Pairs of arrays that are shuffled apart."""
    pairing = set(PAIRING) | {
        node.name
        for node in all_nodes(tree)
        if isinstance(node, ast.ClassDef) and any("Dataset" in ast.unparse(base) for base in node.bases)
    }
    for body in scopes(tree):
        for block in _blocks(body):
            shuffles = [(at, each) for at, statement in enumerate(block) for each in _shuffles(statement)]
            for (at, first), (later, second) in itertools.pairwise(shuffles):
                if first.base == second.base or first.name == second.name or later - at > APART_AT_MOST:
                    continue
                if first.order == second.order and first.order:
                    continue
                seeded = any(called(each) in SEEDING for line in block[at : later + 1] for each in within(line))
                if seeded:
                    continue
                nodes = [each for line in body for each in within(line)]
                is_pair = any(_paired(each, first, second, pairing) for each in nodes)
                if is_pair or _paired_later(nodes, first, second, pairing):
                    yield first, second
        own = [line for line in body if not isinstance(line, ast.FunctionDef | ast.ClassDef)]
        yield from _in_one(own, pairing)


def _in_one(body: list[ast.stmt], pairing: set[str]) -> Iterator[tuple[Shuffle, Shuffle]]:
    """Pairs that one object is made of, or that are returned: Data(x[order], y[rng.permutation(n)])."""
    nodes = [node for line in body for node in within(line)]
    if any(called(node) in SEEDING for node in nodes):
        return
    drawn = {
        node.targets[0].id
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and called(node.value) in ORDERS
    }
    for node in nodes:
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call) and (called(node) in pairing or called(node)[:1].isupper()):
            parts = [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            parts = node.value.elts
        shuffles = [each for each in (_indexed(part, drawn) for part in parts) if each is not None]
        for first, second in itertools.pairwise(shuffles):
            apart = not first.order or first.order != second.order
            if apart and first.base != second.base and _labels_among(first, second) == 1:
                yield first, second


def _indexed(node: ast.expr, drawn: set[str]) -> Shuffle | None:
    """An array in a random order, as it is or within a call: torch.tensor(y[order])."""
    while isinstance(node, ast.Call) and len(node.args) == 1 and called(node) not in ORDERS:
        node = node.args[0]
    if not isinstance(node, ast.Subscript):
        return None
    order = node.slice.id if isinstance(node.slice, ast.Name) else ""
    if order not in drawn and called(node.slice) not in ORDERS:
        return None
    base = ast.unparse(node.value)
    return Shuffle(base.rpartition(".")[2], base, order, node.lineno)


def _labels_among(first: Shuffle, second: Shuffle) -> int:
    """How many of two arrays are called labels."""
    return sum(LABELS.search(each.name) is not None for each in (first, second))


def _are_views(first: Shuffle, second: Shuffle) -> bool:
    """Two inputs that keep their names, in orders of one size: left and right, to be given out with a label."""
    kept = first.name == first.base and second.name == second.base
    return kept and _labels_among(first, second) == 0 and bool(first.size) and first.size == second.size


def _blocks(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Lists of statements that run one after the other."""
    yield body
    for statement in body:
        for node in within(statement):
            for name in ("body", "orelse", "finalbody"):
                inner = getattr(node, name, None)
                if isinstance(inner, list) and not isinstance(node, ast.FunctionDef | ast.ClassDef):
                    yield inner


def _shuffles(statement: ast.stmt) -> list[Shuffle]:
    if isinstance(statement, ast.Expr):
        call = statement.value
        is_shuffle = called(call) == "shuffle" and isinstance(call, ast.Call) and len(call.args) == 1
        if is_shuffle and isinstance(call, ast.Call) and not call.keywords and isinstance(call.args[0], ast.Name):
            return [Shuffle(call.args[0].id, call.args[0].id, "", statement.lineno)]
        return []
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return []
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        pairs = zip(target.elts, value.elts, strict=True)
        found = [_shuffled(name, each, statement.lineno) for name, each in pairs]
    else:
        found = [_shuffled(target, value, statement.lineno)]
    return [each for each in found if each is not None]


def _shuffled(target: ast.expr, value: ast.expr, line: int) -> Shuffle | None:
    if not isinstance(target, ast.Name):
        return None
    if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name):
        index = value.slice.value if isinstance(value.slice, ast.Subscript) else value.slice
        if isinstance(index, ast.Call) and called(index) in DRAWS:
            size = ", ".join(map(ast.unparse, index.args))
            return Shuffle(target.id, value.value.id, "", line, size, _generator(index))
    if isinstance(value, ast.Call) and called(value) in ("permutation", "shuffle") and len(value.args) == 1:
        of = value.args[0]
        if isinstance(of, ast.Name) and of.id == target.id and not value.keywords:
            return Shuffle(target.id, of.id, "", line, generator=_generator(value))
    return None


def _generator(call: ast.Call) -> str:
    given = [ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg == "generator"]
    return given[0] if given else ast.unparse(call.func).rpartition(".")[0]


def _paired_later(nodes: list[ast.AST], first: Shuffle, second: Shuffle, pairing: set[str]) -> bool:
    """Whether values of both, of which one are labels, meet as a pair under whatever names they have by then."""
    is_domain = any(DOMAINS.search(each.name) for each in (first, second))
    if _labels_among(first, second) != 1 or is_domain or first.generator != second.generator:
        return False
    later = [node for node in nodes if getattr(node, "lineno", 0) > max(first.line, second.line)]
    x, y = (first, second) if LABELS.search(second.name) else (second, first)
    start: dict[str, Marks] = {x.name: frozenset("x"), y.name: frozenset("y")}
    return any(_meet(node, known, pairing) for node, known in renamed(later, start))


def _meet(node: ast.AST, known: dict[str, Marks], pairing: set[str]) -> bool:
    """Whether a call gets inputs ("x") and labels ("y") as a pair, or a function gives them back."""
    if isinstance(node, ast.Return | ast.Yield) and isinstance(node.value, ast.Tuple):
        parts = node.value.elts
    elif isinstance(node, ast.Call):
        parts = [*node.args, *(keyword.value for keyword in node.keywords)]
    else:
        return False
    marks = [marks_of(part, known) for part in parts]
    if {"x"} not in marks or {"y"} not in marks:
        return False
    name = called(node)
    if isinstance(node, ast.Return | ast.Yield) or name in pairing or name.endswith("Dataset"):
        return True
    return bool(LOSSES.search(name)) and marks[:2] == [{"x"}, {"y"}] and _is_as_it_is(parts[1])


def _is_as_it_is(node: ast.expr) -> bool:
    """Whether an expression is an array, a part or a cast of one: not what a net makes of it."""
    if isinstance(node, ast.Subscript):
        return _is_as_it_is(node.value)
    if isinstance(node, ast.Call):
        return called(node) in CASTS or not (node.args or node.keywords)
    return isinstance(node, ast.Name | ast.Attribute)


def _paired(node: ast.AST, first: Shuffle, second: Shuffle, pairing: set[str]) -> bool:
    """Whether a node uses the two as inputs and labels."""
    if (
        isinstance(node, ast.Return | ast.Yield)
        and isinstance(node.value, ast.Tuple)
        and _labels_among(first, second) == 1
    ):
        parts = node.value.elts
        with_first, with_second = ([part for part in parts if each.name in names_in(part)] for each in (first, second))
        return len(with_first) == len(with_second) == 1 and with_first[0] is not with_second[0]
    if isinstance(node, ast.Tuple) and _are_views(first, second):
        has_first, has_second, has_label = (
            {at for at, part in enumerate(node.elts) if any(is_one(name) for name in names_in(part))}
            for is_one in (first.name.__eq__, second.name.__eq__, LABELS.search)
        )
        return len(has_first) == len(has_second) == 1 and len(has_first | has_second | has_label) > 2
    if isinstance(node, ast.Call):
        args = [*node.args, *(keyword.value for keyword in node.keywords)]
        with_first = [arg for arg in args if first.name in names_in(arg)]
        with_second = [arg for arg in args if second.name in names_in(arg)]
        if len(with_first) != 1 or len(with_second) != 1 or with_first[0] is with_second[0]:
            return False
        name = called(node)
        if name in pairing or name.endswith("Dataset"):
            return True
        if name == "zip":
            return _labels_among(first, second) == 1
        x, y = with_first[0], with_second[0]
        is_target = LABELS.search(second.name) is not None and LABELS.search(first.name) is None
        return isinstance(x, ast.Call) and isinstance(y, ast.Name) and is_target
    return False
