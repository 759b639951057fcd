"""The rules about data and about a finished run: each speaks on its mistake and keeps quiet beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from goodfit.analysis.verdict import Verdict, judge
from goodfit.checks.finding import Finding
from goodfit.checks.rule import DataFacts, EndFacts, check_data, check_end, rules
from goodfit.checks.rules.class_imbalance import ClassImbalance
from goodfit.checks.rules.overfitting import Overfitting
from goodfit.checks.selection import Selection
from goodfit.errors import UsageError
from goodfit.stats.estimates import Estimate


def estimate(value: float, half: float = 0.02) -> Estimate:
    return Estimate(value, value - half, value + half)


def end(**changes: Any) -> EndFacts:
    """A run that nothing is to be said of."""
    random = np.random.default_rng(0)
    train_losses, valid_losses = random.normal(0.2, 0.1, 500), random.normal(0.3, 0.1, 500)
    facts: dict[str, Any] = {
        "history": [
            {"epoch": number, "train_loss": 1 / number, "valid_loss": 1 / number + 0.1} for number in range(1, 9)
        ],
        "best_epoch": 8,
        "lowest_epoch": 8,
        "losses_at_lowest": valid_losses,
        "losses_at_end": valid_losses,
        "kept_train_losses": train_losses,
        "kept_valid_losses": valid_losses,
        "main_metric": "accuracy",
        "greater_is_better": True,
        "scores": {"train": estimate(0.95), "valid": estimate(0.9), "test": estimate(0.9)},
        "baseline": {"train": 0.5, "valid": 0.5, "test": 0.5},
        "rival": "the trivial predictor",
        "looks_at_test": 1,
    }
    return EndFacts(**{**facts, **changes})


def spoke(facts: EndFacts) -> set[str]:
    return {finding.rule for finding in check_end(facts)}


def test_nothing_is_said_of_a_good_run() -> None:
    assert spoke(end()) == set()
    assert judge(check_end(end())) is Verdict.GOOD_FIT


def test_overfitting_needs_a_rise_beyond_the_noise() -> None:
    random = np.random.default_rng(1)
    lowest = random.normal(0.5, 0.3, 400)
    risen = {"lowest_epoch": 3, "best_epoch": 3, "losses_at_lowest": lowest}
    assert "overfitting" in spoke(end(**risen, losses_at_end=lowest + random.normal(0.1, 0.3, 400)))
    noise = random.normal(0, 0.5, 400)
    assert "overfitting" not in spoke(end(**risen, losses_at_end=lowest + noise - noise.mean() + 0.02))
    assert judge(check_end(end(**risen, losses_at_end=lowest + 0.2))) is Verdict.OVERFIT


def test_overfitting_is_not_said_where_the_training_loss_rose_as_well() -> None:
    lowest = np.full(400, 0.5) + np.random.default_rng(2).normal(0, 0.1, 400)
    history = [{"epoch": number, "train_loss": 0.1 * number, "valid_loss": 0.1 * number} for number in range(1, 6)]
    assert "overfitting" not in spoke(
        end(history=history, lowest_epoch=1, best_epoch=1, losses_at_lowest=lowest, losses_at_end=lowest + 0.3)
    )


def test_underfitting_is_a_loss_still_falling_with_nothing_learnt_by_heart() -> None:
    same = np.random.default_rng(3).normal(0.6, 0.2, 500)
    history = [{"epoch": 1, "train_loss": 0.9, "valid_loss": 0.9}, {"epoch": 2, "train_loss": 0.6, "valid_loss": 0.6}]
    early = {"history": history, "best_epoch": 2, "lowest_epoch": 2, "kept_valid_losses": same}
    assert "underfitting" in spoke(end(**early, kept_train_losses=same))
    assert "underfitting" not in spoke(end(**early, kept_train_losses=same - 0.2))


def test_no_better_than_the_baseline_is_said_by_the_interval() -> None:
    chance = {"train": estimate(0.6), "valid": estimate(0.51), "test": estimate(0.51)}
    assert judge(check_end(end(scores=chance))) is Verdict.NO_BETTER_THAN_BASELINE
    assert "no-better-than-baseline" not in spoke(end(scores={**chance, "valid": estimate(0.53)}))


def test_a_second_look_at_the_test_rows_is_told() -> None:
    assert spoke(end(looks_at_test=2)) == {"test-set-reused"}


def data(labels: list[str], parts: list[str], digests: list[str] | None = None) -> DataFacts:
    return DataFacts([f"{row}.png" for row in range(len(parts))], np.array(labels), np.array(parts), digests)


def test_a_training_row_in_the_test_part_is_found_by_its_content() -> None:
    facts = data(["a", "b", "a", "b"], ["train", "train", "valid", "test"], ["p", "q", "r", "q"])
    found = [finding for finding in check_data(facts) if finding.rule == "train-rows-in-validation"]
    assert len(found) == 1
    assert "1 of 1 test rows (100.0%)" in found[0].message
    assert "3.png = 1.png" in found[0].message
    assert judge(found) is Verdict.NOT_TO_BE_TRUSTED


@pytest.mark.parametrize(("rare", "said"), [(5, True), (20, False)])
def test_a_rare_class_is_told(rare: int, said: bool) -> None:
    labels = ["common"] * (1000 - rare) + ["rare"] * rare
    found = {finding.rule for finding in check_data(data(labels, ["train"] * 1000))}
    assert ("class-imbalance" in found) == said


def leaky(column: np.ndarray, targets: np.ndarray, *, classes: bool) -> set[str]:
    parts = np.array(["train"] * 600 + ["valid"] * 200)
    labels = targets.astype(str) if classes else None
    facts = DataFacts([str(row) for row in range(800)], labels, parts, None, targets, {"odd": column})
    return {finding.rule for finding in check_data(facts)}


def test_a_column_that_tells_the_target_alone_is_found() -> None:
    random = np.random.default_rng(4)
    targets = random.integers(0, 3, 800)
    assert leaky(targets + random.normal(0, 0.05, 800), targets, classes=True) == {"target-leakage"}
    assert leaky(targets + random.normal(0, 0.5, 800), targets, classes=True) == set()  # right in about 7 of 10
    numbers = random.normal(0, 1, 800)
    assert leaky(3 * numbers + 7, numbers, classes=False) == {"target-leakage"}
    assert leaky(numbers + random.normal(0, 0.5, 800), numbers, classes=False) == set()
    rare = (random.random(800) < 0.02).astype(int)
    assert leaky(rare.astype(float), rare, classes=True) <= {"class-imbalance"}  # always naming one is right as often


def test_a_column_that_numbers_rows_sorted_by_the_target_is_found() -> None:
    random = np.random.default_rng(5)
    parts = random.permutation(np.array(["train"] * 600 + ["valid"] * 200))
    classes = np.repeat([0, 1, 2, 3], 200)

    def rules_of(column: np.ndarray, targets: np.ndarray, *, classes: bool = True, name: str = "number") -> set[str]:
        labels = targets.astype(str) if classes else None
        facts = DataFacts([str(row) for row in range(800)], labels, parts, None, targets, {name: column})
        return {finding.rule for finding in check_data(facts)} - {"target-leakage"}

    counter = np.arange(800) + random.normal(0, 2, 800)
    assert rules_of(counter, classes) == {"row-order-leakage"}
    assert rules_of(-counter, classes * 1.5, classes=False) == {"row-order-leakage"}
    assert rules_of(counter, random.permutation(classes)) == set()  # the order says nothing
    assert rules_of(random.permutation(counter), classes) == set()  # the column does not follow it
    assert rules_of(classes.astype(float), classes) == set()  # a measurement with few values
    assert rules_of(counter, classes, name="when days") == set()  # time goes by


def crash(*_: Any) -> Any:
    raise ValueError("by design")


def test_a_rule_about_data_or_the_end_that_fails_is_a_finding_and_the_others_speak(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Overfitting, "at_end", crash)
    findings = check_end(end(looks_at_test=2))
    assert [finding.code for finding in findings] == ["GF409", "GF000"]
    assert "the rule overfitting failed with ValueError: by design" in findings[1].message
    monkeypatch.setattr(ClassImbalance, "check", crash)
    leak = data(["a", "b", "a", "b"], ["train", "train", "valid", "test"], ["p", "q", "r", "q"])
    assert [finding.code for finding in check_data(leak)] == ["GF405", "GF000"]
    assert [finding.code for finding in check_data(leak, Selection(ignore=["GF507"]).rules())] == ["GF405"]
    assert check_data(leak, []) == []
    with pytest.raises(ValueError, match="by design"):
        check_end(end(), strict=True)
    with pytest.raises(ValueError, match="by design"):
        check_data(leak, strict=True)


def test_what_a_rule_found_before_it_failed_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def two_then_crash(rule: ClassImbalance, facts: DataFacts) -> Iterator[Finding]:
        yield rule.finding("one", "fix it")
        yield rule.finding("two", "fix it")
        raise ValueError("by design")

    monkeypatch.setattr(ClassImbalance, "check", two_then_crash)
    findings = check_data(data(["a", "b"], ["train", "valid"]))
    assert [finding.rule for finding in findings] == ["class-imbalance", "class-imbalance", "rule-failed"]


def test_a_choice_of_rules_that_are_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no rule 'GF99'"):
        Selection(select=["GF99"])
    with pytest.raises(UsageError, match="there is no rule 'overfit'"):
        Selection(ignore=["overfit"])
    assert {rule.name for rule in Selection("GF41", ["overfitting", "GF413"]).rules()} == {
        "rule-failed", "underfitting", "no-better-than-baseline", "near-duplicates", "row-order-leakage",
        "weights-not-loaded", "loads-itself", "input-scale-differs", "frozen-norm-learns",
    }  # fmt: skip


def test_every_rule_has_a_code_of_its_own_and_a_page_in_full() -> None:
    codes = [rule.code for rule in rules()]
    assert len(set(codes)) == len(codes)
    for rule in rules():
        for heading in ("What it checks", "Why it hurts", "Example", "Instead", "When it is a false alarm", "Cost"):
            assert f"\n{heading}\n" in rule.page, rule.name
