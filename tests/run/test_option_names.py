"""Messages name an option as its reader writes it: `--batch-size 8` in the terminal, `batch_size=8` in Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import goodfit as gf
from goodfit.cli.app import app
from goodfit.data import source_options
from goodfit.errors import GoodfitError, UsageError
from goodfit.fitting.options import fit_options
from goodfit.naming import COMMAND_ONLY, named, names_of_the_command
from goodfit.options import Option

SOURCES = Path(gf.__file__).parent
OF_COMMAND = re.compile(rf"--(?!({'|'.join(sorted(COMMAND_ONLY))})\b)[a-z]")


@pytest.fixture(autouse=True)
def _python() -> Iterator[None]:
    with names_of_the_command(of_command=False):
        yield


@pytest.mark.parametrize(
    ("of_command", "of_python"),
    [
        ("--lr 3000 is out of range", "lr=3000 is out of range"),
        ("--target is not given: it names the column", "target= is not given: it names the column"),
        ("--target my age: there is no such column", "target=my age: there is no such column"),
        ("Give a smaller --batch-size, with --accumulate", "Give a smaller batch_size=, with accumulate="),
        ("Leave --encoding out, or give --codes FILE", "Leave encoding= out, or give codes=FILE"),
        ("Start again without --resume", "Start again without resume=True"),
        ("--no-header reads it as a row", "header=False reads it as a row"),
        ("several labels; --tags none: one label each", "several labels; tags=none: one label each"),
        ("See goodfit fit --help for what can be read", "See goodfit fit --help for what can be read"),
        ("goodfit fit DATA --out runs/a, or give --kind table", "goodfit fit DATA --out runs/a, or give kind=table"),
        ("a net-work -- or --- not", "a net-work -- or --- not"),
    ],
)  # fmt: skip
def test_names_are_turned_into_keywords(of_command: str, of_python: str) -> None:
    assert named(of_command) == of_python
    with names_of_the_command():
        assert named(of_command) == of_command


LIMITED = [each for each in (*fit_options(), *source_options()) if each.choices or each.low is not None]


@pytest.mark.parametrize("option", LIMITED, ids=lambda option: option.name)
def test_every_option_with_a_range_or_choices_is_named(option: Option) -> None:
    assert option.choices or option.low is not None
    wrong = "no such choice" if option.low is None else option.low - 1
    with pytest.raises(UsageError) as error:
        option.checked(wrong)
    assert f"{option.name}={wrong}" in str(error.value)
    assert "--" not in str(error.value)
    with names_of_the_command():
        assert f"{option.flag} {wrong}" in str(error.value)


def messages() -> list[tuple[str, str]]:
    """File -> every text in the package that names an option, docstrings left out; X stands for what is put in."""
    found = []
    for file in sorted(SOURCES.rglob("*.py")):
        if "cli" in file.parts:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        heads = [node.body[0] for node in ast.walk(tree) if isinstance(node, documented) and node.body]
        docstrings = {id(head.value) for head in heads if isinstance(head, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values]
                found.append((file.name, "".join(parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                found.append((file.name, node.value))
    return [(name, text) for name, text in found if OF_COMMAND.search(text)]


def test_no_message_of_the_package_keeps_the_name_of_a_command() -> None:
    texts = messages()
    assert len(texts) > 150
    for name, text in texts:
        typed = re.findall(r"goodfit [a-z]+[^.;]*", text)
        left = [rest for rest in OF_COMMAND.findall(named(text)) if not typed]
        assert not left, (name, text)


def test_an_error_of_a_call_names_the_keyword_and_one_of_the_command_its_option(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,b\n" + "1,2\n2,3\n" * 20)
    with pytest.raises(GoodfitError, match="target=wealth: there is no such column"):
        gf.fit(table, target="wealth", out=tmp_path / "run")
    with pytest.raises(GoodfitError, match="batch_size=0 is out of range"):
        gf.fit(table, target="b", batch_size=0, out=tmp_path / "run")
    with pytest.raises(GoodfitError, match="rope=7 is out of range"):
        gf.compare(table, table, rope=7)
    with pytest.raises(GoodfitError, match="checkpointing=True is for DenseNets"):
        gf.fit(table, target="b", checkpointing=True, arch="mlp", out=tmp_path / "run")
    seen: list[str] = []

    def during(*arguments: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            original = GoodfitError.__init__

            def remembered(self: GoodfitError, *args: object, **more: object) -> None:
                original(self, *args, **more)  # type: ignore[arg-type]  # as they came
                seen.append(str(self))

            patch.setattr(GoodfitError, "__init__", remembered)
            CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "run")])

    during("fit", str(table), "--target", "wealth")
    assert any("--target wealth: there is no such column" in message for message in seen)
