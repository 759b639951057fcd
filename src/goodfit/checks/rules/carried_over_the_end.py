"""carried-over-the-end: advantages leave out the next value at the end of an episode, and are carried over it.

What it checks
    In the source of the program: a loop goes back through a rollout and carries a sum on by a discount (gamma, lambda).
    The same function multiplies the value of the next state by 1 - done, and not what is carried. Programs whose
    rollouts end with the episode are left aside.

Why it hurts
    The last step of an episode gets the advantages of the next one, which has nothing to do with it. Sums grow as long
    as the rollout, the critic cannot follow them, and what was done last in an episode is praised for what came after.

Example
    gae = delta[t] + gamma * lam * gae

Instead
    gae = delta[t] + gamma * lam * (1 - done[t]) * gae

When it is a false alarm
    Rollouts of one episode each, which end in a way that the source does not show.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas, taken_from_one
from goodfit.checks.engine.own_source import all_nodes, called, last_name, loops_in, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

DONE = lazy_pattern(r"(?i)done|term|trunc|episode_end|^ends?$|^(is_)?over$|^d$")
ALIVE = lazy_pattern(r"(?i)mask|not_?done|non_?term|alive|cont|_not_over|live|notdone|discounts?$")
DISCOUNT = lazy_pattern(r"(?i)gamma|discount|lam(bda|bd)?_?$|gae_?lam|^tau$")


class CarriedOverTheEnd(SourceRule):
    code, level = "GF682", Level.WARNING
    yields_to = ("returns-across-episodes", "episode-end-ignored", "episode-end-a-step-off")
    worth_parsing = lazy_pattern(r"reversed\(|-1\]|, ?-1\)")
    what = (
        "the next value is left out at the end of an episode, and {name} is carried over it: the last steps of an "
        "episode get advantages of the one after it"
    )
    fix = "Begin again at the end: gae = delta + gamma * lam * (1 - done) * gae"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from carried_over(tree)


def carried_over(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Sums that are carried over the ends of episodes, each with its line."""
    if _ends_with_the_episode(tree):
        return
    for scope in formulas(tree):
        if not any(map(_denies, scope.nodes)):
            continue
        for loop in (node for node in scope.nodes if isinstance(node, ast.For) and _goes_back(node)):
            yield from _carried(loop, scope)


def _ends_with_the_episode(tree: ast.Module) -> bool:
    """Whether a loop that steps through an environment is left where an episode ends."""
    for loop in loops_in(tree):
        nodes = all_nodes(loop)
        if not any(called(node) in ("step", "env_step") and getattr(node, "args", None) for node in nodes):
            continue
        if any(isinstance(node, ast.Break) for node in nodes) or any(isinstance(node, ast.Return) for node in nodes):
            return True
        if isinstance(loop, ast.While) and any(DONE.search(name) for name in names_in(loop.test)):
            return True
    return False


def _goes_back(loop: ast.For) -> bool:
    text = ast.unparse(loop.iter).replace(" ", "")
    return "reversed(" in text or "::-1]" in text or ",-1)" in text or "flip" in text


def _denies(node: ast.AST) -> bool:
    rest = taken_from_one(node)
    if rest is None and isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not):
        rest = node.operand
    return rest is not None and any(DONE.search(name) for name in _all_names(rest))


def _all_names(node: ast.AST) -> set[str]:
    return names_in(node) | {each.attr for each in of_kind(node, ast.Attribute)}


def _carried(loop: ast.For, scope: Formulas) -> Iterator[tuple[str, int]]:
    moving = {each.id for each in of_kind(loop, ast.Name) if isinstance(each.ctx, ast.Store)}
    decided = [each for kind in (ast.If, ast.IfExp) for each in of_kind(loop, kind)]
    for name in sorted(moving):
        statements = [each for each in all_nodes(loop) if _sets(each, name)]
        reads = [path for each in statements for path in _ways(_value(each), name) if isinstance(each, ast.Assign)]
        factors = [side for path in reads for side in path]
        factors += [
            each.value for each in statements if isinstance(each, ast.AugAssign) and isinstance(each.op, ast.Mult)
        ]
        is_discounted = any(DISCOUNT.search(part) for side in factors for part in _all_names(side))
        if not reads and not any(isinstance(each, ast.AugAssign) for each in statements):
            continue
        if not is_discounted or any(_may_end(side, scope) for side in factors):
            continue
        if any(name in names_in(each) for each in decided) or any(called(each) == "where" for each in all_nodes(loop)):
            continue
        yield name, statements[0].lineno if isinstance(statements[0], ast.stmt) else loop.lineno


def _sets(node: ast.AST, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    return any(isinstance(each, ast.Name) and each.id == name for target in targets for each in all_nodes(target))


def _value(node: ast.AST) -> ast.AST:
    return node.value if isinstance(node, ast.Assign | ast.AugAssign) else node


def _ways(node: ast.AST, name: str) -> Iterator[list[ast.expr]]:
    """For each place where a name is read, what it is multiplied with on the way up."""
    if isinstance(node, ast.Name) and node.id == name:
        yield []
    for child in ast.iter_child_nodes(node):
        for way in _ways(child, name):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
                way = [*way, node.left if child is node.right else node.right]
            yield way


def _may_end(side: ast.expr, scope: Formulas) -> bool:
    """Whether a factor is 0 at the end of an episode, or may be."""
    if any(_denies(each) for each in all_nodes(side)):
        return True
    for name in _all_names(side):
        if ALIVE.search(name):
            return True
    return any(
        _denies(each) or ALIVE.search(last_name(each))
        for part in of_kind(side, ast.Name)
        for value in scope.values.get(part.id, ())
        for each in all_nodes(value)
    )
