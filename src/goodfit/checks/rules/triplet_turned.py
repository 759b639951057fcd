"""triplet-turned: the positive and the negative of a triplet change places in the loss.

What it checks
    In the source of the program: triplet_margin_loss, or a loss made by TripletMarginLoss or its brother with a
    distance, gets as its second argument what is called negative, or was made of it, and as its third what is called
    positive.

Why it hurts
    Its arguments are anchor, positive, negative. Turned round, equal classes are pushed apart and different ones pulled
    together; the loss falls all the same.

Example
    loss = F.triplet_margin_loss(anchor, negative, positive)

Instead
    loss = F.triplet_margin_loss(anchor, positive, negative)

When it is a false alarm
    Names that mean the opposite of what they say.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level

LOSSES = re.compile(r"^[Tt]riplet_?[Mm]argin_?(With_?[Dd]istance_?|_with_distance_)?[Ll]oss$")
POSITIVE = re.compile(r"(^|_)pos(itives?)?(_|$)", re.IGNORECASE)
NEGATIVE = re.compile(r"(^|_)neg(atives?)?(_|$)", re.IGNORECASE)
STEPS_BACK = 4  # from a name to what it was made of
ARGUMENTS = ("anchor", "positive", "negative")


class TripletTurned(SourceRule):
    code, level = "GF292", Level.ERROR
    worth_parsing = re.compile(r"[Tt]riplet_?[Mm]argin")
    what = "{name} is given as the positive of a triplet, and the positive as its negative"
    fix = "Give them in the order of the loss: anchor, positive, negative"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return turned_triplets(tree)


def turned_triplets(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What is given in the place of the positive though it is the negative, each with its line."""
    losses = {
        ast.unparse(target) for target, value in given(all_nodes(tree)) if LOSSES.match(called(value).lstrip("_"))
    }
    for scope in scopes(tree):
        nodes = [node for statement in scope for node in within(statement)]
        values = {target.id: value for target, value in given(nodes) if isinstance(target, ast.Name)}
        for node in nodes:
            if not isinstance(node, ast.Call) or not (LOSSES.match(called(node)) or ast.unparse(node.func) in losses):
                continue
            arguments = dict(zip(ARGUMENTS, node.args, strict=False))
            arguments |= {each.arg: each.value for each in node.keywords if each.arg in ARGUMENTS}
            if len(arguments) == len(ARGUMENTS):
                second, third = arguments["positive"], arguments["negative"]
                if _is_only(NEGATIVE, POSITIVE, second, values) and _is_only(POSITIVE, NEGATIVE, third, values):
                    yield ast.unparse(second), node.lineno


def _is_only(meant: re.Pattern[str], other: re.Pattern[str], node: ast.expr, values: Mapping[str, ast.expr]) -> bool:
    """Whether an expression, or what it was made of, is called the one and not the other."""
    for _ in range(STEPS_BACK):
        names = names_in(node) | {each.attr for each in all_nodes(node) if isinstance(each, ast.Attribute)}
        ours, theirs = (any(pattern.search(name) for name in names) for pattern in (meant, other))
        if ours or theirs:
            return ours and not theirs
        if not isinstance(node, ast.Name) or node.id not in values:
            return False
        node = values[node.id]
    return False
