"""file-read-for-nothing: a checkpoint is read, and no net is given what is in it.

What it checks
    In the source of the program: what torch.load (or load_file of safetensors) gives is set to a name that is read
    nowhere after it in its function, or to no name at all. While the program runs, in a program that loads no other
    weights into a net.

Why it hurts
    Training, or the evaluation, begins with random weights, as if there were no file. Nothing says so.

Example
    checkpoint = torch.load("pretrained.pt")
    net = Net(); optimizer = Adam(net.parameters())

Instead
    net.load_state_dict(checkpoint["state"])

When it is a false alarm
    A file that is read to see whether it can be.

Cost
    A note for each file that is read; the program's files are parsed once, at the end, where no weights were loaded.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from goodfit.checks.engine.events import Loaded, WatchEnds, Weights
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.own_source import called, names_in, scopes, within_body
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

READING = ("load", "load_file")
WEIGHTS_AT_LEAST = 2  # tensors in a file


class FileReadForNothing(LiveRule):
    code, level = "GF598", Level.WARNING
    sleepless = (Loaded, Weights)
    reading = lazy_pattern(r"torch\.load\(|load_file\(", re.IGNORECASE)

    def start(self) -> None:
        self.has_read = False  # a file with weights
        self.has_loaded = False  # weights into a net

    def on_loaded(self, event: Loaded) -> None:
        is_state = isinstance(event.value, Mapping)
        self.has_read = self.has_read or (is_state and sum(1 for _ in tensors(event.value)) >= WEIGHTS_AT_LEAST)

    def on_weights(self, event: Weights) -> None:
        self.has_loaded = self.has_loaded or event.action == "load_state_dict"

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.has_read or self.has_loaded or not self.program.steps:
            return
        for source in self.program.source.files():
            if source.mentions(self.reading):
                for name, line in source.found(read_for_nothing):
                    yield self.finding(
                        f"{name or 'what the file holds'} is read and used nowhere: no net was given its weights",
                        "Load it: net.load_state_dict(...)",
                        file=source.file,
                        line=line,
                    )
                    return


def read_for_nothing(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that files are read into and that nothing reads, each with its line; "" where there is no name."""
    for body in scopes(tree):
        nodes = within_body(body)
        for node in nodes:
            if isinstance(node, ast.Expr) and _reads_file(node.value):
                yield "", node.lineno
            elif isinstance(node, ast.Assign) and _reads_file(node.value) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                everywhere = [*body, *tree.body] if body is tree.body else body
                if not any(_is_read(each, name) for each in everywhere):
                    yield name, node.lineno


def _reads_file(value: ast.expr) -> bool:
    """torch.load(path), perhaps with an entry of it picked."""
    while isinstance(value, ast.Subscript):
        value = value.value
    is_call = isinstance(value, ast.Call) and called(value) in READING
    return (
        is_call
        and isinstance(value, ast.Call)
        and (called(value) == "load_file" or ast.unparse(value.func) in ("torch.load", "load"))
    )


def _is_read(statement: ast.stmt, name: str) -> bool:
    return name in names_in(statement) and any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for node in ast.walk(statement)
    )
