"""reference-left-faster: a policy is rewarded for moving away from its reference.

What it checks
    In the source of the program: a reward gets a term that is added and is the logarithm of the policy's probability
    minus that of the reference (ref, sft, initial), or one that is subtracted and is the difference the other way
    round.

Why it hurts
    The divergence from the reference is to cost something, so that the policy keeps to what it was. With the sign
    turned it is paid for leaving it: texts fall apart while the reward rises.

Example
    kl = logp - ref_logp; reward = score + beta * kl

Instead
    kl = logp - ref_logp; reward = score - beta * kl

When it is a false alarm
    A policy that is to unlearn its reference on purpose.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, difference, factors, formulas
from goodfit.checks.engine.own_source import last_name, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

REWARD = lazy_pattern(r"(?i)(^|_)(rewards?|rew|rs?)(_\w+)?$|shaped|(^|_)scores?$")
LOG_PROB = lazy_pattern(r"(?i)log_?p|logp|(^|_)lps?(_|$)|log_?prob")
REFERENCE = lazy_pattern(r"(?i)(^|_)(ref|reference|sft|initial|init|base|prior|anchor)(_|\d|$)|^ref")
COEFFICIENT = lazy_pattern(r"(?i)beta|coef|kl|weight|lam|alpha|penal")


class ReferenceLeftFaster(SourceRule):
    code, level = "GF688", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)(ref|sft|initial|base|prior|anchor)\w*log|log\w*(ref|sft|initial|base|prior)")
    what = "the reward grows with {name}: the policy is paid for moving away from its reference"
    fix = "Subtract it: reward = score - beta * (log_prob - reference_log_prob)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for scope in formulas(tree):
            yield from paid_to_leave(scope)


def paid_to_leave(scope: Formulas) -> Iterator[tuple[str, int]]:
    """Differences of log-probabilities that a reward grows with, each with its line."""
    for node in scope.nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, terms = node.targets[0], list(_terms(node.value))
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
            sign = 1 if isinstance(node.op, ast.Add) else -1
            target, terms = node.target, [(ast.Constant(0), 1), (node.value, sign)]
        else:
            continue
        name = last_name(target.value if isinstance(target, ast.Subscript) else target)
        if not REWARD.search(name) or len(terms) < 2:
            continue
        for term, sign in terms:
            parts = list(factors(term))
            if len(parts) > 2 or (len(parts) == 2 and not any(_is_coefficient(part) for part, _ in parts)):
                continue
            for part, _ in parts:
                left_by = _leaves_reference(scope.bare(part))
                turned = sign
                for _, each in parts:
                    turned *= each
                if left_by and left_by * turned > 0:
                    yield ast.unparse(part), node.lineno


def _is_coefficient(part: ast.expr) -> bool:
    is_number = isinstance(part, ast.Constant) and isinstance(part.value, int | float) and part.value > 0
    return is_number or bool(COEFFICIENT.search(last_name(part)))


def _terms(node: ast.expr, sign: int = 1) -> Iterator[tuple[ast.expr, int]]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _terms(node.left, sign)
        yield from _terms(node.right, -sign if isinstance(node.op, ast.Sub) else sign)
    else:
        yield node, sign


def _leaves_reference(value: ast.expr) -> int:
    """1 of a log-probability minus that of the reference, -1 of the other way round, 0 of anything else."""
    sides = difference(value)
    if sides is None:
        return 0
    names = [{last_name(each) for each in (*of_kind(side, ast.Name), *of_kind(side, ast.Attribute))} for side in sides]
    if not all(any(LOG_PROB.search(name) for name in each) for each in names):
        return 0
    of_reference = [any(REFERENCE.search(name) for name in each) for each in names]
    if of_reference == [False, True]:
        return 1
    return -1 if of_reference == [True, False] else 0
