"""divergence-divided-by-classes: a divergence is averaged over the classes, and weighed against another loss.

What it checks
    In the source of the program: kl_div with reduction="none", or KLDivLoss(reduction="none"), gives a number for each
    row and class. The mean is taken of all of them, or along the classes (dim 1 or -1), and it is mixed with another
    loss as (1 - a) * other + a * divergence, in this function or where the function's result is used.

Why it hurts
    A divergence is a sum over the classes. Its mean is smaller by their number: of 100 classes, 0.95 of it beside 0.05
    of a cross-entropy is hardly there, and the student learns from the labels alone. torch warns of this where
    reduction is "mean", and not here.

Example
    kd = F.kl_div(log_p, q, reduction="none").mean(1).mean(); loss = (1 - alpha) * ce + alpha * T * T * kd

Instead
    kd = F.kl_div(log_p, q, reduction="batchmean"), or .sum(1).mean()

When it is a false alarm
    A weight that was chosen with the mean: a choice of scale, and it has to be chosen anew for another number of
    classes. Hence a notice; a weight that stands alone, as loss_weight * divergence, is not reported.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

CLASSES = (1, -1)  # dimensions that a mean is taken along
PLAIN = (ast.Mult, ast.Div)


class DivergenceDividedByClasses(SourceRule):
    code, level = "GF556", Level.NOTICE
    worth_parsing = lazy_pattern(r"kl_div|KLDivLoss")
    what = (
        "the divergence in {name} is a mean over rows and classes: it is divided by the number of classes, and the "
        "other loss that it is mixed with is not"
    )
    fix = 'Sum over the classes: reduction="batchmean", or .sum(1).mean()'

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from divided(tree)


@dataclass
class Known:
    """What names of a function stand for.

    Attributes:
        modules: losses made by KLDivLoss(reduction="none").
        means: averaged divergences, and functions that return one, with the line of the mean.
        whole: divergences with a number for each row and class.
    """

    modules: set[str]
    means: dict[str, int]
    whole: set[str] = field(default_factory=set)


def divided(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Averaged divergences that are mixed with another loss by a and 1 - a, each with the line of its mean."""
    modules = {last_name(target) for target, value in given(all_nodes(tree)) if _is_unreduced(value, "KLDivLoss")}
    functions = {
        node.name: line
        for node in all_nodes(tree)
        if isinstance(node, ast.FunctionDef) and (line := _returned(node, modules)) is not None
    }
    for scope in scopes(tree):
        nodes = [node for statement in scope for node in within(statement)]
        known = _known(nodes, Known(modules, dict(functions)))
        for node in nodes:
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    line = _mean_in(other, known)
                    if line is not None and _is_mixed(one, other):
                        yield ast.unparse(other), line


def _is_unreduced(value: ast.AST, name: str) -> bool:
    """Whether this is a call of that name with reduction="none"."""
    return called(value) == name and isinstance(value, ast.Call) and any(
        keyword.arg == "reduction" and isinstance(keyword.value, ast.Constant) and keyword.value.value == "none"
        for keyword in value.keywords
    )  # fmt: skip


def _known(nodes: list[ast.AST], before: Known) -> Known:
    """With the names that assignments set; one that is set to anything else is forgotten."""
    known = before
    assigned = sorted((node for node in nodes if isinstance(node, ast.Assign)), key=lambda node: node.lineno)
    for target, value in given(assigned):
        name, line, is_whole = ast.unparse(target), _mean_in(value, known), _is_whole(value, known)
        means = {each: at for each, at in known.means.items() if each != name} | ({} if line is None else {name: line})
        known = Known(known.modules, means, known.whole - {name} | ({name} if is_whole else set()))
    return known


def _returned(function: ast.FunctionDef, modules: set[str]) -> int | None:
    """The line of the mean, where a function returns an averaged divergence alone."""
    nodes = [node for statement in function.body for node in within(statement)]
    returns = [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    return _mean_in(returns[0], _known(nodes, Known(modules, {}))) if len(returns) == 1 else None


def _mean_in(node: ast.expr, known: Known) -> int | None:
    """The line of the mean that an expression is, times or divided by something; None of anything else."""
    for name in (ast.unparse(node), called(node)):
        if name in known.means:
            return known.means[name]
    if isinstance(node, ast.BinOp) and isinstance(node.op, PLAIN):
        left = _mean_in(node.left, known)
        return _mean_in(node.right, known) if left is None and isinstance(node.op, ast.Mult) else left
    if called(node) != "mean" or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    owner = node.func.value
    of_torch = isinstance(owner, ast.Name) and owner.id == "torch"
    averaged, rest = (node.args[0], node.args[1:]) if of_torch and node.args else (owner, node.args)
    dim = next((keyword.value for keyword in node.keywords if keyword.arg == "dim"), rest[0] if rest else None)
    if _is_whole(averaged, known):
        return node.lineno if dim is None or _constant(dim) in CLASSES else None
    return _mean_in(averaged, known)


def _is_whole(node: ast.expr, known: Known) -> bool:
    """Whether this is a divergence with a number for each row and class, times or divided by something."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, PLAIN):
        return _is_whole(node.left, known) or _is_whole(node.right, known)
    return _is_unreduced(node, "kl_div") or called(node) in known.modules - {""} or ast.unparse(node) in known.whole


def _constant(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return node


def _is_mixed(other: ast.expr, divergence: ast.expr) -> bool:
    """Whether two terms have factors that are 1 - a and a, either way."""
    ours, theirs = _factors(divergence), _factors(other)
    return any(_is_rest(one, two) or _is_rest(two, one) for one in ours for two in theirs)


def _factors(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), *_factors(node.right)]
    return [node]


def _is_rest(one: ast.expr, other: ast.expr) -> bool:
    """Whether one is 1 - other."""
    is_difference = isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub) and _constant(one.left) in (1, 1.0)
    return is_difference and isinstance(one, ast.BinOp) and ast.unparse(one.right) == ast.unparse(other)
