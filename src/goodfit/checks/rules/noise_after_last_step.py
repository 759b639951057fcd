"""noise-after-last-step: a diffusion's sampler adds noise in its last step too.

What it checks
    In the source of the program: in a loop over range(steps) downwards a row is replaced by one that the net has a part
    in, plus new normal noise times a factor of betas[t]; there is no condition on t, and the factor does not depend on
    the product of the steps before, which would make it 0 at the end.

Why it hurts
    The last step gives the sample itself. Noise that is added to it is never taken away: each sample is as noisy as the
    first step of the chain makes a row, and scores of samples say so.

Example
    for t in reversed(range(steps)): x = mean(x, t) + betas[t].sqrt() * torch.randn_like(x)

Instead
    for t in reversed(range(steps)): x = mean(x, t) + (betas[t].sqrt() * torch.randn_like(x) if t > 0 else 0)

When it is a false alarm
    A sampler whose result is cleaned by one more call of the net after the loop.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

NOISE = ("randn", "randn_like", "normal")
BETAS = lazy_pattern(r"(?i)beta|sigma|std|noise_scale")
ENDS_AT_ZERO = lazy_pattern(r"(?i)prev|post|var|(^|[^b])eta\b|ddim|alpha|bar|cum")
DEPTH = 4  # names that stand for names


class NoiseAfterLastStep(SourceRule):
    code, level = "GF477", Level.WARNING
    worth_parsing = lazy_pattern(r"randn|normal\(")
    what = "{name} gets new noise in the last step of the sampler too: nothing takes it away"
    fix = "Add noise in all steps but the last: if t > 0"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return noisy_ends(tree)


def noisy_ends(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of samples that end with noise, each with its line."""
    everywhere = {ast.unparse(target): value for target, value in given(all_nodes(tree))}
    for scope in scopes(tree):
        nodes = [node for statement in scope for node in within(statement)]
        for loop in nodes:
            if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or not _is_downwards(loop.iter):
                continue
            inside = [node for statement in loop.body for node in within(statement)]
            if any(called(node) in ("backward", "where") for node in inside) or _asks_for(inside, loop.target.id):
                continue
            local = {ast.unparse(target): value for target, value in given(inside)}
            for statement in loop.body:  # not in a block of its own, which may be of some steps alone
                for target, value in given([statement]):
                    name = ast.unparse(target)
                    if not _comes_of(value, name, local) or _is_cleaned(nodes, name, loop):
                        continue
                    if _adds_noise(value, loop.target.id, local, everywhere):
                        yield name, value.lineno


def _comes_of(value: ast.expr, name: str, local: Mapping[str, ast.expr]) -> bool:
    """Whether a sample is replaced by what the loop makes of it."""
    known = names_in(value)
    for _ in range(DEPTH):
        known |= {each for made in known if made in local for each in names_in(local[made])}
    return name in known


def _is_downwards(iterated: ast.expr) -> bool:
    """reversed(range(steps)), range(steps - 1, -1, -1) or range(steps)[::-1], perhaps shown by tqdm."""
    if isinstance(iterated, ast.Subscript):
        return called(iterated.value) in ("range", "arange") and ast.unparse(iterated.slice) == "::-1"
    if not isinstance(iterated, ast.Call) or not iterated.args:
        return False
    if called(iterated) in ("tqdm", "track", "progress"):
        return _is_downwards(iterated.args[0])
    if called(iterated) == "reversed":
        inner = iterated.args[0]
        return isinstance(inner, ast.Call) and called(inner) == "range" and len(inner.args) == 1
    return called(iterated) == "range" and [ast.unparse(each) for each in iterated.args[1:]] == ["-1", "-1"]


def _asks_for(nodes: list[ast.AST], step: str) -> bool:
    """Whether anything compares the step, or takes it for a condition."""
    for node in nodes:
        tests = [node.test] if isinstance(node, ast.If | ast.IfExp | ast.While) else []
        tests += [node] if isinstance(node, ast.Compare | ast.BoolOp) else []
        if any(step in names_in(test) for test in tests):
            return True
    return False


def _adds_noise(value: ast.expr, step: str, local: Mapping[str, ast.expr], everywhere: Mapping[str, ast.expr]) -> bool:
    """Whether a value is a sum of which one part is noise times a factor of the step that is not 0 at its end."""
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add):
        return False
    for side, rest in ((value.right, value.left), (value.left, value.right)):
        if _adds_noise(rest, step, local, everywhere):
            return True
        if not isinstance(side, ast.BinOp) or not isinstance(side.op, ast.Mult):
            continue
        for noise, factor in ((side.left, side.right), (side.right, side.left)):
            drawn = local.get(ast.unparse(noise), noise)
            if called(drawn) in NOISE and not isinstance(factor, ast.Constant):
                texts = _resolved(factor, {**everywhere, **local})
                is_of_step = any(BETAS.search(text) for text in texts) and step in " ".join(texts)
                return is_of_step and not any(ENDS_AT_ZERO.search(text) for text in texts)
    return False


def _resolved(node: ast.expr, values: Mapping[str, ast.expr]) -> list[str]:
    """An expression's text, and that of what its names and tables were given."""
    known: set[str] = set()
    texts, waiting = [], [node]
    for _ in range(DEPTH):
        texts += [ast.unparse(each) for each in waiting]
        parts = {ast.unparse(e) for w in waiting for e in all_nodes(w) if isinstance(e, ast.Name | ast.Attribute)}
        new, known = parts - known, known | parts
        waiting = [values[name] for name in sorted(new) if name in values]
    return [*texts, *(ast.unparse(each) for each in waiting)]


def _is_cleaned(nodes: list[ast.AST], name: str, loop: ast.For) -> bool:
    """Whether the sample is made anew of itself after the loop, by more than a clamp."""
    after = [node for node in nodes if isinstance(node, ast.Assign) and node.lineno > (loop.end_lineno or 0)]
    return any(
        name in names_in(value) and called(value) not in ("clamp", "clip", "cpu", "detach", "view", "reshape")
        for target, value in given(after)
        if ast.unparse(target) == name
    )
