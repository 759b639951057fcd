"""fitted-before-the-parts: an encoder is fitted to all rows, and then asked for those of training and of validation.

What it checks
    In the source of the program, in one function: .fit is given the whole of an array, and .transform the rows of it
    that an index called train, and those that an index called validation or test, choose.

Why it hurts
    What the encoder knows comes from the rows held out as well; where it is fitted to targets, as target encoding is,
    each row's own target stands in its feature. Validation is too good by it.

Example
    encoder.fit(shop, y); x[train] = encoder.transform(shop[train]); x[valid] = encoder.transform(shop[valid])

Instead
    encoder.fit(shop[train], y[train])                    # for training rows, fold by fold

When it is a false alarm
    An encoder that learns nothing of values or targets, such as one that numbers all known words.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import called, owner_of
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TRAINED = lazy_pattern(r"(?i)(^|_)(train|training|tr|fit)(_|$|\d|i(d|nd))")
HELD_OUT = lazy_pattern(r"(?i)(^|_)(val|valid|validation|va|test|te|held_?out|dev)(_|$|\d|i(d|nd))")
NUMBERING = lazy_pattern(r"LabelEncoder|OrdinalEncoder|OneHotEncoder|LabelBinarizer|Vocab|Tokenizer")


class FittedBeforeTheParts(SourceRule):
    code, level = "GF668", Level.WARNING
    worth_parsing = lazy_pattern(r"\.fit\([\s\S]*\.transform\(")
    what = "{name} is given all rows, and what it learns of them is used for the parts: rows held out are in it"
    fix = "Fit it to the training rows alone"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for scope in formulas(tree):
            yield from fitted_to_all(scope)


def fitted_to_all(scope: Formulas) -> Iterator[tuple[str, int]]:
    """Calls of fit with a whole array whose parts are transformed later, each with its line."""
    calls = [node for node in scope.nodes if isinstance(node, ast.Call) and owner_of(node)]
    parts = [node for node in calls if called(node) == "transform" and len(node.args) == 1]
    for node in calls:
        if called(node) != "fit" or not node.args or not isinstance(node.args[0], ast.Name):
            continue
        whole = node.args[0].id
        later = [each.args[0] for each in parts if each.lineno > node.lineno and _is_of(each, node, scope)]
        chosen = [
            ast.unparse(each.slice)
            for each in later
            if isinstance(each, ast.Subscript) and ast.unparse(each.value) == whole and isinstance(each.slice, ast.Name)
        ]
        encoder = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        made = ast.unparse(encoder) + ast.unparse(scope.value(encoder))
        if any(map(TRAINED.search, chosen)) and any(map(HELD_OUT.search, chosen)) and not NUMBERING.search(made):
            yield ast.unparse(node), node.lineno


def _is_of(transform: ast.Call, fit: ast.Call, scope: Formulas) -> bool:
    """Whether what is transformed with was fitted by this call: encoder.fit(x), or encoder = Encoder().fit(x)."""
    encoder = transform.func.value if isinstance(transform.func, ast.Attribute) else transform.func
    return owner_of(transform) == owner_of(fit) or scope.value(encoder) is fit
