"""The verdict for someone who has never heard of the metric: one sentence, how it stands beside others, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any, Literal

from goodfit.analysis.verdict import PART_WORDS, doubt_of
from goodfit.checks.finding import Finding, Level
from goodfit.data.source import Source
from goodfit.data.sources import source_names, source_of
from goodfit.formatting import capital, counted, plural, rows_called, sentence
from goodfit.record import Record, RivalScore
from goodfit.rivals.half import WORTH_HAVING
from goodfit.stats.estimates import Estimate
from goodfit.tasks.metric import Metric
from goodfit.tasks.task import Task

BY_HEART = "memorisation"
BY_HEART_AT_MOST = 1 / 3  # of the error on other rows is left on training rows
GAP_WORTH_SAYING = 0.1  # of the trivial predictor's error
STEPS_AT_MOST = 3  # things to do, on the first screen
Kind = Literal["model", "rival", "trivial", "training"]


@dataclass(frozen=True)
class Standing:
    """One line of the comparison: a model, or this model on other rows.

    Attributes:
        name: as people read it.
        score: with its 95% interval; that of a trivial predictor is a point.
    """

    name: str
    score: Estimate
    kind: Kind


@dataclass(frozen=True)
class Headline:
    """What the first screen says.

    Attributes:
        sentence: "58% of 48 test images are right (44% to 71%); ...".
        metric: what the sentence and the standings are in.
        standings: this model first, then others on the same rows, the trivial predictor, this model's training rows.
        doubt: why the run is not to be trusted, a sentence; empty where nothing says so.
        steps: what to do next, the most pressing first; empty where nothing is to be done.
    """

    sentence: str
    metric: Metric
    standings: Sequence[Standing]
    steps: Sequence[str]
    doubt: str = ""


def headline(record: Record, task: Task) -> Headline:
    """What the first screen of a run says."""
    noun, part = noun_of(record), "test" if "test" in record.metrics else "valid"
    metric, standings = standings_of(
        task,
        part,
        noun,
        metrics=record.metrics.get(part, {}),
        baseline=record.baseline.get(part, {}),
        rivals=record.rivals,
        training=record.training_metrics,
    )
    rules = [finding.rule for finding in record.findings]
    more = more_would_help(record.analyses.get("half_the_rows"))
    words = plain_sentence(task, metric, standings, part, noun, getattr(record.rows, part), rules, more)
    steps = next_steps(record.findings)
    if not steps and more is not False and knows_by_heart(metric, standings):
        steps = [f"Collect more training {plural(noun)}: it knows those that it has by heart."]
    doubt = doubt_of(record.findings)
    return Headline(words, metric, standings, steps, "" if doubt is None else capital(sentence(doubt.message)))


def more_would_help(half_the_rows: Mapping[str, Any] | None) -> bool | None:
    """Whether more rows would help beyond doubt, by a rival that learnt from half of them; None where none did."""
    return None if half_the_rows is None else half_the_rows["excess"]["low"] > WORTH_HAVING


def noun_of(record: Record) -> str:
    """What a row of the run's data is called: image, rating, row."""
    kind = record.source.get("kind")
    return source_of(kind).noun if kind in source_names() else "row"


def use_of(folder: Path, record: Record) -> tuple[str, str]:
    """What the run is used for first, in words, and the command to copy."""
    kind = record.source.get("kind")
    words, command = (source_of(kind) if kind in source_names() else Source).use
    return words, "goodfit " + command.format(run=quote(str(folder)))


def standings_of(
    task: Task,
    part: str,
    noun: str,
    *,
    metrics: Mapping[str, Estimate],
    baseline: Mapping[str, float],
    rivals: Sequence[RivalScore] = (),
    training: Mapping[str, Estimate] | None = None,
) -> tuple[Metric, list[Standing]]:
    """The metric that is spoken of, and who reaches what in it; empty where the run has no score."""
    plain = task.plain_score
    metric = plain.metric if plain is not None and plain.metric.name in metrics else task.metric
    if metric.name not in metrics:
        return metric, []
    standings = [Standing("this model", metrics[metric.name], "model")]
    for rival in rivals:
        if (score := rival.metrics.get(part, {}).get(metric.name)) is not None and not rival.name.startswith("the net"):
            standings.append(Standing(rival.name, score, "rival"))
    if metric.name in baseline:
        value = baseline[metric.name]
        standings.append(Standing(rows_called(task.rival, noun), Estimate(value, value, value), "trivial"))
    if training and metric.name in training:
        standings.append(Standing(f"this model on its training {plural(noun)}", training[metric.name], "training"))
    return metric, standings


def plain_sentence(
    task: Task,
    metric: Metric,
    standings: Sequence[Standing],
    part: str,
    noun: str,
    rows: int,
    rules: Sequence[str],
    more: bool | None = None,
) -> str:
    """The sentence: the score on how many rows, the trivial predictor, other models, the training rows.

    Args:
        rules: that have a finding; memorisation changes the words.
        more: whether more rows would help beyond doubt; None where that was not measured.
    """
    if not standings:
        return "No score was taken."
    plain = task.plain_score
    spoken = plain is not None and plain.metric == metric
    own = standings[0].score
    counted_rows = counted(rows, f"{PART_WORDS[part]} {noun}")
    model = plain.words if plain is not None and spoken else f"On {{rows}} the {metric.title} is {{score}}"
    text = model.format(score=metric.text(own.value, own), rows=counted_rows) + f" ({metric.interval(own)})"
    verb = plain.verb if plain is not None and spoken else "reaches"
    others = [each for each in standings if each.kind in ("trivial", "rival")]
    for at, each in enumerate(sorted(others, key=lambda other: other.kind != "trivial")):
        figure = metric.text(each.score.value, own)
        text += f"; {each.name} {verb} {figure}" if at == 0 else f", {each.name} {figure}"
    training = next((each.score for each in standings if each.kind == "training"), None)
    if training is not None:
        figure, seen = metric.text(training.value, own), plural(noun)
        if BY_HEART in rules:
            text += f". It knows its training {seen} by heart ({figure})"
        elif knows_by_heart(metric, standings):
            text += f". It knows its training {seen} by heart ({figure})"
            text += ": more of them would help" if more else ": more of them may help" if more is None else ""
        else:
            text += f". On the {seen} that it was trained on: {figure}"
    return sentence(text[:1].upper() + text[1:])


def knows_by_heart(metric: Metric, standings: Sequence[Standing]) -> bool:
    """Whether the error on training rows is at most a third of the other, beyond doubt, and by a share that counts.

    It is no finding: a model may do its best so.
    """
    scores = {each.kind: each.score for each in standings if each.kind != "rival"}
    if "training" not in scores:
        return False
    training, own, trivial = scores["training"], scores["model"], scores.get("trivial")
    best = 1.0 if metric.higher_is_better else 0.0
    if metric.higher_is_better and max(training.value, own.value) > best:
        return False  # of no share: there is no best
    known, left = abs(best - training.value), abs(best - own.value)
    apart = training.low > own.high if metric.higher_is_better else training.high < own.low
    whole = left if trivial is None else abs(best - trivial.value)
    return apart and known <= BY_HEART_AT_MOST * left and left - known >= GAP_WORTH_SAYING * whole


def next_steps(findings: Sequence[Finding]) -> list[str]:
    """What the rules advise, errors first, each once."""
    order = (Level.ERROR, Level.WARNING, Level.NOTICE)
    fixes = [finding.fix for level in order for finding in findings if finding.level is level]
    return [sentence(fix) for fix in dict.fromkeys(fixes)][:STEPS_AT_MOST]
