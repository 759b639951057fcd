"""sampler-without-noise: a step of a diffusion's sampler adds the net's own noise again in the place of fresh noise.

What it checks
    In the source of the program: the mean of a step back takes beta times a predicted noise away from x, and the
    deviation of the step is multiplied with that same prediction; the function draws no noise.

Why it hurts
    The prediction is what was just taken away. Samples are no draws from what was learnt: they run away, or fall
    together, while the loss of training is as it should be.

Example
    mean = (x - beta / (1 - alpha_bar).sqrt() * eps) / alpha.sqrt(); x = mean + var.sqrt() * eps

Instead
    x = mean + var.sqrt() * torch.randn_like(x)

When it is a false alarm
    Samplers of other formulas, such as DDIM, are not looked at.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, factors, formulas
from goodfit.checks.engine.own_source import all_nodes, called, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

BETA = lazy_pattern(r"(?i)beta|1(\.0)? - (self\.)?alphas?\b")
SPREAD = lazy_pattern(r"(?i)var|sigma|std|beta|sqrt|posterior")


class SamplerWithoutNoise(SourceRule):
    code, level = "GF667", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)alpha|beta")
    what = "the spread of this step is multiplied with {name}, which the mean has just taken away: no noise is drawn"
    fix = "Multiply it with fresh noise: torch.randn_like(x)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for scope in formulas(tree):
            for node in scope.nodes:
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                    yield from _again(node.left, node.right, scope)
                    yield from _again(node.right, node.left, scope)


def _again(mean: ast.expr, spread: ast.expr, scope: Formulas) -> Iterator[tuple[str, int]]:
    product = [factor for factor, _ in factors(spread)]
    value = scope.value(mean)
    if len(product) != 2 or not isinstance(mean, ast.Name) or not isinstance(value, ast.BinOp):
        return
    for noise, size in (product, product[::-1]):
        if not isinstance(noise, ast.Name) or not SPREAD.search(ast.unparse(scope.bare(size)) + ast.unparse(size)):
            continue
        if called(scope.value(noise)) in ("randn", "randn_like", "normal", "where") or noise.id in names_in(size):
            continue
        for part in all_nodes(value):
            is_difference = isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub)
            if is_difference and isinstance(part, ast.BinOp) and noise.id in names_in(part.right):
                taken = [ast.unparse(factor) for factor, _ in factors(part.right)]
                if noise.id in taken and BETA.search(ast.unparse(part.right)):
                    yield noise.id, spread.lineno
                    return
