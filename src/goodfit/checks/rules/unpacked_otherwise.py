"""unpacked-otherwise: the parts of a batch get each other's names where it is unpacked.

What it checks
    In the source of the program: __getitem__ of a data set returns parts by their names, such as self.user[i],
    self.item[i], and a loop unpacks batches into the very same names in another order, which no data set of the program
    returns.

Why it hurts
    Where the parts have one shape and type, nothing fails: users are looked up as items, and a source language is
    learnt from its translation.

Example
    return self.user[i], self.item[i], self.rating[i]               # and
    for item, user, rating in loader: ...

Instead
    for user, item, rating in loader: ...

When it is a false alarm
    Parts that are exchanged on purpose between the two.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

BESIDE_NAMES = lazy_pattern(r"^_+|^(batch|b|x)_|_(batch|ids?|idx|b)$|s$")
PARTS_AT_LEAST = 2


class UnpackedOtherwise(SourceRule):
    code, level = "GF294", Level.WARNING
    worth_parsing = lazy_pattern(r"def __getitem__\(")
    what = "a batch is unpacked as {name}, and the data set of the program returns these parts in another order"
    fix = "Unpack them in the order in which __getitem__ returns them"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return unpacked_otherwise(tree)


def unpacked_otherwise(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that a loop gives the parts of a batch though its data set returns them in another order."""
    nodes = all_nodes(tree)
    returned = {
        names
        for node in nodes
        if isinstance(node, ast.FunctionDef) and node.name == "__getitem__"
        for statement in node.body
        for each in within(statement)
        if isinstance(each, ast.Return) and isinstance(each.value, ast.Tuple)
        if (names := _names([_of_part(part) for part in each.value.elts]))
    }
    for node in nodes:
        if not isinstance(node, ast.For):
            continue
        target = node.target
        if called(node.iter) == "enumerate" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
            target = target.elts[1]
        if not isinstance(target, ast.Tuple | ast.List) or called(node.iter) == "zip":
            continue
        names = _names([each.id if isinstance(each, ast.Name) else "" for each in target.elts])
        if names and names not in returned and any(sorted(names) == sorted(each) for each in returned):
            yield ", ".join(ast.unparse(each) for each in target.elts), node.lineno


def _of_part(node: ast.expr) -> str:
    """What a part is called: x of self.x[i], x[i], x and float(x)."""
    if isinstance(node, ast.Subscript):
        return _of_part(node.value)
    if isinstance(node, ast.Call):
        return _of_part(node.args[0]) if len(node.args) == 1 else ""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _names(parts: list[str]) -> tuple[str, ...]:
    """The names without what is beside them, in small letters; none where two are the same, or one is missing."""
    names = tuple(BESIDE_NAMES.sub("", name).lower() for name in parts)
    known = len(set(names)) == len(names) >= PARTS_AT_LEAST and all(len(name) > 1 for name in names)
    return names if known else ()
