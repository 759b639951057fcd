"""selected-on-test: what is kept is chosen by the score on test data, although there is validation data.

What it checks
    The program's source: `if score > best: best = score`, where the score is that of the test data by its name or by
    what it is made of; and in the same function there is a score of validation data that nothing is compared with. Or
    a function keeps what scores best on the rows that it is given, each of its calls gives it test rows, and validation
    rows are made that nothing reads. Or the score of test rows is what early stopping is given, beside validation rows.
    Or validation rows are the test rows by another name. Or the score that decides is what a function gives of test
    rows, and validation rows are made that nothing reads.

Why it hurts
    The best of many scores is high by chance too. The score of what was chosen is no longer one of rows that nothing
    was chosen by: it is too good, the more so the fewer rows and the more trials there are.

Example
    valid, test = run(config)
    if test > best: best, chosen = test, config

Instead
    if valid > best: best, chosen, test_of_chosen = valid, config, test

When it is a false alarm
    A figure called test that is none: of a test of code, or of an exam.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, given, names_in, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

TEST = lazy_pattern(r"(^|_)test(_|\d|$)", re.IGNORECASE)
VALIDATION = lazy_pattern(r"(^|_)(val|valid|validation|dev)(_|\d|$)", re.IGNORECASE)
TEST_ROWS = lazy_pattern(r"(^|_)(test|te|tst)(_|\d|$)", re.IGNORECASE)
VALIDATION_ROWS = lazy_pattern(r"(^|_)(val|va|valid|validation|dev)(_|\d|$)", re.IGNORECASE)
SCORE = lazy_pattern(r"acc|score|loss|auc|f1|err|metric|rmse|mae|r2|dice|iou|ppl|perplexity|^_*(test|val|valid|dev)_*$")
TRAINING = lazy_pattern(r"(^|_)(train|training|tr)(_|\d|$)", re.IGNORECASE)
STOPPING = lazy_pattern(r"stop|patience|early", re.IGNORECASE)
BEST = lazy_pattern(r"best|top|max|min|lowest|highest", re.IGNORECASE)


class SelectedOnTest(SourceRule):
    code, level = "GF455", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)test|\bte\b")
    what = "{name}, of the test data, decides what is kept, and that of the validation data decides nothing"
    fix = "Compare the scores of the validation data, and report the test score of what they chose"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from selected(tree)
        yield from selected_within_calls(tree)
        yield from evaluated(tree)
        yield from stopped(tree)
        yield from renamed(tree)


def selected(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Scores of test data that are compared with the best one, each with the line."""
    for body in scopes(tree):
        nodes = [node for statement in body for node in within(statement)]
        of_test, of_validation = _scores(nodes)
        compared = {name for node in nodes if isinstance(node, ast.Compare) for name in names_in(node)}
        if not of_validation or of_validation & compared:
            continue
        for node in nodes:
            if isinstance(node, ast.If) and (name := _kept_by(node)) in of_test:
                yield name, node.lineno


def evaluated(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Test rows whose score decides, current = evaluate(test), where validation rows are never read; with the line."""
    if not _validation_is_unread(tree):
        return
    for body in scopes(tree):
        nodes = [node for statement in body for node in within(statement)]
        deciding = {name for node in nodes if isinstance(node, ast.If) and (name := _kept_by(node))}
        for node in nodes:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                decides = any(names_in(target) & deciding for target in node.targets)
                passed = [*node.value.args, *(each.value for each in node.value.keywords)]
                rows = [name for each in passed for name in sorted(names_in(each)) if TEST_ROWS.search(name)]
                if decides and rows:
                    yield rows[0], node.lineno


def stopped(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Scores of test rows that early stopping is given, where there are validation rows; each with the line."""
    for body in scopes(tree):
        nodes = [node for statement in body for node in within(statement)]
        made = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        if not any(VALIDATION_ROWS.search(name) and not TRAINING.search(name) for name in made):
            continue
        rows = {target.id: names_in(value) for target, value in given(nodes) if isinstance(target, ast.Name)}
        for node in nodes:
            if not isinstance(node, ast.Call) or not STOPPING.search(ast.unparse(node.func)):
                continue
            for name in (each.id for each in node.args if isinstance(each, ast.Name)):
                of = {each for each in rows.get(name, ()) if not TRAINING.search(each)}
                if any(map(TEST_ROWS.search, of)) and not any(map(VALIDATION_ROWS.search, of)):
                    yield name, node.lineno


def renamed(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Test rows that are given a name of validation rows, where something is kept by a score, and tested on again."""
    for body in scopes(tree):
        nodes = [node for statement in body for node in within(statement)]
        keeps = any(isinstance(node, ast.If) and _kept_by(node) for node in nodes)
        for target, value in given(nodes) if keeps else ():
            if not isinstance(target, ast.Name) or not isinstance(value, ast.Name):
                continue
            is_renamed = VALIDATION_ROWS.search(target.id) and TEST_ROWS.search(value.id)
            if not is_renamed or TEST_ROWS.search(target.id) or VALIDATION_ROWS.search(value.id):
                continue
            reads = [node for node in nodes if isinstance(node, ast.Name) and node.id == value.id and node is not value]
            if any(isinstance(node.ctx, ast.Load) and node.lineno > value.lineno for node in reads):
                yield target.id, value.lineno


def selected_within_calls(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Test rows that a function is given to choose by, where validation rows are never read; with the line."""
    if not _validation_is_unread(tree, by_all_names=True):
        return
    for function in all_nodes(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        params = [each.arg for each in function.args.args]
        calls = [node for node in all_nodes(tree) if isinstance(node, ast.Call) and called(node) == function.name]
        for param, line in _chosen_by(function, params):
            at = params.index(param) - (params[0] in ("self", "cls"))
            passed = [each for call in calls if (each := _argument(call, at, param)) is not None]  # not of net.train()
            rows = [next(filter(TEST_ROWS.search, names_in(each)), None) for each in passed]
            if rows and all(rows):
                yield str(rows[0]), line


def _validation_is_unread(tree: ast.Module, *, by_all_names: bool = False) -> bool:
    """Whether validation rows are made and never read, but to make others of them: val = prepare(x_val).

    Args:
        by_all_names: none of their names is read at all.
    """
    names = [node for node in all_nodes(tree) if isinstance(node, ast.Name) and VALIDATION_ROWS.search(node.id)]
    if by_all_names:
        return bool(names) and all(isinstance(node.ctx, ast.Store) for node in names)
    made = [(target, value) for target, value in given(all_nodes(tree)) if VALIDATION_ROWS.search(ast.unparse(target))]
    inside = {id(node) for _, value in made for node in all_nodes(value)}
    return bool(made) and all(isinstance(node.ctx, ast.Store) or id(node) in inside for node in names)


def _chosen_by(function: ast.FunctionDef, params: list[str]) -> Iterator[tuple[str, int]]:
    """Parameters that a score is made of by which the best one is kept, with the line."""
    nodes = [node for statement in function.body for node in within(statement)]
    scores = {_kept_by(node): node.lineno for node in nodes if isinstance(node, ast.If)}
    for target, value in given(nodes):
        for name in names_in(target) & set(scores) - {""}:
            for param in params:
                if param in names_in(value) and function.name not in names_in(value):
                    yield param, scores[name]


def _argument(call: ast.Call, at: int, name: str) -> ast.expr | None:
    named = next((each.value for each in call.keywords if each.arg == name), None)
    return call.args[at] if named is None and at < len(call.args) else named


def _scores(nodes: list[ast.AST]) -> tuple[set[str], set[str]]:
    """Names of scores of test data, by what they are called or made of, and those of validation data."""
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    scores = {name for name in stored if SCORE.search(name.lower())}
    of_validation = {name for name in scores if VALIDATION.search(name)}
    of_test = {name for name in scores if TEST.search(name)}
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            words = names_in(node.value) | {
                each.value
                for each in all_nodes(node.value)
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            }
            is_of_test = any(TEST.search(word) for word in words)
            if is_of_test and not any(VALIDATION.search(word) for word in words):
                of_test.add(node.targets[0].id)
    return of_test - of_validation, of_validation


def _kept_by(node: ast.If) -> str:
    """The score by which the best one is replaced: of `if score > best: best = score`; "" of anything else."""
    if not isinstance(node.test, ast.Compare) or len(node.test.ops) != 1:
        return ""
    if not isinstance(node.test.ops[0], ast.Gt | ast.Lt | ast.GtE | ast.LtE):
        return ""
    sides = [node.test.left, node.test.comparators[0]]
    names = [each.id for each in sides if isinstance(each, ast.Name)]
    if len(names) != 2:
        return ""
    stored = {
        each.id
        for statement in node.body
        for each in all_nodes(statement)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    best = [name for name in names if BEST.search(name) and name in stored]
    return next((name for name in names if best and name != best[0]), "")
