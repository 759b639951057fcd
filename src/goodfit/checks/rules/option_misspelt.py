"""option-misspelt: an option is given a word that the program compares with nothing, and a similar one is waited for.

What it checks
    In the source of the program: a word in quotes is the default of a parameter, or is given to one or to an attribute,
    and occurs nowhere else; another one, which differs in one or two letters within the word, is only compared with,
    in an if without an else, and given nowhere.

Why it hurts
    The branch is never taken. The program runs as if the option had not been chosen: negatives are not mined, a loss is
    not weighed, and the name in the log says otherwise.

Example
    def __init__(self, mining="seminard"): ...        # and elsewhere: if mining == "semihard": ...

Instead
    def __init__(self, mining="semihard"): ...

When it is a false alarm
    Two words that are alike, of which one means that nothing is to be done.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

WORD = lazy_pattern(r"^[A-Za-z][A-Za-z_-]*$")
BEGINNING = 2  # letters that are alike: "increase" and "decrease" are two words
LETTERS_AT_LEAST, LETTERS_OF_TWO = 5, 8  # of words that differ in one letter, and of those in two


class OptionMisspelt(SourceRule):
    code, level = "GF484", Level.WARNING
    worth_parsing = lazy_pattern(r"(==|\bin\b) *[(\[{]?[\"'][A-Za-z_-]{5,}")
    what = "{name}: the branch of the second is never taken, and nothing compares the first"
    fix = "Spell both alike, and raise where an option is not known"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return misspelt(tree)


def misspelt(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Words that are given and compared with nothing, with similar ones that are only compared; and the line."""
    words = Counter(word for each in of_kind(tree, ast.Constant) if (word := _word(each)))
    waited: Counter[str] = Counter()
    for node in of_kind(tree, ast.If):
        if not node.orelse or (isinstance(node.orelse[0], ast.If) and not _has_else(node)):
            waited.update(word for each in all_nodes(node.test) if (word := _word(each)))
    only_waited = [word for word, count in waited.items() if words[word] == count]
    for given in _given(tree) if only_waited else ():
        if words[_word(given)] == 1:
            for word in only_waited:
                if _are_alike(_word(given), word):
                    yield f"'{_word(given)}' is given, and '{word}' is waited for", given.lineno


def _word(node: ast.AST) -> str:
    """The text of a constant that is a word; "" of anything else."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text and isinstance(node, ast.Constant) and WORD.search(str(node.value)) else ""


def _has_else(node: ast.If) -> bool:
    """Whether a chain of if and elif ends in an else."""
    while len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        node = node.orelse[0]
    return bool(node.orelse)


def _given(tree: ast.Module) -> Iterator[ast.expr]:
    """Words that are defaults, arguments by name, or set to a name or an attribute."""
    values: list[ast.expr | None] = []
    for function in of_kind(tree, ast.FunctionDef):
        values += [*function.args.defaults, *function.args.kw_defaults]
    values += [each.value for node in of_kind(tree, ast.Call) for each in node.keywords if each.arg]
    values += [node.value for node in of_kind(tree, ast.Assign)]
    values += [node.value for node in of_kind(tree, ast.AnnAssign)]
    yield from (value for value in values if value is not None and _word(value))


def _are_alike(one: str, other: str) -> bool:
    """Whether words differ by one letter, long ones by two, and neither goes on where the other ends."""
    shortest = min(len(one), len(other))
    if shortest < LETTERS_AT_LEAST or one.lower() == other.lower() or one.startswith(other) or other.startswith(one):
        return False
    if one.endswith(other) or other.endswith(one) or one[:BEGINNING].lower() != other[:BEGINNING].lower():
        return False
    return 0 < _distance(one.lower(), other.lower()) <= (2 if shortest >= LETTERS_OF_TWO else 1)


def _distance(one: str, other: str) -> int:
    """How many letters are to be put in, taken out or exchanged."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]
