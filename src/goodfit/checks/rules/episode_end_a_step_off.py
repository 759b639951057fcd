"""episode-end-a-step-off: advantages are cut one step beside the end of the episode.

What it checks
    In the source of the program: a sum that is carried back through the steps of a rollout is multiplied by
    1 - dones[t + 1], which is right where dones[t] says that step t begins an episode; and the rollout stores the done
    that env.step() has just given. Or it is multiplied by 1 - dones[t], and the rollout stores the done of the step
    before.

Why it hurts
    The value of the next episode's first state flows into the last step of an episode, and the step before the end
    learns nothing of how it ended: the reward at the end does not reach the actions that led there.

Example
    obs, reward, done, info = env.step(action); buffer.add(last_obs, action, reward, done)
    not_over = 1.0 - self.dones[t + 1]

Instead
    buffer.add(last_obs, action, reward, last_done); last_done = done
    or: not_over = 1.0 - self.dones[t]

When it is a false alarm
    A list that gets a first entry elsewhere, in a way that the source does not show.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

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

DONE = lazy_pattern(r"(?i)done|term|trunc|^ends?$|episode_(start|end)|^(is_)?(first|over)")
PARTS_AT_LEAST = 3  # of what step() returns
OF_THIS, OF_BEFORE = "this step", "the step before"


class Recursion(NamedTuple):
    """1 - dones[t + 1] or 1 - dones[t] in a loop that goes back through a rollout.

    Attributes:
        list_name: the last name of what it reads: "dones" of self.dones.
        methods: of the class that it stands in.
    """

    list_name: str
    is_next: bool
    methods: frozenset[str]


class EpisodeEndAStepOff(SourceRule):
    code, level = "GF567", Level.WARNING
    worth_parsing = lazy_pattern(r"(?:1(?:\.0*)? *- *|~|not *\(?)[^\n]*(?:done|term|end|start|first)[^\n]*\[")
    what = "the sum over a rollout reads {name}: it is cut one step beside the end of an episode"
    fix = "Store what the recursion reads: the done of env.step() for 1 - dones[t], that of the step before for [t + 1]"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return step_off(tree)


def step_off(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Where a rollout stores another step's done than its recursion reads, each with the line."""
    recursions = list(_recursions(tree))
    for loop in loops_in(tree) if recursions else ():
        nodes = [node for statement in loop.body for node in of_this_loop(statement)]
        steps = [node for node in nodes if isinstance(node, ast.Assign) and called(node.value) == "step"]
        for step in steps:
            parts = step.targets[0]
            if isinstance(parts, ast.Tuple) and len(parts.elts) >= PARTS_AT_LEAST:
                yield from _stored_elsewhere(tree, nodes, step, recursions)


def _recursions(tree: ast.Module) -> Iterator[Recursion]:
    owners = {id(node): kind for kind in of_kind(tree, ast.ClassDef) for node in loops_in(kind)}
    for loop in loops_in(tree):
        text = ast.unparse(loop.iter) if isinstance(loop, ast.For) else ""
        if "reversed" not in text and "-1" not in text.replace(" ", ""):
            continue
        owner = owners.get(id(loop))
        methods = [each.name for each in owner.body if isinstance(each, ast.FunctionDef)] if owner else []
        for node in all_nodes(loop):
            rest = _what_is_denied(node)
            for read in of_kind(rest, ast.Subscript) if rest is not None else ():
                name, index = _name_or_key(read.value), read.slice
                if not DONE.search(name):
                    continue
                if isinstance(index, ast.BinOp) and isinstance(index.op, ast.Add) and ast.unparse(index.right) == "1":
                    yield Recursion(name, True, frozenset(methods))
                elif isinstance(loop, ast.For) and isinstance(index, ast.Name) and index.id in names_in(loop.target):
                    carried = _is_carried_on(loop, node)
                    yield from [] if carried else [Recursion(name, False, frozenset(methods))]


def _what_is_denied(node: ast.AST) -> ast.expr | None:
    """x of 1 - x, ~x or logical_not(x)."""
    if (rest := taken_from_one(node)) is not None:
        return rest
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not):
        return node.operand
    return node.args[0] if isinstance(node, ast.Call) and called(node) == "logical_not" and node.args else None


def _is_carried_on(loop: ast.For, node: ast.AST) -> bool:
    """Whether what a node is a part of gets a name that was read before in the loop: it is for the round after."""
    for assignment in of_kind(loop, ast.Assign):
        if any(each is node for each in all_nodes(assignment.value)):
            names = names_in(assignment.targets[0])
            reads = [each for each in of_kind(loop, ast.Name) if each.id in names and isinstance(each.ctx, ast.Load)]
            return any(each.lineno < assignment.lineno for each in reads)
    return False


def _name_or_key(node: ast.expr) -> str:
    """The last name of batch.done, or the key of batch["done"]."""
    if isinstance(node, ast.Subscript):
        key = node.slice
        return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else _name_or_key(node.value)
    return last_name(node)


def _stored_elsewhere(
    tree: ast.Module, nodes: Sequence[ast.AST], step: ast.Assign, recursions: Sequence[Recursion]
) -> Iterator[tuple[str, int]]:
    assigned: dict[str, list[tuple[int, int]]] = {}  # names of a done, with the places in the loop that set them
    dones: set[str] = {each for each in names_in(step.targets[0]) if DONE.search(each)}
    assignments = [each for each in nodes if isinstance(each, ast.Assign)]
    begun = step.lineno, step.col_offset
    for assignment in sorted(assignments, key=lambda each: each.lineno):
        if assignment is step or (assignment.lineno >= step.lineno and names_in(assignment.value) & dones):
            for target in assignment.targets:
                for name in names_in(target) if not isinstance(target, ast.Subscript) else ():
                    if name in dones or DONE.search(name):
                        dones.add(name)
                        assigned.setdefault(name, []).append((assignment.lineno, assignment.col_offset))
    for node in (each for each in nodes if isinstance(each, ast.stmt | ast.expr)):
        for list_name, values in _stores(node):
            own = {name for value in values for name in names_in(value)} & dones
            when = {
                OF_THIS if any(begun <= each < (node.lineno, node.col_offset) for each in assigned[name]) else OF_BEFORE
                for name in own
                if name in assigned
            }
            for each in recursions:
                reads = {each.is_next} == {other.is_next for other in recursions if other.list_name == each.list_name}
                fits = list_name.rstrip("s") == each.list_name.rstrip("s") or (
                    list_name in each.methods and STORING.match(list_name)
                )
                wrong = OF_THIS if each.is_next else OF_BEFORE
                if reads and fits and when == {wrong} and not _has_another_entry(tree, each.list_name, nodes):
                    index, step_held = ("t + 1", "t") if each.is_next else ("t", "t - 1")
                    yield f"{each.list_name}[{index}], and place t holds the done of step {step_held}", node.lineno
                    return


def _stores(node: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
    """The name of a list, an array or a method of a buffer that something is stored by, and what."""
    if isinstance(node, ast.Assign):
        for place, value in given([node]):
            if isinstance(place, ast.Subscript) and isinstance(place.slice, ast.Name):
                yield _name_or_key(place.value), [value]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and STORING.match(called(node)):
        if called(node) == "append":
            yield _name_or_key(node.func.value), list(node.args)
        else:
            yield called(node), [*node.args, *(each.value for each in node.keywords)]


def _has_another_entry(tree: ast.Module, name: str, nodes: Sequence[ast.AST]) -> bool:
    """Whether a list begins with an entry, or gets one outside of the loop, so that all others are one place later."""
    inside = {id(node) for node in nodes}
    for call in of_kind(tree, ast.Call):
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        is_added = owner is not None and called(call) in ("append", "insert") and id(call) not in inside
        if is_added and owner is not None and _name_or_key(owner) == name:
            return True
    return any(
        isinstance(value, ast.List) and bool(value.elts) and _name_or_key(target) == name
        for target, value in given(all_nodes(tree))
    )
