"""average-turned: a net that an optimiser trains is drawn towards its target net, and the target stands still.

What it checks
    In the source of the program: a loop over the parameters of two nets, or over the keys of their states, blends those
    of the second into the first,
    where an optimiser has the first and none has the second, and the names say that it is the second, or what the first
    one is given as, that is the target, the average, the teacher. The nets are also found where a function is given
    them.

Why it hurts
    A target follows the net that learns, slowly (Lillicrap et al. 2016, "Continuous control with deep reinforcement
    learning", section 3). Turned round, the net is pulled back to the first weights of the target in each step, and
    the target never learns.

Example
    def soft_update(target, online): ...
    soft_update(q, q_target)

Instead
    soft_update(q_target, q)

When it is a false alarm
    A net that is meant to stay near fixed weights.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from goodfit.checks.engine.own_source import all_nodes, called, given, loops_in, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

OPTIMISER = lazy_pattern(r"^(Adam\w*|NAdam|RAdam|SGD|RMSprop|Adagrad|Adadelta|ASGD|Rprop|LBFGS|Muon)$")
TARGET = lazy_pattern(
    r"(^|_)(targets?|tgt|targ|ema|teacher|avg|averaged?|slow|shadow|momentum|t)(_|$)|_t\d?$", re.IGNORECASE
)
BLENDS = ("copy_", "lerp_", "mul_", "add_")


class Blend(NamedTuple):
    """A loop that blends the weights of one net into those of another: the expressions that name them, and its line.

    Attributes:
        as_target: whether a function is given the first as the target.
    """

    into: str
    of: str
    line: int
    as_target: bool = False


class AverageTurned(SourceRule):
    code, level = "GF533", Level.ERROR
    worth_parsing = lazy_pattern(r"\bzip\(.*parameters\(\)|state_dict\(\)")
    what = "{name} is in an optimiser, and is blended with the weights of its target, which follow nobody"
    fix = "Blend the weights of the trained net into those of the target: exchange the two"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return turned_averages(tree)


def turned_averages(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Nets that are trained and blended into, each with its line."""
    nodes = all_nodes(tree)
    trained = {
        name
        for node in of_kind(tree, ast.Call)
        if OPTIMISER.match(called(node))
        for each in all_nodes(node)
        if (name := _net_of(each)) is not None
    }
    states = dict(_states(nodes))
    loaded = {_loaded_in_loop(each) for loop in loops_in(tree) for each in of_kind(loop, ast.Call)}
    for blend in [*_blends(tree), *_by_function(tree), *_of_states(tree, states)]:
        is_target = blend.as_target or TARGET.search(blend.of.rpartition(".")[2])
        if blend.into in trained and blend.of not in trained | loaded and is_target:
            yield blend.into, blend.line


def _net_of(node: ast.AST) -> str | None:
    """What parameters() is asked of."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "parameters":
        return ast.unparse(node.func.value)
    return None


def _loaded_in_loop(node: ast.AST) -> str | None:
    """A net that is given other weights as a whole."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "load_state_dict":
        return ast.unparse(node.func.value)
    return None


def _states(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Names of states, and of the nets that they are of."""
    for target, value in given(nodes):
        function = value.func if isinstance(value, ast.Call) else None
        if isinstance(target, ast.Name) and isinstance(function, ast.Attribute) and function.attr == "state_dict":
            yield target.id, ast.unparse(function.value)


def _of_states(tree: ast.Module, states: Mapping[str, str]) -> Iterator[Blend]:
    """Loops in which `state[key]` becomes a mean of two nets' states."""
    for loop in of_kind(tree, ast.For):
        for node in loop.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                into, read = _root(node.targets[0].value), names_in(node.value) & set(states)
                for of in read - {into} if into in read else ():
                    yield Blend(states[into], states[of], loop.lineno)


def _blends(tree: ast.AST) -> Iterator[Blend]:
    for loop in of_kind(tree, ast.For):
        if called(loop.iter) != "zip" or not isinstance(loop.target, ast.Tuple):
            continue
        assert isinstance(loop.iter, ast.Call)
        nets = [_net_of(each) for each in loop.iter.args]
        names = [each.id if isinstance(each, ast.Name) else "" for each in loop.target.elts]
        if len(nets) != 2 or len(names) != 2 or None in nets or "" in names:
            continue
        for at in (0, 1):
            if _is_blended(loop, names[at], names[1 - at]):
                yield Blend(str(nets[at]), str(nets[1 - at]), loop.lineno)


def _is_blended(loop: ast.For, name: str, other: str) -> bool:
    """Whether the loop writes a mean of both into `name`."""
    read: set[str] = set()
    blends = False
    for node in (each for statement in loop.body for each in all_nodes(statement)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BLENDS:
            if _root(node.func.value) == name:
                blends = True
                read |= {each for argument in node.args for each in names_in(argument)}
                read |= {name} if node.func.attr in ("lerp_", "mul_") else set()
        elif isinstance(node, ast.Assign) and _root(node.targets[0]) == name:
            blends = True
            read |= names_in(node.value)
    return blends and {name, other} <= read


def _root(node: ast.AST) -> str:
    """The name that `t.data.mul_(0.9)` begins with."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def _by_function(tree: ast.Module) -> Iterator[Blend]:
    """Where the nets are what a function is given: each of its calls."""
    for function in of_kind(tree, ast.FunctionDef):
        names = [each.arg for each in [*function.args.posonlyargs, *function.args.args]]
        for blend in _blends(function):
            if not {blend.into, blend.of} <= set(names):
                continue
            bound = names[1:] if names[0] == "self" else names
            for call in of_kind(tree, ast.Call):
                if called(call) != function.name:
                    continue
                given = dict(zip(bound, call.args, strict=False)) | {
                    each.arg: each.value for each in call.keywords if each.arg
                }
                if blend.into in given and blend.of in given:
                    into, of = (ast.unparse(given[name]) for name in (blend.into, blend.of))
                    yield Blend(into, of, call.lineno, bool(TARGET.search(blend.into)))
