"""multiplier-turned: the loss of a temperature or a multiplier moves it the wrong way.

What it checks
    In the source of the program: a loss that is minimised is a product of a temperature (alpha, log_alpha, ...) with
    log-probabilities and a target entropy, which may be a number, whose sign lowers the temperature when the policy has
    less entropy than the target. Or the loss of a Lagrange multiplier (lambda_loss = ...) lowers it when the cost is
    above its limit.

Why it hurts
    What is to hold the entropy, or the cost, at its target drives it away: the temperature goes to 0 when the policy is
    already too certain, or grows without bound when it is not.

Example
    alpha_loss = (log_alpha * (log_pi + target_entropy).detach()).mean()

Instead
    alpha_loss = -(log_alpha * (log_pi + target_entropy).detach()).mean()

When it is a false alarm
    A temperature that is moved against its gradient by hand.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from goodfit.checks.engine.own_source import all_nodes, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

MULTIPLIER = lazy_pattern(
    r"alpha|temp|ent(ropy)?_?coef|lambda|lagrang|multiplier|^lam$|log_?lam|^nu$|dual", re.IGNORECASE
)
TEMPERATURE = lazy_pattern(r"alpha|temp|ent(ropy)?_?coef", re.IGNORECASE)
TARGET_ENTROPY = lazy_pattern(r"target_?(h$|ent)|ent(ropy)?_?target|desired_?ent|min_?ent|h_?target", re.IGNORECASE)
LOG_PROB = lazy_pattern(r"log_?p(i|rob|a|s)?s?(_|$|\d)|logp|^lps?(_\w+)?\d?$", re.IGNORECASE)
ENTROPY = lazy_pattern(r"ent(ropy|ropies)?(_|$)|^h$", re.IGNORECASE)
COST = lazy_pattern(r"cost|violation|constraint", re.IGNORECASE)
LIMIT = lazy_pattern(r"limit|budget|threshold|allowed|max_?cost|cost_?max|bound", re.IGNORECASE)
LOSS = lazy_pattern(r"loss|objective", re.IGNORECASE)
NAMES_FOLLOWED = 6  # from a loss to what it is made of
SAME_VALUE = ("mean", "sum", "detach", "exp", "item", "squeeze", "view", "reshape", "to", "float", "cpu", "softplus")


class Term(NamedTuple):
    """A name in a product with the multiplier: what it is, and its sign."""

    kind: str
    sign: int


class MultiplierTurned(SourceRule):
    code, level = "GF262", Level.WARNING
    worth_parsing = lazy_pattern(r"ent(ropy)?|lagrang|lambda|log_?alpha", re.IGNORECASE)
    what = "the sign of {name} is turned: minimising it moves the multiplier away from where its target is reached"
    fix = (
        "alpha_loss = -(log_alpha * (log_pi + target_entropy).detach()).mean(); of a limit: "
        "-multiplier * (cost - limit)"
    )

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return turned(tree)


def turned(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Losses with the wrong sign, each with its line."""
    if any(isinstance(node, ast.keyword) and node.arg == "maximize" for node in all_nodes(tree)):
        return
    for body in scopes(tree):
        body = [each for each in body if not isinstance(each, ast.FunctionDef | ast.ClassDef)]
        assigned = [node for statement in body for node in within(statement) if isinstance(node, ast.Assign)]
        values = {node.targets[0].id: node.value for node in assigned if isinstance(node.targets[0], ast.Name)}
        for node in assigned:
            name = ast.unparse(node.targets[0])
            if not LOSS.search(name):
                continue
            of_temperature = bool(TEMPERATURE.search(name)) or any(
                TARGET_ENTROPY.search(each) for each in _all_names(node.value)
            )
            terms = list(_terms(node.value, 1, values, multiplied=False, left=NAMES_FOLLOWED))
            signs = {kind: {term.sign for term in terms if term.kind == kind} for kind in ("value", "target")}
            if signs["value"] == {1} and signs["target"] and (of_temperature or MULTIPLIER.search(name)):
                yield name, node.lineno


def _all_names(node: ast.AST) -> set[str]:
    return names_in(node) | {each.attr for each in all_nodes(node) if isinstance(each, ast.Attribute)}


def _terms(node: ast.AST, sign: int, values: Mapping[str, ast.expr], *, multiplied: bool, left: int) -> Iterator[Term]:
    """What stands in a product with the multiplier: "value" grows where the multiplier is to grow, "target" is its own.

    Args:
        values: what the names of the function stand for.
        left: how many names are still followed.
    """

    def inside(other: ast.AST, by: int = 1, *, product: bool = multiplied, step: int = 0) -> Iterator[Term]:
        return _terms(other, sign * by, values, multiplied=product, left=left - step)

    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from inside(node.operand, -1)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from inside(node.left)
        yield from inside(node.right, -1 if isinstance(node.op, ast.Sub) else 1)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for factor, other in ((node.left, node.right), (node.right, node.left)):
            by, inner = _unsigned(factor)
            if isinstance(inner, ast.Constant):
                yield from inside(other, by)
            elif _is_multiplier(inner):
                yield from inside(other, by, product=True)
    elif isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in SAME_VALUE:
            is_of_torch = isinstance(function.value, ast.Name) and function.value.id in ("torch", "F", "np")
            inner = node.args[0] if is_of_torch and node.args else function.value
            yield from inside(inner)
    elif isinstance(node, ast.Subscript):
        yield from inside(node.value)
    elif isinstance(node, ast.Constant) and multiplied and isinstance(node.value, int | float):
        yield Term("target", sign)
    elif isinstance(node, ast.Name | ast.Attribute):
        name = node.id if isinstance(node, ast.Name) else node.attr
        if isinstance(node, ast.Name) and name in values and left and not TARGET_ENTROPY.search(name):
            known = list(_terms(values[name], sign, values, multiplied=multiplied, left=left - 1))
            if known:
                yield from known
                return
        if multiplied:
            yield from _of_name(name, sign)


def _of_name(name: str, sign: int) -> Iterator[Term]:
    if TARGET_ENTROPY.search(name) or LIMIT.search(name):
        yield Term("target", sign)
    elif LOG_PROB.search(name) or COST.search(name):
        yield Term("value", sign)
    elif ENTROPY.search(name):
        yield Term("value", -sign)


def _unsigned(node: ast.AST) -> tuple[int, ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, inner = _unsigned(node.operand)
        return -sign, inner
    return 1, node


def _is_multiplier(node: ast.AST) -> bool:
    """Whether an expression is a name of the multiplier alone, perhaps its exponential; a detached one is no leaf."""
    names = _all_names(node)
    is_other = any(LOG_PROB.search(name) or COST.search(name) or TARGET_ENTROPY.search(name) for name in names)
    return any(MULTIPLIER.search(name) for name in names) and not is_other and not names & {"detach", "item"}
