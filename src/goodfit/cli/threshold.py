"""goodfit threshold: where to cut the probability of one of two classes."""

from __future__ import annotations

import math
from pathlib import Path

import click

from goodfit.cli.options import A_PATH, option
from goodfit.formatting import json_text, number


@click.command()
@click.argument("model", type=A_PATH)
@option("--cost-fp", float, "What a false alarm costs.")
@option("--cost-fn", float, "What a missed positive row costs.")
@option("--precision", click.FloatRange(0, 1), "Wanted share of the rows called positive that are.")
@option("--recall", click.FloatRange(0, 1), "Wanted share of the positive rows that are called so.")
@option("--positive", str, "The class whose probability is cut [the second], or the label.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr.")
def threshold(
    model: Path,
    cost_fp: float | None,
    cost_fn: float | None,
    precision: float | None,
    recall: float | None,
    positive: str | None,
    as_json: bool,
) -> None:
    """Choose a decision threshold for two classes, or for a label.

    By what mistakes cost, or for a wanted precision or recall, on rows that the model did not learn from; then measured
    on test rows. MODEL is a run, or a table with the truth and probabilities.
    """
    from goodfit.analysis.compare_words import counted_rows
    from goodfit.analysis.threshold import USUAL, choose_threshold

    result = choose_threshold(
        model, cost_fp=cost_fp, cost_fn=cost_fn, precision=precision, recall=recall, positive=positive
    )
    if as_json:
        click.echo(json_text(result.to_json()))
        return
    by_costs = any(cut.cost is not None for cut in result.cuts)
    chosen = number(result.value) if by_costs else f"{result.value:.16g}"
    click.echo(f"Call it {result.positive} where the probability is {chosen} or more: {result.why}.")
    for value, cuts in ((chosen, result.cuts), (str(USUAL), result.usual)):
        for cut in cuts:
            figures = [
                f"{name} {100 * each.value:.1f}% ({100 * each.low:.0f} to {100 * each.high:.0f})"
                if math.isfinite(each.value)
                else f"no {name}, since no row {verb} {result.positive}"
                for name, each, verb in (("precision", cut.precision, "is called"), ("recall", cut.recall, "is"))
            ]
            if cut.cost is not None:
                low, high = number(cut.cost.low, 3), number(cut.cost.high, 3)
                figures.append(f"mean cost {number(cut.cost.value)} ({low} to {high})")
            click.echo(f"  at {value}, {counted_rows(cut.count, cut.rows)}: {', '.join(figures)}")
    for note in result.notes:
        click.echo(note, err=True)
