"""entropy-after-end: the entropy of what follows the end of an episode is in the target of its last step.

What it checks
    In the source of the program: a sum of a reward and of gamma * (1 - done) times a value, from which a
    log-probability of the next action is taken away outside of the bracket that (1 - done) multiplies: in the same
    sum, or by `-=` in a line after. Names say what is what: done, next_log_prob.

Why it hurts
    Nothing follows the end, so that the target of the last step is its reward. With the term it depends on an action
    that is never taken, and the critic learns that to be undecided after the end is worth something. The term is not
    discounted either.

Example
    target = reward + (1 - done) * gamma * next_q
    target -= alpha * next_log_prob

Instead
    target = reward + (1 - done) * gamma * (next_q - alpha * next_log_prob)

When it is a false alarm
    None is known: the entropy of the action that was taken is part of the reward, and not reported.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

DONE = lazy_pattern(r"^(not_?)?(dones?|terminals?|terminated|d|ends?|masks?)(_?(flags?|batch|mask))?$", re.IGNORECASE)
LOG_PROB = r"(log_?p\w*|logp\w*|log_?pi\w*|entropy|ent|lp)"
NEXT = lazy_pattern(rf"^(next|nxt)_\w*{LOG_PROB}$|^{LOG_PROB}_?(next|nxt|prime|tp1)\w*$|^{LOG_PROB}_?2$", re.IGNORECASE)
DISCOUNT = lazy_pattern(r"gamma|discount", re.IGNORECASE)


class EntropyAfterEnd(SourceRule):
    code, level = "GF551", Level.WARNING
    worth_parsing = DISCOUNT
    what = (
        "{name} is not multiplied by (1 - done): the target of an episode's last step has the entropy of an action "
        "that is never taken"
    )
    fix = "Take it into the bracket: reward + gamma * (1 - done) * (next_q - alpha * next_log_prob)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return outside_of_bracket(tree)


def outside_of_bracket(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Log-probabilities that stand beside a discounted value with (1 - done), and not under it, each with its line."""
    for scope in scopes(tree):
        targets: set[str] = set()  # names of such sums
        nodes = [node for statement in scope for node in within(statement)]
        for node in sorted((each for each in nodes if isinstance(each, ast.stmt)), key=lambda each: each.lineno):
            if isinstance(node, ast.Return) and node.value is not None:
                terms = list(_terms(node.value))
                if any(map(_ends_with_episode, terms)):
                    yield from _left_outside(terms)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                terms = list(_terms(node.value))
                ends = any(map(_ends_with_episode, terms)) and len(terms) > 1
                if ends or (targets & {each.id for each in terms if isinstance(each, ast.Name)} and len(terms) > 1):
                    targets.add(node.targets[0].id)
                    yield from _left_outside(terms)
                else:
                    targets.discard(node.targets[0].id)
            elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
                added = list(_terms(node.value)) if ast.unparse(node.target) in targets else []
                yield from _left_outside(added)


def _terms(node: ast.expr) -> Iterator[ast.expr]:
    """What is added up or taken away."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _terms(node.left)
        yield from _terms(node.right)
    else:
        yield node


def _ends_with_episode(term: ast.expr) -> bool:
    """Whether a term is discounted, and zero after the end."""
    names = _names(term)
    return any(map(DISCOUNT.search, names)) and any(map(DONE.match, names)) and isinstance(term, ast.BinOp)


def _left_outside(terms: list[ast.expr]) -> Iterator[tuple[str, int]]:
    for term in terms:
        names = _names(term)
        found = sorted(filter(NEXT.match, names))
        if found and not any(map(DONE.match, names)):
            yield found[0], term.lineno


def _names(node: ast.AST) -> set[str]:
    """Names and attributes that an expression reads."""
    nodes = list(all_nodes(node))
    return {each.id for each in nodes if isinstance(each, ast.Name)} | {
        each.attr for each in nodes if isinstance(each, ast.Attribute)
    }
