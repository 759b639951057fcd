"""risk-set-turned: a Cox loss sums over those whose time is over, not over those who are still at risk.

What it checks
    In the source of the program: a function sorts by time in ascending order and sums exponentials up from the start
    (logcumsumexp, or cumsum of exp), and turns neither. Or logcumsumexp runs over rows in a program that shuffles and
    sorts nothing.

Why it hurts
    The risk set of an event is all whose time is at least as long. Summed from the shortest time on it is the others:
    the loss rewards the order of hazards only by accident, and the concordance stays near a half, or below.

Example
    order = torch.argsort(time); loss = -(h[order] - torch.logcumsumexp(h[order], 0))[event].mean()

Instead
    order = torch.argsort(time, descending=True)

When it is a false alarm
    Times that are stored as their negative.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.events import WatchEnds
from goodfit.checks.engine.own_source import called, names_in, of_kind, scopes, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Finding, Level
from goodfit.lazy_pattern import lazy_pattern

TIME = lazy_pattern(r"time|dur|surv|^t$|follow", re.IGNORECASE)
EVENT = lazy_pattern(r"event|censor|status|observed|^e$|^d$", re.IGNORECASE)
ABOUT_EVENTS = lazy_pattern(r"censor|surviv|hazard|likelihood|(\b|_)cox", re.IGNORECASE)
SHUFFLING = lazy_pattern(r"shuffle\s*=\s*True|randperm\(|permutation\(|RandomSampler\(")
TURNING = lazy_pattern(r"descending\s*=\s*True|flip|\[::-1\]|argsort\(-|sort\(-")


class RiskSetTurned(SourceRule):
    code, level = "GF268", Level.WARNING
    worth_parsing = lazy_pattern(r"cumsum")
    what = (
        "rows are sorted by {name} in ascending order, and exponentials summed from the start: these are no longer "
        "at risk"
    )
    fix = "Sort by time in descending order, or sum from the end: flip(0).logcumsumexp(0).flip(0)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return ascending(tree)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        yield from super().on_end(event)
        files = [source for source in self.program.source.files() if source.mentions(ABOUT_EVENTS)]
        if not self.program.steps or any("sort" in source.text for source in files):
            return
        if not any(source.mentions(SHUFFLING) for source in files):  # rows may be kept in the order of their times
            return
        for source in files:
            if source.mentions(self.worth_parsing):
                for name, line in source.found(unsorted):
                    yield self.finding(
                        f"{name} sums up exponentials from row to row, and nothing sorts the rows by their times: what "
                        "is summed are not those at risk",
                        "Sort each batch first: order = time.argsort(descending=True)",
                        file=source.file,
                        line=line,
                    )


def unsorted(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions that sum up the logarithms of hazards beside events and times, with the line of the sum."""
    for function in of_kind(tree, ast.FunctionDef):
        arguments = {each.arg for each in [*function.args.args, *function.args.kwonlyargs]}
        names = arguments | names_in(function)
        about_times = any(TIME.search(name) for name in names) or ABOUT_EVENTS.search(function.name)
        if any(EVENT.search(name) for name in names) and about_times:
            sums = [node for node in of_kind(function, ast.Call) if called(node) == "logcumsumexp"]
            if sums and not any(called(node) in ("flip", "outer") for node in of_kind(function, ast.Call)):
                yield function.name if function.name != "forward" else "the loss", sums[0].lineno


def ascending(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What rows are sorted by, with its line, in functions that sum up from the shortest time."""
    for body in scopes(tree):
        body = [each for each in body if not isinstance(each, ast.FunctionDef | ast.ClassDef)]
        nodes = [node for statement in body for node in within(statement)]
        calls = {called(node) for node in nodes}
        text = "\n".join(ast.unparse(statement) for statement in body)
        sums_up = "logcumsumexp" in calls or ("cumsum" in calls and "exp" in calls)
        names = set().union(*(names_in(statement) for statement in body))
        names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        if not sums_up or TURNING.search(text) or not any(EVENT.search(name) for name in names):
            continue
        for node in nodes:
            if isinstance(node, ast.Call) and called(node) in ("argsort", "sort"):
                own = node.func.value if isinstance(node.func, ast.Attribute) else None
                by = node.args[0] if node.args and ast.unparse(own or node) in ("torch", "np", "numpy") else own
                name = by.id if isinstance(by, ast.Name) else by.attr if isinstance(by, ast.Attribute) else ""
                if TIME.search(name):
                    yield name, node.lineno
