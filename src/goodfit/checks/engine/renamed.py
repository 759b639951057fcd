"""Under which names arrays live on in the source: slices, casts, scaled copies, parts of a loop's batches."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from goodfit.checks.engine.own_source import called

Marks = frozenset[str]

NOTHING: Marks = frozenset()
UNSURE = "?"  # the mark of what may be in any order
SIZES = ("len", "range", "arange", "shape", "size", "int", "unique", "max", "min", "mean", "std", "sum", "bincount")
SIZE_ATTRIBUTES = ("shape", "dtype", "ndim", "size", "device", "classes_", "mean_", "scale_")
SORTED = ("sort", "sorted", "argsort", "sort_values", "sort_index")


def renamed(nodes: Iterable[ast.AST], marks: Mapping[str, Marks]) -> Iterator[tuple[ast.AST, dict[str, Marks]]]:
    """Each node in the order of the source, with the marks that names have when it runs.

    Args:
        nodes: of statements, as `own_source.within` gives them.
        marks: at the start, by name.
    """
    known = dict(marks)
    for node in nodes:
        yield node, known
        if isinstance(node, ast.Assign):
            for target in node.targets:
                _give(target, node.value, known)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            _give(node.target, node.value, known)
        elif isinstance(node, ast.For):
            _give_each(node.target, node.iter, known)


def marks_of(node: ast.AST, known: Mapping[str, Marks]) -> Marks:
    """Whose values an expression holds."""
    if isinstance(node, ast.Name):
        return known.get(node.id, NOTHING)
    name = called(node)
    if name in SIZES or (isinstance(node, ast.Attribute) and node.attr in SIZE_ATTRIBUTES):
        return NOTHING
    own = NOTHING.union(*(marks_of(child, known) for child in ast.iter_child_nodes(node)))
    return own | {UNSURE} if own and name in SORTED else own


def _give(target: ast.expr, value: ast.expr, known: dict[str, Marks]) -> None:
    """An assignment; `a, b = x, y` gives each its own."""
    if isinstance(target, ast.Tuple | ast.List):
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            before = dict(known)
            for one, other in zip(target.elts, value.elts, strict=True):
                _set(one, marks_of(other, before), known)
            return
        marks = marks_of(value, known)
        for one in target.elts:
            _set(one, marks, known)
        return
    _set(target, marks_of(value, known), known)


def _give_each(target: ast.expr, source: ast.expr, known: dict[str, Marks]) -> None:
    """What a loop gives: the parts of zip(x, y) are each of one array."""
    parts = source.args if isinstance(source, ast.Call) and called(source) == "zip" else []
    if isinstance(target, ast.Tuple) and len(parts) == len(target.elts):
        for one, other in zip(target.elts, parts, strict=True):
            _set(one, marks_of(other, known), known)
    else:
        _give(target, source, known)


def _set(target: ast.expr, marks: Marks, known: dict[str, Marks]) -> None:
    if isinstance(target, ast.Name):
        known[target.id] = marks
    elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id in known:
        known[target.value.id] |= marks | {UNSURE}  # written into
    elif isinstance(target, ast.Starred):
        _set(target.value, marks, known)
