"""The verdict: in a few plain words whether the fit is good, and in sentences why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from goodfit.analysis.compare_words import distance, figure
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rules.too_few_rows import ROWS_AT_LEAST
from goodfit.formatting import capital, counted, plural, rows_called, sentence
from goodfit.stats.estimates import Estimate
from goodfit.stats.paired import apart
from goodfit.tasks.metric import LOG_LOSS, Metric

PART_WORDS = {"test": "test", "valid": "validation"}


class Verdict(Enum):
    """In a few words whether the fit is good; the tone in which that is shown, good, caution or bad; and its code."""

    GOOD_FIT = "good fit", "good", "good-fit"
    MEMORISES = "memorises its rows", "caution", "memorises"
    OVERFIT = "overfit", "caution", "overfit"
    UNDERFIT = "underfit", "caution", "underfit"
    SIMPLER_AS_GOOD = "a simpler model is as good", "caution", "simpler-as-good"
    LITTLE_BETTER = "little better than the baseline", "caution", "little-better"
    TOO_FEW_ROWS = "too few rows to tell", "caution", "too-few-rows"
    NO_BETTER_THAN_BASELINE = "no better than the baseline", "bad", "no-better"
    NOT_TO_BE_TRUSTED = "not to be trusted", "bad", "not-trusted"

    def __init__(self, words: str, tone: str, code: str) -> None:
        self.words, self.tone, self.code = words, tone, code


# Without an error of any rule, the first rule here that has a finding names the verdict: whether it can be believed,
# whether it was cut short, whether it has learnt anything, whether a net was needed, what it does on new rows, and
# whether that is much.
BY_RULE = {
    "target-leakage": Verdict.NOT_TO_BE_TRUSTED,
    "too-few-rows": Verdict.TOO_FEW_ROWS,
    "underfitting": Verdict.UNDERFIT,
    "no-better-than-baseline": Verdict.NO_BETTER_THAN_BASELINE,
    "simpler-model-as-good": Verdict.SIMPLER_AS_GOOD,
    "overfitting": Verdict.OVERFIT,
    "memorisation": Verdict.MEMORISES,
    "little-better-than-baseline": Verdict.LITTLE_BETTER,
}


def judge(findings: Sequence[Finding]) -> Verdict:
    """The verdict that these findings give."""
    if any(finding.level is Level.ERROR for finding in findings):
        return Verdict.NOT_TO_BE_TRUSTED
    rules = {finding.rule for finding in findings}
    return next((verdict for rule, verdict in BY_RULE.items() if rule in rules), Verdict.GOOD_FIT)


def doubt_of(findings: Sequence[Finding]) -> Finding | None:
    """The first finding for which a run is not to be trusted; None where none is such."""
    errors = (finding for finding in findings if finding.level is Level.ERROR)
    named = (finding for finding in findings if BY_RULE.get(finding.rule) is Verdict.NOT_TO_BE_TRUSTED)
    return next(errors, None) or next(named, None)


def tone_of(words: str, levels: Sequence[str] = ()) -> str:
    """good, caution or bad, for the words of a recorded verdict and the levels of its findings."""
    if Level.ERROR.value in levels:
        return "bad"
    return next((verdict.tone for verdict in Verdict if verdict.words == words), "caution")


def code_of(words: str) -> str:
    """The stable code of a recorded verdict's words; "unknown" for words that are no longer used."""
    return next((verdict.code for verdict in Verdict if verdict.words == words), "unknown")


def sentences(
    findings: Sequence[Finding],
    plain: str,
    spoken: Metric,
    *,
    metric: Metric,
    scores: Mapping[str, Estimate],
    losses: Mapping[str, Estimate],
    baseline: Mapping[str, float],
    rival: str,
    best_epoch: int,
    epochs: int,
    rows: Mapping[str, int],
    folds: int = 1,
    noun: str = "row",
    criterion: str = "",
    compared: str | None = None,
    more_rows: str | None = None,
) -> list[str]:
    """What a person reads under the verdict.

    Args:
        plain: the score in everyday words, and spoken the metric that they say: `goodfit.analysis.headline`.
        scores, losses: the main metric and the mean loss of each part.
        folds: in which the training rows validated, 1 for a validation part.
        noun: what a row of the data is called.
        criterion: what the best epoch is the best by, where it is not what each epoch shows.
        compared: how other models do on the same rows.
        more_rows: whether more of them would help.
    """
    part = "test" if "test" in scores else "valid"
    score = scores[part]
    doubt = doubt_of(findings)
    lines = [plain] if doubt is None else [_advice(doubt), plain]
    if spoken != metric:
        lines.append(
            f"On {counted(rows[part], f'{PART_WORDS[part]} {noun}')} the {metric.title} is "
            f"{metric.text(score.value, score)} (95% interval {metric.interval(score)}); {rival} reaches "
            f"{metric.text(baseline[part], score)}."
        )
    if rows[part] < ROWS_AT_LEAST and part == "test" and all(finding.rule != "too-few-rows" for finding in findings):
        lines.append(_told_by_few(metric, score, rows, noun, folds))
    if compared is not None:
        lines.append(rows_called(compared, noun))
    if "train" in scores:
        lines += _gap(metric, scores, losses, noun, folds)
    if more_rows is not None:
        lines.append(rows_called(more_rows, noun))
    if epochs > 1:
        by = f", by {criterion}" if criterion else ""
        lines.append(
            f"The weights of epoch {best_epoch} of {epochs} are kept: the best on the validation {plural(noun)}{by}."
        )
    return lines + [_advice(finding) for finding in findings if finding is not doubt]


def _advice(finding: Finding) -> str:
    return f"{capital(sentence(finding.message))} {sentence(finding.fix)}"


def _told_by_few(metric: Metric, score: Estimate, rows: Mapping[str, int], noun: str, folds: int) -> str:
    """What so few test rows cannot tell: half of the interval, and whether others do."""
    half = distance(metric, (score.high - score.low) / 2, score).removeprefix("+")
    words = f"With {counted(rows['test'], f'test {noun}')} nothing smaller than {half}{_unit(metric)} can be told"
    if folds == 1:
        return f"{words}."
    others = counted(rows["valid"], f"training {noun}")
    return f"{words}; the verdict rests on the {others} too, each by a model that did not see it."


def _unit(metric: Metric) -> str:
    """What stands behind a difference."""
    return " points" if metric.share else f" {metric.unit}" if metric.unit else ""


def _beside(metric: Metric, value: float, gap: Estimate) -> str:
    """A value with the decimals of a gap, and its unit."""
    return f"{figure(metric, value, gap)}{'' if metric.share else _unit(metric)}"


def _gap(
    metric: Metric, scores: Mapping[str, Estimate], losses: Mapping[str, Estimate], noun: str, folds: int
) -> list[str]:
    """How much worse the model is on rows that it has not learnt from, by the main metric and by the loss."""
    train, valid = scores["train"], scores["valid"]
    gap = apart(train, valid) if metric.higher_is_better else apart(valid, train)
    low, value, high = (distance(metric, each, gap).removeprefix("+") for each in (gap.low, gap.value, gap.high))
    held_out = f"validation {plural(noun)}" if folds == 1 else f"each {noun} by a model that did not see it"
    both = (
        f"On training {plural(noun)} the {metric.title} is {_beside(metric, train.value, gap)}, on {held_out} "
        f"{_beside(metric, valid.value, gap)}: a gap of {value}{_unit(metric)} (95% interval {low} to {high})."
    )
    if metric == LOG_LOSS or not losses:
        return [both]
    train, valid = losses["train"], losses["valid"]
    gap = apart(valid, train)
    loss = (
        f"The loss is {LOG_LOSS.text(train.value, gap)} and {LOG_LOSS.text(valid.value, gap)}: a gap of "
        f"{LOG_LOSS.text(gap.value, gap)} (95% interval {LOG_LOSS.interval(gap)})."
    )
    return [both, loss]
