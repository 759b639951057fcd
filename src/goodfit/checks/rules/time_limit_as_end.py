"""time-limit-as-end: a time limit is stored as the end of the world.

What it checks
    In the source of the program: env.step() says apart whether an episode has terminated and whether it was truncated;
    `terminated or truncated` is stored beside the next state, `terminated` is not, and the value of the next state is
    multiplied by 1 - done. Or the value of an episode's last state, which is kept before the world begins anew
    (final_obs and the like), is multiplied by 1 minus `terminated or truncated`.

Why it hurts
    Nothing ends at a time limit: the value of the state that was reached is lost, though it is at hand. Values of all
    states within reach of the limit are too low, by as much as the future is worth, and depend on a clock that the
    agent does not see.

Example
    done = terminated or truncated; memory.push(state, action, reward, next_state, done)

Instead
    memory.push(state, action, reward, next_state, terminated)
    if terminated or truncated: state = env.reset()

When it is a false alarm
    A task that is to be done within the limit, whose states say how much time is left.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.formulas import taken_from_one
from goodfit.checks.engine.own_source import (
    STORING,
    all_nodes,
    called,
    given,
    last_name,
    loops_in,
    names_in,
    of_kind,
    of_this_loop,
)
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TERMINATED = lazy_pattern(r"(?i)^(is_)?term(inated|inal|inations?|s)?$")
TRUNCATED = lazy_pattern(r"(?i)^(is_)?(trunc(ated|ations?)?|time_?(out|limit)|timed_out)$")
DONE = lazy_pattern(r"(?i)done|term|over|end|^d\d?$")
FINAL = lazy_pattern(r"(?i)^(final|terminal|real_next|true_next)_?(obs|observations?|states?)$")
PARTS_AT_LEAST = 3  # of what step() returns


class TimeLimitAsEnd(SourceRule):
    code, level = "GF568", Level.WARNING
    worth_parsing = lazy_pattern(r"trunc|time_?out|time_?limit|timed_out")
    what = "{name} is stored as the end, and the value of the next state is dropped where only the time was over"
    fix = "Store terminated beside the next state, and end the episode at either"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return limit_as_end(tree)


def limit_as_end(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Where `terminated or truncated` is stored as the only end, each with the line that puts them together."""
    if any(FINAL.search(name) for name in names_in(tree)):
        yield from _value_of_last_state_dropped(tree)
        return
    if not _drops_value(tree):
        return
    for loop in loops_in(tree):
        nodes = [node for statement in loop.body for node in of_this_loop(statement)]
        for step in (node for node in nodes if isinstance(node, ast.Assign) and called(node.value) == "step"):
            parts = step.targets[0]
            names = [ast.unparse(each) for each in parts.elts] if isinstance(parts, ast.Tuple) else []
            ended = {each for each in names if TERMINATED.search(each)}
            cut = {each for each in names if TRUNCATED.search(each)}
            if len(names) >= PARTS_AT_LEAST and ended and cut:
                yield from _stored(nodes, names[0], ended, cut)


def _value_of_last_state_dropped(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Where what was computed of a last state is multiplied by 1 minus both ends put together."""
    last: set[str] = set()
    ended: set[str] = set()
    every = (
        {name for name in names_in(tree) if TERMINATED.search(name)},
        {name for name in names_in(tree) if TRUNCATED.search(name)},
    )
    for name, value in _kept(tree):
        inner = names_in(value)
        if _puts_together(value, *every) or (inner & ended and not inner & every[0]):
            ended.add(name)
        elif any(FINAL.search(each) for each in inner) and called(value) != "step":
            last.add(name)
    for product in of_kind(tree, ast.BinOp):
        if isinstance(product.op, ast.Mult) and names_in(product) & last:
            for node in all_nodes(product):
                end = taken_from_one(node)
                if end is not None and names_in(end) & ended:
                    yield min(names_in(end) & ended), end.lineno
                    return


def _kept(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """What is assigned to names, to their places, or stored in them, in the order of the text."""
    kept: list[ast.Assign | ast.Call] = [*of_kind(tree, ast.Assign), *of_kind(tree, ast.Call)]
    for node in sorted(kept, key=lambda each: each.lineno):
        if isinstance(node, ast.Assign):
            yield from ((last_name(_base(target)), value) for target, value in given([node]))
        elif STORING.match(called(node)) and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
            yield last_name(node.func.value), node.args[0]


def _base(node: ast.expr) -> ast.expr:
    """What a place is a place of."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node


def _stored(nodes: Sequence[ast.AST], state: str, ended: set[str], cut: set[str]) -> Iterator[tuple[str, int]]:
    together = {}  # of a name: where it gets `terminated or truncated`
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _puts_together(node, ended, cut):
            together[node.targets[0].id] = node.lineno
    stored = [
        argument
        for node in nodes
        if isinstance(node, ast.Call) and STORING.match(called(node)) and isinstance(node.func, ast.Attribute)
        for argument in (*node.args, *(each.value for each in node.keywords))
    ]
    names = set().union(*(names_in(argument) for argument in stored)) if stored else set()
    if state not in names:
        return
    both = [argument for argument in stored if _puts_together(argument, ended, cut)]
    if any(names_in(argument) & (ended | cut) for argument in stored if argument not in both):
        return  # each by itself, too
    if both:
        yield ast.unparse(both[0]), both[0].lineno
    else:
        yield from [(name, line) for name, line in together.items() if name in names][:1]


def _puts_together(node: ast.AST, ended: set[str], cut: set[str]) -> bool:
    """Whether both stand in `a or b`, `a | b` or logical_or(a, b)."""
    for each in all_nodes(node):
        is_or = (isinstance(each, ast.BoolOp) and isinstance(each.op, ast.Or)) or called(each) == "logical_or"
        is_or = is_or or (isinstance(each, ast.BinOp) and isinstance(each.op, ast.BitOr))
        if is_or and names_in(each) & ended and names_in(each) & cut:
            return True
    return False


def _drops_value(tree: ast.Module) -> bool:
    """Whether something is multiplied by 1 - done, or kept where it is not done."""
    for node in of_kind(tree, ast.BinOp):
        end = taken_from_one(node)
        if end is not None:
            names = names_in(end) | {each.attr for each in of_kind(end, ast.Attribute)}
            if any(DONE.search(name) for name in names):
                return True
    return any(
        isinstance(node.op, ast.Invert) and any(DONE.search(name) for name in names_in(node.operand))
        for node in of_kind(tree, ast.UnaryOp)
    )
