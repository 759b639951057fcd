"""The verdict: in a few plain words whether the fit is good, and in sentences why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from goodfit.checks.finding import Finding, Level
from goodfit.stats.estimates import Estimate

# Without an error of any rule, the first rule here that spoke names the verdict.
WORDS = {
    "train-rows-in-validation": "not to be trusted",
    "no-better-than-baseline": "no better than the baseline",
    "overfitting": "overfit",
    "underfitting": "underfit",
}


def verdict_words(findings: Sequence[Finding]) -> str:
    if any(finding.level is Level.ERROR for finding in findings):
        return "not to be trusted"
    mild = {("train-rows-in-validation", Level.NOTICE)}
    spoke = {finding.rule for finding in findings if (finding.rule, finding.level) not in mild}
    return next((words for rule, words in WORDS.items() if rule in spoke), "good fit")


def sentences(
    findings: Sequence[Finding],
    *,
    main_metric: str,
    scores: Mapping[str, Estimate],
    baseline: Mapping[str, float],
    rival: str,
    best_epoch: int,
    epochs: int,
    rows: Mapping[str, int],
) -> list[str]:
    """What a person reads under the verdict."""
    part = "test" if "test" in scores else "valid"
    name = {"test": "test", "valid": "validation"}[part]
    score = scores[part]
    said = [
        (
            f"On {rows[part]:,} {name} rows the {main_metric.replace('_', ' ')} is {score.value:.4g} "
            f"(95% interval {score.low:.4g} to {score.high:.4g}); {rival} reaches {baseline[part]:.4g}."
        )
    ]
    if "train" in scores:
        said.append(
            f"On training rows it is {scores['train'].value:.4g}, on validation rows {scores['valid'].value:.4g}."
        )
    said.append(f"The weights of epoch {best_epoch} of {epochs} are kept: the best on the validation rows.")
    said += [f"{finding.message[0].upper()}{finding.message[1:]}. {finding.fix}." for finding in findings]
    return said
