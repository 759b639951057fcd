"""score-formula: a score is computed by another formula than the one that its name says.

What it checks
    In the source of the program, by names that say it clearly: an IoU whose union is the sum of both areas, with the
    intersection counted twice; a Dice or F1 without its factor 2; a precision divided by tp + fn, a recall by tp + fp;
    a PSNR by logarithms of a mean squared error with the peak 255, where the images lie in 0..1, or by a natural
    logarithm.

Why it hurts
    The number that is compared with other people's is another one: half of it, or beyond what is possible. Models are
    chosen by it, and a good one looks bad or a bad one good.

Example
    union = pred.sum() + mask.sum(); iou = intersection / union

Instead
    union = pred.sum() + mask.sum() - intersection; iou = intersection / union

When it is a false alarm
    Names that mean something else.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.events import Loss
from goodfit.checks.engine.formulas import Formulas, factors
from goodfit.checks.engine.own_source import all_nodes, called, last_name, of_kind, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

IOU = lazy_pattern(r"(?i)(^|_|m)(ious?|jaccard|jac)(_|$|\d)")
DICE = lazy_pattern(r"(?i)(^|_)(dices?|dsc|f1|f1_?score|f_?score)(_|$|\d)")
INTERSECTION = lazy_pattern(r"(?i)^(inter|intersection|intersect|overlap|tp|num|numerator|inter_area)s?$|^inter(_|sec)")
SMOOTH = lazy_pattern(r"(?i)^(self\.|cls\.)?(eps|epsilon|smooth\w*|delta|tiny)$")
PRECISION = lazy_pattern(r"(?i)^(self\.)?(\w+_)?(precisions?|prec|ppv)(_\w+)?$")
RECALL = lazy_pattern(r"(?i)^(self\.)?(\w+_)?(recalls?|rec|sensitivity|sens|tpr)(_\w+)?$")
TRUE, FALSE_POSITIVE, FALSE_NEGATIVE = (
    lazy_pattern(rf"(?i)^(\w+\.)?(\w*_)?({short}s?|{first}_?{second}s?)(_\w+|\[.*)?$")
    for short, first, second in (("tp", "true", "pos\\w*"), ("fp", "false", "pos\\w*"), ("fn", "false", "neg\\w*"))
)
PSNR = lazy_pattern(r"(?i)psnr")
OF_BYTES = lazy_pattern(r"255(\.0)?( \*\* 2| \* 255(\.0)?)?|65025(\.0)?")
IN_UNIT = 1.5  # no image of 0..255 has all its values below
LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


class ScoreFormula(SourceRule):
    code, level = "GF585", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)iou|jac|dice|dsc|f1|f_?score|prec|recall|sens|psnr|tpr|ppv")
    what = "{name}"
    fix = "IoU = i / (a + b - i), Dice = 2 i / (a + b), precision = tp / (tp + fp), PSNR = 10 log10(peak ** 2 / mse)"
    asks_the_file_alone = False

    def start(self) -> None:
        self.highest = 0.0  # of the targets of losses of differences
        self.losses = 0

    def on_loss(self, event: Loss) -> None:
        if event.name in LOSSES and event.target.dim() >= 3 and event.target.is_floating_point():
            self.losses += 1
            self.highest = max(self.highest, float(event.target.detach().max()))

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from wrong_formulas(tree, unit_images=self.losses > 0 and self.highest <= IN_UNIT)


def wrong_formulas(tree: ast.Module, *, unit_images: bool = False) -> Iterator[tuple[str, int]]:
    """Scores by a formula other than their name's, each with its line.

    Args:
        unit_images: whether images are compared whose values lie in 0..1.
    """
    functions = [("", tree.body), *((each.name, each.body) for each in of_kind(tree, ast.FunctionDef))]
    for function, body in functions:
        scope = Formulas(body)
        parents = {id(child): node for node in scope.nodes for child in ast.iter_child_nodes(node)}
        for node in scope.nodes:
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                names = list(_names(node, parents)) or [function]
                yield from _of_overlap(node, names + ([function] if len(names) == 1 else []), scope)
                yield from _of_counts(node, names)
        if PSNR.search(function) or any(PSNR.search(name) for name in scope.values):
            yield from _of_peak(body, scope, unit_images=unit_images)


def _names(node: ast.AST, parents: dict[int, ast.AST]) -> Iterator[str]:
    """What a value is assigned to, the key that it has or the list that it is appended to."""
    while id(node) in parents:
        child, node = node, parents[id(node)]
        if isinstance(node, ast.Assign):
            yield from (last_name(each) for each in node.targets if last_name(each))
        elif isinstance(node, ast.Tuple | ast.List) and isinstance(parents.get(id(node)), ast.Assign):
            assign = parents[id(node)]
            targets = assign.targets[0] if isinstance(assign, ast.Assign) else None
            if isinstance(targets, ast.Tuple) and len(targets.elts) == len(node.elts):
                at = next((i for i, each in enumerate(node.elts) if each is child), None)
                if at is not None and last_name(targets.elts[at]):
                    yield last_name(targets.elts[at])
            return
        elif isinstance(node, ast.AugAssign):
            yield last_name(node.target)
        elif called(node) == "append" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield last_name(node.func.value)
        elif isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Sub | ast.Add):
            return  # a part of another quotient or product
        elif isinstance(node, ast.stmt):
            return


def _of_overlap(node: ast.BinOp, names: list[str], scope: Formulas) -> Iterator[tuple[str, int]]:
    above, below = scope.bare(node.left), scope.bare(node.right)
    terms = [each for each in _terms(below, scope) if not _is_small(each)]
    if len(terms) != 2 or any(_is_turned(each) for each in terms):
        return
    text = ast.unparse(above) + ast.unparse(below) + ast.unparse(node.left) + ast.unparse(node.right)
    if "beta" in text or re.search(
        r"(?<![\w.])(2|2\.0|0\.5)(?![\w.])", re.sub(r"\w+=[\w.]+|\(\d+\)|\[[^\]]*\]|\*\* ?2", "", text)
    ):
        return
    tops = [each for each in _terms(above, scope) if not _is_small(each)]
    if len(tops) != 1 or not _is_intersection(tops[0], node.left, scope):
        return
    own = ast.unparse(tops[0])
    if own in {ast.unparse(each) for each in terms} or any(_joins(each) for each in terms):
        return
    is_named = any(IOU.search(each) for each in names)
    if is_named or re.search(r"(?i)union", ast.unparse(node.right)):
        if not any(DICE.search(each) for each in names):
            yield f"{ast.unparse(node)}: the union counts the intersection twice", node.lineno
    elif any(DICE.search(each) for each in names):
        yield f"{ast.unparse(node)} is half of what its name says: the factor 2 is missing", node.lineno


def _terms(node: ast.expr, scope: Formulas) -> Iterator[ast.expr]:
    """Terms of a sum; what is subtracted comes with its sign."""
    node = scope.bare(node) if not isinstance(node, ast.BinOp) else node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _terms(node.left, scope)
        yield from _terms(node.right, scope)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        yield from _terms(node.left, scope)
        yield ast.UnaryOp(ast.USub(), node.right)
    elif called(node) in ("clamp", "clamp_min", "clip", "maximum", "max") and isinstance(node, ast.Call):
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        is_library = isinstance(owner, ast.Name) and owner.id in ("torch", "np")
        inner = owner if owner is not None and not is_library else next(iter(node.args), None)
        yield from _terms(inner, scope) if inner is not None else [node]
    else:
        yield node


def _is_small(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or bool(SMOOTH.search(ast.unparse(node)))


def _is_turned(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp)


def _joins(node: ast.expr) -> bool:
    """Whether a term is a union by itself: a | b, or a maximum."""
    return any(
        (isinstance(each, ast.BinOp) and isinstance(each.op, ast.BitOr)) or called(each) in ("logical_or", "maximum")
        for each in all_nodes(node)
    )


def _is_intersection(value: ast.expr, written: ast.expr, scope: Formulas) -> bool:
    """By its name, or since it is a product, or `and`, of two."""
    if any(INTERSECTION.search(last_name(each)) for each in all_nodes(written) if last_name(each)):
        return True
    value = scope.bare(value)
    is_both = isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitAnd | ast.Mult)
    if is_both and isinstance(value, ast.BinOp):
        return not any(isinstance(each, ast.Constant) for each, _ in factors(value))
    return called(value) in ("logical_and", "minimum")


def _of_counts(node: ast.BinOp, names: list[str]) -> Iterator[tuple[str, int]]:
    if not TRUE.search(_plain(node.left)):
        return
    texts = [ast.unparse(each) for each in all_nodes(node.right) if isinstance(each, ast.Name | ast.Attribute)]
    has_fp, has_fn = (any(each.search(text) for text in texts) for each in (FALSE_POSITIVE, FALSE_NEGATIVE))
    own = names[0] if names else ""
    if PRECISION.search(own) and not RECALL.search(own) and has_fn and not has_fp:
        yield f"{own} = {ast.unparse(node)} is the recall", node.lineno
    elif RECALL.search(own) and not PRECISION.search(own) and has_fp and not has_fn:
        yield f"{own} = {ast.unparse(node)} is the precision", node.lineno


def _plain(node: ast.expr) -> str:
    """A count without the calls around it: tp of tp.float()."""
    inner: ast.expr | None = node
    while isinstance(inner, ast.Call):
        node = inner
        is_method = isinstance(inner.func, ast.Attribute) and not inner.args
        inner = (
            inner.func.value if is_method and isinstance(inner.func, ast.Attribute) else next(iter(inner.args), None)
        )
    return ast.unparse(inner if inner is not None else node)


def _of_peak(body: list[ast.stmt], scope: Formulas, *, unit_images: bool) -> Iterator[tuple[str, int]]:
    nodes = within_body(body)
    for node in nodes:
        if called(node) == "log10" and isinstance(node, ast.Call) and unit_images:
            parts = [each for each in all_nodes(node) if isinstance(each, ast.Constant | ast.Name)]
            is_255 = any(OF_BYTES.fullmatch(ast.unparse(scope.value(each))) for each in parts)
            if is_255 and not any(_scales(each, node) for each in nodes):
                yield f"{ast.unparse(node)}: the peak is 255, and the images lie in 0..1", node.lineno
        is_natural = called(node) == "log" and isinstance(node, ast.Call) and _is_ten_times(node, nodes)
        if is_natural and isinstance(node, ast.Call) and "log(10" not in " ".join(ast.unparse(each) for each in body):
            yield f"{ast.unparse(node)} is a natural logarithm: decibels are 10 log10", node.lineno


def _scales(node: ast.AST, apart_from: ast.AST) -> bool:
    """Whether values are multiplied by 255 elsewhere."""
    is_product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and "255" in ast.unparse(node)
    return is_product and not _is_in(node, apart_from) and not _is_in(apart_from, node)


def _is_in(node: ast.AST, other: ast.AST) -> bool:
    return any(each is node for each in all_nodes(other))


def _is_ten_times(node: ast.Call, nodes: list[ast.AST]) -> bool:
    products = [each for each in nodes if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Mult)]
    return any(
        {ast.unparse(each.left).strip("-"), ast.unparse(each.right).strip("-")} & {"10", "20", "10.0", "20.0"}
        and _is_in(node, each)
        for each in products
    )
