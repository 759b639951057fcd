"""reward-of-step-before: a transition is stored with the reward of the step before it.

What it checks
    In the source of the program: within a loop over the steps of an environment, a reward is stored beside an action
    that was chosen in this round, before env.step() has given the reward for it: the name still holds that of the
    round before.

Why it hurts
    Every action is credited with what the one before it earned, the first with nothing. Where rewards come at the end
    alone, the last action, which earned it, gets none.

Example
    memory.append((state, action, reward)); next_state, reward, done, _ = env.step(action)

Instead
    next_state, reward, done, _ = env.step(action); memory.append((state, action, reward))

When it is a false alarm
    A net that is given the last reward as an input: call it last_reward, or leave its first entry out when it is read.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.own_source import STORING, all_nodes, called, names_in, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

REWARD = lazy_pattern(r"^r$|^r_|^rew|reward")
EARLIER = lazy_pattern(r"prev|last|old|before", re.IGNORECASE)
STEP = ("step",)
PARTS_AT_LEAST = 2  # of what step() returns


class RewardOfStepBefore(SourceRule):
    code, level = "GF261", Level.WARNING
    worth_parsing = lazy_pattern(r"\.step\(")
    what = (
        "{name} is stored with an action before env.step() has given the reward of that action: it is still that of "
        "the step before"
    )
    fix = "Store the transition after env.step(action)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return late(tree)


def late(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of rewards that are stored a step late, each with its line."""
    for loop in all_nodes(tree):
        if not isinstance(loop, ast.For | ast.While):
            continue
        nodes = list(_of_this_loop(loop.body))
        for step in nodes:
            targets = _targets(step)
            rewards = [name for name in targets if REWARD.search(name) and not EARLIER.search(name)]
            if len(targets) < PARTS_AT_LEAST or not rewards or not isinstance(step, ast.Assign):
                continue
            actions = names_in(step.value)
            before = [node for node in nodes if isinstance(node, ast.expr | ast.stmt) and node.lineno < step.lineno]
            set_before = {name for node in before if isinstance(node, ast.Assign) for name in _set(node)}
            chosen = actions & set_before
            stores = [(node, names) for node in before if (names := _stored(node))]
            if rewards[0] in set_before or not chosen:
                continue
            with_action = set().union(*(names for _, names in stores)) & (chosen | _made_with(before, chosen))
            for node, names in stores:
                text = ast.unparse(node)
                if rewards[0] in names and with_action and not EARLIER.search(text) and not _is_read_later(tree, node):
                    yield rewards[0], node.lineno
                    return


def _of_this_loop(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Nodes of a loop's body, without those of a loop in it, nor what only some rounds do."""
    for statement in body:
        if isinstance(statement, ast.If | ast.Try):
            continue
        if isinstance(statement, ast.With):
            yield from _of_this_loop(statement.body)
        elif not isinstance(statement, ast.For | ast.While):
            yield from within(statement)


def _targets(node: ast.AST) -> list[str]:
    """Names that hold what a step of an environment gave."""
    if not isinstance(node, ast.Assign) or called(node.value) not in STEP or not isinstance(node.targets[0], ast.Tuple):
        return []
    return [each.id if isinstance(each, ast.Name) else "" for each in node.targets[0].elts]


def _set(node: ast.Assign) -> set[str]:
    return {each.id for target in node.targets for each in all_nodes(target) if isinstance(each, ast.Name)}


def _made_with(nodes: Sequence[ast.AST], chosen: set[str]) -> set[str]:
    """Names that are computed of the chosen action, or in one assignment with it, such as its log-probability."""
    made: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and (names_in(node.value) | _set(node)) & chosen:
            made |= _set(node)
    return made


def _stored(node: ast.AST) -> set[str]:
    """Names that a call adds to a memory, or that are written into a place of an array."""
    if isinstance(node, ast.Call) and STORING.match(called(node)) and isinstance(node.func, ast.Attribute):
        return set().union(*(names_in(arg) for arg in (*node.args, *(each.value for each in node.keywords))), set())
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        is_shifted = any(isinstance(each, ast.BinOp) for each in all_nodes(node.targets[0].slice))
        return set() if is_shifted else names_in(node.value)
    return set()


def _is_read_later(tree: ast.Module, node: ast.AST) -> bool:
    """Whether the list is read from its second entry on, or gets one more after the loop: then it is meant so."""
    owner = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        owner = node.targets[0].value
    name = ast.unparse(owner) if owner is not None else ""
    is_sliced = any(
        isinstance(each, ast.Subscript)
        and ast.unparse(each.value).endswith(name)
        and isinstance(each.slice, ast.Slice)
        and each.slice.lower is not None
        for each in all_nodes(tree)
    )
    stores = [each for each in all_nodes(tree) if isinstance(each, ast.Call) and STORING.match(called(each))]
    same = [each for each in stores if isinstance(each.func, ast.Attribute) and ast.unparse(each.func.value) == name]
    return is_sliced or (isinstance(node, ast.Call) and len(same) > 1)
