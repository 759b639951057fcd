"""sampled-forwards: a diffusion samples from noise in the order in which noise was added.

What it checks
    The program's source: what begins as torch.randn is given to a net and replaced in a loop over range(steps), in
    which factors called beta, alpha or the like are taken by the number of the step: from 0 up, where it should go
    down.

Why it hurts
    The first steps of the chain take away nearly no noise, for they are made for images that have nearly none; the last
    ones expect pure noise. What comes out is noise.

Example
    x = torch.randn(n, 2)
    for t in range(steps): x = (x - betas[t] / (1 - alpha_bar[t]).sqrt() * net(x, t)) / alphas[t].sqrt()

Instead
    for t in reversed(range(steps)): ...

When it is a false alarm
    Tables that are kept in the reversed order.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TABLE = lazy_pattern(r"beta|alpha|a_?bar|ab$|posterior|sqrt_", re.IGNORECASE)
NOISE = ("randn", "randn_like")
TURNING = ("flip", "reversed", "flipud", "__reversed__")


class SampledForwards(SourceRule):
    code, level = "GF287", Level.WARNING
    worth_parsing = lazy_pattern(r"randn")
    what = "{name} is sampled from noise in the order in which noise was added: step 0 comes first"
    fix = "Go from the last step down: for t in reversed(range(steps))"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return forwards(tree)


def forwards(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of samples, each with the line of its loop."""
    if any(called(node) in TURNING and _is_of_tables(node) for node in all_nodes(tree)):
        return
    for body in scopes(tree):
        nodes = [node for statement in body for node in within(statement)]
        begun = {
            target.id
            for node in nodes
            if isinstance(node, ast.Assign) and called(node.value) in NOISE
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for loop in nodes if begun else ():
            if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or not _is_upwards(loop.iter):
                continue
            inside = [node for statement in loop.body for node in within(statement)]
            if any(called(node) == "backward" for node in inside) or not _takes_factors(inside, loop.target.id):
                continue
            for name in sorted(begun & _replaced(inside)):
                if any(name in _given(node) for node in inside):
                    yield name, loop.lineno


def _is_of_tables(node: ast.AST) -> bool:
    """Whether a call is given a table of factors."""
    return isinstance(node, ast.Call) and any(TABLE.search(name) for name in names_in(node))


def _is_upwards(iterated: ast.expr) -> bool:
    """range(steps), perhaps shown by tqdm."""
    if called(iterated) in ("tqdm", "trange", "track") and isinstance(iterated, ast.Call) and iterated.args:
        return called(iterated) == "trange" or _is_upwards(iterated.args[0])
    return called(iterated) == "range" and isinstance(iterated, ast.Call) and len(iterated.args) == 1


def _takes_factors(nodes: list[ast.AST], step: str) -> bool:
    """Whether tables of factors are read at the number of the step itself."""
    return any(
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Name)
        and node.slice.id == step
        and TABLE.search(ast.unparse(node.value))
        for node in nodes
    )


def _replaced(nodes: list[ast.AST]) -> set[str]:
    """Names that are set to something made of themselves."""
    return {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in names_in(node.value)
    }


def _given(node: ast.AST) -> set[str]:
    """Names that a call is given as they are, but for one that draws noise of the same shape."""
    if not isinstance(node, ast.Call) or called(node).startswith("rand"):
        return set()
    return {each.id for each in node.args if isinstance(each, ast.Name)}
