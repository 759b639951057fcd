"""policy-loss-turned: the log-probability of an action times what it gained is made small, not large.

What it checks
    In the source of the program: a loss that backward is called on has log_prob * advantage (or a return) with a plus
    sign, down through its sums and means and the names that it is made of; nothing turns the sign later, and the
    optimiser does not maximise. The same of what a critic says of an actor's action: critic(state, actor(state)).

Why it hurts
    Actions become rarer the more they gain. Rewards fall from the first update on, and the loss falls as it should.

Example
    loss = (log_probs * returns).sum() + 0.5 * value_loss

Instead
    loss = -(log_probs * returns).sum() + 0.5 * value_loss

When it is a false alarm
    Where what is called an advantage or a return is a cost.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, difference, factors, formulas
from goodfit.checks.engine.own_source import all_nodes, called, last_name
from goodfit.checks.engine.signed_parts import signed_parts
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LOG = lazy_pattern(r"(?i)^(?!.*(neg|nll|entropy|old|ref))(.*(log_?p(rob)?s?|logp)(_.*)?$|^lps?$)")
GAIN = lazy_pattern(
    r"(?i)^(?!.*(cost|neg|loss))(.*_)?(adv(antages?|s)?|returns?|rets?|rewards?|gains?|gaes?|g|r|td_errors?|deltas?)(_.*|\d)?$"
)
VALUE = lazy_pattern(r"(?i)value|baseline|critic|^v(s|_|$)")
LOSS = lazy_pattern(r"(?i)loss")
CRITIC = lazy_pattern(r"(?i)^(\w*critic\w*|q\d?|qf?\d?|q_?net\d?|q_?local|q_?function)$")
ACTOR = lazy_pattern(r"(?i)^(\w*actor\w*|act|policy|policy_?net|pi|mu)$")
COST = lazy_pattern(r"(?i)cost")
STEPS = 3  # names between the product and what backward is called on


class PolicyLossTurned(SourceRule):
    code, level = "GF600", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)log_?p|critic|actor|\bq\w*\(")
    what = "{name} has a plus sign in the loss: actions become rarer, or are given up, the more they gain"
    fix = "Turn the sign: loss = -(log_probs * advantages).mean(), -critic(state, actor(state)).mean()"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return turned(tree)


def turned(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Products of log-probabilities and gains that a loss makes small, each with its line."""
    if any(isinstance(node, ast.keyword) and node.arg == "maximize" for node in all_nodes(tree)):
        return
    for scope in formulas(tree):
        seen: set[int] = set()
        for node in scope.nodes:
            if not isinstance(node, ast.Call) or called(node) != "backward" or not isinstance(node.func, ast.Attribute):
                continue
            losses = [
                node.func.value,
                *(node.args if ast.unparse(node.func.value) in ("accelerator", "fabric") else []),
            ]
            for loss in losses:
                found = list(_products(loss, scope, 1, STEPS))
                is_conservative = any(isinstance(each, ast.Call) and not _is_judged(each, scope) for each, _ in found)
                for product, sign in found:
                    if isinstance(product, ast.Call) and is_conservative:
                        continue  # a critic's own loss
                    if sign > 0 and product.lineno not in seen:
                        seen.add(product.lineno)
                        yield ast.unparse(product), product.lineno


def _products(node: ast.expr, scope: Formulas, sign: int, steps: int) -> Iterator[tuple[ast.expr, int]]:
    """Products of a log-probability and a gain that a value is made of, with their signs; names are followed."""
    for part, own in signed_parts(node, sign):
        if isinstance(part, ast.Call) and CRITIC.search(last_name(part.func)):
            yield part, own
        elif isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):
            whole = _sign_of_product(part, scope)
            if whole:
                yield part, own * whole
        elif isinstance(part, ast.Name | ast.Attribute) and steps and not isinstance(part, ast.Constant):
            value = scope.value(part)
            if isinstance(value, ast.List | ast.ListComp):
                for each in _put_into(part, value, scope):
                    yield from _products(each, scope, own, steps - 1)
            elif value is not part:
                yield from _products(value, scope, own, steps - 1)


def _is_judged(call: ast.Call, scope: Formulas) -> bool:
    """Whether a critic is asked about what an actor does: critic(state, actor(state))."""
    if COST.search(ast.unparse(call)) or "detach" in ast.unparse(call):
        return False
    for argument in call.args:
        for each in all_nodes(argument):
            value = scope.value(each) if isinstance(each, ast.Name) else each
            if isinstance(value, ast.Call) and ACTOR.search(last_name(value.func)):
                return True
    return False


def _put_into(name: ast.expr, value: ast.List | ast.ListComp, scope: Formulas) -> Iterator[ast.expr]:
    """What a list is made of, or gets by append."""
    if isinstance(value, ast.ListComp):
        yield value.elt
        return
    for node in scope.nodes:
        owner = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
        is_own = owner is not None and called(node) == "append" and ast.unparse(owner) == ast.unparse(name)
        if is_own and isinstance(node, ast.Call) and len(node.args) == 1:
            yield node.args[0]


def _sign_of_product(product: ast.BinOp, scope: Formulas) -> int:
    """Of log_prob * gain: 1, or -1 where a factor has its sign turned; 0 of other products."""
    signs, has_log, has_gain = 1, False, False
    for factor, sign in factors(product):
        bare = factor
        while isinstance(bare, ast.Call) and isinstance(bare.func, ast.Attribute) and called(bare) != "log_prob":
            bare = bare.func.value
        while isinstance(bare, ast.Subscript):
            bare = bare.value
        name = bare.attr if isinstance(bare, ast.Attribute) else bare.id if isinstance(bare, ast.Name) else ""
        value = scope.value(bare)
        if called(bare) == "log_prob" or LOG.search(name):
            has_log = True
            signs *= -sign if isinstance(value, ast.UnaryOp) and value is not bare else sign
        elif GAIN.search(name):
            has_gain = True
            signs *= sign
            sides = difference(scope.bare(bare))
            if sides is not None and VALUE.search(ast.unparse(sides[0])):
                return 0
            if isinstance(value, ast.UnaryOp):
                return 0
    return signs if has_log and has_gain else 0
