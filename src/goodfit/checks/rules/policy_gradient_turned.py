"""policy-gradient-turned: the loss of a policy rises with what it earns.

What it checks
    In the source of the program, of what backward() is called on: the log-probability of actions times a reward, a
    return or an advantage is added, not subtracted; a critic's value of what the actor does is added and nothing else
    is; or, beside the value that is subtracted, alpha * log_prob is subtracted too.

Why it hurts
    Gradient descent makes the loss small: actions that earn most become rarest, or the actor looks for what the critic
    values least. The loss falls as it should, and rewards with it. With log_prob subtracted the policy is paid for
    being sure, and stops exploring.

Example
    loss = (log_probs * returns).sum(); actor_loss = critic(state, actor(state)).mean()

Instead
    loss = -(log_probs * returns).sum(); actor_loss = -critic(state, actor(state)).mean()

When it is a false alarm
    Rewards or values that are costs by another name.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from goodfit.checks.engine.formulas import Formulas, difference, factors, formulas
from goodfit.checks.engine.own_source import all_nodes, called, last_name, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LOG_PROB = lazy_pattern(r"(?i)^(?!.*(neg|nll|ref))\w*(log_?p(i|rob|a|s)?s?(_|$|\d)|^logp|log_?probs?|saved_log)")
EARNED = lazy_pattern(r"^(R|G|Gt|G_t)$|(?i:reward|return|advantage|^advs?$|_advs?$|^rets?$|td_?error)")
COST = lazy_pattern(r"(?i)cost|penalt|length|distance|regret|(^|_)qc|tour|energy|risk")
CRITIC = lazy_pattern(
    r"(?i)^(critics?|q|qf|q_?nets?|q_?func\w*|q_?value\w*|value_?net\w*)(_?\d|_?main|_?local|_?online)?$"
)
ACTOR = lazy_pattern(r"(?i)^(actors?|act|policy|pi|mu)(_?(net|local|main|online|model))?$")
ALPHA = lazy_pattern(r"(?i)alpha|temp|ent(ropy)?_?coef")
LOSS = lazy_pattern(r"(?i)loss")
SUMS = ("stack", "cat", "hstack", "as_tensor", "tensor")
NAMES_FOLLOWED = 5


class Term(NamedTuple):
    """A term of a loss: its sign, and its factors."""

    sign: int
    factors: list[ast.expr]
    line: int


class PolicyGradientTurned(SourceRule):
    code, level = "GF625", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)log_?p|actor|policy")
    what = "the loss of a policy has the wrong sign: {name}"
    fix = "Subtract what is to grow: loss = -(log_prob * advantage).mean(), actor_loss = -critic(s, actor(s)).mean()"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return turned(tree)


def turned(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What a loss has with the wrong sign, each with its line."""
    if any(isinstance(node, ast.keyword) and node.arg == "maximize" for node in all_nodes(tree)):
        return
    negative = _negative_lists(tree)
    for scope in formulas(tree):
        for loss in _losses(scope):
            terms = list(_terms(loss, 1, scope, NAMES_FOLLOWED))
            signs = {sign for sign, *_ in terms}
            earned = [each for each in terms if _is_of_reward(each, scope, negative)]
            valued = [each for each in terms if _is_of_critic(each, scope)]
            yield from ((_text(each) + " is added", each.line) for each in earned if each.sign > 0)
            if len(terms) == 1 and signs == {1}:
                yield from ((_text(each) + " is added", each.line) for each in valued)
            if any(each.sign < 0 for each in valued):
                certain = (each for each in terms if each.sign < 0 and _is_of_entropy(each, scope))
                yield from ((_text(each) + " is subtracted", each.line) for each in certain)


def _losses(scope: Formulas) -> Iterator[ast.expr]:
    """What backward() is called on, and what is appended to lists of losses."""
    for node in scope.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr == "backward" and not node.args:
            yield node.func.value
        elif node.func.attr == "append" and LOSS.search(last_name(node.func.value)) and len(node.args) == 1:
            yield node.args[0]


def _terms(node: ast.expr, sign: int, scope: Formulas, left: int) -> Iterator[Term]:
    """The terms of the sum that a loss is."""
    inner = _inside(node)
    if isinstance(node, ast.Name | ast.Attribute) and left:
        value = scope.value(node)
        if value is not node and not _is_loop_sum(node, scope):
            yield from _terms(value, sign, scope, left - 1)
        return
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from _terms(node.operand, -sign, scope, left)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _terms(node.left, sign, scope, left)
        yield from _terms(node.right, sign if isinstance(node.op, ast.Add) else -sign, scope, left)
    elif inner is not None:
        yield from _terms(inner, sign, scope, left)
    else:
        product = list(factors(node))
        whole = [factor for factor, _ in product if not isinstance(factor, ast.Constant)]
        for _, own in product:
            sign *= own
        if len(whole) == 1 and whole[0] is not node:
            yield from _terms(whole[0], sign, scope, left)
        else:
            yield Term(sign, whole, node.lineno)


def _inside(node: ast.expr) -> ast.expr | None:
    """What a mean or a sum is taken of; None of anything else."""
    if not isinstance(node, ast.Call) or called(node) not in ("mean", "sum"):
        return None
    if isinstance(node.func, ast.Attribute) and not (
        isinstance(node.func.value, ast.Name) and node.func.value.id in ("torch", "th")
    ):
        return node.func.value
    return node.args[0] if node.args else None


def _is_loop_sum(node: ast.expr, scope: Formulas) -> bool:
    """A name that is set more than once with itself in its value: what it holds at the end is not one formula."""
    name = ast.unparse(node)
    return any(name in {ast.unparse(each) for each in all_nodes(value)} for value in scope.values.get(name, ()))


def _negative_lists(tree: ast.Module) -> set[str]:
    """Lists that something with a minus is appended to."""
    return {
        last_name(node.func.value)
        for node in all_nodes(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "append"
        and any(isinstance(arg, ast.UnaryOp) and isinstance(arg.op, ast.USub) for arg in node.args)
    }


def _is_of_reward(term: Term, scope: Formulas, negative: set[str]) -> bool:
    if len(term.factors) != 2:
        return False
    for one, other in (term.factors, term.factors[::-1]):
        if _is_log_prob(one, scope, negative) and _is_earned(other, scope):
            return True
    return False


def _is_log_prob(node: ast.expr, scope: Formulas, negative: set[str]) -> bool:
    value = scope.bare(node)
    if called(value) in SUMS and isinstance(value, ast.Call) and value.args:
        value = value.args[0]
    name = last_name(value)
    has_minus = any(isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.USub) for each in all_nodes(value))
    if has_minus or name in negative:
        return False
    return called(value) == "log_prob" or bool(name and LOG_PROB.search(name))


def _is_earned(node: ast.expr, scope: Formulas) -> bool:
    """Whether a factor is a reward, a return or an advantage, and no cost; one that is turned is not."""
    names = _names(node) | _names(scope.bare(node))
    value = scope.bare(node)
    sides = difference(value)
    turned_round = sides is not None and any(EARNED.search(name) for name in _names(sides[1]))
    if turned_round and sides is not None and not any(EARNED.search(name) for name in _names(sides[0])):
        return False
    has_minus = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub)
    return not has_minus and any(EARNED.search(each) for each in names) and not any(COST.search(each) for each in names)


def _is_of_critic(term: Term, scope: Formulas) -> bool:
    """Whether a term is a critic's value of what the actor does now."""
    value = scope.bare(term.factors[0]) if len(term.factors) == 1 else None
    if isinstance(value, ast.Call) and called(value) in ("min", "minimum") and value.args:
        value = scope.bare(value.args[0])
    if not isinstance(value, ast.Call) or not CRITIC.search(called(value)) or COST.search(called(value)):
        return False
    given = [*value.args, *(each.value for each in value.keywords)]
    for node in (
        part for arg in given for each in all_nodes(scope.value(arg)) for part in all_nodes(_value(each, scope))
    ):
        made_by = _made_by(node, scope)
        is_made = any(ACTOR.search(name) for each in all_nodes(made_by) for name in _functions(each))
        if is_made and not any(called(each) == "detach" for arg in given for each in all_nodes(arg)):
            return True
    return False


def _value(node: ast.AST, scope: Formulas) -> ast.AST:
    return scope.value(node) if isinstance(node, ast.Name) else node


def _made_by(node: ast.AST, scope: Formulas) -> ast.AST:
    """What a name is set to, also as one of several that a call gives."""
    if not isinstance(node, ast.Name):
        return node
    ways = [
        each.value
        for each in scope.nodes
        if isinstance(each, ast.Assign)
        and isinstance(each.targets[0], ast.Tuple)
        and any(isinstance(part, ast.Name) and part.id == node.id for part in each.targets[0].elts)
        and each.lineno <= node.lineno
    ]
    return ways[-1] if ways and isinstance(ways[-1], ast.Call) else scope.value(node)


def _functions(node: ast.AST) -> list[str]:
    """The names of policy.sample(state): both."""
    if not isinstance(node, ast.Call):
        return []
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return [called(node), *([last_name(owner)] if owner is not None else [])]


def _is_of_entropy(term: Term, scope: Formulas) -> bool:
    """Whether a term is alpha times the log-probability of what the actor does."""
    are_weights = [any(ALPHA.search(name) for name in _names(each)) for each in term.factors]
    scores = [LOG_PROB.search(last_name(each) or called(each)) for each in term.factors]
    return len(term.factors) == 2 and any(are_weights) and any(scores)


def _names(node: ast.expr) -> set[str]:
    return names_in(node) | {each.attr for each in all_nodes(node) if isinstance(each, ast.Attribute)}


def _text(term: Term) -> str:
    return " * ".join(ast.unparse(each) for each in term.factors)
