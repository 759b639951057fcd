"""twin-critics-maximum: of two critics the larger value is taken for the target, and not the smaller one.

What it checks
    In the source of the program: torch.max or torch.maximum of what two critics of one name (q1 and q2) say, in a
    function that discounts returns, and nowhere the minimum of the two.

Why it hurts
    Two critics are there to guard against values that are too high (Fujimoto et al. 2018, clipped double Q-learning):
    the smaller one bounds the target. With the larger one errors add up from target to target.

Example
    target = reward + gamma * (1 - done) * torch.max(q1_target(s, a), q2_target(s, a))

Instead
    target = reward + gamma * (1 - done) * torch.min(q1_target(s, a), q2_target(s, a))

When it is a false alarm
    Optimism that is wanted, for exploration.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LARGER, SMALLER = ("max", "maximum", "fmax"), ("min", "minimum", "fmin")
DIGIT = lazy_pattern(r"(?<![0-9])[12](?![0-9])|(?<=_)[ab](?![a-z])")
CRITIC = lazy_pattern(r"(?i)(^|[_.\s])(target_?)?q(f|net|_|\d|s?$)|critic|value|(^|_)v[12]")
DISCOUNT = lazy_pattern(r"(?i)\b(self\.|args\.|cfg\.|config\.|hp\.)?(gamma|discount)\w*\b")


class TwinCriticsMaximum(SourceRule):
    code, level = "GF652", Level.WARNING
    worth_parsing = lazy_pattern(r"\.(max|maximum|fmax)\(|\bmax\(")
    what = "the larger of {name} is the target: errors of both critics add up"
    fix = "Take the smaller one: torch.min"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return larger_of_two(tree)


def larger_of_two(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Pairs of critics whose maximum is taken, each with its line."""
    for scope in formulas(tree):
        pairs = [(node, pair) for node in scope.nodes if (pair := _two_critics(node, scope))]
        if not pairs or not any(DISCOUNT.search(ast.unparse(each)) for each in scope.body):
            continue
        smaller = {pair for node, pair in pairs if called(node) in SMALLER}
        for node, pair in pairs:
            if called(node) in LARGER and pair not in smaller:
                yield " and ".join(pair), node.lineno  # type: ignore[attr-defined]  # a call


def _two_critics(node: ast.AST, scope: Formulas) -> tuple[str, str] | None:
    """The two arguments of a maximum or minimum whose names differ in their number alone."""
    if not isinstance(node, ast.Call) or called(node) not in (*LARGER, *SMALLER):
        return None
    given = [*node.args]
    if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) not in ("torch", "np", "numpy"):
        given = [node.func.value, *given]
    if len(given) != 2:
        return None
    for sides in ([*map(ast.unparse, given)], [ast.unparse(scope.bare(each)) for each in given]):
        first, second = sides
        plain = [re.sub(DIGIT.pattern, "#", side) for side in sides]
        if first != second and plain[0] == plain[1] and "#" in plain[0] and CRITIC.search(first):
            return first, second
    return None
