"""surrogate-turned: the clipped objective of PPO takes the greater of its two terms, or has its ratio upside down.

What it checks
    In the source of the program: of ratio * advantage and clamp(ratio, 1 - e, 1 + e) * advantage the maximum is taken
    (or of both with their sign turned the minimum); the ratio is exp(old - new); or the ratio is the difference of
    log-probabilities itself, or their quotient, and no exponential is taken.

Why it hurts
    The minimum is what keeps a step small: with the maximum nothing is clipped where it matters, and with a turned
    ratio the gradient makes good actions rarer. Rewards wander or fall, and the loss looks as it always does.

Example
    loss = -torch.max(ratio * adv, torch.clamp(ratio, 1 - eps, 1 + eps) * adv).mean()

Instead
    loss = -torch.min(ratio * adv, torch.clamp(ratio, 1 - eps, 1 + eps) * adv).mean()

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, difference, factors, formulas
from goodfit.checks.engine.own_source import called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

CHOICES = {"max": True, "maximum": True, "fmax": True, "min": False, "minimum": False, "fmin": False}
CLIPS = ("clamp", "clip")
OLD = lazy_pattern(r"(?i)old|prev|behav|stored|fixed|ref(_|$)|(^|_)mu_")
NEW = lazy_pattern(r"(?i)new|cur")
LOG = lazy_pattern(r"(?i)log_?p|logits?_?p|(^|_)lp($|_|\d)|log_?pi|log_?likelihood|logp")
EXPONENTIAL = ("exp",)


class SurrogateTurned(SourceRule):
    code, level = "GF580", Level.WARNING
    worth_parsing = lazy_pattern(r"cl(?:amp|ip)\(")
    what = "the clipped objective of a policy: {name}"
    fix = "Take -torch.min(ratio * advantage, torch.clamp(ratio, 1 - e, 1 + e) * advantage), ratio = exp(new - old)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return turned_surrogates(tree)


def turned_surrogates(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Clipped objectives whose choice or ratio is turned, each with its line."""
    for scope in formulas(tree):
        for node in scope.nodes:
            if called(node) in CLIPS and isinstance(node, ast.Call):
                ratio = _clipped_ratio(node)
                if ratio is not None:
                    yield from _turned_ratio(ratio, scope)
            if called(node) in CHOICES and isinstance(node, ast.Call):
                yield from _turned_choice(node, scope)


def _clipped_ratio(call: ast.Call) -> ast.expr | None:
    """What is cut to 1 - e and 1 + e."""
    values = [*call.args, *(each.value for each in call.keywords)]
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if not (isinstance(owner, ast.Name) and owner.id in ("torch", "np", "jnp")) and owner is not None:
        values = [owner, *values]
    if len(values) != 3:
        return None
    low, high = (_number_beside_one(each) for each in values[1:])
    return values[0] if low and high and low != high else None


def _number_beside_one(node: ast.expr) -> int:
    """-1 of 1 - e or 0.8, 1 of 1 + e or 1.2; 0 of others."""
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        return -1 if 0.4 < node.value < 1 else 1 if 1 < node.value < 1.6 else 0
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        if ast.unparse(node.left) in ("1", "1.0"):
            return 1 if isinstance(node.op, ast.Add) else -1
        if ast.unparse(node.right) in ("1", "1.0") and isinstance(node.op, ast.Add):
            return 1
    return 0


def _turned_choice(call: ast.Call, scope: Formulas) -> Iterator[tuple[str, int]]:
    if len(call.args) != 2 or call.keywords:
        return
    products = [list(factors(scope.bare(each))) for each in call.args]
    if any(len(each) < 2 for each in products):
        return
    clipped = [
        any(called(value) in CLIPS and isinstance(value, ast.Call) and _clipped_ratio(value) is not None
            for value in (scope.value(factor) for factor, _ in each))
        for each in products
    ]  # fmt: skip
    signs = [_sign(each, scope) for each in products]
    takes_greater = CHOICES[called(call)]
    if sum(clipped) == 1 and signs[0] == signs[1] and signs[0] == (1 if takes_greater else -1):
        yield f"{ast.unparse(call)} takes the {'greater' if takes_greater else 'smaller'} of two terms", call.lineno


def _sign(product: list[tuple[ast.expr, int]], scope: Formulas) -> int:
    """Of a product; the sign of a name is that of what it is set to."""
    sign = 1
    for factor, own in product:
        value = scope.value(factor)
        sign *= own * (-1 if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub) else 1)
    return sign


def _turned_ratio(ratio: ast.expr, scope: Formulas) -> Iterator[tuple[str, int]]:
    value = scope.value(ratio)
    inner: ast.expr | None = None
    if called(value) in EXPONENTIAL and isinstance(value, ast.Call):
        owner = value.func.value if isinstance(value.func, ast.Attribute) else None
        inner = value.args[0] if value.args else owner
    if inner is not None:
        sides = difference(scope.bare(inner))
        if sides is not None and _is_old(sides[0]) and not _is_old(sides[1]):
            is_ratio = _is_new(sides[1], scope) or LOG.search(ast.unparse(sides[1]))
            if is_ratio:
                yield f"the ratio is {ast.unparse(value)}, old over new", value.lineno
        return
    parts = difference(value)
    if parts is None and isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
        parts = value.left, value.right
    if parts is not None and all(_is_log(each, scope) for each in parts) and any(_is_old(each) for each in parts):
        yield f"the ratio is {ast.unparse(value)} of logarithms, without exp", value.lineno


def _is_log(node: ast.expr, scope: Formulas) -> bool:
    return bool(LOG.search(ast.unparse(node))) or called(scope.bare(node)) == "log_prob"


def _is_old(node: ast.expr) -> bool:
    return bool(OLD.search(re.sub(r"\bself\.", "", ast.unparse(node)))) and not NEW.search(ast.unparse(node))


def _is_new(node: ast.expr, scope: Formulas) -> bool:
    return bool(NEW.search(ast.unparse(node))) or called(scope.bare(node)) == "log_prob"
