"""Pictures and masks that the source of a program turns apart: one and not the other, or each by its own draw."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in
from goodfit.lazy_pattern import lazy_pattern

MOVING = lazy_pattern(
    r"^((random_?)?([hv]_?|horizontal_?|vertical_?)?flip(_?(lr|ud))?|rot(90|ate|ation)|(resized_?|random_?)*crop|(warp_?)?"
    r"(affine|perspective)|elastic(_transform)?)$",
    re.IGNORECASE,
)
MOVING_KINDS = lazy_pattern(r"Random(Horizontal|Vertical)?(Flip|Crop|Rotation|Affine|ResizedCrop|Perspective)\(")
CHANCE = lazy_pattern(r"rand|uniform|bernoulli|binomial|choice|integers|getrandbits|get_params", re.IGNORECASE)
SEEDING = lazy_pattern(r"seed|set_(rng_)?state|setstate", re.IGNORECASE)
AUGMENTING = lazy_pattern(r"transform|augment|^aug|_aug", re.IGNORECASE)
# What says where something lies in a picture; a class of it does not.
PLACES = lazy_pattern(
    r"(^|_)(b?box(es)?|key_?points?|kpts?|landmarks?|corners?|joints?|polygons?|cent(er|re)s?)$", re.IGNORECASE
)
CONVERTING = lazy_pattern(r"^((as_?)?(tensor|array)|from_numpy|clone|copy|float|float32|long|to|astype|FloatTensor)$")
NO_DATA = ("self", "torch", "np", "numpy", "F", "TF", "cv2", "Image", "functional", "transforms", "random")


def not_moved(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What is moved, and what is not or by another draw, each with its line."""
    functions = [node for node in all_nodes(tree) if isinstance(node, ast.FunctionDef)]
    by_chance = {node.name for node in functions if _moves(node) is not None and _draws(node)}
    kinds = any(isinstance(node, ast.Call) and MOVING_KINDS.match(called(node) + "(") for node in all_nodes(tree))
    for function in functions:
        pair = _given_out(function)
        if pair is None or any(SEEDING.search(called(node)) for node in all_nodes(function)):
            continue
        image, mask = pair
        apart = _moved_apart(function, pair, by_chance, kinds=kinds)
        if apart is not None:
            yield f"by chance {image} and {mask} are mirrored, rotated or cut, each by a draw of its own", apart
            continue
        if not _draws(function) or _moved_together(function, pair):
            continue
        of_image, of_mask = (_line_of_move(function, name) for name in pair)
        for name, other, line, other_line in ((image, mask, of_image, of_mask), (mask, image, of_mask, of_image)):
            if line is not None and other_line is None:
                yield f"by chance {name} is mirrored, rotated or cut, and {other}, given with it, is not", line


def boxes_left(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Boxes or key points that stay where they are while their picture is mirrored by chance, each with its line."""
    for function in (node for node in all_nodes(tree) if isinstance(node, ast.FunctionDef)):
        pair = _given_out(function)
        if pair is None or not PLACES.search(pair[1]) or PLACES.search(pair[0]):
            continue
        image, places = pair
        nodes = all_nodes(function)
        line = _line_of_move(function, image) if _draws(function) else None
        if line is not None and not _moved_together(function, pair) and not _changed(nodes, places):
            yield f"by chance {image} is mirrored, rotated or cut, and {places}, given with it, not", line


def _changed(nodes: Sequence[ast.AST], name: str) -> bool:
    """Whether a variable, or a part of it, is set again by more than another type or a division."""
    times = 0
    for target, value in given(nodes):
        if name not in names_in(target):
            continue
        if not isinstance(target, ast.Name | ast.Tuple):
            return True
        is_plain = all(
            CONVERTING.search(called(node))
            if isinstance(node, ast.Call)
            else not isinstance(node, ast.BinOp) or isinstance(node.op, ast.Div)
            for node in all_nodes(value)
        )
        times += not (is_plain and name in names_in(value))
    in_place = (node for node in nodes if isinstance(node, ast.AugAssign | ast.For | ast.comprehension))
    return times > 1 or any(name in names_in(node.target) for node in in_place)


def _given_out(function: ast.FunctionDef) -> tuple[str, str] | None:
    """The two variables of which what a function returns is made."""
    pairs = set()
    for node in all_nodes(function):
        if not isinstance(node, ast.Return) or not isinstance(node.value, ast.Tuple | ast.Dict):
            continue
        parts = node.value.elts if isinstance(node.value, ast.Tuple) else node.value.values
        names = [names_in(part) - set(NO_DATA) for part in parts]
        if len(names) != 2 or any(len(each) != 1 for each in names):
            return None
        pairs.add((names[0].pop(), names[1].pop()))
    first, second = pairs.pop() if len(pairs) == 1 else ("", "")
    return (first, second) if first != second else None


def _moves(node: ast.AST) -> ast.AST | None:
    """The part of an expression or function that moves pixels."""
    return next((each for each in all_nodes(node) if _is_move(each)), None)


def _is_move(node: ast.AST) -> bool:
    if isinstance(node, ast.Slice):  # [::-1]
        return node.step is not None and ast.unparse(node.step) == "-1"
    return bool(MOVING.search(called(node)))


def _draws(function: ast.FunctionDef) -> bool:
    return any(CHANCE.search(called(node)) for node in all_nodes(function) if isinstance(node, ast.Call))


def _line_of_move(function: ast.FunctionDef, name: str) -> int | None:
    """Where a variable, or what it is made of, is moved."""
    sources, size = {name}, 0
    pairs = list(given(all_nodes(function)))
    while size != len(sources):
        size = len(sources)
        for target, value in pairs:
            if names_in(target) & sources:
                sources |= names_in(value) - set(NO_DATA)
    shared = _shared(pairs)
    lines = [
        value.lineno
        for target, value in pairs
        if names_in(target) & sources and names_in(value) & (sources - shared) and _moves(value) is not None
    ]
    returned = [
        node.lineno
        for node in all_nodes(function)
        if isinstance(node, ast.Return) and node.value is not None
        for part in ast.iter_child_nodes(node.value)
        if name in names_in(part) and _moves(part) is not None
    ]
    return min(lines + returned, default=None)


def _shared(pairs: list[tuple[ast.expr, ast.expr]]) -> set[str]:
    """Names that several variables are made of, such as a row's number: what moves these moves no picture."""
    readers: dict[str, set[str]] = {}
    for target, value in pairs:
        for name in names_in(value) - names_in(target):
            readers.setdefault(name, set()).update(names_in(target))
    return {name for name, by in readers.items() if len(by) > 1}


def _moved_together(function: ast.FunctionDef, pair: tuple[str, str]) -> bool:
    """Whether both go into one call, or one is set by what the other is."""
    return any(
        isinstance(node, ast.Call) and set(pair) <= names_in(node)
        for statement in function.body
        for node in all_nodes(statement)
        if not isinstance(node, ast.Return)
    )


def _moved_apart(function: ast.FunctionDef, pair: tuple[str, str], by_chance: set[str], *, kinds: bool) -> int | None:
    """The line of the second of two calls of one function that draws by itself."""
    calls: dict[str, dict[str, int]] = {}
    for node in all_nodes(function):
        if not isinstance(node, ast.Call) or len(node.args) != 1 or isinstance(node.func, ast.Call):
            continue
        draws = called(node) in by_chance or (kinds and AUGMENTING.search(called(node)) is not None)
        named = set(pair) & names_in(node.args[0])
        if draws and len(named) == 1:
            calls.setdefault(ast.unparse(node.func), {})[named.pop()] = node.lineno
    return next((max(each.values()) for each in calls.values() if len(each) == 2), None)
