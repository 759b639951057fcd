"""coordinates-exchanged: two coordinates stand in one order here, and in the other order there.

What it checks
    In the source of the program: a net gets x and t joined as [x, t] in one place and as [t, x] in another; what is
    called u_xx is the derivative of u_x with respect to t; one function reads an image at [y, x] and writes its target
    at [x, y]; of one place two crops are taken, and one of them is k times larger without its corner being k times
    further away.

Why it hurts
    The net learns two problems at once, each with the other's coordinates. Both losses fall to the error that such a
    compromise has.

Example
    u = net(torch.cat([x, t], 1)); u0 = net(torch.cat([t0, x0], 1))

Instead
    u = net(torch.cat([x, t], 1)); u0 = net(torch.cat([x0, t0], 1))

When it is a false alarm
    A net of two arguments that is symmetric, or is meant to be, and is trained in both orders.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import called, last_name, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

JOINS = frozenset({"cat", "concat", "hstack", "stack", "column_stack", "concatenate"})
COORDINATE = lazy_pattern(r"(?i)^(x|y|z|t|r|time|pos)(_?(\d|[a-z]{1,4}|left|right|init|bound\w*|train|test|eval))?$")
OF_LIBRARY = lazy_pattern(r"(torch|np|numpy|F|math|nn|plt|ax)\.|(\w+\.)?(zip|grad\w*|range|min|max|append|meshgrid)$")
DERIVATIVE = lazy_pattern(r"^(d2|d)?([a-z])_?([xyzt])([xyzt])$")
FIRST = lazy_pattern(r"^(d)?([a-z])_?([xyzt])$")


class CoordinatesExchanged(SourceRule):
    code, level = "GF587", Level.WARNING
    worth_parsing = lazy_pattern(r"cat\(|stack\(|grad\(|\[[^\]]*\b[xy]\b|concatenate\(")
    what = "{name}"
    fix = "Keep to one order of coordinates: net(torch.cat([x, t], 1)) in each term, image[y, x] and target[y, x]"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from exchanged(tree)


def exchanged(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Coordinates in two orders, each with the line of the later one."""
    yield from _joined_apart(tree)
    for scope in formulas(tree):
        yield from _derivatives(scope)
        yield from _places_in_images(scope)
        yield from _crops(scope)


def _joined_apart(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """A net that gets its coordinates in two orders."""
    if "grad(" not in ast.unparse(tree):
        return
    orders: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}
    found: list[tuple[int, str, tuple[str, ...]]] = []
    for scope in formulas(tree):
        for node in scope.nodes:
            if isinstance(node, ast.Call) and len(node.args) == 1:
                value = scope.value(node.args[0])
                if called(value) in JOINS and isinstance(value, ast.Call) and value.args:
                    parts = value.args[0]
                    names = [last_name(each) for each in parts.elts] if isinstance(parts, ast.Tuple | ast.List) else []
                    if len(names) >= 2 and all(COORDINATE.search(each) for each in names):
                        found.append((node.lineno, ast.unparse(node.func), tuple(_letter(each) for each in names)))
            if isinstance(node, ast.Call) and len(node.args) >= 2 and not OF_LIBRARY.match(ast.unparse(node.func)):
                names = [last_name(each) for each in node.args]
                if all(COORDINATE.search(each) for each in names):
                    found.append((node.lineno, ast.unparse(node.func), tuple(_letter(each) for each in names)))
    for line, net, order in sorted(found):
        key = net, frozenset(order)
        if len(key[1]) == len(order) and orders.setdefault(key, order) != order:
            yield f"{net} gets [{', '.join(order)}] here, and [{', '.join(orders[key])}] elsewhere", line


def _letter(name: str) -> str:
    return "t" if name.lower().startswith("time") else name[0].lower()


def _derivatives(scope: Formulas) -> Iterator[tuple[str, int]]:
    """u_xx = grad(u_x, t): a second derivative by another variable than its name says."""
    for name, values in scope.values.items():
        match = DERIVATIVE.search(name)
        for value in values if match is not None and match[3] == match[4] else ():
            for call in of_kind(value, ast.Call):
                if called(call) in ("grad", "gradient", "gradients", "derivative", "diff") and len(call.args) >= 2:
                    of, by = last_name(call.args[0]) or ast.unparse(call.args[0]), last_name(call.args[1])
                    if match and FIRST.search(of.split(".")[0]) and re.fullmatch(r"[xyzt]", by) and by != match[3]:
                        yield f"{name} is the derivative of {of} by {by}", call.lineno


def _places_in_images(scope: Formulas) -> Iterator[tuple[str, int]]:
    """image[y, x] and heat[x, y] in one function, with the same names."""
    rows_first: dict[tuple[str, str], set[str]] = {}
    columns_first: dict[tuple[str, str], ast.Subscript] = {}
    for node in scope.nodes:
        if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple) or len(node.slice.elts) < 2:
            continue
        first, second = (_coordinate(each) for each in node.slice.elts[-2:])
        if first and second and {first[0], second[0]} == {"x", "y"} and first[1:] == second[1:]:
            if first[0] == "y":
                rows_first.setdefault((second, first), set()).add(ast.unparse(node.value))
            else:
                columns_first.setdefault((first, second), node)
    for names, node in columns_first.items():
        arrays = rows_first.get(names, set())
        if arrays and ast.unparse(node.value) not in arrays:  # distances[x, y] and [y, x] are of a symmetric matrix
            other = f"another array of the same function is read at [{names[1]}, {names[0]}]"
            yield f"{ast.unparse(node)}: x stands first, and {other}", node.lineno


def _coordinate(node: ast.expr) -> str:
    """The name in an index such as x, y - 1, or y0:y0 + h."""
    node = (node.lower or node) if isinstance(node, ast.Slice) else node
    while isinstance(node, ast.BinOp):
        node = node.left
    if isinstance(node, ast.Call) and called(node) in ("int", "round", "max") and node.args:
        return _coordinate(node.args[-1])
    name = node.id if isinstance(node, ast.Name) else ""
    match = re.fullmatch(r"(?:[gcpijk]|c_|p_)?([xy])(\d?|_?[a-z]{0,3})", name)
    return match[1] + match[2] if match else ""


def _crops(scope: Formulas) -> Iterator[tuple[str, int]]:
    """low[y : y + p] beside high[y : y + 2 * p]: the corner of the larger one is not moved."""
    small: dict[tuple[str, ...], tuple[str, tuple[str, ...]]] = {}
    crops = []
    for node in scope.nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            slices = [each for each in node.slice.elts if isinstance(each, ast.Slice) and each.lower is not None]
            sides = [_side(each) for each in slices]
            if len(sides) == 2 and all(sides):
                corners = tuple(each[0] for each in sides if each)
                crops.append((corners, tuple(each[1] for each in sides if each), ast.unparse(node.value), node.lineno))
    for corners, lengths, array, _ in crops:
        small.setdefault(corners, (array, lengths))
    for corners, lengths, array, line in crops:
        for other_corners, other_lengths, other, _ in crops:
            times = [_times(long, short) for long, short in zip(lengths, other_lengths, strict=True)]
            if corners == other_corners and other != array and all(times):
                yield (
                    f"{array} is cut {times[0]} times as large as {other}, from the same corner {', '.join(corners)}",
                    line,
                )


def _side(part: ast.Slice) -> tuple[str, str] | None:
    """Corner and length of y : y + p."""
    upper = part.upper
    if part.lower is None or not isinstance(upper, ast.BinOp) or not isinstance(upper.op, ast.Add):
        return None
    corner = ast.unparse(part.lower)
    if ast.unparse(upper.left) != corner or not isinstance(part.lower, ast.Name | ast.Attribute):
        return None
    return corner, ast.unparse(upper.right)


def _times(long: str, short: str) -> str:
    """ "2" where the one is 2 * p and the other p; "" of others."""
    parts = [each.strip() for each in long.strip("()").split("*")]
    if len(parts) == 2 and short in parts and parts[0] != parts[1]:
        return next(each for each in parts if each != short)
    return ""
