"""What the source says of rows that are evaluated: parted afterwards, as by `hits[test]`, or held out by their name."""

from __future__ import annotations

import ast

from goodfit.checks.engine.names_of_parts import HELD_OUT, TRAINING
from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, scope_around, within
from goodfit.checks.engine.user_frame import Place

AROUND = frozenset({"print", "append", "extend", "float", "int", "len", "round", "sum", "list", "zip", "cat", "stack"})


def parted_afterwards(place: Place) -> bool:
    """Whether what a line computes is picked from by a variable later in its function, or in the file's own lines."""
    if place.line is None:
        return False
    statements = scope_around(place, whole_file=True)
    nodes = [node for statement in statements for node in within(statement)]
    known: set[str] = set()
    sizes = -1
    while sizes != len(known):
        sizes = len(known)
        for target, value in given(nodes):
            begins = value.lineno <= place.line <= (value.end_lineno or value.lineno)
            if begins or (value.lineno > place.line and names_in(value) & known):
                known |= names_in(target)
        for node in nodes:
            if isinstance(node, ast.Call) and called(node) == "append" and node.lineno >= place.line:
                read = {name for argument in node.args for name in names_in(argument)}
                if node.lineno == place.line or read & known:
                    known |= names_in(node.func)
    return any(
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Name | ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and node.lineno >= place.line
        and names_in(node.value) & known
        for statement in statements
        for node in all_nodes(statement)
    )


def named_held_out(place: Place) -> str | None:
    """What rows are picked by, in the statement on a line, where it is called validation or test and nothing training.

    net(x[va]) says va, and net(x_val, graph) says x_val.
    """
    if place.line is None:
        return None
    found: set[str] = set()
    for statement in scope_around(place, whole_file=True):
        for node in within(statement):
            of_line = isinstance(node, ast.Call) and node.lineno <= place.line <= (node.end_lineno or node.lineno)
            if (
                not of_line
                or not isinstance(node, ast.Call)
                or not node.args
                or called(node) in (*AROUND, "DataLoader")
            ):
                continue
            if not isinstance(node.args[0], ast.GeneratorExp | ast.ListComp):  # over a loader, say
                found |= names_in(node.args[0])
    if any(TRAINING.search(name) for name in found):
        return None
    return next((name for name in sorted(found) if HELD_OUT.search(name)), None)
