"""triplet-turned: the positive and the negative of a triplet change places in the loss.

What it checks
    In the source of the program: triplet_margin_loss, or a loss made by TripletMarginLoss or its brother with a
    distance, gets as its second argument what is called negative, or was made of it, and as its third what is called
    positive. Or a hinge that is written out, relu(a - b + margin), has a likeness to the positive as its a and one to
    the negative as its b, or distances the other way round. As a warning: its margin is subtracted.

Why it hurts
    Its arguments are anchor, positive, negative. Turned round, equal classes are pushed apart and different ones pulled
    together; the loss falls all the same.

Example
    loss = F.triplet_margin_loss(anchor, negative, positive)
    loss = F.relu(F.cosine_similarity(a, pos) - F.cosine_similarity(a, neg) + margin).mean()

Instead
    loss = F.triplet_margin_loss(anchor, positive, negative)
    loss = F.relu(F.cosine_similarity(a, neg) - F.cosine_similarity(a, pos) + margin).mean()

When it is a false alarm
    Names that mean the opposite of what they say.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.events import WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, of_kind, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Finding, Level
from goodfit.lazy_pattern import lazy_pattern

LOSSES = lazy_pattern(r"^[Tt]riplet_?[Mm]argin_?(With_?[Dd]istance_?|_with_distance_)?[Ll]oss$")
POSITIVE = lazy_pattern(r"(^|_)pos(itives?)?(_|$)", re.IGNORECASE)
NEGATIVE = lazy_pattern(r"(^|_)neg(atives?)?(_|$)", re.IGNORECASE)
STEPS_BACK = 4  # from a name to what it was made of
ARGUMENTS = ("anchor", "positive", "negative")
HINGES = ("relu", "clamp", "clamp_min", "softplus", "maximum", "max")
LIKENESS, DISTANCE = ("cosine_similarity",), ("pairwise_distance", "cdist")
MODULES = {"CosineSimilarity": "cosine_similarity", "PairwiseDistance": "pairwise_distance"}
SHORT = lazy_pattern(r"^(\w{1,3}?)_?([pn])$")  # zp and zn, d_p and d_n: p for positive, n for negative


MARGIN = lazy_pattern(r"^(self\.|args\.)?(\w*margin\w*|alpha|m|[0-9.]+)$", re.IGNORECASE)
MARGIN_SUBTRACTED = lazy_pattern(r"-\s*((self|args)\.)?(\w*margin|alpha|m|[0-9.]+)\b", re.IGNORECASE)
PAIR_OF_POSITIVE = lazy_pattern(r"^(d|dist|distance|sim)?_?(ap|p)$", re.IGNORECASE)  # anchor and positive
PAIR_OF_NEGATIVE = lazy_pattern(r"^(d|dist|distance|sim)?_?(an|n)$", re.IGNORECASE)


class TripletTurned(SourceRule):
    code, level = "GF292", Level.ERROR
    worth_parsing = lazy_pattern(
        r"[Tt]riplet_?[Mm]argin|cosine_similarity|pairwise_distance|PairwiseDistance|CosineSim|cdist"
    )
    what = "{name} is given as the positive of a triplet, and the positive as its negative"
    fix = "Give them in the order of the loss: anchor, positive, negative"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from turned_triplets(tree)
        yield from turned_hinges(tree)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        yield from super().on_end(event)
        for source in self.program.source.files() if self.program.steps else ():
            if source.mentions(MARGIN_SUBTRACTED):
                for name, line in source.found(subtracted_margins):
                    yield self.finding(
                        f"in {name} the margin is subtracted: the loss is 0 until the positive is farther away than "
                        "the negative, by the margin",
                        "Add it: relu(distance_to_positive - distance_to_negative + margin)",
                        file=source.file,
                        line=line,
                        level=Level.WARNING,
                    )


def subtracted_margins(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Hinges of a positive and a negative whose margin has a minus, each with its line."""
    for call in of_kind(tree, ast.Call):
        if called(call) not in HINGES:
            continue
        for hinged in [*call.args, *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]:
            terms = [(sign, ast.unparse(term)) for sign, term in _terms(hinged)]
            if sorted(sign for sign, _ in terms) != [-1, -1, 1]:
                continue
            margins = [name for sign, name in terms if sign < 0 and MARGIN.search(name)]
            sides = [name for _, name in terms if name not in margins]
            kinds = [_side(name) for name in sides]
            if len(margins) == 1 and sorted(kinds) == ["negative", "positive"]:
                yield ast.unparse(hinged), call.lineno


def _side(name: str) -> str:
    """Whether a name says that it is of the positive or of the negative; "" where it says neither."""
    last = name.rpartition(".")[2]
    if POSITIVE.search(last) or PAIR_OF_POSITIVE.search(last):
        return "positive"
    return "negative" if NEGATIVE.search(last) or PAIR_OF_NEGATIVE.search(last) else ""


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
                is_turned = _is_only(NEGATIVE, POSITIVE, second, values) and _is_only(POSITIVE, NEGATIVE, third, values)
                if is_turned or _letters_turned(arguments["anchor"], second, third, values):
                    yield ast.unparse(second), node.lineno


def _letters_turned(anchor: ast.expr, second: ast.expr, third: ast.expr, values: Mapping[str, ast.expr]) -> bool:
    """Whether the three are called a, n and p, or by names that end so, such as za, zn and zp."""
    ends = [_names_of(each) | _names_of(_made_of(each, values)) for each in (anchor, second, third)]
    return any(
        name[-1:] == "n" and name[:-1] + "p" in ends[2] - ends[1] and name[:-1] + "a" in ends[0]
        for name in ends[1] - ends[2]
    )


def _names_of(node: ast.expr) -> set[str]:
    return names_in(node) - {"torch", "nn"}


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


def turned_hinges(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What is to grow and falls, or the reverse, in a hinge that is written out, each with its line."""
    measures = {
        target.id if isinstance(target, ast.Name) else target.attr: MODULES[called(value)]
        for target, value in given(all_nodes(tree))
        if called(value) in MODULES and isinstance(target, ast.Name | ast.Attribute)
    }
    for scope in scopes(tree):
        nodes = [node for statement in scope for node in within(statement)]
        values = {target.id: value for target, value in given(nodes) if isinstance(target, ast.Name)}
        for node in nodes:
            if called(node) not in HINGES or not isinstance(node, ast.Call):
                continue
            inner = [*node.args, *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
            for hinged in inner:
                measured = [
                    (sign, kind, term)
                    for sign, term in _terms(hinged)
                    if (kind := _measure(term, values, measures)) is not None
                ]
                if [sign for sign, _, _ in measured] in ([1, -1], [-1, 1]) and len(
                    {kind for _, kind, _ in measured}
                ) == 1:
                    (plus,) = (term for sign, _, term in measured if sign == 1)
                    (minus,) = (term for sign, _, term in measured if sign == -1)
                    nearer = 1 if measured[0][1] in LIKENESS else -1
                    if _is_positive_first(plus, minus, values) == nearer:
                        yield ast.unparse(plus), node.lineno


def _terms(node: ast.expr, sign: int = 1) -> Iterator[tuple[int, ast.expr]]:
    """The terms of a sum, with their signs."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _terms(node.left, sign)
        yield from _terms(node.right, sign if isinstance(node.op, ast.Add) else -sign)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from _terms(node.operand, -sign)
    else:
        yield sign, node


def _measure(node: ast.expr, values: Mapping[str, ast.expr], measures: Mapping[str, str]) -> str | None:
    """Whether a term is a likeness or a distance of two things."""
    for _ in range(STEPS_BACK):
        for each in all_nodes(node):
            name = measures.get(called(each), called(each))
            if name in LIKENESS + DISTANCE:
                return name
        node = _base(node)
        if not isinstance(node, ast.Name) or node.id not in values:
            return None
        node = values[node.id]
    return None


def _base(node: ast.expr) -> ast.expr:
    """distances of distances.masked_fill(other, 9).min(1).values."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Attribute):
                break
            node = node.func
        node = node.value
    return node


def _is_positive_first(one: ast.expr, other: ast.expr, values: Mapping[str, ast.expr]) -> int:
    """1 where the one is of the positive and the other of the negative, -1 for the reverse, 0 where it is unknown."""
    if _is_only(POSITIVE, NEGATIVE, one, values) and _is_only(NEGATIVE, POSITIVE, other, values):
        return 1
    if _is_only(NEGATIVE, POSITIVE, one, values) and _is_only(POSITIVE, NEGATIVE, other, values):
        return -1
    first, second = (names_in(_made_of(each, values)) for each in (one, other))
    for name in first - second:
        match = SHORT.match(name)
        if match is None:
            continue
        partner = name[:-1] + ("n" if match[2] == "p" else "p")
        if partner in second:
            return 1 if match[2] == "p" else -1
    return 0


def _made_of(node: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    return values.get(node.id, node) if isinstance(node, ast.Name) else node
