"""one-value-for-both: of two values that came together, one is written into both names, and the other is lost.

What it checks
    In the source of the program: two names that get their values together (h, c = ..., the parts of a batch, the
    arguments of a function) are both given one and the same index, cast or view of the first one, in one statement or
    in two that follow each other, before the second value was read. Or a pair of twice that expression is made, and
    the second value is never read.

Why it hurts
    Nothing fails, as both have one shape. The cell state of an LSTM is its hidden state; the labels are the images.

Example
    h, c = h[:, order], h[:, order]

Instead
    h, c = h[:, order], c[:, order]

When it is a false alarm
    A net that is to give back its input, where the labels of the batch are written over on purpose.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.own_source import all_nodes, called, of_kind, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

CASTS = frozenset({"tensor", "as_tensor", "from_numpy", "Variable", "FloatTensor", "LongTensor", "asarray", "array"})
# with indices, all that a pair may be made by
VIEWS = """to cuda cpu float half double long view reshape permute transpose squeeze unsqueeze contiguous flatten flip
    roll index_select gather repeat_interleave detach numpy"""
Function = ast.FunctionDef | ast.AsyncFunctionDef


class OneValueForBoth(SourceRule):
    code, level = "GF462", Level.WARNING
    worth_parsing = lazy_pattern(
        r"\b(\w+)[.\[][^=\n]{1,100}, *\(?\1[.\[]|^ *(\w{1,40}) = (.{0,40}\b\2\b.{1,100})\n *\w+ = \3", re.MULTILINE
    )
    what = "{name} came as a pair, and both get the value of the first: the second one is lost"
    fix = "Take each from its own: h, c = h[:, order], c[:, order]"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return one_for_both(tree)


def one_for_both(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of such pairs, each with the line where the second value is lost."""
    functions: list[Function] = [*of_kind(tree, ast.FunctionDef), *of_kind(tree, ast.AsyncFunctionDef)]
    yield from _lost(tree.body, [])
    for function in functions:
        parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        yield from _lost(function.body, [(parameters, function.lineno)])


def _lost(body: list[ast.stmt], together: list[tuple[list[str], int]]) -> Iterator[tuple[str, int]]:
    nodes = within_body(body)
    candidates = [*_in_one_statement(nodes), *_in_two_statements(body, nodes)]
    pairs = list(_made_pairs(nodes))
    if not candidates and not pairs:
        return
    together = [*together, *_unpacked(nodes)]
    # a function that is defined here may read the name as well
    inside = [node for statement in body for node in all_nodes(statement)]
    reads = [(node.id, node.lineno) for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    for first, second, line in candidates:
        bound = [at for names, at in together if first in names and second in names and at < line]
        if bound and not any(name == second and max(bound) < at <= line for name, at in reads):
            yield f"{first}, {second}", line
    for name, line in pairs:
        for names, at in together:
            others = [each for each in names if each != name]
            if len(names) != 2 or name not in names or at >= line or others[0].startswith("_"):
                continue
            if all(each != others[0] for each, _ in reads) and _is_bound_once(others[0], inside):
                yield ", ".join(names), line


def _in_one_statement(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str, int]]:
    """h, c and the line of `h, c = h[i], h[i]`."""
    for node in nodes:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.value, ast.Tuple):
            continue
        target = node.targets[0]
        if not isinstance(target, ast.Tuple) or len(target.elts) != len(node.value.elts):
            continue
        given = [
            (name.id, value)
            for name, value in zip(target.elts, node.value.elts, strict=True)
            if isinstance(name, ast.Name)
        ]
        for first, value in given:
            for second, other in given:
                if first != second and _root(value) == first and _are_same(value, other):
                    yield first, second, node.lineno


def _in_two_statements(body: list[ast.stmt], nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str, int]]:
    """The same of `h = h[i]` and, in the next line, `c = h[i]`."""
    around = [node for node in nodes if isinstance(node, ast.For | ast.While | ast.If | ast.With | ast.Try)]
    blocks = [body, *(getattr(node, name, None) for node in around for name in ("body", "orelse", "finalbody"))]
    for block in blocks:
        if not isinstance(block, list):
            continue
        for one, next_one in itertools.pairwise(block):
            first, value = _simple(one)
            second, other = _simple(next_one)
            if value is None or other is None or first == second:
                continue
            if _root(value) == first and _are_same(value, other):
                yield first, second, next_one.lineno


def _simple(statement: ast.AST) -> tuple[str, ast.expr | None]:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target.id, statement.value
    return "", None


def _made_pairs(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, int]]:
    """The name that both parts of a pair are an index or a view of, with the line."""
    written = {
        id(node.value) for node in nodes if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple)
    }
    for node in nodes:
        if not isinstance(node, ast.Tuple) or len(node.elts) != 2 or id(node) in written:
            continue
        first, second = node.elts
        if isinstance(node.ctx, ast.Load) and _root(first) and _are_same(first, second) and _is_view(first):
            yield _root(first), node.lineno


def _unpacked(nodes: Sequence[ast.AST]) -> Iterator[tuple[list[str], int]]:
    """Names that get their values together, with the line: also (h, c) of `out, (h, c) = lstm(x)`."""
    for node in nodes:
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Tuple):
            targets: list[ast.expr] = node.targets
        elif isinstance(node, ast.For):
            targets = [node.target]
        else:
            continue
        for target in targets:
            for each in all_nodes(target):
                if isinstance(each, ast.Tuple | ast.List) and isinstance(each.ctx, ast.Store):
                    yield [name.id for name in each.elts if isinstance(name, ast.Name)], node.lineno


def _root(value: ast.expr) -> str:
    """The name that an expression is an index, a view or a cast of; "" of anything else, and of the name alone."""
    node, steps = value, 0
    while not isinstance(node, ast.Name):
        steps += 1
        if isinstance(node, ast.Subscript | ast.Attribute):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and called(node) not in CASTS:
            node = node.func.value
        elif isinstance(node, ast.Call) and called(node) in CASTS and node.args:
            node = node.args[0]
        else:
            return ""
    return node.id if steps else ""


def _is_view(value: ast.expr) -> bool:
    """Whether an expression with a root holds all of it, or a part: h[:, order], h.view(1, -1); not h.shape[0]."""
    if isinstance(value, ast.Name):
        return True
    if isinstance(value, ast.Subscript):
        return not isinstance(value.slice, ast.Constant) and _is_view(value.value)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return called(value) in VIEWS.split() and _is_view(value.func.value)
    return False


def _are_same(value: ast.expr, other: ast.expr) -> bool:
    return type(value) is type(other) and ast.unparse(value) == ast.unparse(other)


def _is_bound_once(name: str, nodes: Sequence[ast.AST]) -> bool:
    names = [node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return sum(node.id == name for node in names) == 1
