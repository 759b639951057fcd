"""returns-left-reversed: returns are summed up from the last reward to the first, and never turned back.

What it checks
    The program's source: a loop over the rewards in reverse appends each sum `R = r + gamma * R` to a list, and nothing
    turns the list, what the function returns, or the actions round. In a program that takes steps.

Why it hurts
    The first action gets the return of the last one: good actions are punished for what others did.

Example
    for r in reversed(rewards):
        R = r + gamma * R
        returns.append(R)
    loss = -(torch.stack(log_probs) * torch.tensor(returns)).sum()

Instead
    returns.insert(0, R), or returns.reverse() after the loop

When it is a false alarm
    A list that is turned round in another file.

Cost
    One look at the source after training.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.checks.rules.returns_of_the_past import DISCOUNT, REWARDS, discounted

TURNING = ("reverse", "reversed", "flip", "flipud", "appendleft", "insert")


class ReturnsLeftReversed(SourceRule):
    code, level = "GF281", Level.WARNING
    worth_parsing = DISCOUNT
    what = "{name} holds the returns from the last step to the first, and nothing turns it round"
    fix = "Put each in front: returns.insert(0, R); or turn the list after the loop: returns.reverse()"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from left(tree)


def left(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of such lists, each with the line that appends to it."""
    loops = [node for node in all_nodes(tree) if isinstance(node, ast.For) and _backwards(node.iter)]
    own = {id(node) for loop in loops for node in all_nodes(loop.iter)}
    turned = any(_turns(node) for node in all_nodes(tree) if id(node) not in own)
    for loop in loops if not turned else ():
        rewards = {node.id for node in all_nodes(loop.target) if isinstance(node, ast.Name)}
        totals = {discounted(statement, reward) for statement in loop.body for reward in rewards} - {""}
        nodes = [node for statement in loop.body for node in within(statement)]
        appends = [node for node in nodes if isinstance(node, ast.Call) and called(node) == "append" and node.args]
        if len(appends) != 1:  # states in the same order, perhaps
            continue
        function, appended = appends[0].func, appends[0].args[0]
        if isinstance(appended, ast.Name) and appended.id in totals and isinstance(function, ast.Attribute):
            yield ast.unparse(function.value), appends[0].lineno


def _backwards(iterated: ast.AST) -> bool:
    """Whether a loop goes through rewards in reverse."""
    names = {node.id for node in all_nodes(iterated) if isinstance(node, ast.Name)}
    names |= {node.attr for node in all_nodes(iterated) if isinstance(node, ast.Attribute)}
    return any(_turns(node) for node in all_nodes(iterated)) and any(REWARDS.search(name) for name in names)


def _turns(node: ast.AST) -> bool:
    step = node.step if isinstance(node, ast.Slice) else None
    return called(node) in TURNING or (step is not None and ast.unparse(step) == "-1")
