"""deviation-as-variance: a Gaussian likelihood is given a standard deviation where it takes a variance.

What it checks
    The program's source: the third argument of GaussianNLLLoss or gaussian_nll_loss is called std, sigma, scale or the
    like, and is not squared.

Why it hurts
    The loss is smallest where the square root of what the net gives is the deviation: what is called sigma is learnt as
    the variance. Intervals of plus and minus two of it are too narrow where it is below 1 and too wide above.

Example
    mean, std = net(x); loss = nn.GaussianNLLLoss()(mean, y, std)

Instead
    mean, std = net(x); loss = nn.GaussianNLLLoss()(mean, y, std.square())

When it is a false alarm
    A variance that is called by the name of a deviation.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

DEVIATION = lazy_pattern(r"(^|_)(std|stdev|stddev|sd|sigmas?|scales?|deviations?)(_|$)", re.IGNORECASE)
VARIANCE = lazy_pattern(r"var|sq|2", re.IGNORECASE)
CRITERION, FUNCTION = "GaussianNLLLoss", "gaussian_nll_loss"


class DeviationAsVariance(SourceRule):
    code, level = "GF288", Level.WARNING
    worth_parsing = lazy_pattern(r"GaussianNLLLoss|gaussian_nll_loss")
    what = "{name} is given to the Gaussian likelihood as its variance, and is called a deviation"
    fix = "Square it: {name} ** 2"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return deviations(tree)


def deviations(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Variances that are called deviations, each with its line."""
    criteria = {
        target.attr if isinstance(target, ast.Attribute) else target.id
        for target, value in given(all_nodes(tree))
        if called(value) == CRITERION and isinstance(target, ast.Name | ast.Attribute)
    }
    for node in all_nodes(tree):
        if not isinstance(node, ast.Call):
            continue
        made_here = called(node.func) == CRITERION  # GaussianNLLLoss()(mean, y, var)
        if not made_here and called(node) not in {FUNCTION, *criteria}:
            continue
        named = [each.value for each in node.keywords if each.arg == "var"]
        spread = named[0] if named else node.args[2] if len(node.args) > 2 else None
        name = getattr(spread, "attr", getattr(spread, "id", ""))
        if DEVIATION.search(name) and not VARIANCE.search(name):
            yield name, node.lineno
