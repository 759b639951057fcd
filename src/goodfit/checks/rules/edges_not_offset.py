"""edges-not-offset: graphs are joined to a batch, and their edges go on counting nodes from 0.

What it checks
    In the source of the program: a loop over graphs collects the edges of each as they are, and for each graph as many
    copies of its number as it has nodes; both lists are concatenated. Nothing is added to the edges in the loop.

Why it hurts
    The first nodes of the batch get the edges of all graphs, and the others none. Nothing fails, since the numbers are
    valid, and the net learns from the nodes alone.

Example
    for i, graph in enumerate(graphs): edges.append(graph.edge_index); batch.append(torch.full((graph.n,), i))

Instead
    for i, graph in enumerate(graphs): edges.append(graph.edge_index + offset); ...; offset += graph.n

When it is a false alarm
    Edges that hold numbers of the whole batch already.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import OWN_SCOPE, all_nodes, called, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

EDGES = lazy_pattern(r"edge|adj", re.IGNORECASE)
FEATURES = lazy_pattern(r"attr|weight|feat|type|label|mask", re.IGNORECASE)
COPIES = ("full", "full_like", "repeat", "repeat_interleave")
JOINS = ("cat", "concat", "concatenate", "hstack")


class EdgesNotOffset(SourceRule):
    code, level = "GF286", Level.WARNING
    worth_parsing = EDGES
    what = (
        "graphs are joined to one batch, and {name} takes the edges of each as they are: all point to the first nodes"
    )
    fix = "Add the number of nodes before the graph to its edges: edges.append(edge_index + offset)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from not_offset(tree)


def not_offset(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Lists of edges that are collected so, each with its line."""
    for body in scopes(tree):
        own = [statement for statement in body if not isinstance(statement, OWN_SCOPE)]
        nodes = [node for statement in own for node in within(statement)]
        joined = {name for node in nodes if called(node) in JOINS for name in _first(node)}
        for loop in (node for node in nodes if isinstance(node, ast.For) and called(node.iter) == "enumerate"):
            number = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else None
            if not isinstance(number, ast.Name):
                continue
            inside = [node for statement in loop.body for node in within(statement)]
            appended = [pair for node in inside if (pair := _appended(node)) and pair[0] in joined]
            counts = any(number.id in names_in(value) and _is_copies(value) for _, value in appended)
            moved = {
                name
                for node in inside
                if isinstance(node, ast.Assign | ast.AugAssign) and _adds(node)
                for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
                for name in names_in(target)
            }
            for name, value in appended if counts else ():
                is_edges = EDGES.search(name) and not FEATURES.search(name) and number.id not in names_in(value)
                if is_edges and not _adds(value) and not names_in(value) & moved:
                    yield name, value.lineno


def _first(call: ast.AST) -> set[str]:
    return names_in(call.args[0]) if isinstance(call, ast.Call) and call.args else set()


def _appended(node: ast.AST) -> tuple[str, ast.expr] | None:
    """The list and the value of list.append(value)."""
    owner = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    is_append = called(node) == "append" and isinstance(owner, ast.Name) and isinstance(node, ast.Call) and node.args
    return (
        (owner.id, node.args[0]) if is_append and isinstance(owner, ast.Name) and isinstance(node, ast.Call) else None
    )


def _is_copies(value: ast.expr) -> bool:
    return any(called(node) in COPIES or _is_times(node) for node in all_nodes(value))


def _is_times(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


def _adds(node: ast.AST) -> bool:
    """Whether something is added, as an operator or by a function."""
    is_sum = any(isinstance(each, ast.Add) for each in all_nodes(node))
    return is_sum or any(called(each) in ("add", "add_") for each in all_nodes(node))
