"""ids-by-width: random ids are drawn below the width of an embedding, not below its number of rows.

What it checks
    In the source of the program: the bound of randint, choice, randrange or randperm is shape[1], size(1), shape[-1] or
    embedding_dim of a parameter or an embedding, and what is drawn is no place along its columns.

Why it hurts
    Only the first few ids are ever drawn, as many as an embedding has features. Negatives, neighbours or queries are
    always the same few: the model learns that these are bad and hears nothing of the others.

Example
    n_items = model.items.weight.shape[1]; negatives = torch.randint(0, n_items, (64,))

Instead
    n_items = model.items.weight.shape[0]

When it is a false alarm
    Features that are drawn at random, under a name that does not say so.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, last_name, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

DRAWS = ("randint", "randrange", "choice", "randperm", "permutation", "integers", "random_integers", "sample", "range")
TABLES = ("Parameter", "Embedding", "EmbeddingBag", "from_pretrained")
ROWS = lazy_pattern(r"(?i)neg|item|user|ids?($|_)|node|entit|word|token|movie|product|doc|cand|vocab|class")
COLUMNS = lazy_pattern(r"(?i)feat|col|dim|channel|axis|factor")


class IdsByWidth(SourceRule):
    code, level = "GF523", Level.WARNING
    worth_parsing = lazy_pattern(r"shape\[(1|-1)\]|size\((1|-1)\)|embedding_dim")
    what = "ids are drawn at random below {name}, the width of an embedding, and not below its number of rows"
    fix = "Take the number of rows: shape[0], or num_embeddings"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return bounded_by_width(tree)


def bounded_by_width(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Widths that bound ids, each with the line where they are drawn."""
    tables = {last_name(target) for target, value in given(all_nodes(tree)) if called(value) in TABLES} - {""}
    widths = {}  # of a name: the width that it is
    for node in of_kind(tree, ast.Assign):
        if (width := _width(node.value, tables)) is not None and last_name(node.targets[0]):
            widths[last_name(node.targets[0])] = width
    columns = {last_name(each) for node in of_kind(tree, ast.Subscript) for each in _places_of_columns(node)}
    for node in of_kind(tree, ast.Assign):
        name = last_name(node.targets[0])
        if not ROWS.search(name) or COLUMNS.search(name) or name in columns:
            continue
        for draw in (
            each for each in of_kind(node.value, ast.Call) if called(each) in DRAWS and called(each) != "range"
        ):
            bounds = [*draw.args[:2], *(keyword.value for keyword in draw.keywords if keyword.arg == "high")]
            found = [_width(bound, tables) or widths.get(last_name(bound)) for bound in bounds]
            yield from [(width, draw.lineno) for width in found if width is not None][:1]


def _width(node: ast.expr, tables: set[str]) -> str | None:
    """shape[1], size(1) or embedding_dim of a table, as text."""
    of: ast.expr | None = None
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
        of = node.value.value if ast.unparse(node.slice) in ("1", "-1") else None
    elif isinstance(node, ast.Call) and called(node) == "size" and isinstance(node.func, ast.Attribute) and node.args:
        of = node.func.value if ast.unparse(node.args[0]) in ("1", "-1") else None
    elif isinstance(node, ast.Attribute) and node.attr == "embedding_dim":
        of = node.value
    if isinstance(of, ast.Attribute) and of.attr in ("weight", "data"):
        of = of.value
    return ast.unparse(node) if of is not None and last_name(of) in tables else None


def _places_of_columns(node: ast.Subscript) -> list[ast.AST]:
    """What stands behind the first comma of an index."""
    index = node.slice
    return [each for part in index.elts[1:] for each in all_nodes(part)] if isinstance(index, ast.Tuple) else []
