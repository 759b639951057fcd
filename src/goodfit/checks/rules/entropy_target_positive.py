"""entropy-target-positive: a policy of continuous actions is held at an entropy of plus its number of actions.

What it checks
    In the source of the program: the target entropy of a policy with normal distributions is the number of its actions
    without a minus, and the loss of the temperature has the sum of the log-probability and this target, which is 0 when
    the entropy is at the target.

Why it hurts
    An action between -1 and 1 has an entropy of log 2 = 0.69 at most: a target of 1 for each action cannot be reached.
    The temperature grows for ever, and the policy is paid for being random alone. What is meant is minus the number of
    actions (Haarnoja et al. 2018, "Soft actor-critic algorithms and applications", appendix D).

Example
    target_entropy = float(np.prod(env.action_space.shape))

Instead
    target_entropy = -float(np.prod(env.action_space.shape))

When it is a false alarm
    Actions of a wide range, whose log-probabilities are taken in their own units.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, last_name, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.checks.rules.multiplier_turned import ENTROPY, LOG_PROB, TARGET_ENTROPY
from goodfit.lazy_pattern import lazy_pattern

ACTIONS = lazy_pattern(
    r"(?i)^(n_?)?act(ion)?s?_?(dims?|size|shape|space|n|num)?$|^(dim|num|n)_?act(ion)?s?$|^(da|adim|nu)$"
)
SAME_VALUE = ("float", "int", "prod", "tensor", "as_tensor", "float32", "item", "len", "to", "numel", "FloatTensor")
CONTINUOUS = lazy_pattern(r"\b(Normal|MultivariateNormal|TanhNormal|SquashedNormal|TransformedDistribution)\(|tanh")
DISCRETE = lazy_pattern(r"\bCategorical\(|OneHotCategorical|Discrete\(")


class EntropyTargetPositive(SourceRule):
    code, level = "GF558", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)target_?(h\b|ent)|ent(ropy)?_?target")
    what = "{name} is the number of actions without a minus: no policy of actions in -1..1 has so much entropy"
    fix = "Hold it at minus the number of actions: target_entropy = -float(np.prod(env.action_space.shape))"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return positive_targets(tree)


def positive_targets(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Target entropies that are a number of actions, each with its line."""
    text = ast.unparse(tree)
    if (
        not CONTINUOUS.search(text)
        or DISCRETE.search(text)
        or not any(map(_is_zero_at_target, of_kind(tree, ast.BinOp)))
    ):
        return
    for node in all_nodes(tree):
        if isinstance(node, ast.Assign):
            targets = [last_name(target) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            targets = [last_name(node.target)]
        else:
            continue
        value = node.value
        if value is not None and any(TARGET_ENTROPY.search(name) for name in targets) and _is_count(value):
            yield targets[0], node.lineno


def _is_count(node: ast.expr) -> bool:
    """float(np.prod(env.action_space.shape)), env.action_space.shape[0], action_dim."""
    if isinstance(node, ast.Call):
        inner = [*node.args[:1]] or ([node.func.value] if isinstance(node.func, ast.Attribute) else [])
        return called(node) in SAME_VALUE and all(map(_is_count, inner)) and bool(inner)
    if isinstance(node, ast.Subscript):
        return _is_count(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):  # 1.0 * action_dim
        return any(
            isinstance(one, ast.Constant) and isinstance(one.value, int | float) and one.value > 0 and _is_count(other)
            for one, other in ((node.left, node.right), (node.right, node.left))
        )
    if (
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant)
    ):  # half of it
        return _is_count(node.left)
    if isinstance(node, ast.Attribute) and node.attr == "shape":
        return _is_count(node.value)
    return isinstance(node, ast.Name | ast.Attribute) and ACTIONS.search(last_name(node)) is not None


def _is_zero_at_target(node: ast.BinOp) -> bool:
    """log_prob + target, -log_prob - target, or entropy - target."""

    def is_target(side: ast.AST) -> bool:
        return any(TARGET_ENTROPY.search(name) for name in _names(side))

    def logs(side: ast.AST) -> bool:
        return any(LOG_PROB.search(name) for name in _names(side))

    minus = isinstance(node.left, ast.UnaryOp) and isinstance(node.left.op, ast.USub)
    if isinstance(node.op, ast.Add):
        sides = ((node.left, node.right), (node.right, node.left))
        return any(is_target(one) and logs(other) and not minus for one, other in sides)
    if isinstance(node.op, ast.Sub) and is_target(node.right):
        entropy = any(ENTROPY.search(name) and not TARGET_ENTROPY.search(name) for name in _names(node.left))
        return (minus and logs(node.left)) or (entropy and not logs(node.left))
    return False


def _names(node: ast.AST) -> set[str]:
    return names_in(node) | {each.attr for each in all_nodes(node) if isinstance(each, ast.Attribute)}
