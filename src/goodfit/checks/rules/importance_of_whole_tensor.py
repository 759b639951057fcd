"""importance-of-whole-tensor: how much each weight matters is averaged into one number for all weights of a tensor.

What it checks
    In the source of the program: what is called the Fisher information, an importance or an omega is the mean of
    squared gradients over all values of a tensor, .pow(2).mean() without a dimension; and a penalty multiplies it with
    the squares of how far the weights have moved.

Why it hurts
    Elastic weight consolidation (Kirkpatrick et al. 2017, "Overcoming catastrophic forgetting in neural networks",
    equation 3) holds on to the weights that mattered, and lets others move. With one number for all of a tensor it is
    a plain pull towards the old weights: what was learnt before is forgotten, or nothing new is learnt.

Example
    fisher = [(g ** 2).mean() for g in gradients_of_rows]; ...; (f * (p - old) ** 2).sum()

Instead
    fisher = [(g ** 2).mean(dim=0) for g in gradients_of_rows]

When it is a false alarm
    A penalty by layers on purpose.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, of_kind, owner_of, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

IMPORTANCE = lazy_pattern(r"fisher|importance|omega", re.IGNORECASE)
GRADIENT = lazy_pattern(r"grad|^g$")
SQUARES = ("pow", "square")


class ImportanceOfWholeTensor(SourceRule):
    code, level = "GF490", Level.WARNING
    worth_parsing = lazy_pattern(  # both in any order
        r"\A(?=[\s\S]*(fisher|importance|omega))"
        r"(?=[\s\S]*\* *\([^()\n]+-[^()\n]+\)( *\*\* *2|\.pow\(2\)|\.square\(\)))",
        re.IGNORECASE,
    )
    what = "{name} is one number for all weights of a tensor: how much each of them matters is averaged away"
    fix = "Keep the shape of the tensor: square each gradient, and average over rows alone, mean(dim=0)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return averaged(tree)


def averaged(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Means over whole tensors of squared gradients that are called importances, each with its line."""
    names = {id(each.body): each.name for each in of_kind(tree, ast.FunctionDef)}
    for body in scopes(tree):
        name = names.get(id(body), "")
        for statement in (node for each in body for node in within(each)):
            if not isinstance(statement, ast.Assign | ast.AugAssign | ast.Return | ast.Expr) or statement.value is None:
                continue
            target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
            kept_as = f"{name} {'' if target is None else ast.unparse(target)}"
            if isinstance(statement, ast.Expr):  # fisher.append(...)
                kept_as = owner_of(statement.value) if called(statement.value) == "append" else ""
            if IMPORTANCE.search(kept_as):
                yield from (
                    (ast.unparse(node), node.lineno)
                    for node in all_nodes(statement.value)
                    if isinstance(node, ast.Call) and _is_mean_of_squares(node)
                )


def _is_mean_of_squares(call: ast.Call) -> bool:
    """Whether a call is (g ** 2).mean(), p.grad.pow(2).mean() or the like, of all values."""
    if called(call) != "mean" or call.keywords:
        return False
    of = call.func.value if isinstance(call.func, ast.Attribute) and not call.args else None
    if of is None or ast.unparse(of) in ("torch", "np"):
        if len(call.args) != 1:
            return False
        of = call.args[0]  # torch.mean(g ** 2)
    if isinstance(of, ast.BinOp) and isinstance(of.op, ast.Pow):
        squared = of.left
    elif isinstance(of, ast.Call) and called(of) in SQUARES and isinstance(of.func, ast.Attribute):
        squared = of.args[0] if ast.unparse(of.func.value) == "torch" and of.args else of.func.value
    else:
        return False
    return any(GRADIENT.search(each) for each in re.findall(r"\w+", ast.unparse(squared)))
