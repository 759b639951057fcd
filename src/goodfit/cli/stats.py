"""goodfit stats: profiles of columns, and the area under the normal curve."""

from __future__ import annotations

import math
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from goodfit.cli.options import A_PATH, declared
from goodfit.table_options import DIALECT

if TYPE_CHECKING:
    from goodfit.analysis.profile import ColumnProfile

PROFILE = "profile"
DRAWN = (".html", ".htm", ".svg")


class Statistics(click.Group):
    """`goodfit stats people.csv` is `goodfit stats profile people.csv`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        help_names = ctx.help_option_names
        if args and args[0] not in self.commands and args[0] not in help_names:
            args = [PROFILE, *args]
        return super().parse_args(ctx, args)


@click.group(cls=Statistics)
def stats() -> None:
    """Describe the columns of a table, or look up the normal curve.

    \b
      goodfit stats people.csv              mean, deviation, shares, outliers of every column
      goodfit stats people.csv -o page.html the same, drawn
      goodfit stats area 1.96               area of the normal curve left of a z
      goodfit stats table                   the table of these areas
    """


@stats.command(name=PROFILE)
@click.argument("data", type=A_PATH)
@click.option("-o", "--output", type=A_PATH, default=None, help="Write to this .html or .svg file, drawn.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr.")
def profile_columns(data: Path, output: Path | None, as_json: bool, **options: Any) -> None:
    """Describe every column of a table.

    It is read as `goodfit fit` reads it: decimal commas, dates, missing words.
    """
    from goodfit.analysis.profile import described
    from goodfit.data.tables.reading import Dialect
    from goodfit.store.outputs import is_drawing, is_page, refuse_to_replace
    from goodfit.table_options import parse_decimal

    if output is not None:  # before the work
        if output.suffix.lower() not in DRAWN:
            raise click.UsageError(f"{output}: it is written as .html or .svg. Give a name that ends so")
        refuse_to_replace(output, lambda path: is_page(path) or is_drawing(path), [data])
    mark = options["decimal"]
    profiles, notes, doubts = described(
        data,
        dialect=Dialect(
            options["header"], options["separator"], options["encoding"], bool(options["fill_gaps"]), options["sheet"]
        ),
        decimal=None if mark is None else parse_decimal(mark),
        date_order=options["date_order"],
    )
    if as_json:
        from goodfit.formatting import json_text

        rows = profiles[0].rows if profiles else 0
        remarks = {
            "notes": [dict(zip(("name", "value", "why"), note, strict=True)) for note in notes],
            "warnings": [{"message": what, "fix": fix} for what, fix in doubts],
        }
        columns = [each.to_json() for each in profiles]
        click.echo(json_text({"data": str(data), "rows": rows, "columns": columns, **remarks}))
    else:
        _show_remarks(notes, doubts)
        _show(profiles)
    if output is not None:
        from goodfit.report.profile_page import write_profile

        click.echo(f"-> {write_profile(profiles, data.name, output)}", err=as_json)


profile_columns.params += declared(DIALECT)


@stats.command(context_settings={"ignore_unknown_options": True})
@click.argument("z")
def area(z: str) -> None:
    """Print the area of the normal curve left of Z standard deviations from the mean.

    Z may be below 0: goodfit stats area -1.96.
    """
    from goodfit.formatting import number
    from goodfit.stats.describe import area_left_of

    value = _z(z)
    left, ends = area_left_of(value), [number(end, 6) for end in (-abs(value), abs(value))]
    click.echo(f"left of z = {number(value, 6)}: {left:.6g}")
    click.echo(f"right of it: {area_left_of(-value):.6g}")
    click.echo(f"between {ends[0]} and {ends[1]}: {1 - 2 * area_left_of(-abs(value)):.6g}")


def _z(text: str) -> float:
    """A number, with a decimal point."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        pointed = text.replace(",", ".")
        other = f"; write {pointed}" if re.fullmatch(r"-?\d+\.\d+", pointed) else ", such as 1.96"
        raise click.UsageError(f"'{text}' is not a number{other}")
    return value


@stats.command()
def table() -> None:
    """Print the area left of z, for z from 0.00 to 3.49; left of -z it is 1 minus that."""
    from goodfit.stats.describe import area_left_of

    click.echo("   z  " + "  ".join(f"  .0{hundredth}" for hundredth in range(10)))
    for tenth in range(35):
        areas = "  ".join(f"{area_left_of(tenth / 10 + hundredth / 100):.4f}" for hundredth in range(10))
        click.echo(f"{tenth / 10:4.1f}  {areas}")


def _show_remarks(notes: list[tuple[str, str, str]], doubts: list[tuple[str, str]]) -> None:
    """What was guessed when the table was read, as `goodfit fit` prints it."""
    from goodfit.fitting.console import chosen_line, visible
    from goodfit.formatting import sentence

    for name, value, why in notes:
        click.echo(chosen_line(name, value, why))
    for what, fix in doubts:
        click.echo(visible(f"  warning: {sentence(what)} {sentence(fix)}"))
    if notes or doubts:
        click.echo()


def _show(profiles: list[ColumnProfile]) -> None:
    """A table of the numbers, and one of the others."""
    from goodfit.analysis.profile import BLOCKS, drawn_in_text
    from goodfit.formatting import counted, number, year
    from goodfit.stats.describe import area_left_of

    numbers = [each for each in profiles if each.numbers is not None]
    others = [each for each in profiles if each.numbers is None]
    rows = profiles[0].rows if profiles else 0
    click.echo(f"{counted(rows, 'row')}, {counted(len(profiles), 'column')}")
    titles = ("missing", "mean", "deviation", "min", "median", "max", "within 1", "2", "3", "outliers", "drawn")
    lines = [["numbers", *titles, ""]]
    for column in numbers:
        each = column.numbers
        assert each is not None
        written = year if column.holds_years else number
        ends = [written(each.quartiles[at]) for at in (0, 2, 4)]
        within = [f"{100 * share:.1f}%" for share in each.within]
        words = "few values" if each.is_few else "normal" if each.is_normal else "not normal"
        lines.append(
            [column.name, number(column.missing), written(each.mean), number(each.deviation), *ends, *within,
             number(each.outliers), drawn_in_text(each.counts), words]
        )  # fmt: skip
    if numbers:
        areas = [area_left_of(0.75 * at) for at in range(-4, 5)]
        normal = [right - left for left, right in pairwise(areas)]
        lines.append(["(normal curve)", *[""] * 6, "68.3%", "95.4%", "99.7%", "", drawn_in_text(normal), ""])
        if not _takes(BLOCKS):
            lines = [[*line[:-2], line[-1]] for line in lines]
        click.echo()
        _print(lines)
        click.echo("deviation: the standard deviation of a sample (n - 1); within 1, 2, 3: that of the population (n)")
    if others:
        lines = [["other columns", "missing", "different", ""]]
        for column in others:
            values = ", ".join(f"{value} ({count:,})" for value, count in column.levels)
            if column.first is not None:
                values = f"{column.first} to {column.last}"
            lines.append([column.name, number(column.missing), number(column.distinct), values or column.why])
        click.echo()
        _print(lines)


def _takes(signs: str) -> bool:
    """Whether stdout has these signs."""
    try:
        signs.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _print(lines: list[list[str]]) -> None:
    """Aligned: names and the last column to the left, figures to the right."""
    from goodfit.fitting.console import visible

    lines = [[visible(" ".join(text.split("\n"))) for text in line] for line in lines]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    for line in lines:
        figures = [text.rjust(wide) for text, wide in zip(line[1:-1], widths[1:-1], strict=True)]
        click.echo("  ".join([line[0].ljust(widths[0]), *figures, line[-1]]).rstrip())
