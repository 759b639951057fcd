"""goodfit compare: models on the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from goodfit.cli.options import A_PATH, option
from goodfit.formatting import counted, json_text

if TYPE_CHECKING:
    from goodfit.analysis.compare import Pair


@click.command()
@click.argument("models", type=A_PATH, nargs=-1, required=True)
@option("--part", str, "Rows of runs: test or valid [test].")
@click.option(
    "--rope",
    type=float,
    default=0.01,
    show_default=True,
    help="Largest difference that does not matter: 0.01 is a point of accuracy, 1% of an RMSE.",
)
@option("--truth", str, "Files: the column of the truth [truth, y_true, label, target, ...].")
@option("--prediction", str, "Files: the column of the prediction, or several of one file, separated by commas.")
@option("--key", str, "Files: the column that names the rows [key, id, filename, ...].")
@option("--fold", str, "Files: the column of the folds [fold].")
@option("--group", str, "Files: the column of what belongs together, such as patient; tests then count groups.")
@option("--task", str, "Files: classes or numbers [from the values].")
@option("-o", A_PATH, "Write an HTML page, down to the rows in which they differ.", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr.")
def compare(
    models: tuple[Path, ...],
    part: str | None,
    rope: float,
    truth: str | None,
    prediction: str | None,
    key: str | None,
    fold: str | None,
    group: str | None,
    task: str | None,
    o: Path | None,
    as_json: bool,
) -> None:
    """Compare runs, or anybody's predictions, on the same rows.

    A model is a run folder, or a table (CSV, Parquet) with columns of the truth and of the prediction, and perhaps of
    probabilities (p_LABEL), a key and folds. Rows are paired; different rows are refused.
    """
    from goodfit.analysis.compare_words import counted_rows
    from goodfit.comparison import compare as compare_models
    from goodfit.store.outputs import is_page, refuse_to_replace

    if o is not None:  # before the work
        refuse_to_replace(o, is_page, models)
    columns = {name: _listed(value) for name, value in zip(
        ("truth", "prediction", "key", "fold", "group"), (truth, prediction, key, fold, group), strict=True
    )}  # fmt: skip
    result = compare_models(*models, part=part, rope=rope, task=task, **columns)
    if as_json:
        click.echo(json_text(result.to_json()))
    else:
        for sentence in result.sentences:
            click.echo(sentence)
        _show(result.pairs, counted_rows(len(result.compared.entries[0]), result.pairs[0].rows))
        if result.compared.fold_pairs:
            _show(result.compared.fold_pairs, counted(result.compared.folds, "fold"))
        if any(pair.metric.share for pair in result.pairs):
            click.echo("Differences of shares, such as accuracy, are in points.")
        for note in result.notes:
            click.echo(note, err=True)
    if o is not None:
        click.echo(f"-> {result.write(o)}", err=as_json)


def _listed(value: str | None) -> list[str] | None:
    return None if value is None else [name.strip() for name in value.split(",") if name.strip()]


def _show(pairs: tuple[Pair, ...], what: str) -> None:
    """The table of pairs, in 80 columns where the names allow it."""
    from goodfit.analysis.compare_words import chance_in_column, differences

    several = len({(pair.a, pair.b) for pair in pairs}) > 1
    lines = [[what, "A - B", "95% interval", "p (Holm)" if several else "p", "A better", "equal", "B better"]]
    for pair in pairs:
        apart, low, high = differences(pair)
        name = f"{pair.metric.title}: {pair.a} - {pair.b}" if several else pair.metric.title
        shares = [f"{share:.2f}" for share in (pair.better_a, pair.equal, pair.better_b)]
        lines.append([name, apart, f"{low} to {high}", chance_in_column(pair.adjusted), *shares])
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    names = "" if several else f"A is {pairs[0].a}, B is {pairs[0].b}. "
    click.echo(f"\n{names}Tests: {'; '.join(dict.fromkeys(pair.method for pair in pairs))}.")
    for line in lines:
        cells = [line[0].ljust(widths[0]), *(text.rjust(wide) for text, wide in zip(line[1:], widths[1:], strict=True))]
        click.echo("  ".join(cells))
