"""mixed-at-each-pixel: a gradient penalty looks between real and made samples at places that lie on no line.

What it checks
    In the source of the program, where gradients are asked for (autograd.grad): a sum a * real + (1 - a) * fake whose a
    is drawn in the shape of the samples, a number for each pixel, and not one for each sample.

Why it hurts
    WGAN-GP asks the critic for a slope of 1 along straight lines between real and made samples (Gulrajani et al. 2017,
    "Improved training of Wasserstein GANs", section 4). A mixture by pixels lies on none of them, mostly in the middle
    of a box: the penalty holds where it does not matter.

Example
    alpha = torch.rand_like(real); between = alpha * real + (1 - alpha) * fake

Instead
    alpha = torch.rand(len(real), 1, 1, 1); between = alpha * real + (1 - alpha) * fake

When it is a false alarm
    Samples of a single value.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import formulas
from goodfit.checks.engine.own_source import called, given
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern


class MixedAtEachPixel(SourceRule):
    code, level = "GF591", Level.WARNING
    worth_parsing = lazy_pattern(r"\bgrad\(")
    what = "{name} is a number for each place of a sample: what it mixes lies on no line between real and made samples"
    fix = "Draw one number for each sample: torch.rand(len(real), 1, 1, 1)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return mixed_by_place(tree)


def mixed_by_place(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Numbers between real and made samples that have their shape, each with the line where they are drawn."""
    for scope in formulas(tree):
        own = scope.nodes
        if not any(called(node) == "grad" for node in own):
            continue
        drawn = {
            target.id: (shape, value.lineno)
            for target, value in given(own)
            if isinstance(target, ast.Name) and (shape := _shape_of(value)) is not None
        }
        for node in own:
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    for name, (shape, line) in drawn.items():
                        sides = {_times(one, name), _times(other, f"1 - {name}")}
                        if None not in sides and shape in sides:
                            yield name, line


def _shape_of(node: ast.expr) -> str | None:
    """What torch.rand_like(x), torch.rand(x.shape) or torch.rand(*x.size()) has the shape of."""
    if not isinstance(node, ast.Call) or len(node.args) != 1:
        return None
    inner = node.args[0].value if isinstance(node.args[0], ast.Starred) else node.args[0]
    if called(node) == "rand_like":
        return ast.unparse(inner)
    if called(node) == "rand" and isinstance(inner, ast.Call) and called(inner) == "size" and not inner.args:
        return ast.unparse(inner.func.value) if isinstance(inner.func, ast.Attribute) else None
    is_shape = called(node) == "rand" and isinstance(inner, ast.Attribute) and inner.attr == "shape"
    return ast.unparse(inner.value) if is_shape and isinstance(inner, ast.Attribute) else None


def _times(node: ast.expr, factor: str) -> str | None:
    """What is multiplied by this factor."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return None
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if ast.unparse(one) in (factor, factor.replace("1 ", "1.0 ")):
            return ast.unparse(other)
    return None
