"""returns-across-episodes: discounted returns are summed up over several episodes as if they were one.

What it checks
    In the source of the program: a list is filled in a loop that resets the environment, and is not emptied in it. From
    its end to its start, R = r + gamma * R is summed up over it, in one line or in two, here or in a function that is
    given the list, and what is carried over does not depend on where an episode ends.

Why it hurts
    The return of the last step of an episode holds what the next episode brings. Actions are praised for rewards that
    they have no part in, and the value of a state depends on what was played after it.

Example
    for r, done in zip(reversed(rewards), reversed(dones)): R = r + gamma * R; returns.insert(0, R)

Instead
    for r, done in zip(reversed(rewards), reversed(dones)): R = r + gamma * R * (1 - done); returns.insert(0, R)

When it is a false alarm
    A loop that resets the environment once, at its end, and is left in a way that the source does not show.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, scopes, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

DISCOUNT = lazy_pattern(r"gamma|discount|lam(bda|bd)?_?$|gae_?lam|^tau$", re.IGNORECASE)
TURNING = ("reversed", "flip", "flipud")
EMPTYING = ("clear", "pop", "popleft")
DECIDING = (ast.If, ast.IfExp, ast.Compare, ast.Break, ast.Continue)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Sweep(NamedTuple):
    """A loop that sums returns up from the last step on.

    Attributes:
        lists: names of what it goes through, or takes numbers of.
        total: the name of the sum.
    """

    loop: ast.For
    lists: set[str]
    total: str
    line: int


class ReturnsAcrossEpisodes(SourceRule):
    code, level = "GF532", Level.WARNING
    yields_to = ("episode-end-ignored",)
    worth_parsing = lazy_pattern(r"reset\(")
    what = (
        "{name} is summed up over several episodes as if they were one: the returns of an episode hold the rewards of "
        "those that were played after it"
    )
    fix = "Begin again at the end of each episode: R = r + gamma * R * (1 - done)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return across_episodes(tree)


def across_episodes(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of such sums, each with its line."""
    functions = {node.name: node for node in all_nodes(tree) if isinstance(node, Function)}
    filled = {name: _filled(function.body) for name, function in functions.items()}
    if not any(filled.values()) and not _filled(tree.body):
        return
    sweeps = {name: list(_sweeps(function.body)) for name, function in functions.items()}
    for body in scopes(tree):
        nodes = _nodes(body)
        lists = {**_returned(nodes, functions, filled), **_filled(body)}
        if not lists:
            continue
        for sweep in _sweeps(body):
            if any(name in lists and id(sweep.loop) not in lists[name] for name in sweep.lists):
                yield sweep.total, sweep.line
        for call in nodes:
            function = functions.get(called(call))
            if function is None or not isinstance(call, ast.Call):
                continue
            for name, parameter in _arguments(call, function):
                for sweep in sweeps[function.name] if name in lists and id(call) not in lists[name] else ():
                    if parameter in sweep.lists:
                        yield sweep.total, sweep.line


def _nodes(body: list[ast.stmt]) -> list[ast.AST]:
    """Of statements, without the functions and classes among them."""
    return within_body(body)


def _filled(body: list[ast.stmt]) -> dict[str, set[int]]:
    """Lists that are filled over several episodes, each with the nodes of the loop that does it."""
    nodes = _nodes(body)
    begun = {target.id for target, value in given(nodes) if isinstance(target, ast.Name) and _is_empty_list(value)}
    lists: dict[str, set[int]] = {}
    for loop in (node for node in nodes if isinstance(node, ast.For | ast.While)):
        inside = _nodes(loop.body)
        if not any(_resets(node) for node in inside) or _is_left_at_reset(inside):
            continue
        own = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del)}
        emptied = {_owner(node) for node in inside if called(node) in EMPTYING}
        emptied |= {name for node in inside if isinstance(node, ast.Delete) for name in names_in(node)}
        appended = {_owner(node) for node in inside if called(node) == "append"}
        for name in (appended & begun) - own - emptied:
            lists.setdefault(name, {id(node) for node in inside})
    return lists


def _is_empty_list(value: ast.expr) -> bool:
    return (isinstance(value, ast.List) and not value.elts) or (
        called(value) == "list" and isinstance(value, ast.Call) and not value.args
    )


def _resets(node: ast.AST) -> bool:
    return called(node) == "reset" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


def _is_left_at_reset(inside: list[ast.AST]) -> bool:
    """Whether the loop ends where the environment is reset."""
    branches = [part for node in inside if isinstance(node, ast.If) for part in (node.body, node.orelse)]
    parts = [_nodes(branch) for branch in branches]
    leaving = (ast.Break, ast.Return)
    return any(
        any(_resets(each) for each in part) and any(isinstance(each, leaving) for each in part) for part in parts
    )


def _owner(call: ast.AST) -> str:
    """The name of what a method is called of."""
    function = call.func if isinstance(call, ast.Call) else None
    owner = function.value if isinstance(function, ast.Attribute) else None
    return owner.id if isinstance(owner, ast.Name) else ""


def _returned(
    nodes: list[ast.AST], functions: Mapping[str, Function], filled: Mapping[str, dict[str, set[int]]]
) -> dict[str, set[int]]:
    """Lists that a function of the file has filled so, and returned; by their names here."""
    lists: dict[str, set[int]] = {}
    for node in nodes:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or called(node.value) not in functions:
            continue
        function = functions[called(node.value)]
        returns = [each for each in _nodes(function.body) if isinstance(each, ast.Return) and each.value]
        if len(returns) != 1 or returns[0].value is None:
            continue
        for target, value in zip(_parts(node.targets[0]), _parts(returns[0].value), strict=False):
            if isinstance(target, ast.Name) and isinstance(value, ast.Name) and value.id in filled[function.name]:
                lists[target.id] = set()
    return lists


def _parts(value: ast.expr) -> list[ast.expr]:
    return list(value.elts) if isinstance(value, ast.Tuple) else [value]


def _arguments(call: ast.Call, function: Function) -> Iterator[tuple[str, str]]:
    """Names that a call hands on as they are, each with the name of the parameter."""
    parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    if isinstance(call.func, ast.Attribute) and parameters[:1] == ["self"]:
        parameters = parameters[1:]
    for argument, parameter in zip(call.args, parameters, strict=False):
        if isinstance(argument, ast.Name):
            yield argument.id, parameter
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Name) and keyword.arg:
            yield keyword.value.id, keyword.arg


def _sweeps(body: list[ast.stmt]) -> Iterator[Sweep]:
    for loop in (node for node in _nodes(body) if isinstance(node, ast.For)):
        inside = _nodes(loop.body)
        if not _is_backwards(loop.iter) or any(isinstance(node, DECIDING) for node in inside):
            continue
        stored = [node for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        moving = {node.id for node in stored} | names_in(loop.target)
        in_two = _in_two_statements(loop.body, moving)
        for statement in loop.body:
            total = _discounted(statement, moving)
            statements = 1
            if not total and in_two.get(_target(statement)) is statement:
                total, statements = _target(statement), 2
            if total and sum(node.id == total for node in stored) <= statements:
                taken = {node.value for node in inside if isinstance(node, ast.Subscript)}
                lists = {node.id for node in taken if isinstance(node, ast.Name)} | _gone_through(loop, inside)
                yield Sweep(loop, lists - {total}, total, statement.lineno)


def _gone_through(loop: ast.For, inside: list[ast.AST]) -> set[str]:
    """Names of what a loop goes through; of zip(...) those whose numbers are read."""
    zipped = next((node for node in all_nodes(loop.iter) if called(node) == "zip"), None)
    targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else []
    if not isinstance(zipped, ast.Call) or len(zipped.args) != len(targets):
        return names_in(loop.iter)
    read = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    pairs = zip(targets, zipped.args, strict=True)
    return {name for target, given_list in pairs if names_in(target) & read for name in names_in(given_list)}


def _is_backwards(iterated: ast.expr) -> bool:
    for node in all_nodes(iterated):
        step = node.step if isinstance(node, ast.Slice) else None
        if called(node) == "range" and isinstance(node, ast.Call) and len(node.args) == 3:
            step = node.args[2]
        if called(node) in TURNING or (step is not None and ast.unparse(step) == "-1"):
            return True
    return False


def _discounted(statement: ast.stmt, moving: set[str]) -> str:
    """The name of R in R = r + gamma * R, for a gamma that stays the same; "" of another statement.

    Args:
        moving: names that are given another value in each pass of the loop.
    """
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return ""
    target = statement.targets[0]
    owner = target.value if isinstance(target, ast.Subscript) else target  # R[t] = r[t] + gamma * R[t + 1]
    added, subtracted = _terms(statement.value)
    if not isinstance(owner, ast.Name) or len(added) < 2:
        return ""
    holding = [each for each in (*added, *subtracted) if owner.id in names_in(each)]
    is_carried = len(holding) == 1 and holding[0] in added and _is_carried(holding[0], owner.id, moving)
    return owner.id if is_carried else ""


def _in_two_statements(body: list[ast.stmt], moving: set[str]) -> dict[str, ast.stmt]:
    """Of R = gamma * R (or R *= gamma) and R = R + r (or R += r), in any order: the first, by the name of R."""
    carried: dict[str, ast.stmt] = {}
    raised: set[str] = set()
    for statement in body:
        name = _target(statement)
        if isinstance(statement, ast.AugAssign):
            others_own = name in names_in(statement.value)
            if isinstance(statement.op, ast.Mult) and all(
                _is_fixed(each, moving) for each in _factors(statement.value)
            ):
                carried[name] = statement
            elif isinstance(statement.op, ast.Add) and not others_own:
                raised.add(name)
        elif name and isinstance(statement, ast.Assign):
            added, subtracted = _terms(statement.value)
            holding = [each for each in (*added, *subtracted) if name in names_in(each)]
            if len(holding) == 1 and holding[0] in added:
                if len(added) == 1 and not subtracted and _is_carried(holding[0], name, moving):
                    carried[name] = statement
                elif isinstance(holding[0], ast.Name) and len(added) > 1:
                    raised.add(name)
    return {name: statement for name, statement in carried.items() if name in raised}


def _target(statement: ast.stmt) -> str:
    """The one name that a statement sets."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else ""


def _is_carried(term: ast.expr, name: str, moving: set[str]) -> bool:
    """Whether a term is gamma * R, of an R of this name and a gamma that stays the same."""
    factors = _factors(term)
    own = [each for each in factors if _is_of(each, name)]
    rest = [each for each in factors if not _is_of(each, name)]
    return len(own) == 1 and bool(rest) and all(_is_fixed(each, moving) for each in rest)


def _terms(value: ast.expr) -> tuple[list[ast.expr], list[ast.expr]]:
    """What a sum adds, and what it subtracts."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub):
        (added, subtracted), (right_added, right_subtracted) = _terms(value.left), _terms(value.right)
        if isinstance(value.op, ast.Sub):
            right_added, right_subtracted = right_subtracted, right_added
        return [*added, *right_added], [*subtracted, *right_subtracted]
    return [value], []


def _factors(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        return [*_factors(value.left), *_factors(value.right)]
    return [value]


def _is_of(value: ast.expr, name: str) -> bool:
    value = value.value if isinstance(value, ast.Subscript) else value
    return isinstance(value, ast.Name) and value.id == name


def _is_fixed(factor: ast.expr, moving: set[str]) -> bool:
    """Whether a factor is a discount that is the same in all steps."""
    if isinstance(factor, ast.Constant):
        return isinstance(factor.value, float) and 0 < factor.value < 1
    name = factor.id if isinstance(factor, ast.Name) else factor.attr if isinstance(factor, ast.Attribute) else ""
    return bool(DISCOUNT.search(name)) and name not in moving
