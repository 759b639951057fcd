"""The model card of a run, as Markdown: data, split, metrics, limits, findings.

The headings are those of Mitchell et al. 2019, "Model cards for model reporting", as far as a run knows their content.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from goodfit.analysis.headline import noun_of, use_of
from goodfit.formatting import counted, listed, rows_called, sentence
from goodfit.record import Record
from goodfit.tasks import from_json
from goodfit.tasks.metric import Metric

PART_NAMES = {"test": "test", "valid": "validation"}
FEW_ROWS = 100  # of the scored part: the interval is then wide, and that is said
GROUP_LOW = 0.85  # coverage of 90% intervals in a group
OF_SPLIT = ("split", "folds", "group", "time")  # choices that say how the parts came about
OF_DATA = ("numbers", "categories", "dates", "texts", "target", "classes", "left out", "missing", "decimals")


def model_card(folder: Path, record: Record) -> str:
    """The card as Markdown, from what run.json holds alone."""
    noun = noun_of(record)
    model, limits = ([rows_called(line, noun) for line in lines] for lines in (_model(folder, record), _limits(record)))
    verdict = rows_called(record.verdict, noun)
    blocks = [
        [f"# Model card: {_escaped(folder.resolve().name)}", "", *model],
        ["## Data", "", *_data(record)],
        ["## Metrics", "", *_metrics(record)],
        ["## Verdict", "", f"**{verdict}**", "", *(f"- {_escaped(line)}" for line in record.sentences)],
        ["## Limits", "", *(f"- {line}" for line in limits)],
        ["## Findings", "", *_findings(record)],
        ["## How to use it", "", "```", use_of(folder, record)[1], "```"],
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _model(folder: Path, record: Record) -> Iterator[str]:
    net, hyper = record.net, record.hyperparameters
    parts = f", blended with {listed(part.name for part in net.parts)}" if net.parts else ""
    folds = f", {net.folds} of them, each trained without one fold of the rows" if net.folds > 1 else ""
    yield f"- Task: {record.task['name']}"
    yield f"- Model: {_escaped(net.arch or net.own or '')}{folds}{parts}"
    epochs = len(record.history)
    yield f"- Training: {counted(epochs, 'epoch')}, of which epoch {record.best_epoch} was kept; seed {hyper.seed}"
    yield f"- Made: {record.created} by goodfit {record.goodfit}, in {record.seconds:,.0f} s"


def _data(record: Record) -> Iterator[str]:
    rows = record.rows
    settings = record.source.get("settings", {})
    target = settings.get("target") if isinstance(settings, dict) else None
    named = f", predicting {', '.join([target] if isinstance(target, str) else map(str, target))}" if target else ""
    yield f"- Kind: {record.source.get('kind', 'unknown')}{_escaped(named)}"
    valid = (
        "the same to validate, each by a model that did not see it"
        if record.cross_fitted
        else f"{rows.valid:,} to validate"
    )
    noun = noun_of(record)
    yield rows_called(f"- Rows: {rows.train:,} to train on; {valid}; {rows.test:,} for the test", noun)
    if rows.unreadable:
        yield f"- Left out: {counted(rows.unreadable, noun)} that could not be read"
    for choice in record.choices:
        if choice.name in OF_SPLIT or choice.name in OF_DATA:
            yield f"- {choice.name[:1].upper()}{choice.name[1:]}: {_escaped(choice.value)} ({_escaped(choice.why)})"


def _metrics(record: Record) -> Iterator[str]:
    yield "| part | metric | value | 95% interval | baseline |"
    yield "|---|---|---|---|---|"
    known = {metric.name: metric for metric in from_json(record.task).metric_list}
    for part, metrics in record.metrics.items():
        for name, value in metrics.items():
            metric = known.get(name, Metric.unknown(name))
            base = record.baseline.get(part, {}).get(name)
            cells = (metric.titled(), metric.text(value.value, value), metric.interval(value))
            shown = "" if base is None else metric.text(base, value)
            yield f"| {PART_NAMES.get(part, part)} | {' | '.join(cells)} | {shown} |"
    for rival in record.rivals:
        for part, metrics in rival.metrics.items():
            name, value = next(iter(metrics.items()))
            metric = known.get(name, Metric.unknown(name))
            title = f"{metric.titled()} of {_escaped(rival.name)}"
            cells = (title, metric.text(value.value, value), metric.interval(value))
            yield f"| {PART_NAMES.get(part, part)} | {' | '.join(cells)} | |"


def _limits(record: Record) -> Iterator[str]:
    """What the figures do not say."""
    rows = record.rows.test or record.rows.valid
    yield "The figures hold for rows like those of its data; of other times, places or devices they say nothing."
    if rows < FEW_ROWS:
        yield f"They rest on {counted(rows, 'row')}: the intervals are wide."
    if not record.rows.test:
        yield "There were no test rows: the rows that the figures are of also chose the epoch."
    if record.looks_at_test > 1:
        looks = counted(record.looks_at_test, "time")
        yield f"The test rows were scored {looks}: choices in between make their figures too good."
    for group in record.analyses.get("coverage", []):
        if group["high"] < 0.9 or group["value"] < GROUP_LOW:
            ranges = "prediction sets" if record.task["name"] == "classification" else "intervals"
            rows_of_it = counted(group["rows"], "row")
            yield (
                f"The 90% {ranges} hold the truth in {100 * group['value']:.0f}% of the {rows_of_it} of the group "
                f"{_escaped(str(group['group']))}."
            )
    if record.verdict not in ("good fit",):
        yield f"Its verdict is not a good fit but: {record.verdict}."


def _findings(record: Record) -> Iterator[str]:
    if not record.findings:
        yield "No rule has a finding for this run."
    for finding in record.findings:
        where = f"{finding.code}, {finding.level.value}"
        yield f"- **{finding.rule}** ({where}): {_escaped(sentence(finding.message))} {_escaped(sentence(finding.fix))}"


def _escaped(text: str) -> str:
    """Anybody's text on one line, without signs that Markdown takes for tables or tags."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
