"""The rules about data and about a finished run: each speaks on its mistake and keeps quiet beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from goodfit.analysis.verdict import Verdict, judge
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, EndFacts, check_data, check_end, rules
from goodfit.checks.rules.class_imbalance import ClassImbalance
from goodfit.checks.rules.overfitting import Overfitting
from goodfit.checks.selection import Selection
from goodfit.errors import UsageError
from goodfit.stats.estimates import Estimate
from goodfit.tasks.metric import ACCURACY, NDCG_AT_10, RMSE


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
        "kept_train_losses": train_losses,
        "kept_valid_losses": valid_losses,
        "main_metric": ACCURACY,
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


def curve(*levels: float, noise: float = 0.0) -> np.ndarray:
    """(epochs, 400) losses of the same rows around these means."""
    random = np.random.default_rng(1)
    rows = random.normal(0, 0.3, 400)
    losses: np.ndarray = rows - rows.mean() + np.array(levels)[:, None]
    losses += random.normal(0, noise, losses.shape)
    return losses


def test_overfitting_needs_a_rise_beyond_the_noise() -> None:
    fell_and_rose = (0.9, 0.7, 0.5, 0.52, 0.54, 0.56, 0.58, 0.6)
    assert "overfitting" in spoke(end(best_epoch=3, curve=curve(*fell_and_rose, noise=0.3)))
    flat = (0.9, 0.7, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)
    assert "overfitting" not in spoke(end(best_epoch=3, curve=curve(*flat, noise=0.5)))
    assert judge(check_end(end(best_epoch=3, curve=curve(*fell_and_rose)))) is Verdict.OVERFIT
    assert "overfitting" not in spoke(end(best_epoch=3, curve=curve(*fell_and_rose), ended_early=True))


def test_overfitting_is_not_said_where_the_training_loss_rose_as_well() -> None:
    history = [{"epoch": number, "train_loss": 0.1 * number, "valid_loss": 0.1 * number} for number in range(1, 6)]
    assert "overfitting" not in spoke(end(history=history, best_epoch=1, curve=curve(0.5, 0.6, 0.7, 0.8, 0.9)))


def test_underfitting_is_a_loss_still_falling_with_nothing_learnt_by_heart() -> None:
    same = np.random.default_rng(3).normal(0.6, 0.2, 500)
    history = [{"epoch": 1, "train_loss": 0.9, "valid_loss": 0.9}, {"epoch": 2, "train_loss": 0.6, "valid_loss": 0.6}]
    early = {"history": history, "best_epoch": 2, "kept_valid_losses": same}
    assert "underfitting" in spoke(end(**early, kept_train_losses=same))
    assert "underfitting" not in spoke(end(**early, kept_train_losses=same - 0.2))
    rare = np.array([0.005] * 57 + [0.62] * 3)  # one mistake in twenty: far from the training loss, and within chance
    message = next(
        finding.message
        for finding in check_end(end(**early | {"kept_valid_losses": rare}, kept_train_losses=np.full(60, 0.005)))
        if finding.rule == "underfitting"
    )
    assert "higher on validation rows (0.0357) than on training rows (0.0050), though not beyond doubt" in message
    random = np.random.default_rng(5)
    little = {"kept_train_losses": random.normal(1.0, 0.1, 500), "kept_valid_losses": random.normal(1.0, 0.1, 500)}
    message = next(f.message for f in check_end(end(**early | little)) if f.rule == "underfitting")
    assert "by no more than chance explains" in message
    shown = re.findall(r"rows \((.*?)\)", message)
    assert len(set(shown)) == 2, "digits enough to see which is higher"


def test_underfitting_says_no_more_than_the_gap_that_is_shown_beside_it() -> None:
    """Means apart by 2.1 standard errors: within the 1% that the rule asks for, and beyond the interval of 95%."""
    spread = np.tile([-1.0, 1.0], 200)
    by = 2.1 * (2 * float(spread.var(ddof=1)) / 400) ** 0.5
    history = [{"epoch": 1, "train_loss": 9.0, "valid_loss": 9.0}, {"epoch": 2, "train_loss": 5.0, "valid_loss": 5.0}]
    early = {"history": history, "best_epoch": 2, "kept_train_losses": 5 + spread, "kept_valid_losses": 5 + by + spread}
    message = next(f.message for f in check_end(end(**early)) if f.rule == "underfitting")
    assert "higher on validation rows (5.15) than on training rows (5.00), though not beyond doubt" in message
    assert "chance" not in message


def test_a_perfect_model_is_not_underfit() -> None:
    history = [{"epoch": 1, "train_loss": 0.5, "valid_loss": 0.5}, {"epoch": 2, "train_loss": 0.1, "valid_loss": 0.1}]
    same = np.random.default_rng(3).normal(0.1, 0.02, 500)
    early = {"history": history, "best_epoch": 2, "kept_valid_losses": same, "kept_train_losses": same}
    assert "underfitting" in spoke(end(**early))
    assert "underfitting" not in spoke(end(**early, scores=dict.fromkeys(("train", "valid", "test"), estimate(1.0))))


def test_a_fit_of_some_minutes_is_advised_to_take_more_of_them() -> None:
    """--epochs beside --minutes is refused, so that it is no advice."""
    early = {"history": [{"epoch": 1, "train_loss": 0.6, "valid_loss": 0.6}], "best_epoch": 1}
    same = np.random.default_rng(2).normal(0.3, 0.1, 500)
    fixes = {
        minutes: next(
            f.fix for f in check_end(end(**early, kept_train_losses=same, minutes=minutes)) if f.code == "GF411"
        )
        for minutes in (None, 0.3)
    }
    assert fixes[None].startswith("Try --epochs 2, ")
    assert fixes[0.3].startswith("Try more --minutes, such as 0.6, ")


def test_a_fit_cut_short_is_underfit_before_it_is_no_better() -> None:
    """One epoch that has learnt nothing says nothing about what could be learnt; many say that nothing can be."""
    chance = {"scores": dict.fromkeys(("train", "valid", "test"), estimate(0.5))}
    line = {"train_loss": 0.7, "valid_loss": 0.7}
    short = check_end(end(**chance, history=[{"epoch": 1, **line}], best_epoch=1))
    assert {"underfitting", "no-better-than-baseline"} <= {finding.rule for finding in short}
    assert judge(short) is Verdict.UNDERFIT
    flat = check_end(end(**chance, history=[{"epoch": epoch, **line} for epoch in (1, 2, 3)], best_epoch=3))
    assert judge(flat) is Verdict.NO_BETTER_THAN_BASELINE
    assert "On its training rows it is not better either" in next(finding.fix for finding in flat)


def test_classes_that_differ_in_case_or_spaces_alone_are_said() -> None:
    def data(labels: list[str]) -> DataFacts:
        count = len(labels)
        return DataFacts([str(at) for at in range(count)], np.array(labels), np.array(["train"] * count), None)

    said = [each for each in check_data(data(["Yes", "yes", "No"] * 20)) if each.rule == "labels-spelt-alike"]
    (found,) = said
    assert found.message == (
        "classes that differ in case, spaces or signs alone: 'Yes' (20 rows) and 'yes' (20 rows); each is learnt as a "
        "class of its own"
    )
    assert "labels-spelt-alike" in {each.rule for each in check_data(data(["t-shirt", "T Shirt", "coat"] * 20))}
    for fine in (["a", "A", "b"], ["cat", "cart", "car t"[:3]], ["1", "10", "01"]):
        assert "labels-spelt-alike" not in {each.rule for each in check_data(data(fine * 20))}


def test_no_better_than_the_baseline_is_said_by_the_interval() -> None:
    chance = {"train": estimate(0.6), "valid": estimate(0.51), "test": estimate(0.51)}
    assert judge(check_end(end(scores=chance))) is Verdict.NO_BETTER_THAN_BASELINE
    assert "no-better-than-baseline" not in spoke(end(scores={**chance, "test": estimate(0.53)}))


def gains(valid: float, test: float, rows: int = 400, spread: float = 0.5) -> dict[str, np.ndarray]:
    random = np.random.default_rng(7)

    def around(middle: float, count: int) -> np.ndarray:
        values: np.ndarray = random.normal(0, spread, count)
        values += middle - values.mean()
        return values

    return {"train": around(0.3, 500), "valid": around(valid, rows), "test": around(test, rows // 4)}


def test_a_gain_in_the_loss_counts_and_not_the_accuracy() -> None:
    """Of 3% rare rows the accuracy says nothing: 0.97 with and without a model."""
    rare = {"scores": dict.fromkeys(("train", "valid", "test"), estimate(0.97)), "cross_fitted": True}
    rare["baseline"] = dict.fromkeys(("train", "valid", "test"), 0.97)
    assert spoke(end(**rare, gains=gains(0.06, 0.06), trivial_loss=0.14)) == set()
    none = end(**rare, gains=gains(0.0, 0.0, rows=40_000), trivial_loss=0.14)
    assert judge(check_end(none)) is Verdict.NO_BETTER_THAN_BASELINE


def test_with_few_rows_it_is_not_known_and_that_is_said() -> None:
    unknown = end(gains=gains(0.02, 0.02, rows=60), trivial_loss=0.69, cross_fitted=True)
    assert judge(check_end(unknown)) is Verdict.TOO_FEW_ROWS
    eight = {"gains": gains(0.6, 0.6, rows=32, spread=0.01), "trivial_loss": 0.69}
    assert judge(check_end(end(**eight))) is Verdict.TOO_FEW_ROWS, "8 test rows, and a part that chose the epoch"
    assert judge(check_end(end(**eight, cross_fitted=True))) is Verdict.GOOD_FIT, (
        "40 rows by nets that saw none of them"
    )


def test_a_linear_model_that_does_as_well_is_named() -> None:
    random = np.random.default_rng(8)
    known = {"gains": gains(0.3, 0.3), "trivial_loss": 0.69, "cross_fitted": True}
    equal, worse = random.normal(0.0, 0.02, 500), random.normal(0.05, 0.02, 500)
    found = check_end(end(**known, simpler=equal, simpler_arch="linear"))
    assert judge(found) is Verdict.SIMPLER_AS_GOOD
    assert [finding.fix.partition(";")[0] for finding in found if finding.rule == "simpler-model-as-good"] == [
        "Take the linear model, the same fit with --arch linear --rivals none"
    ]
    assert judge(check_end(end(**known, simpler=worse))) is Verdict.GOOD_FIT
    clothes = {"gains": gains(2.05, 2.05, spread=0.5), "trivial_loss": 2.3026, "cross_fitted": True}
    quarter_less = random.normal(0.08, 0.1, 500)  # 4% of the gain; but 0.33 is left where the model has 0.25
    assert judge(check_end(end(**clothes, simpler=quarter_less))) is Verdict.GOOD_FIT
    assert judge(check_end(end(**clothes, simpler=quarter_less - 0.07))) is Verdict.SIMPLER_AS_GOOD
    doubtful = random.normal(0.0, 0.5, 500)
    doubtful -= doubtful.mean()  # it may lose up to a seventh of the gain
    assert judge(check_end(end(**known, simpler=doubtful))) is Verdict.GOOD_FIT


def test_what_is_known_by_heart_is_named() -> None:
    photos = {"train": estimate(1.0), "valid": estimate(0.65), "test": estimate(0.58)}
    sixth = dict.fromkeys(("train", "valid", "test"), 1 / 6)
    assert judge(check_end(end(scores=photos, baseline=sixth))) is Verdict.MEMORISES
    digits = {"train": estimate(1.0), "valid": estimate(0.97), "test": estimate(0.97)}
    assert judge(check_end(end(scores=digits, baseline=sixth))) is Verdict.GOOD_FIT
    houses = {"train": Estimate(5.0, 4.9, 5.1), "valid": Estimate(40.0, 37.0, 43.0), "test": Estimate(40.0, 35.0, 45.0)}
    mean = dict.fromkeys(houses, 80.0)
    assert judge(check_end(end(scores=houses, baseline=mean, main_metric=RMSE))) is Verdict.MEMORISES


def test_what_is_little_better_than_a_guess_is_no_good_fit() -> None:
    """200 kinds: 5% right where a guess has 0.5%, and 4.74 nats left of 5.30 (89.5%)."""
    birds = {"train": estimate(0.15), "valid": estimate(0.06), "test": estimate(0.05)}
    guess = dict.fromkeys(birds, 0.005)
    facts = {"scores": birds, "baseline": guess, "gains": gains(0.555, 0.555), "trivial_loss": 5.298}
    found = check_end(end(**facts, cross_fitted=True))
    assert judge(found) is Verdict.LITTLE_BETTER
    assert [finding.message.partition(": ")[2] for finding in found] == [
        "90% of that loss is left on rows held out; accuracy is 5%, there 0.5%"
    ]
    third = {"train": estimate(0.5), "valid": estimate(0.4), "test": estimate(0.4)}  # 60% of the error is left
    assert judge(check_end(end(**{**facts, "scores": third}, cross_fitted=True))) is Verdict.GOOD_FIT
    assert judge(check_end(end(**{**facts, "gains": gains(1.0, 1.0)}, cross_fitted=True))) is Verdict.GOOD_FIT
    lists = end(**facts, cross_fitted=True, main_metric=NDCG_AT_10)
    assert judge(check_end(lists)) is Verdict.GOOD_FIT


def test_few_equal_rows_are_an_error_only_where_they_change_the_score() -> None:
    """2 of 100 rows: a warning; with a score that falls out of its own interval without them an error."""
    parts, digests = ["train"] * 300 + ["test"] * 100, [f"row {row}" for row in range(400)]
    digests[300:302] = digests[:2]
    facts = replace(data(["a", "b"] * 200, parts, digests), columns={"age": np.arange(400.0)})
    found = [each for each in check_data(facts) if each.rule.startswith("train-rows")]
    assert [each.level for each in found] == [Level.WARNING]
    assert judge(found) is Verdict.GOOD_FIT
    assert "train-rows-in-validation" not in spoke(end(scores_without_copies={"test": 0.9}))
    assert judge(check_end(end(scores_without_copies={"test": 0.7}))) is Verdict.NOT_TO_BE_TRUSTED


def test_rows_of_few_values_are_equal_by_chance() -> None:
    """Two columns of 5 values: two rows agree with 1/25, so that nearly every row has a twin among 300."""
    random = np.random.default_rng(9)
    columns = {name: random.integers(0, 5, 400).astype(np.float64) for name in "ab"}
    digests = [f"{one} {other}" for one, other in zip(columns["a"], columns["b"], strict=True)]
    parts = np.array(["train"] * 300 + ["test"] * 100)
    facts = DataFacts([str(row) for row in range(400)], None, parts, digests, None, columns)
    found = [each for each in check_data(facts) if each.rule == "train-rows-in-validation"]
    assert [each.level for each in found] == [Level.NOTICE]
    assert "by chance it would be 100.0%" in found[0].message


def test_a_second_look_at_the_test_rows_is_told() -> None:
    assert spoke(end(looks_at_test=2)) == {"test-set-reused"}


def data(labels: list[str], parts: list[str], digests: list[str] | None = None) -> DataFacts:
    return DataFacts(
        [f"{row}.png" for row in range(len(parts))], np.array(labels), np.array(parts), digests, inputs=digests
    )


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


@pytest.mark.parametrize(("test", "said"), [(["no"] * 8, True), (["no"] * 7 + ["yes"], False), (["no"] * 3, False)])
def test_test_rows_of_one_class_are_told(test: list[str], said: bool) -> None:
    labels, parts = ["no", "yes"] * 20 + test, ["train"] * 40 + ["test"] * len(test)
    found = [finding for finding in check_data(data(labels, parts)) if finding.rule == "one-class-in-test"]
    assert bool(found) == said
    assert all("all 8 test rows are of the class 'no'" in finding.message for finding in found)


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


def test_a_leak_is_not_to_be_trusted_also_of_few_rows_and_of_numbers_with_a_tail() -> None:
    random = np.random.default_rng(6)
    tail = random.standard_t(2, 120)  # the largest of 120 outweighs all others in a sum of squares
    facts = DataFacts(
        [str(row) for row in range(120)], None, np.array(["train"] * 120), None, tail,
        {"refund": 3 * tail + random.normal(0, 0.01, 120), "half": tail + random.normal(0, 1, 120)},
    )  # fmt: skip
    found = check_data(facts)
    assert [finding.rule for finding in found] == ["target-leakage"]
    assert "'refund'" in found[0].message
    assert judge(found) is Verdict.NOT_TO_BE_TRUSTED


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
