"""straight-through-turned: a straight-through estimator gives what is not rounded forward, and its gradient elsewhere.

What it checks
    The program's source: hard + (soft - hard).detach(), where `hard` is what was rounded, looked up by an argmin or
    argmax, or one-hot, and `soft` is what it was made of. In a program that takes steps.

Why it hurts
    Forward it is soft, since the two hard ones cancel: nothing is rounded while the net trains, and everything when it
    is used. Backward the gradient goes to the hard one, and the encoder gets none.

Example
    q = q + (z - q).detach()

Instead
    q = z + (q - z).detach()

When it is a false alarm
    None is known.

Cost
    One look at the source after training.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

ROUNDING = ("round", "sign", "floor", "ceil", "one_hot", "scatter_", "scatter", "heaviside")
CHOOSING = ("argmin", "argmax", "min", "max", "multinomial")
LOOKUPS = ("embedding", "index_select", "gather", "take_along_dim")


class StraightThroughTurned(SourceRule):
    code, level = "GF279", Level.WARNING
    worth_parsing = lazy_pattern(r"\.detach\(\)|\.data\b")
    what = (
        "{name} + (... - {name}).detach() is what was not rounded: nothing is rounded while the net trains, and the "
        "gradient does not go through"
    )
    fix = "Turn it round: soft + (hard - soft).detach()"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from turned(tree)


def turned(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of what is rounded and stands where the soft one should, each with its line."""
    for body in scopes(tree):
        nodes = [node for statement in body for node in within(statement)]
        sums = [(hard, soft, line) for node in nodes for hard, soft, line in _straight_through(node)]
        if not sums:
            continue
        rounded = _rounded(nodes, _embeddings(tree))
        for hard, soft, line in sums:
            if hard in rounded and soft not in rounded:
                yield hard, line


def _straight_through(node: ast.AST) -> Iterator[tuple[str, str, int]]:
    """The names a and b of a + (b - a).detach(), in either order."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return
    for one, other in ((node.left, node.right), (node.right, node.left)):
        inner = _detached(other)
        if isinstance(one, ast.Name) and isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub):
            left, right = inner.left, inner.right
            if isinstance(left, ast.Name) and isinstance(right, ast.Name) and right.id == one.id != left.id:
                yield one.id, left.id, node.lineno


def _detached(node: ast.AST) -> ast.AST | None:
    """What is detached by .detach() or .data."""
    if called(node) == "detach" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value
    return node.value if isinstance(node, ast.Attribute) and node.attr == "data" else None


def _embeddings(tree: ast.Module) -> set[str]:
    """Names of the tables that nn.Embedding makes."""
    return {
        last_name(target)
        for target, value in given(all_nodes(tree))
        if called(value) == "Embedding" and last_name(target)
    }


def _rounded(nodes: list[ast.AST], tables: set[str]) -> set[str]:
    """Variables that are rounded, one-hot, or looked up by what an argmin or argmax gave."""
    chosen: set[str] = set()
    rounded: set[str] = set()
    assignments = sorted((node for node in nodes if isinstance(node, ast.Assign)), key=lambda node: node.lineno)
    for node in assignments:
        target = node.targets[-1]
        names = (
            {target.id}
            if isinstance(target, ast.Name)
            else names_in(target)
            if isinstance(target, ast.Tuple)
            else set()
        )
        functions = {called(each) for each in all_nodes(node.value)}
        if functions & set(ROUNDING):
            rounded |= names
        elif functions & set(CHOOSING) and not _straight_sum(node.value):
            chosen |= names
        if _looks_up(node.value, chosen, tables) or (
            isinstance(node.value, ast.Call) and names_in(node.value) & rounded and _moves(node.value)
        ):
            rounded |= names
    return rounded


def _straight_sum(value: ast.AST) -> bool:
    return any(True for node in all_nodes(value) for _ in _straight_through(node))


def _looks_up(value: ast.AST, chosen: set[str], tables: set[str]) -> bool:
    """Whether rows of a table are taken: table[i], embedding(i), table(i) of a module."""
    for node in all_nodes(value):
        if isinstance(node, ast.Subscript) and names_in(node.slice) & chosen:
            return True
        arguments = set().union(*(names_in(each) for each in node.args)) if isinstance(node, ast.Call) else set()
        if arguments & chosen and (called(node) in LOOKUPS or _is_table(node)):
            return True
        inner = [each for part in node.args for each in all_nodes(part)] if isinstance(node, ast.Call) else []
        if called(node) in tables and (arguments & chosen or any(called(each) in CHOOSING for each in inner)):
            return True
    return False


def _is_table(node: ast.AST) -> bool:
    name = called(node)
    return bool(re.search(r"code|book|embed|dict|table", name, re.IGNORECASE))


def _moves(node: ast.Call) -> bool:
    """Whether a call gives the same values in another shape or order."""
    return called(node) in ("view", "view_as", "reshape", "permute", "contiguous", "transpose", "float", "to", "matmul")
