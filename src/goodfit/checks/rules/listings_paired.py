"""listings-paired: two folders are listed apart, unsorted, and their files are paired by their places.

What it checks
    In the source of the program: two names hold listings (os.listdir, glob, iterdir, scandir) that nothing sorts, and
    one index, or a zip, takes a file of each.

Why it hurts
    The order of a listing is that of the file system, and another one in each folder: images get the masks or labels of
    others. On one machine it may happen to fit, on the next it does not.

Example
    self.images = os.listdir(image_folder); self.masks = os.listdir(mask_folder)

Instead
    self.images = sorted(os.listdir(image_folder)); self.masks = sorted(os.listdir(mask_folder))

When it is a false alarm
    Files whose pairing does not matter, as of two domains.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, last_name, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

LISTINGS = frozenset({"listdir", "glob", "iglob", "rglob", "iterdir", "scandir"})
SORTS = frozenset({"sorted", "sort", "natsorted", "argsort", "sort_values", "natural_sort"})
UNPAIRED = lazy_pattern(r"(?i)(^|_)(a|b|source|target|src|tgt|real|fake|pos\w*|neg\w*|cats?|dogs?|style|content)(_|$)")
PAIRED = lazy_pattern(
    r"(?i)mask|label|lbl|gt|seg|ann|target|hr|high|clean|sharp|depth|json|txt|box|truth|img|image|lr|low"
)


class ListingsPaired(SourceRule):
    code, level = "GF588", Level.WARNING
    worth_parsing = lazy_pattern(r"listdir|glob\(|iterdir|scandir")
    what = "{name} are listings that nothing sorts, and their files are paired by their places"
    fix = "Sort both: sorted(os.listdir(...)), or make one file's name of the other's"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return paired_listings(tree)


def paired_listings(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Pairs of unsorted listings, each with the line of the second one."""
    yield from _zipped(tree)
    listed = _listed(tree)
    names = sorted(listed, key=lambda name: listed[name])
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            of_two_kinds = UNPAIRED.search(one) and UNPAIRED.search(other)
            is_pair = (PAIRED.search(one) or PAIRED.search(other)) and not of_two_kinds
            if is_pair and _are_paired(tree, one, other):
                yield f"{one} and {other}", listed[other]


def _zipped(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """zip(os.listdir(a), os.listdir(b))."""
    for call in of_kind(tree, ast.Call):
        listings = [each for each in call.args if called(each) in LISTINGS] if called(call) == "zip" else []
        if len(listings) >= 2 and PAIRED.search(" ".join(ast.unparse(each) for each in listings)):
            yield " and ".join(ast.unparse(each) for each in listings[:2]), call.lineno


def _listed(tree: ast.Module) -> dict[str, int]:
    """Names and attributes that hold a listing, with their lines; without those that something sorts."""
    found: dict[str, int] = {}
    for node in of_kind(tree, ast.Assign):
        functions = [called(each) for each in all_nodes(node.value)]
        for target in node.targets:
            if isinstance(target, ast.Name | ast.Attribute) and last_name(target):
                if LISTINGS & set(functions) and not SORTS & set(functions):
                    found.setdefault(last_name(target), node.lineno)
                elif SORTS & set(functions):
                    found.pop(last_name(target), None)
    for call in of_kind(tree, ast.Call):
        if called(call) in SORTS | {"shuffle"}:
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            for each in [owner, *call.args]:
                for name in [last_name(each)] if each is not None else []:
                    found.pop(name, None)
    return found


def _are_paired(tree: ast.Module, one: str, other: str) -> bool:
    for call in of_kind(tree, ast.Call):
        if called(call) == "zip" and {one, other} <= {last_name(each) for each in call.args}:
            return True
    for function in of_kind(tree, ast.FunctionDef):
        indices: dict[str, set[str]] = {}
        for node in of_kind(function, ast.Subscript):
            if last_name(node.value) in (one, other) and isinstance(node.slice, ast.Name):
                indices.setdefault(last_name(node.value), set()).add(node.slice.id)
        if indices.get(one, set()) & indices.get(other, set()):
            return True
    for loop in of_kind(tree, ast.For):
        texts = [ast.unparse(node) for node in of_kind(loop, ast.Subscript)]
        own = names_in(loop.target)
        if any(f"{one}[{name}]" in texts and f"{other}[{name}]" in texts for name in own):
            return True
    return False
