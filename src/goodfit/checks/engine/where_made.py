"""The line of the program that made something: the loss that a backward pass starts from, or a layer of a net.

A finding about the formula of a loss helps at the line of the formula, not at `loss.backward()`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from types import CodeType

from torch import nn

from goodfit.checks.engine.events import BackwardBegins, Event
from goodfit.checks.engine.own_source import (
    all_nodes,
    called,
    file_around,
    last_name,
    of_kind,
    scope_around,
    within_body,
)
from goodfit.checks.engine.user_frame import Place, is_users, shown, user_place

CALLS_FOLLOWED = 3
REDUCTIONS = ("mean", "sum", "squeeze", "float", "to")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def place_of_event(event: Event | None) -> Place:
    """The user's line that runs; of a backward pass the line of the loss that it starts from."""
    place = user_place()
    return loss_made_at(place) if isinstance(event, BackwardBegins) else place


def loss_made_at(place: Place) -> Place:
    """The line that the loss of a backward pass is assigned at, or returned by the program's own function.

    Args:
        place: the line that calls `backward`; given back where the loss cannot be followed from there.
    """
    if place.file is None or place.line is None:
        return place
    tree = file_around(place)
    known: dict[int, int] = vars(tree).setdefault("_losses_made_at", {})
    if place.line not in known:
        known[place.line] = _loss_line(tree, scope_around(place, whole_file=True), place.line)
    return Place(place.file, known[place.line])


def _loss_line(tree: ast.Module, body: list[ast.stmt], line: int) -> int:
    nodes = within_body(body)
    passes = [
        node
        for node in nodes
        if isinstance(node, ast.Call) and called(node) == "backward" and node.lineno <= line <= (node.end_lineno or 0)
    ]
    loss = _started_from(passes[0], nodes) if len(passes) == 1 else None
    return line if loss is None else _made(tree, nodes, loss, line, CALLS_FOLLOWED)


def _started_from(call: ast.Call, nodes: Iterable[ast.AST]) -> ast.expr | None:
    """`loss` of loss.backward(), scaler.scale(loss).backward() and accelerator.backward(loss)."""
    if not isinstance(call.func, ast.Attribute):
        return None
    owner = call.func.value
    if isinstance(owner, ast.Call) and called(owner) == "scale" and owner.args:
        return owner.args[0]
    if call.args and not any(_sets(node, last_name(owner)) for node in nodes):
        return call.args[0]
    return owner


def _made(
    tree: ast.Module, nodes: list[ast.AST], value: ast.expr, line: int, calls_left: int, before: int | None = None
) -> int:
    """The line of the formula behind an expression that stands in a line.

    Args:
        before: assignments of this line and later ones are not meant; those after the expression where none is given.
    """
    value = _plain(value)
    if not isinstance(value, ast.Name):
        return _followed(tree, nodes, value, None, line, calls_left)
    end = line + 1 if before is None else before
    set_here = [node for node in nodes if _sets(node, value.id) and getattr(node, "lineno", end) < end]
    formulas = [node for node in set_here if not isinstance(getattr(node, "value", None), ast.Constant)]
    plain = [node for node in formulas if isinstance(node, ast.Assign)]
    if not formulas:
        return line
    last = max(plain or formulas, key=lambda node: getattr(node, "lineno", 0))
    if not isinstance(last, ast.Assign):
        return getattr(last, "lineno", line)
    target = last.targets[0]
    at = [last_name(each) for each in target.elts].index(value.id) if isinstance(target, ast.Tuple) else None
    return _followed(tree, nodes, last.value, at, last.lineno, calls_left)


def _followed(
    tree: ast.Module, nodes: list[ast.AST], value: ast.expr, at: int | None, line: int, calls_left: int
) -> int:
    """The line of a formula, or that of what the program's own function returns, where the formula is its call.

    Args:
        at: which of the values that the function returns; None of a single one.
    """
    value = _plain(value)
    if isinstance(value, ast.Name) and calls_left:
        return _made(tree, nodes, value, line, calls_left - 1, before=line)
    function = _own_function(tree, value) if isinstance(value, ast.Call) and calls_left else None
    returns = [] if function is None else [node for node in within_body(function.body) if isinstance(node, ast.Return)]
    if function is None or len(returns) != 1 or returns[0].value is None:
        return line
    result = returns[0].value
    if isinstance(result, ast.Tuple) and at is not None and at < len(result.elts):
        result = result.elts[at]
    elif isinstance(result, ast.Tuple) or at is not None:
        return line
    return _made(tree, within_body(function.body), result, returns[0].lineno, calls_left - 1)


def _plain(value: ast.expr) -> ast.expr:
    """The name behind reductions of it, and behind factors and divisors."""
    while True:
        scaled = value if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div | ast.Mult) else None
        if scaled is not None and isinstance(scaled.left, ast.Name):
            value = scaled.left
        elif called(value) in REDUCTIONS and isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            if not isinstance(value.func.value, ast.Name | ast.Call):
                return value
            value = value.func.value
        else:
            return value


def _sets(node: ast.AST, name: str) -> bool:
    """Whether a statement assigns a variable, also as one of several, or adds to it."""
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return isinstance(node.target, ast.Name) and node.target.id == name
    if not isinstance(node, ast.Assign):
        return False
    targets = [each for target in node.targets for each in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return any(isinstance(each, ast.Name) and each.id == name for each in targets)


def _own_function(tree: ast.Module, call: ast.Call) -> Function | None:
    """The one function or method of the file that a call calls, or the forward of its one class that was made."""
    name = last_name(call.func)
    functions = [node for node in all_nodes(tree) if isinstance(node, Function) and node.name == name]
    if len(functions) == 1 and name != "forward":
        return functions[0]
    made = {called(node.value) for node in all_nodes(tree) if isinstance(node, ast.Assign) and _names(node) == name}
    classes = [node for node in of_kind(tree, ast.ClassDef) if node.name in made]
    forwards = [
        node for each in classes for node in each.body if isinstance(node, ast.FunctionDef) and node.name == "forward"
    ]
    return forwards[0] if len(forwards) == 1 and len(made) == 1 else None


def _names(node: ast.Assign) -> str:
    """The last name of what a plain assignment sets."""
    return last_name(node.targets[0]) if len(node.targets) == 1 else ""


def layer_made_at(net: nn.Module, name: str) -> Place:
    """The line of `self.name = ...` in the class that holds a layer, or of the layer within its nn.Sequential.

    Args:
        name: dotted, as named_modules() gives it.

    Returns:
        no line where the program does not write the layer down, or does so in several places.
    """
    path = name.split(".")
    holders = [net]
    for part in path[:-1]:
        holders.append(holders[-1].get_submodule(part))
    for depth in reversed(range(len(path))):
        place = _in_class(type(holders[depth]), path[depth], path[depth + 1 :])
        if place.line is not None:
            return place
    return _in_stack(net, path)


def _in_class(kind: type[nn.Module], attribute: str, rest: list[str]) -> Place:
    code = getattr(vars(kind).get("__init__"), "__code__", None)
    file = code.co_filename if isinstance(code, CodeType) else None
    if file is None or not is_users(file):
        return Place(None, None)
    tree = file_around(Place(shown(file), 1))
    values = [
        node.value
        for each in of_kind(tree, ast.ClassDef)
        if each.name == kind.__name__
        for node in of_kind(each, ast.Assign)
        if any(isinstance(target, ast.Attribute) and target.attr == attribute for target in node.targets)
    ]
    return Place(shown(file), _within_stacks(values[0], rest).lineno) if len(values) == 1 else Place(None, None)


def _in_stack(net: nn.Module, path: list[str]) -> Place:
    """The same of a net that is an nn.Sequential, where one of the file that runs has layers of these kinds."""
    file = user_place().file
    if not isinstance(net, nn.Sequential) or file is None:
        return Place(None, None)
    kinds = [type(each).__name__ for each in net]
    stacks = [
        call
        for call in of_kind(file_around(Place(file, 1)), ast.Call)
        if called(call) == "Sequential" and [called(each) for each in call.args] == kinds
    ]
    return Place(file, _within_stacks(stacks[0], path).lineno) if len(stacks) == 1 else Place(None, None)


def _within_stacks(value: ast.expr, path: list[str]) -> ast.expr:
    """The layer of a number in nn.Sequential(...) or nn.ModuleList([...]), and in those within, as far as written."""
    for part in path:
        parts = value.args if isinstance(value, ast.Call) and called(value) in ("Sequential", "ModuleList") else []
        if len(parts) == 1 and isinstance(parts[0], ast.List | ast.Tuple):
            parts = parts[0].elts
        at = int(part) if part.isdecimal() else len(parts)
        if at >= len(parts) or any(isinstance(each, ast.Starred) for each in parts):
            break
        value = parts[at]
    return value
