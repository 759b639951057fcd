"""An option of names that is given several times has all of them; what stats reads is printed."""

from __future__ import annotations

import json
from pathlib import Path

import click
from click.testing import CliRunner

from goodfit.cli.options import declared
from goodfit.cli.stats import stats
from goodfit.table_options import DIALECT, TARGET


def test_targets_given_several_times_are_all_targets() -> None:
    options = declared([TARGET, *DIALECT])
    command = click.Command("fit", params=[*options], callback=lambda **given: click.echo(given["target"] or "None"))
    for arguments in (["--target", "a", "--target", "b"], ["--target=a,b"]):
        assert CliRunner().invoke(command, arguments).output == "a,b\n"
    assert CliRunner().invoke(command, []).output == "None\n"


def test_stats_says_how_a_table_was_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("p;q\n" + "".join(f"{'€$'[at % 2]}{at},5;{at % 5}\n" for at in range(1, 30)))
    shown = CliRunner().invoke(stats, [str(path)]).output
    assert "decimals        comma" in shown
    assert "warning: The column 'p' has amounts in € and $" in shown or "'p' has amounts in" in shown
    data = json.loads(CliRunner().invoke(stats, ["profile", str(path), "--json"]).output)
    assert "'p' has amounts in" in data["warnings"][0]["message"]
    assert ["decimals", "comma"] in [[note["name"], note["value"]] for note in data["notes"]]
