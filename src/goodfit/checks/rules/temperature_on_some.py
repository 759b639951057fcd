"""temperature-on-some: a contrastive loss divides the similarities of some pairs by a temperature, not those of others.

What it checks
    In the source of the program: similarities (products of vectors) are joined by cat, or each given to exp in one
    function; one of them was divided by a temperature, and another one by nothing that is called so, nor by a scale.

Why it hurts
    The positive pair lies between -1 and 1, the negatives between -10 and 10: the loss is next to nothing as soon as
    the negatives are below 0, and nothing draws a pair together. Or the other way round.

Example
    positive = (query * key).sum(1, keepdim=True)
    negative = query @ others.T / temperature
    logits = torch.cat([positive, negative], 1)

Instead
    logits = torch.cat([positive, query @ others.T], 1) / temperature

When it is a false alarm
    Positive pairs that have a scale of their own, in another name.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, scopes, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TEMPERATURE = lazy_pattern(r"(^|_)(temperature|temp|tem|tau|t)$", re.IGNORECASE)
SCALES = lazy_pattern(r"(^|_)(temperature|temp|tem|tau|t|scale|logit_scale|s|scaled)$", re.IGNORECASE)
PRODUCTS = ("matmul", "mm", "bmm", "einsum", "cosine_similarity", "inner")
JOINING = ("cat", "concat", "concatenate", "hstack")
STEPS_BACK = 4


class TemperatureOnSome(SourceRule):
    code, level = "GF564", Level.WARNING
    worth_parsing = lazy_pattern(
        r"/\s*\(?(self\.|args\.|cfg\.|config\.)?\w*?(temperature|temp|tem|tau|t)\b", re.IGNORECASE
    )
    what = "{name} is not divided by the temperature, as the similarities beside it are"
    fix = "Divide all by it, after they are joined: torch.cat([positive, negative], 1) / temperature"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return not_divided(tree)


def not_divided(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Similarities without the temperature that others have which they are joined to, each with its line."""
    for scope in scopes(tree):
        nodes = within_body(scope)
        values: dict[str, list[ast.expr]] = {}
        for target, value in given(nodes):
            if isinstance(target, ast.Name):
                values.setdefault(target.id, []).append(value)
        values |= {
            node.target.id: [*values.get(node.target.id, []), ast.BinOp(node.target, node.op, node.value)]
            for node in nodes
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
        }
        for group in _groups(nodes):
            made = {ast.unparse(each): (each, _made_of(each, values)) for each in group}
            alike = {name: (node, parts) for name, (node, parts) in made.items() if _is_similarity(parts)}
            divided = [name for name, (_, parts) in alike.items() if _is_divided(parts)]
            for name, (node, parts) in alike.items():
                if divided and name not in divided and not _is_scaled(parts):
                    yield name, node.lineno


def _groups(nodes: Sequence[ast.AST]) -> Iterator[list[ast.expr]]:
    """What is joined, and all that is given to exp."""
    powers: list[ast.expr] = []
    for node in nodes:
        if called(node) in JOINING and isinstance(node, ast.Call) and node.args:
            if isinstance(node.args[0], ast.List | ast.Tuple):
                yield node.args[0].elts
        elif called(node) == "exp" and isinstance(node, ast.Call):
            owner = node.func.value if isinstance(node.func, ast.Attribute) and not node.args else None
            powers += [owner] if owner is not None else node.args[:1]
    yield powers


def _made_of(node: ast.expr, values: Mapping[str, list[ast.expr]]) -> list[ast.AST]:
    """The nodes of an expression and of what its names were given in the function."""
    found: list[ast.AST] = []
    known: set[str] = set()
    waiting = [node]
    for _ in range(STEPS_BACK):
        nodes = [each for part in waiting for each in all_nodes(part)]
        found += nodes
        names = {each.id for each in nodes if isinstance(each, ast.Name)} - known
        known |= names
        waiting = [value for name in names for value in values.get(name, [])]
    return found


def _is_similarity(parts: Sequence[ast.AST]) -> bool:
    """Whether there is a product of vectors: a @ b, einsum, (a * b).sum(-1)."""
    summed = [each.func.value for each in parts if isinstance(each, ast.Call) and called(each) == "sum"
              and isinstance(each.func, ast.Attribute)]  # fmt: skip
    by_hand = any(isinstance(each, ast.BinOp) and isinstance(each.op, ast.Mult) for each in summed)
    matrices = any(isinstance(each, ast.BinOp) and isinstance(each.op, ast.MatMult) for each in parts)
    return by_hand or matrices or any(called(each) in PRODUCTS for each in parts)


def _is_divided(parts: Sequence[ast.AST]) -> bool:
    quotients = [each.right for each in parts if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Div)]
    return any(TEMPERATURE.search(last_name(each)) for each in quotients)


def _is_scaled(parts: Sequence[ast.AST]) -> bool:
    """Whether it depends on a temperature or scale in any way."""
    turned = ("T", "mT", "t")  # attributes of a matrix
    names = (each for each in parts if not isinstance(each, ast.Attribute) or each.attr not in turned)
    return any(SCALES.search(last_name(each)) for each in names)
