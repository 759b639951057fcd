"""Rows that the source mixes with others of their batch, and by which draw the partners of each array are chosen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, of_kind, within, within_body
from goodfit.lazy_pattern import lazy_pattern

DRAWING = lazy_pattern(r"randperm\(|permutation\(|shuffle\(")  # worth parsing a file for
DRAWS = ("randperm", "permutation")
TURNS = ("flip", "roll")  # partners by a fixed rule
# arguments of a flip and a roll of the first dimension
OF_ROWS = lazy_pattern(r"[\[(]?0,?[\])]?|[^,]+, [\[(]?0,?[\])]?")
SEEDING = lazy_pattern(r"seed|set_state|setstate|set_rng_state|generator", re.IGNORECASE)
LABELS = lazy_pattern(r"^y(s|b)?$|^t$|^[yt]_|_ys?$|label|target|^lbl|one_?hot", re.IGNORECASE)
DOMAINS = lazy_pattern(r"source|src|domain", re.IGNORECASE)  # beside which "target" is no label
RETURNED = "returned"
PARTNERS = lazy_pattern(r"returned|mix|shuf|perm|other|part|_?b$|_?2$", re.IGNORECASE)  # labels of the others
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Mixed(NamedTuple):
    """A value that is made of rows of `base` in the order of one draw.

    Attributes:
        name: that it gets.
        draw: which one: the same for two values of one draw.
        is_sum: whether it holds the rows in their own order as well.
    """

    name: str
    base: str
    draw: str
    is_sum: bool
    line: int


class Given(NamedTuple):
    """What a name gets, or a part of what it stands for, as in x[:, a:b] = ..."""

    name: str
    value: ast.expr
    is_part: bool = False


def mixed_apart(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Inputs and labels that came together, and are mixed with the rows of two draws, each pair with its line."""
    functions: list[Function] = [*of_kind(tree, ast.FunctionDef), *of_kind(tree, ast.AsyncFunctionDef)]
    helpers = {each.name: helper for each in functions if (helper := _helper(each)) is not None}
    for body, parameters in [(tree.body, []), *((each.body, _parameters(each)) for each in functions)]:
        nodes = within_body(body)
        if not any(called(node) in DRAWS or called(node) in helpers for node in nodes):
            continue
        mixed = sorted(_mixed(nodes, helpers), key=lambda each: each.line)
        if len(mixed) < 2:
            continue
        seeded = {node.lineno for node in nodes if isinstance(node, ast.Call) and SEEDING.search(called(node))}
        together = [parameters, *_together(nodes)]
        draws: dict[str, set[str]] = {}
        for each in mixed:
            draws.setdefault(each.base, set()).add(each.draw)
        for x in mixed:
            for y in mixed:
                is_pair = x.is_sum and _is_labels(y) and not _is_labels(x) and not DOMAINS.search(x.base + x.name)
                first, last = sorted((x.line, y.line))
                if not is_pair or draws[x.base] & draws[y.base] or seeded & {*range(first, last + 1)}:
                    continue
                if (y.is_sum or PARTNERS.search(y.name)) and any({x.base, y.base} <= set(each) for each in together):
                    yield f"{x.base} and {y.base}", last


def _is_labels(mixed: Mixed) -> bool:
    return LABELS.search(mixed.base) is not None


def _parameters(function: Function) -> list[str]:
    return [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def _together(nodes: Sequence[ast.AST]) -> Iterator[list[str]]:
    """Names that get their values in one statement, as those of a batch do."""
    for node in nodes:
        if isinstance(node, ast.Assign | ast.For):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Tuple):
                    yield [each.id for each in all_nodes(target) if isinstance(each, ast.Name)]


def _helper(function: Function) -> tuple[int, bool] | None:
    """Of a function that draws an order itself and mixes one of its arguments: its place, and whether it is a sum."""
    nodes = [node for statement in function.body for node in within(statement)]
    if not any(called(node) in DRAWS for node in nodes) or any(SEEDING.search(called(node)) for node in nodes):
        return None
    returned = [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    parameters = _parameters(function)
    places = {name: at for at, name in enumerate(parameters)}
    if len(returned) != 1 or parameters[:1] == ["self"] or any(SEEDING.search(name) for name in parameters):
        return None
    result = returned[0].id if isinstance(returned[0], ast.Name) else ""
    for each in _of_draws(_given(nodes)):
        if each.base in places and each.name in (result, RETURNED) and not each.draw.startswith(TURNS):
            return places[each.base], each.is_sum
    return None


def _given(nodes: Sequence[ast.AST]) -> list[Given]:
    found = []
    for target, value in given(nodes):
        if isinstance(target, ast.Name):
            found.append(Given(target.id, value))
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            found.append(Given(target.value.id, value, is_part=True))
    for node in nodes:
        if isinstance(node, ast.Return) and node.value is not None:
            parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            found += [Given(RETURNED, part) for part in parts]
    return found


def _mixed(nodes: Sequence[ast.AST], helpers: Mapping[str, tuple[int, bool]]) -> Iterator[Mixed]:
    values = _given(nodes)
    yield from _of_draws(values)
    for name, value, is_part in values:
        for call in all_nodes(value):
            if called(call) not in helpers or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            place, is_sum = helpers[called(call)]
            if place < len(call.args) and isinstance(call.args[place], ast.Name):
                base = ast.unparse(call.args[place])
                inside = {id(node) for node in all_nodes(call)}
                beside = any(isinstance(each, ast.Name) and each.id == base for each in _without(value, inside))
                draw = f"{called(call)} {call.lineno} {call.col_offset}"
                yield Mixed(name, base, draw, is_sum or beside or is_part, call.lineno)


def _of_draws(values: Sequence[Given]) -> list[Mixed]:
    """Values with x[order], or x.flip(0), in them, or with the name of such a value."""
    direct = list(_indexed(values))
    by_name = {each.name: each for each in direct if not each.is_sum and each.name != RETURNED}
    found = list(direct)
    for name, value, _ in values:
        names = names_in(value)
        for partners in {each for each in names if each in by_name}:
            known = by_name[partners]
            if known.base in names and known.base != partners and known.line < value.lineno and name != partners:
                found.append(Mixed(name, known.base, known.draw, is_sum=True, line=value.lineno))
    return found


def _indexed(values: Sequence[Given]) -> Iterator[Mixed]:
    drawn = [(value.lineno, name) for name, value, is_part in values if called(value) in DRAWS and not is_part]
    names = {name for _, name in drawn}
    for name, value, is_part in values:
        for part in (node for node in all_nodes(value) if isinstance(node, ast.Subscript | ast.Call)):
            base, draw = "", ""
            if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name):
                index = part.slice.elts[0] if isinstance(part.slice, ast.Tuple) and part.slice.elts else part.slice
                base = part.value.id
                if isinstance(index, ast.Name) and index.id in names:
                    before = [line for line, each in drawn if each == index.id and line < part.lineno]
                    draw = f"{index.id} {max(before)}" if before else ""
                elif called(index) in DRAWS:
                    draw = f"{index.lineno} {index.col_offset}"
            elif isinstance(part, ast.Call) and called(part) in TURNS and isinstance(part.func, ast.Attribute):
                arguments = ", ".join(ast.unparse(each) for each in (*part.args, *(key.value for key in part.keywords)))
                if isinstance(part.func.value, ast.Name) and OF_ROWS.fullmatch(arguments):
                    base, draw = part.func.value.id, f"{called(part)} {arguments}"
            if base and draw:
                inside = {id(node) for node in all_nodes(part)}
                is_sum = any(isinstance(each, ast.Name) and each.id == base for each in _without(value, inside))
                yield Mixed(name, base, draw, is_sum or is_part, part.lineno)


def _without(value: ast.expr, inside: set[int]) -> Iterator[ast.AST]:
    """The nodes of an expression that are not in a part of it, nor sizes: len(x), x.shape."""
    sizes = {
        id(each)
        for node in all_nodes(value)
        if called(node) in ("len", "size", "randperm") or (isinstance(node, ast.Attribute) and node.attr == "shape")
        for each in all_nodes(node)
    }
    return (node for node in all_nodes(value) if id(node) not in inside and id(node) not in sizes)
