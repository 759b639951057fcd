"""one-position-for-all: every step of a sequence gets the position after its last one, in the place of its own.

What it checks
    In the source of the program: a sequence is added to or multiplied by a table that is indexed with that sequence's
    own length, as a number: x + pe[:, x.size(1)], or an embedding of the number x.size(1) alone. A slice up to the
    length was meant.

Why it hurts
    One row of the table is broadcast over all steps, so that they cannot be told apart: without positions, attention
    sees a bag of steps. The shapes fit, and the net learns whatever does not depend on order.

Example
    x = x + self.pe[:, x.size(1)]

Instead
    x = x + self.pe[:, : x.size(1)]

When it is a false alarm
    A token or code that says how long a sequence is, given to each of its steps.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.own_source import called, given, scopes, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

POSITIONS = lazy_pattern(r"(^|_)(w?pe|pos\w*|position\w*|time_?emb\w*|cos|sin)(_|$)", re.IGNORECASE)
MAKING = ("tensor", "as_tensor", "LongTensor", "full")
STEPS_BACK = 4


class OnePositionForAll(SourceRule):
    code, level = "GF464", Level.WARNING
    worth_parsing = lazy_pattern(r"pe\b|pos|sin\b", re.IGNORECASE)
    what = (
        "{name} is one row of the table of positions, that after the last step: all steps of the sequence get the same"
    )
    fix = "Take a slice up to the length: pe[:, : x.size(1)]"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return single_positions(tree)


def single_positions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Rows of tables of positions that a whole sequence is given, each with its line."""
    for scope in scopes(tree):
        nodes = within_body(scope)
        values = _values(nodes)
        for node in nodes:
            for sequence, table in _combined(node):
                row = values.get(table.id, table) if isinstance(table, ast.Name) else table
                if _is_row_at_length(row, _origins(sequence, values), values):
                    yield ast.unparse(row), row.lineno


def _values(nodes: list[ast.AST]) -> dict[str, ast.expr]:
    """What names are given first; each of `batch, time, width = x.shape` is a size of x."""
    values: dict[str, ast.expr] = {}
    for target, value in given(nodes):
        if isinstance(target, ast.Name):
            values.setdefault(target.id, value)
        elif isinstance(target, ast.Tuple) and _whose_shape(value) is not None:
            for at, each in enumerate(target.elts):
                if isinstance(each, ast.Name):
                    size = ast.Subscript(_shape_of(value), ast.Constant(at), ast.Load())
                    values.setdefault(each.id, ast.copy_location(size, value))
    return values


def _shape_of(value: ast.expr) -> ast.expr:
    """`x.shape` of `x.shape` and of `x.size()`."""
    owner = _whose_shape(value)
    return ast.Attribute(owner or value, "shape", ast.Load())


def _whose_shape(value: ast.expr) -> ast.expr | None:
    if isinstance(value, ast.Attribute) and value.attr == "shape":
        return value.value
    if called(value) == "size" and isinstance(value, ast.Call) and not value.args:
        return value.func.value if isinstance(value.func, ast.Attribute) else None
    return None


def _combined(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Both orders of the two sides of a sum or product."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
        yield node.left, node.right
        yield node.right, node.left
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Mult):
        yield node.target, node.value


def _is_row_at_length(row: ast.expr, origins: set[str], values: Mapping[str, ast.expr]) -> bool:
    """Whether this is table[.., length of the sequence, ..] or embedding(tensor(length))."""
    if isinstance(row, ast.Subscript) and POSITIONS.search(_last_name(row.value)):
        parts = row.slice.elts if isinstance(row.slice, ast.Tuple) else [row.slice]
        return any(_length_of(part, values) in origins for part in parts)
    if isinstance(row, ast.Call) and POSITIONS.search(_last_name(row.func)) and len(row.args) == 1:
        index = row.args[0]
        if called(index) in MAKING and isinstance(index, ast.Call) and index.args:
            made = index.args[0].elts if isinstance(index.args[0], ast.List) else [index.args[0]]
            return len(made) == 1 and _length_of(made[0], values) in origins
    return False


def _length_of(node: ast.expr, values: Mapping[str, ast.expr]) -> str | None:
    """The name x in x.shape[1], x.size(1) and in a name that was given one of these; None of anything else."""
    node = values.get(node.id, node) if isinstance(node, ast.Name) else node
    owner: ast.expr | None = None
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
        owner = _whose_shape(node.value)
    elif called(node) == "size" and isinstance(node, ast.Call) and len(node.args) == 1:
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return owner.id if isinstance(owner, ast.Name) else None


def _origins(sequence: ast.expr, values: Mapping[str, ast.expr]) -> set[str]:
    """Names whose length a sequence has: its own, and of what it was embedded from."""
    found: set[str] = set()
    here: ast.expr | None = sequence
    for _ in range(STEPS_BACK):
        if isinstance(here, ast.Call):
            here = here.args[0] if here.args else None
        elif isinstance(here, ast.BinOp):
            here = here.left
        elif isinstance(here, ast.Name) and here.id not in found:
            found.add(here.id)
            here = values.get(here.id)
        else:
            break
    return found


def _last_name(node: ast.expr) -> str:
    """The last name of `self.pe` and `self.pe.weight`."""
    if isinstance(node, ast.Attribute):
        return _last_name(node.value) if node.attr in ("weight", "data") else node.attr
    return node.id if isinstance(node, ast.Name) else ""
