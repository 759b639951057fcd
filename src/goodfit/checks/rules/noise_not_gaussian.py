"""noise-not-gaussian: a diffusion model or a variational autoencoder gets uniform noise where Gaussian noise belongs.

What it checks
    In the source of the program, where a cumulative product of alphas is computed: noise is drawn by torch.rand or
    rand_like, the net predicts it (it is the target of a loss, or what the net's output is subtracted from), and the
    same file draws by torch.randn what sampling begins with. Or a latent is mean + rand * deviation, the deviation an
    exponential or called one.

Why it hurts
    rand is never below 0: its mean is 1/2 and its deviation 0.29. The net learns to take such noise away, and is then
    given another kind. The loss is even lower than with the right noise, and samples are shifted and blurred.

Example
    noise = torch.rand_like(x); loss = F.mse_loss(net(add_noise(x, noise, t), t), noise)

Instead
    noise = torch.randn_like(x); loss = F.mse_loss(net(add_noise(x, noise, t), t), noise)

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, factors, formulas
from goodfit.checks.engine.own_source import OWN_SCOPE, all_nodes, called, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

UNIFORM, GAUSSIAN = ("rand", "rand_like"), ("randn", "randn_like")
STATISTICS = ("mean", "median", "min", "max", "amin", "amax", "quantile")  # x - x.mean() takes nothing from a net
MEAN = lazy_pattern(r"(?i)(^|[._])(mu|mean|means|loc|z_mean|z_mu|mu_z)(_\w+)?$")
DEVIATION = lazy_pattern(r"(?i)(^|[._])(std|stddev|sigma|sd|scale)(_\w+)?$|log_?var|log_?sigma|log_?std")
LOSSES = lazy_pattern(r"mse|l1|huber|smooth|loss|criterion", re.IGNORECASE)


class NoiseNotGaussian(SourceRule):
    code, level = "GF285", Level.WARNING
    worth_parsing = lazy_pattern(r"cumprod|\brand(_like)?\(")
    what = "{name} is uniform noise between 0 and 1, in the place of Gaussian noise"
    fix = "Draw it by torch.randn_like"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        if any(called(node) == "cumprod" for node in all_nodes(tree)):
            yield from uniform(tree)
        yield from uniform_latents(tree)


def uniform(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Uniform noise that a net is to predict, where other noise is Gaussian, each with its line."""
    if not any(called(node) in GAUSSIAN for node in all_nodes(tree)):
        return
    for body in scopes(tree):
        own = [statement for statement in body if not isinstance(statement, OWN_SCOPE)]
        nodes = [node for statement in own for node in within(statement)]
        given = [node for node in nodes if isinstance(node, ast.Assign) and len(node.targets) == 1]
        for node in given:
            noise = node.targets[0]
            if isinstance(noise, ast.Name) and called(node.value) in UNIFORM:
                made_of = _made_of(noise.id, given)
                if any(_predicts(each, noise.id, made_of) for each in nodes):
                    yield noise.id, noise.lineno


def uniform_latents(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """mean + rand * deviation, each with its line."""
    for scope in formulas(tree):
        for node in scope.nodes:
            if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
                continue
            for mean, product in ((node.left, node.right), (node.right, node.left)):
                parts = [each for each, _ in factors(product)]
                noise = [each for each in parts if called(scope.value(each)) in UNIFORM]
                spread = [each for each in parts if each not in noise and _is_deviation(each, scope)]
                if len(parts) == 2 and noise and spread and MEAN.search(ast.unparse(mean)):
                    yield ast.unparse(noise[0]), node.lineno


def _is_deviation(node: ast.expr, scope: Formulas) -> bool:
    return called(scope.value(node)) in ("exp", "softplus") or bool(DEVIATION.search(ast.unparse(node)))


def _made_of(name: str, given: list[ast.Assign]) -> set[str]:
    """Names that a name goes into, directly or through others; without itself."""
    made: set[str] = set()
    while more := {
        target.id
        for node in given
        for target in node.targets
        if isinstance(target, ast.Name) and names_in(node.value) & {name, *made}
    } - {name, *made}:
        made |= more
    return made


def _predicts(node: ast.AST, noise: str, made_of: set[str]) -> bool:
    """Whether a loss or a difference has the noise on one side, and on the other a call that the noise went into."""
    if isinstance(node, ast.Call) and LOSSES.search(called(node)):
        sides: list[ast.expr] = node.args[:2]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        sides = [node.left, node.right]
    else:
        return False
    others = [each for each in sides if not (isinstance(each, ast.Name) and each.id == noise)]
    if len(sides) != 2 or len(others) != 1:
        return False
    other = others[0]
    is_output = isinstance(other, ast.Name) and other.id in made_of
    given = [*other.args, *(each.value for each in other.keywords)] if isinstance(other, ast.Call) else []
    is_call = called(other) not in STATISTICS and any(names_in(each) & {noise, *made_of} for each in given)
    return is_output or is_call
