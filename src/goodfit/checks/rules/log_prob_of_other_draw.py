"""log-prob-of-other-draw: an action is drawn and taken, and the log-probability is that of a second draw.

What it checks
    In the source of the program: of one distribution a function draws twice. One draw is taken: stepped with, stored or
    returned; the log-probability is that of the other, and never that of the first.

Why it hurts
    The policy gradient makes actions likelier by the rewards of others. What is learnt is noise, and the loss looks as
    it always does.

Example
    action = dist.sample()
    log_probs.append(dist.log_prob(dist.sample()))

Instead
    log_probs.append(dist.log_prob(action))

When it is a false alarm
    An estimate of the entropy from draws of its own, in a function that draws an action too and leaves its probability
    to another one.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

DRAWS = ("sample", "rsample")
MADE = lazy_pattern(r"(?i)categorical|normal|bernoulli|beta|dist|policy|^pi$|^m$|^d$")


class LogProbOfOtherDraw(SourceRule):
    code, level = "GF582", Level.WARNING
    worth_parsing = lazy_pattern(r"\.log_prob\(")
    what = "{name} is the log-probability of another draw than the one that is taken"
    fix = "Draw once, and ask for the log-probability of that draw"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return other_draws(tree)


def other_draws(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Log-probabilities of a second draw, each with its line."""
    for scope in formulas(tree):
        asked = [node for node in scope.nodes if called(node) == "log_prob" and isinstance(node, ast.Call)]
        if not asked:
            continue
        draws = [node for node in scope.nodes if _source(node, scope)]
        inside = {id(each) for call in asked for each in all_nodes(call)}
        for call in asked:
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            if owner is None or not call.args:
                continue
            drawn = _drawn(call.args[0], scope)
            if drawn is None or _source(drawn, scope) != ast.unparse(scope.value(owner)):
                continue
            source = _source(drawn, scope)
            others = [each for each in draws if each is not drawn and _source(each, scope) == source]
            taken = [each for each in others if id(each) not in inside]
            probed = {id(_drawn(each.args[0], scope)) for each in asked if each.args}
            if taken and not any(id(each) in probed for each in taken) and not _is_used_elsewhere(drawn, call, scope):
                yield ast.unparse(call), call.lineno


def _source(node: ast.AST, scope: Formulas) -> str:
    """The distribution that a draw is of; "" of anything else."""
    if called(node) not in DRAWS or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    owner = scope.value(node.func.value)
    made = called(owner) or ast.unparse(owner)
    return ast.unparse(owner) if MADE.search(made) or isinstance(owner, ast.Call) else ""


def _drawn(node: ast.expr, scope: Formulas) -> ast.expr | None:
    value = scope.bare(node)
    return value if called(value) in DRAWS else None


def _is_used_elsewhere(drawn: ast.expr, call: ast.Call, scope: Formulas) -> bool:
    """Whether the draw has a name that is read outside of the call: it may be the one that is taken."""
    names = {name for name, values in scope.values.items() if any(value is drawn for value in values)}
    inside = {id(each) for each in all_nodes(call)}
    return any(
        isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names and id(node) not in inside
        for node in scope.nodes
    )
