"""result-thrown-away: a function that changes nothing is called as if it did, and what it returns is not kept.

What it checks
    In the source of the program: a statement that is nothing but a call of a function of NumPy, PyTorch, torchvision,
    pandas or Python that returns a changed copy (np.fliplr, torch.clamp, F.normalize, x.masked_fill, frame.dropna,
    sorted), or of a layer without an effect of its own in forward; and what it was given is read afterwards. Calls with
    out= or inplace=True, those in a try or under a clock, and methods that the file defines itself are left aside.

Why it hurts
    The step does not happen. Where it has a counterpart, as the labels of an image that is flipped, half of the rows
    are wrong; where it is a limit or a mask, there is none.

Example
    np.fliplr(img)
    point[0] = width - 1 - point[0]

Instead
    img = np.fliplr(img)

When it is a false alarm
    A call that is made to see whether it raises, or how long it takes.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from goodfit.checks.engine.own_source import all_nodes, called, of_kind, scopes, within, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

OF_IMAGES = """hflip vflip rotate resize crop center_crop normalize pad affine adjust_brightness adjust_contrast
    gaussian_blur rgb_to_grayscale to_tensor resized_crop"""
CHANGED_COPIES = {
    module: frozenset(names.split())
    for module, names in {
        "numpy": """fliplr flipud flip rot90 roll transpose swapaxes moveaxis squeeze expand_dims reshape pad clip sort
            append delete insert concatenate stack hstack vstack repeat tile abs exp log log1p sqrt round
            nan_to_num add subtract multiply divide power square maximum minimum""",
        "torch": """fliplr flipud flip rot90 roll transpose permute swapaxes movedim squeeze unsqueeze reshape flatten
            clamp clip sort cat stack hstack vstack where masked_fill index_fill index_add index_copy scatter
            scatter_add nan_to_num sigmoid softmax log_softmax tanh relu exp log sqrt abs
            add sub subtract mul multiply div divide pow square addcmul addcdiv lerp maximum minimum""",
        "torch.nn.functional": """normalize pad interpolate softmax log_softmax relu gelu silu leaky_relu sigmoid tanh
            dropout layer_norm one_hot""",
        "torchvision.transforms.functional": OF_IMAGES,
        "torchvision.transforms.v2.functional": OF_IMAGES,
        "PIL.ImageOps": """mirror flip grayscale invert equalize autocontrast fit pad""",
    }.items()
}
WITH_OUT = {
    "clip": 3,
    "round": 2,
    **dict.fromkeys(("abs", "exp", "log", "log1p", "sqrt", "square"), 1),
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "power", "maximum", "minimum"), 2),
}  # a further argument is `out`
METHODS = """clamp clamp_min clamp_max masked_fill index_fill index_add index_copy scatter_add unsqueeze permute
    astype contiguous rot90 fliplr flipud dropna fillna drop_duplicates sort_values reset_index detach
    softmax sigmoid"""
OF_NUMBERS = frozenset({"flip", "transpose", "clip", "roll"})  # others' methods too: with their usual arguments alone
OF_TEXT = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "replace"})
OF_TENSOR = frozenset({"add", "sub", "mul", "div", "clamp", "addcmul", "addcdiv", "lerp"})  # of .data, .grad
LAYERS = lazy_pattern(
    r"(nn\.)?(Dropout\w*|LayerNorm|RMSNorm|GroupNorm|ReLU|LeakyReLU|ELU|GELU|SiLU|Sigmoid|Tanh|Softmax|LogSoftmax)"
)
CLOCKS = frozenset({"perf_counter", "time", "monotonic", "synchronize", "elapsed_time", "record", "timeit", "profile"})
AWAITS = lazy_pattern(r"raises|suppress|profil|timer|warns", re.IGNORECASE)
MAY_CHANGE = ("out", "inplace", "copy")


class ResultThrownAway(SourceRule):
    code, level = "GF463", Level.WARNING
    worth_parsing = lazy_pattern(r"(?m)^\s+(?:[\w.\[\]]+)\(|^(?:[\w.\[\]]+)\(")
    what = "{name} changes nothing in place: it returns the result, which is thrown away here"
    fix = "Keep what it returns: x = f(x)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return thrown_away(tree)


def thrown_away(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Calls of which only the result matters, and is not kept, each with its line."""
    calls = {id(node) for node in of_kind(tree, ast.Expr) if isinstance(node.value, ast.Call)}
    if not calls:
        return
    modules = _imported(tree)
    own = {node.name for node in of_kind(tree, ast.FunctionDef)}
    layers = _layers(tree)
    aside = _left_aside(tree)
    for scope in scopes(tree):
        nodes = within_body(scope)
        for node in nodes:
            if id(node) not in calls or id(node) in aside or not isinstance(node, ast.Expr):
                continue
            call = node.value
            changed = _changed(call, modules, own, layers) if isinstance(call, ast.Call) else None
            if changed is not None and isinstance(call, ast.Call) and _is_read_next(changed, node, nodes):
                yield ast.unparse(call.func), node.lineno


def _changed(call: ast.Call, modules: Mapping[str, str], own: Iterable[str], layers: Iterable[str]) -> ast.expr | None:
    """What a call would change if it changed anything; None where it may have an effect."""
    if any(each.arg in MAY_CHANGE or each.arg is None for each in call.keywords):
        return None
    full = _full_name(call.func, modules)
    module, _, name = full.rpartition(".")
    first = next(iter(call.args), None)
    if (full == "sorted" and "sorted" not in own) or name in CHANGED_COPIES.get(module, ()):
        is_out = module == "numpy" and len(call.args) > WITH_OUT.get(name, len(call.args))
        is_in_place = any(isinstance(each, ast.Constant) and each.value is True for each in call.args[1:])
        return None if is_out or is_in_place else first
    if ast.unparse(call.func) in layers:
        return first
    if not isinstance(call.func, ast.Attribute) or module in modules.values():
        return None
    name, receiver = call.func.attr, call.func.value
    if isinstance(receiver, ast.Attribute) and receiver.attr in ("data", "grad"):
        return receiver if name in OF_TENSOR else None
    if name in own or not _is_place(receiver):
        return None
    texts = [isinstance(each, ast.Constant) and isinstance(each.value, str) for each in call.args]
    usual = (
        name in METHODS.split()
        or (name in OF_NUMBERS and _are_numbers(call, at_least=1 if name in ("flip", "roll") else 2))
        or (name in OF_TEXT and all(texts) and len(texts) == (2 if name == "replace" else len(texts[:1])))
    )
    return receiver if usual else None


def _are_numbers(call: ast.Call, at_least: int) -> bool:
    values = [*call.args, *(each.value for each in call.keywords)]
    if called(call) == "transpose" and len(values) == 1:
        return "FLIP_" in ast.unparse(values[0]) or "ROTATE_" in ast.unparse(values[0])
    return len(values) >= at_least and all(
        isinstance(each, ast.Constant | ast.UnaryOp | ast.Tuple | ast.List) for each in values
    )


def _is_place(node: ast.expr) -> bool:
    """Whether an expression can be read again: a name, an attribute or an item, and no call."""
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and not any(
        isinstance(each, ast.Call) for each in all_nodes(node)
    )


def _is_read_next(changed: ast.expr, statement: ast.Expr, nodes: Iterable[ast.AST]) -> bool:
    """Whether what was not changed is read after the call, before it is given another value."""
    if not _is_place(changed):
        return False
    root = changed
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    if not isinstance(root, ast.Name):
        return False
    if root is not changed:
        return True  # of an object that others hold too
    after = statement.end_lineno or statement.lineno
    later = [node for node in nodes if isinstance(node, ast.Name) and node.id == root.id and node.lineno > after]
    first = min((node.lineno for node in later), default=0)
    return any(isinstance(node.ctx, ast.Load) for node in later if node.lineno == first)


def _left_aside(tree: ast.Module) -> set[int]:
    """Statements in a try, in a block with a clock, or where an error is awaited."""
    found: set[int] = set()
    for node in all_nodes(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list) or isinstance(node, ast.Module | ast.ClassDef):
            continue
        opened = " ".join(ast.unparse(item.context_expr) for item in node.items) if isinstance(node, ast.With) else ""
        inner = [each for part in body for each in within(part)]
        if isinstance(node, ast.Try) or AWAITS.search(opened) or any(called(each) in CLOCKS for each in inner):
            found |= {id(each) for each in inner}
    return found


def _layers(tree: ast.Module) -> set[str]:
    """`self.name` of layers without an effect of their own."""
    found: dict[str, bool] = {}
    for node in of_kind(tree, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and isinstance(node.value, ast.Call):
                function = ast.unparse(node.value.func).removeprefix("torch.")
                in_place = any(each.arg == "inplace" for each in node.value.keywords) or any(
                    isinstance(each, ast.Constant) and each.value is True for each in node.value.args
                )
                name = ast.unparse(target)
                found[name] = found.get(name, True) and bool(LAYERS.fullmatch(function)) and not in_place
            elif isinstance(target, ast.Attribute):
                found[ast.unparse(target)] = False
    return {name for name, is_pure in found.items() if is_pure and name.startswith("self.")}


def _imported(tree: ast.Module) -> dict[str, str]:
    """What names of the file stand for: {"np": "numpy", "F": "torch.nn.functional"}."""
    found = {}
    for node in of_kind(tree, ast.Import):
        for each in node.names:
            first = each.name.partition(".")[0]
            found[each.asname or first] = each.name if each.asname else first
    for origin in of_kind(tree, ast.ImportFrom):
        for each in origin.names:
            found[each.asname or each.name] = f"{origin.module}.{each.name}"
    return found


def _full_name(node: ast.expr, modules: Mapping[str, str]) -> str:
    """Of `np.fliplr`, "numpy.fliplr"; of anything but a name with a dotted path, ""."""
    if isinstance(node, ast.Name):
        return modules.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = _full_name(node.value, modules)
        return f"{base}.{node.attr}" if base else ""
    return ""
