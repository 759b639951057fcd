"""parts-share-draws: indices are drawn with replacement and then cut into parts that are to be different rows.

What it checks
    In the source of the program: a name is set to random indices drawn with replacement (np.random.choice without
    replace=False, randint, random.choices, torch.randint, multinomial with replacement), and both name[:k] and
    name[k:] choose rows, such as of a support and a query set, or of training and test rows.

Why it hurts
    The same row comes several times, and so in both parts: a query is compared with itself, test rows were trained on.
    The score is better than it will be for other rows. And other rows are in neither part.

Example
    indices = np.random.choice(len(data), shots + queries)
    support, query = data[indices[:shots]], data[indices[shots:]]

Instead
    indices = np.random.choice(len(data), shots + queries, replace=False)        # or np.random.permutation(len(data))

When it is a false alarm
    Two bootstrap samples, which are drawn as one on purpose.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

INDICES = lazy_pattern(r"(?i)idx|ind(ex|ices|s)?(_|$)|perm|order|rows|sel")
CONVERTS = ("torch", "tensor", "from_numpy", "as_tensor", "long", "list", "tolist", "array", "numpy")


class PartsShareDraws(SourceRule):
    code, level = "GF677", Level.WARNING
    worth_parsing = lazy_pattern(r"choice|randint|integers\(|multinomial")
    what = "{name} is drawn with replacement, and its parts are used as different rows"
    fix = "Draw without replacement: choice(n, k, replace=False), permutation(n)[:k], random.sample"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return shared(tree)


def shared(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names of such indices, each with its line."""
    for scope in formulas(tree):
        cuts = _cuts(scope)
        for name, values in scope.values.items():
            both = cuts.get(name, {})
            if both.get("before", set()) & both.get("after", set()):
                for value in values:
                    if _is_with_replacement(value, name):
                        yield name, value.lineno


def _cuts(scope: Formulas) -> dict[str, dict[str, set[str]]]:
    """Name -> where it is cut: k of name[:k] and of name[k:]."""
    cuts: dict[str, dict[str, set[str]]] = {}
    for node in scope.nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Load):
            lower, upper = node.slice.lower, node.slice.upper
            sides = cuts.setdefault(ast.unparse(node.value), {})
            if upper is not None and lower is None:
                sides.setdefault("before", set()).add(ast.unparse(upper))
            if lower is not None:
                sides.setdefault("after", set()).add(ast.unparse(lower))
    return cuts


def _is_with_replacement(node: ast.expr, called_as: str) -> bool:
    while called(node) in CONVERTS and isinstance(node, ast.Call):
        inner = node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else None
        if inner is None:
            return False
        node = inner
    if not isinstance(node, ast.Call):
        return False
    name, given = called(node), {each.arg: ast.unparse(each.value) for each in node.keywords}
    if None in given:
        return False
    owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    if name == "choice" and owner not in ("random", ""):  # random.choice gives one
        size = given.get("size", "") or (ast.unparse(node.args[1]) if len(node.args) > 1 else "")
        replace = given.get("replace", "") or (ast.unparse(node.args[2]) if len(node.args) > 2 else "True")
        return bool(size) and replace == "True" and _is_of_rows(node.args[0] if node.args else None)
    if name == "choices":
        return "k" in given and _is_of_rows(node.args[0] if node.args else None)
    if name in ("randint", "integers"):
        return bool(INDICES.search(called_as)) and any(_is_of_rows(each, counted=True) for each in node.args[:2])
    return name == "multinomial" and (given.get("replacement") == "True" or ast.unparse(node).endswith(", True)"))


def _is_of_rows(node: ast.expr | None, *, counted: bool = False) -> bool:
    """Whether what is drawn are rows: a number of them, a range, indices; two labels may well be drawn often."""
    text = ast.unparse(node) if node is not None and not isinstance(node, ast.List | ast.Tuple) else ""
    is_count = any(each in text for each in ("len(", "range(", ".shape[0]", ".size(0)"))
    return is_count or (text.isidentifier() and not counted)
