"""goodfit labels: rows whose labels are probably wrong."""

from __future__ import annotations

from pathlib import Path

import click

from goodfit.cli.options import A_PATH, option
from goodfit.formatting import agreeing, json_text

SHOWN = 20


@click.command()
@click.argument("model", type=A_PATH)
@click.option("-o", "--output", type=A_PATH, default=None, help="Write all of them to this .csv file.")
@option("--truth", str, "Files: the column of the labels [truth, y_true, label, target, ...].")
@option("--key", str, "Files: the column that names the rows [key, id, filename, ...].")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr.")
def labels(model: Path, output: Path | None, truth: str | None, key: str | None, as_json: bool) -> None:
    """List rows whose labels are probably wrong.

    MODEL is a run, of which the rows are looked at that it did not learn from (of a cross-fitted table all), or a table
    with labels and a column of probabilities for each class (p_LABEL).
    """
    from goodfit.analysis.wrong_labels import find_wrong_labels
    from goodfit.fitting.console import visible
    from goodfit.stats.confident_learning import OVERLAP_BELOW
    from goodfit.store.outputs import is_wrong_labels, refuse_to_replace

    if output is not None:  # before the work
        refuse_to_replace(output, is_wrong_labels, [model])
    result = find_wrong_labels(model, truth=truth, key=key)
    if as_json:
        click.echo(json_text(result.to_json()))
    else:
        count = len(result.wrong)
        looked_at = result.rows * result.labels
        share = f" ({100 * count / looked_at:.1f}%)" if looked_at else ""
        if result.labels > 1:
            verb = agreeing(count, "looks", "look")
            click.echo(f"{count:,} of {looked_at:,} labels{share} of {result.rows:,} {result.of} {verb} wrong")
        else:
            verb = agreeing(count, "has a label that looks", "have labels that look")
            click.echo(f"{count:,} of {result.rows:,} {result.of}{share} {verb} wrong")
        if count and result.right < OVERLAP_BELOW:
            click.echo(
                f"The model is right in {100 * result.right:.0f}% of them: its classes overlap, and many of "
                "these labels are right. Look at the first ones; what no model can know is no wrong label."
            )
        for each in result.wrong[:SHOWN]:
            texts = (visible(" ".join(text.split("\n"))) for text in (each.key, each.label, each.suggested))
            key_shown, label, suggested = texts
            click.echo(
                f"  {key_shown}: {label} ({100 * each.probability:.1f}%), "
                f"perhaps {suggested} ({100 * each.suggested_probability:.1f}%)"
            )
        if count > SHOWN:
            click.echo(f"  and {count - SHOWN:,} more: -o labels.csv writes all")
    for note in () if as_json else result.notes:
        click.echo(note, err=True)
    if output is not None:
        click.echo(f"-> {result.write(output)}", err=as_json)
