"""encoded-apart: training and test rows are given numbers for categories by two encodings of their own.

What it checks
    In the source of the program: pd.factorize, fit_transform of an encoder or vectoriser of scikit-learn, or the codes
    of .astype("category"), are asked for a column of training data, and in the same way for that column of validation
    or test data. Or one method of a class fits an encoder, and another one fits it again to all that it is given.

Why it hurts
    The same word gets one number in the training data and another in the test data: the net is asked about other
    categories than those that it has learnt.

Example
    train["city"] = pd.factorize(train["city"])[0]; test["city"] = pd.factorize(test["city"])[0]

Instead
    codes, names = pd.factorize(train["city"]); test_codes = pd.Index(names).get_indexer(test["city"])

When it is a false alarm
    Encodings that happen to agree, as where all categories occur in both and are sorted.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.names_of_parts import HELD_OUT, TRAINING
from goodfit.checks.engine.own_source import all_nodes, called, given, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

WORTH_PARSING = lazy_pattern(r"factorize\(|Encoder\(|Vectorizer\(|\.cat\.codes")
ENCODERS = lazy_pattern(r"^(Label|Ordinal|OneHot)Encoder$|Vectorizer$|^LabelBinarizer$")


class EncodedApart(SourceRule):
    code, level = "GF519", Level.WARNING
    worth_parsing = WORTH_PARSING
    what = (
        "{name} is encoded by itself, as the training data was before: the same category may have another number there"
    )
    fix = "Make the encoding of the training rows, and use that one for the others"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from encoded_apart(tree)
        yield from fitted_again(tree)


def fitted_again(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What a class encodes by `self.encoder.fit_transform`, where another method is there to fit the encoder."""
    for kind in of_kind(tree, ast.ClassDef):
        made = {
            ast.unparse(node.targets[0])
            for node in of_kind(kind, ast.Assign)
            if ENCODERS.search(called(node.value)) and isinstance(node.targets[0], ast.Attribute)
        }
        fitted: dict[str, set[str]] = {}  # encoder -> methods that fit it
        again: list[tuple[str, str, ast.Call]] = []  # encoder, method and call of fit_transform
        for method in (each for each in kind.body if isinstance(each, ast.FunctionDef)):
            for call in of_kind(method, ast.Call):
                owner = _owner(call)
                encoder = ast.unparse(owner) if owner is not None else ""
                if encoder in made and call.args and called(call) == "fit":
                    fitted.setdefault(encoder, set()).add(method.name)
                elif encoder in made and call.args and called(call) == "fit_transform":
                    again.append((encoder, method.name, call))
        for encoder, name, call in again:
            if fitted.get(encoder, set()) - {name} and not name.startswith("fit"):
                yield ast.unparse(call.args[0]), call.lineno


def encoded_apart(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What is encoded anew for validation or test rows, each with its line."""
    encoders = {
        target.id
        for target, value in given(all_nodes(tree))
        if ENCODERS.search(called(value)) and isinstance(target, ast.Name)
    }
    seen: dict[str, str] = {}  # the form of a call without the name of its data, and that name
    for node in all_nodes(tree):
        if isinstance(node, ast.Attribute):
            data = _numbered(node)
        elif isinstance(node, ast.Call) and _encodes(node, encoders):
            data = node.args[0] if node.args else _owner(node)
        else:
            continue
        if data is None:
            continue
        names = [each for each in all_nodes(data) if isinstance(each, ast.Name)]
        for name in names:
            form = re.sub(rf"\b{name.id}\b", "_", ast.unparse(node))
            if TRAINING.search(name.id):
                seen.setdefault(form, name.id)
            elif HELD_OUT.search(name.id) and form in seen:
                yield ast.unparse(data), node.lineno


def _numbered(node: ast.Attribute) -> ast.expr | None:
    """The column of column.astype("category").cat.codes, whose categories are those that it holds itself."""
    cat = node.value
    if node.attr != "codes" or not isinstance(cat, ast.Attribute) or cat.attr != "cat":
        return None
    made = cat.value
    own = (
        isinstance(made, ast.Call)
        and called(made) == "astype"
        and [ast.unparse(each) for each in made.args] == ["'category'"]
    )
    return _owner(made) if own and isinstance(made, ast.Call) else None


def _owner(call: ast.Call) -> ast.expr | None:
    return call.func.value if isinstance(call.func, ast.Attribute) else None


def _encodes(call: ast.Call, encoders: set[str]) -> bool:
    name, owner = called(call), _owner(call)
    if name == "factorize":
        return True
    if name != "fit_transform" or owner is None:
        return False
    return (isinstance(owner, ast.Name) and owner.id in encoders) or bool(ENCODERS.search(called(owner)))
