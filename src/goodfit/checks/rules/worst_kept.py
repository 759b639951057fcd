"""worst-kept: the epoch that is kept as the best one is the worst: scores are compared the wrong way round.

What it checks
    In the source of the program: a score of which higher is better (an accuracy by its name, or a loss with its sign
    turned: score = -loss, also where a function returns it) replaces the best one where it is lower; or an error of
    which lower is better where it is higher, and weights are kept there. Also is_best = accuracy < best,
    best_accuracy = min(accuracy, best_accuracy) and best_epoch = np.argmin(accuracies).

Why it hurts
    The weights that are kept are those of the worst epoch, and early stopping takes each better epoch for a bad one.

Example
    score = -mse; best = np.inf
    if score < best: best = score; kept = copy.deepcopy(net.state_dict())

Instead
    score = -mse; best = -np.inf
    if score > best: best = score; kept = copy.deepcopy(net.state_dict())

When it is a false alarm
    Weights of the worst epoch that are kept on purpose, or a loss whose name does not say that it is a gain.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, of_kind, scopes, within, within_body
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

BEGINS = r"(^|[_.]|^v|^val|^valid|^test)"
HIGHER = lazy_pattern(
    BEGINS + r"(acc|accs|accuracy|accuracies|auc|aucs|auroc|f1s?|dice|m?ious?|m?ap|precision|recall|ndcg|r2|psnr|ssim|"
    r"elbo|rewards?|log_?probs?|log_?likelihood)($|[_.\d])",
    re.IGNORECASE,
)
LOWER = lazy_pattern(
    BEGINS + r"(loss|losses|r?mse|rmsle|mae|mape|errors?|err|perplexity|ppl|nll|wer|cer|eer)($|[_.\d])", re.IGNORECASE
)
HELD_OUT = lazy_pattern(r"(?i)val|dev|test")  # of an attack the highest loss is the best one
BEST = lazy_pattern(r"(?i)best")
WORST = lazy_pattern(r"(?i)worst|hard|adv|attack|perturb|delta")
KEEPS = lazy_pattern(r"state_dict|^save|_save|checkpoint|^deepcopy$", re.IGNORECASE)
FLAG = lazy_pattern(r"(?i)^(self\.)?(is|new)_?best|^(self\.)?(has_)?improved$")
READ = frozenset({"item", "mean", "float", "round", "cpu", "detach", "numpy"})  # that leave a score what it is


class WorstKept(SourceRule):
    code, level = "GF565", Level.WARNING
    yields_to = ("back-to-worse-weights",)
    worth_parsing = BEST
    what = "{name}: what is kept as the best is the worst"
    fix = "Turn the comparison, and begin with a score that any epoch beats: -inf where higher is better, inf else"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return worst_kept(tree)


def worst_kept(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Choices of the best score by a comparison that is turned, each with its line."""
    owners = {id(each.body): each for each in of_kind(tree, ast.FunctionDef)}
    for scope in scopes(tree):
        nodes = within_body(scope)
        signs = Signs(tree, nodes)
        if id(scope) in owners:
            signs.values |= _given_by_calls(tree, owners[id(scope)], signs.values)
        for node in nodes:
            if isinstance(node, ast.If):
                yield from _kept_by_comparison(node, signs)
            elif isinstance(node, ast.Assign):
                yield from _named_best(node, signs)


class Signs:
    """Whether higher is better (1) or lower (-1) of what a scope computes; 0 where nothing tells.

    Args:
        tree: of the file, whose functions may return scores.
        nodes: of the scope.
    """

    def __init__(self, tree: ast.Module, nodes: list[ast.AST]) -> None:
        self.tree = tree
        self.values: dict[str, list[ast.expr]] = {}
        self.returned: dict[str, list[tuple[ast.expr, int]]] = {}  # by name, call and place of what it returns
        for target, value in given(nodes):
            if isinstance(target, ast.Tuple):
                for at, each in enumerate(target.elts):
                    self.returned.setdefault(ast.unparse(each), []).append((value, at))
            else:
                self.values.setdefault(ast.unparse(target), []).append(value)

    def of(self, node: ast.expr, *, deep: bool = True) -> int:
        """Of an expression."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -self.of(node.operand, deep=deep)
        if isinstance(node, ast.BinOp):
            is_rest = isinstance(node.op, ast.Sub) and isinstance(node.left, ast.Constant)  # 1 - accuracy
            if is_rest:
                return -self.of(node.right, deep=deep)
            by_number = isinstance(node.op, ast.Div | ast.Mult) and _is_plain(node.right)
            return self.of(node.left, deep=deep) if by_number else 0
        if isinstance(node, ast.Call):
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if owner is not None and called(node) in READ and not node.args:
                return self.of(owner, deep=deep)
            if called(node) in ("float", "round") and node.args:
                return self.of(node.args[0], deep=deep)
            return _by_name(called(node)) or self._returned_by(node, None)
        if isinstance(node, ast.Subscript):
            key = node.slice
            word = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
            return _by_name(re.sub(r"\W", "_", word))
        if isinstance(node, ast.Name | ast.Attribute):
            name = ast.unparse(node)
            told = {each for each in (_by_name(name), *(self._origins(name) if deep else ())) if each}
            return told.pop() if len(told) == 1 else 0
        return 0

    def _origins(self, name: str) -> Iterator[int]:
        for value in self.values.get(name, ()):
            turned = isinstance(value, ast.UnaryOp | ast.BinOp) or (isinstance(value, ast.Call) and bool(value.args))
            if turned or isinstance(value, ast.Name | ast.Subscript | ast.Call):
                yield self.of(value, deep=False)
        for value, at in self.returned.get(name, ()):
            if isinstance(value, ast.Call):
                yield self._returned_by(value, at)

    def _returned_by(self, call: ast.Call, at: int | None) -> int:
        """Of what a function of the file returns, or of one of the values that it returns, where its sign is turned."""
        functions = [each for each in of_kind(self.tree, ast.FunctionDef) if each.name == called(call)]
        if len(functions) != 1:
            return 0
        told = set()
        for node in (each for statement in functions[0].body for each in within(statement)):
            if isinstance(node, ast.Return) and node.value is not None:
                value = node.value
                if at is not None:
                    value = value.elts[at] if isinstance(value, ast.Tuple) and at < len(value.elts) else ast.Constant(0)
                elif isinstance(value, ast.Tuple):
                    return 0
                told.add(self.of(value, deep=False) if isinstance(value, ast.UnaryOp) else 0)
        return told.pop() if len(told) == 1 else 0


def _given_by_calls(
    tree: ast.Module, function: ast.FunctionDef, known: Mapping[str, list[ast.expr]]
) -> dict[str, list[ast.expr]]:
    """What the calls of a function, or of an object with such a method, give for each of its parameters."""
    names = [each.arg for each in function.args.args]
    is_method = names[:1] == ["self"]
    called_by = {function.name}
    if function.name == "__call__":
        owner = next((each.name for each in of_kind(tree, ast.ClassDef) if function in each.body), "")
        made = given(of_kind(tree, ast.Assign))
        called_by = {ast.unparse(target) for target, value in made if called(value) == owner and owner}
    found: dict[str, list[ast.expr]] = {}
    for call in of_kind(tree, ast.Call):
        by_name = ast.unparse(call.func) if function.name == "__call__" else called(call)
        if by_name in called_by:
            for name, value in zip(names[is_method:], call.args, strict=False):
                if name not in known:
                    found.setdefault(name, []).append(value)
    return found


def _by_name(name: str) -> int:
    """By what a score is called; 0 where it says both or nothing."""
    return bool(HIGHER.search(name)) - bool(LOWER.search(name))


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.Name | ast.Attribute) or called(node) == "len"


def _kept_by_comparison(node: ast.If, signs: Signs) -> Iterator[tuple[str, int]]:
    for compare in _compared(node.test):
        score, best, keeps_higher = _sides(compare)
        if WORST.search(ast.unparse(node.test)):
            continue
        for one, other, is_higher in ((score, best, keeps_higher), (best, score, not keeps_higher)):
            for branch, higher in ((node.body, is_higher), (node.orelse, not is_higher)):
                sign = signs.of(one) or _by_name(ast.unparse(other))
                if sign == (-1 if higher else 1) and _replaces(branch, other, one):
                    named = BEST.search(ast.unparse(other)) and (not higher or HELD_OUT.search(ast.unparse(compare)))
                    if named or _keeps(branch):
                        yield ast.unparse(compare), compare.lineno


def _compared(test: ast.expr) -> Iterator[ast.Compare]:
    for each in test.values if isinstance(test, ast.BoolOp) else [test]:  # best is None or loss < best
        is_one = isinstance(each, ast.Compare) and len(each.ops) == 1
        if is_one and isinstance(each, ast.Compare) and isinstance(each.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            yield each


def _sides(compare: ast.Compare) -> tuple[ast.expr, ast.expr, bool]:
    """Left, right, and whether the left one is the higher one."""
    return compare.left, compare.comparators[0], isinstance(compare.ops[0], ast.Gt | ast.GtE)


def _replaces(branch: list[ast.stmt], best: ast.expr, score: ast.expr) -> bool:
    """Whether a branch sets a name of `best` to the score."""
    names = {ast.unparse(each) for each in all_nodes(best) if isinstance(each, ast.Name | ast.Attribute)}
    nodes = (node for statement in branch for node in within(statement))
    return any(ast.unparse(target) in names and ast.unparse(value) == ast.unparse(score)
               for target, value in given(nodes))  # fmt: skip


def _keeps(branch: list[ast.stmt]) -> bool:
    return any(KEEPS.search(called(node)) for statement in branch for node in all_nodes(statement))


def _named_best(node: ast.Assign, signs: Signs) -> Iterator[tuple[str, int]]:
    """is_best = accuracy < best; best_accuracy = min(accuracy, best_accuracy); best_epoch = np.argmin(accuracies)."""
    name, value = ast.unparse(node.targets[0]), node.value
    while called(value) in ("int", "float", "bool") and isinstance(value, ast.Call) and value.args:
        value = value.args[0]
    if not BEST.search(name) and not FLAG.search(name):
        return
    if WORST.search(ast.unparse(node)):
        return
    if FLAG.search(name):
        for compare in _compared(value):
            left, right, is_higher = _sides(compare)
            for one, other, higher in ((left, right, is_higher), (right, left, not is_higher)):
                with_best = BEST.search(ast.unparse(other)) and not BEST.search(ast.unparse(one))
                if with_best and signs.of(one) == (-1 if higher else 1):
                    yield ast.unparse(node), node.lineno
        return
    if not isinstance(value, ast.Call):
        return
    if called(value) in ("min", "max") and isinstance(value.func, ast.Name) and len(value.args) == 2:
        scores = [each for each in value.args if ast.unparse(each) != name]
        if len(scores) == 1 and signs.of(scores[0]) == (-1 if called(value) == "max" else 1):
            yield ast.unparse(node), node.lineno
    elif called(value) in ("argmin", "argmax"):
        owner = value.func.value if isinstance(value.func, ast.Attribute) else None
        of = value.args[0] if value.args else owner
        if of is not None and names_in(of) and signs.of(of) == (-1 if called(value) == "argmax" else 1):
            yield ast.unparse(node), node.lineno
