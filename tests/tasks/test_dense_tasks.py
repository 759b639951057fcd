"""Segmentation and restoration: losses, scores and intervals against scikit-learn, SciPy and sums written out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import ndimage
from scipy.special import expit, logit
from scipy.stats import binomtest, t
from sklearn.metrics import confusion_matrix, jaccard_score, log_loss
from torch import Tensor

from goodfit.errors import ModelError, UsageError
from goodfit.stats.estimates import mean_of_ratios
from goodfit.tasks import from_json
from goodfit.tasks.restoration import Restoration, psnr, ssim
from goodfit.tasks.segmentation import Segmentation

CLASSES, VOID = 4, 9


def example(n: int = 12, high: int = 9, wide: int = 7, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Logits that know something of masks with void pixels; class 3 never occurs."""
    random = np.random.default_rng(seed)
    y = random.integers(0, CLASSES - 1, (n, high, wide))
    out = random.normal(0, 1, (n, CLASSES, high, wide)) + 1.5 * (np.arange(CLASSES)[:, None, None] == y[:, None])
    out[:, 3] -= 20
    y[random.random(y.shape) < 0.1] = VOID
    return torch.from_numpy(out).float(), torch.from_numpy(y).to(torch.uint8)


def task() -> Segmentation:
    return Segmentation(("a", "b", "c", "d"), VOID)


def flat(out: Tensor, y: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Truth and prediction of all pixels that count."""
    counted = (y != VOID).numpy()
    return y.numpy()[counted], out.argmax(1).numpy()[counted]


def test_scores_are_those_of_scikit_learn() -> None:
    out, y = example()
    kept, counts = task().keep(out, out, y)
    truth, said = flat(out, y)
    per_class = jaccard_score(truth, said, labels=[0, 1, 2], average=None)
    found = task().metrics(kept, counts)
    assert found["iou"].value == pytest.approx(per_class.mean(), abs=1e-6)  # class 3 occurs nowhere
    assert found["pixel_accuracy"].value == pytest.approx((truth == said).mean(), abs=1e-6)
    assert task().score(kept, counts) == pytest.approx(per_class.mean(), abs=1e-6)
    details = task().details(kept, counts)
    np.testing.assert_array_equal(details["confusion"], confusion_matrix(truth, said, labels=range(CLASSES)))
    assert [row["iou"] for row in details["per_area"][:3]] == pytest.approx(per_class.tolist(), abs=1e-6)
    assert details["per_area"][3]["iou"] is None
    np.testing.assert_array_equal(counts.numpy(), task().keep_targets(y).numpy())


def test_the_iou_of_an_image_is_that_of_scikit_learn_over_the_classes_in_it() -> None:
    out, y = example()
    y[5] = VOID  # nothing to be wrong in
    kept, targets = task().keep(out, out, y)
    (metric, values), *others = task().row_figures(kept, targets).items()
    assert (metric.name, others) == ("image_iou", [])
    for at in range(len(y)):
        true, given = flat(out[at : at + 1], y[at : at + 1])
        labels = sorted({*true.tolist(), *given.tolist()})
        expected = jaccard_score(true, given, labels=labels, average="macro") if labels else 1.0
        assert float(values[at]) == pytest.approx(expected)


def test_an_images_loss_is_that_of_its_counted_pixels() -> None:
    out, y = example()
    weights = (0.5, 2.0, 3.0, 1.0)
    made = Segmentation(("a", "b", "c", "d"), VOID, "cross-entropy", weights)
    kept, counts = made.keep(out, out, y)
    shares = out.double().softmax(1).permute(0, 2, 3, 1).numpy()
    plain = []
    for row in range(len(y)):
        counted = (y[row] != VOID).numpy()
        truth, said = y[row].numpy()[counted], shares[row][counted]
        plain.append(log_loss(truth, said, labels=range(CLASSES)))
        weighted = log_loss(truth, said, labels=range(CLASSES), sample_weight=np.array(weights)[truth])
        assert float(made.row_losses(kept, y)[row]) == pytest.approx(weighted, abs=1e-5)
    assert made.metrics(kept, counts)["log_loss"].value == pytest.approx(np.mean(plain), abs=1e-5)


@pytest.mark.parametrize("loss", ["cross-entropy", "dice", "focal"])
def test_an_images_loss_is_that_of_a_batch_of_it_alone(loss: str) -> None:
    out, y = example()
    made = Segmentation(("a", "b", "c", "d"), VOID, loss, (0.5, 2.0, 3.0, 1.0))
    kept = made.row_losses(made.keep(out, out, y)[0], y)
    alone = [float(made.loss(out[row : row + 1], y[row : row + 1])) for row in range(len(y))]
    assert kept.tolist() == pytest.approx(alone, abs=1e-5)


def test_the_interval_of_the_iou_is_that_of_a_bootstrap_over_images() -> None:
    out, y = example(n=60)
    kept, counts = task().keep(out, out, y)
    found = task().metrics(kept, counts)["iou"]
    random = np.random.default_rng(0)
    draws = []
    for _ in range(400):
        rows = torch.from_numpy(random.integers(0, 60, 60))
        truth, said = flat(out[rows], y[rows])
        draws.append(jaccard_score(truth, said, labels=[0, 1, 2], average="macro"))
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.std(draws), rel=0.15)


def test_the_ratio_estimator_on_a_case_by_hand() -> None:
    """Parts 1/2 and 3/6: the ratio is 4/8, and 1/2 without either of them."""
    found = mean_of_ratios(np.array([[1.0], [3.0]]), np.array([[2.0], [6.0]]))
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)
    # parts 0/4 and 4/4: ratio 1/2, without one of them 1 or 0, error sqrt(1/2 * 2/4) = 1/2; Student's 12.706 of one
    # degree of freedom is then 25.4 on the logit scale
    found = mean_of_ratios(np.array([[0.0], [4.0]]), np.array([[4.0], [4.0]]))
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.0, 1.0), abs=1e-10)


def test_a_class_in_few_images_is_known_as_badly_as_from_so_few() -> None:
    """Two classes, of which one is in 5 of 40 images: degrees of freedom by Satterthwaite's formula."""
    random = np.random.default_rng(3)
    below = np.ones((40, 2))
    below[5:, 1] = 0
    above = below * random.beta(18, 2, size=(40, 2))
    found = mean_of_ratios(above, below)
    kept = [np.delete(np.arange(40), at) for at in range(40)]
    each = np.array([above[rows].sum(axis=0) / below[rows].sum(axis=0) for rows in kept])
    variances = 39 / 40 * ((each - each.mean(axis=0)) ** 2).sum(axis=0)
    error = np.sqrt(39 / 40 * ((each.mean(axis=1) - each.mean()) ** 2).sum())
    degrees = variances.sum() ** 2 / (variances[0] ** 2 / 39 + variances[1] ** 2 / 4)
    assert degrees < 6
    reach = t.ppf(0.975, degrees) * error / (found.value * (1 - found.value))
    assert found.low <= expit(logit(found.value) - reach) + 1e-9
    assert found.high >= expit(logit(found.value) + reach) - 1e-9
    assert found.high - found.low < 2.2 * t.ppf(0.975, degrees) * error


def test_a_class_that_is_right_in_every_image_counts_the_images_that_have_it() -> None:
    """In 4 of 40 images, and all right there: four of four, not forty of forty."""
    below = np.zeros((40, 1))
    below[:4] = 1
    found = mean_of_ratios(below, below)
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(binomtest(4, 4).proportion_ci(method="wilson").low)


def test_weights_follow_one_over_the_fourth_root_of_the_share() -> None:
    y = torch.zeros(2, 10, 10, dtype=torch.uint8)
    y[:, 0, :4] = 1  # 8 of 200 pixels
    y[:, 9] = VOID  # 20 do not count
    made = task()
    made = made.fitted_to(y, None)
    assert made.loss_name == "dice"
    shares = np.array([172 / 180, 8 / 180])
    weights = shares**-0.25
    assert made.weights == pytest.approx([*(weights / (weights * shares).sum()), 0, 0])


def test_losses_against_sums_written_out() -> None:
    out, y = example(n=3)
    truth = y.numpy()
    counted = truth != VOID
    shares = out.double().softmax(1).numpy()
    of_truth = np.take_along_axis(shares, np.where(counted, truth, 0)[:, None].astype(int), axis=1)[:, 0]
    each = -np.log(of_truth)
    made = replace(task(), loss_name="cross-entropy")
    assert float(made.loss(out, y)) == pytest.approx(each[counted].mean(), abs=1e-5)
    made = replace(made, loss_name="focal")
    assert float(made.loss(out, y)) == pytest.approx(((1 - of_truth) ** 2 * each)[counted].mean(), abs=1e-5)
    made = replace(made, loss_name="dice")
    dice = []
    for number in range(3):  # those that occur
        a, b = shares[:, number] * counted, (truth == number) & counted
        dice.append(1 - 2 * (a * b).sum() / (a.sum() + b.sum()))
    assert float(made.loss(out, y)) == pytest.approx(each[counted].mean() + np.mean(dice), abs=1e-5)


@pytest.mark.parametrize("loss", ["cross-entropy", "dice", "focal"])
def test_images_without_a_counted_pixel_teach_nothing(loss: str) -> None:
    made = Segmentation(("a", "b"), VOID, loss)
    out = torch.randn(2, 2, 4, 4, requires_grad=True)
    value = made.loss(out, torch.full((2, 4, 4), VOID, dtype=torch.uint8))
    value.backward()
    assert value.item() == 0
    assert out.grad is not None
    assert not out.grad.any()


def test_the_baseline_is_the_commonest_class_everywhere() -> None:
    _, y = example()
    y_train = task().keep_targets(y)
    truth, _ = flat(torch.zeros(len(y), CLASSES, *y.shape[1:]), y)
    top = np.bincount(truth).argmax()
    found = task().baseline(y_train, y_train, torch.zeros(0))
    assert found["pixel_accuracy"] == pytest.approx((truth == top).mean())
    expected = jaccard_score(truth, np.full(len(truth), top), labels=[0, 1, 2], average="macro")
    assert found["iou"] == pytest.approx(expected)


def test_a_net_of_another_size_is_refused() -> None:
    with pytest.raises(ModelError, match="4 classes for every pixel"):
        task().loss(torch.zeros(2, 4, 5, 5), torch.zeros(2, 6, 6, dtype=torch.uint8))
    with pytest.raises(UsageError, match="--loss hinge"):
        task().fitted_to(torch.zeros(2, 4, 4, dtype=torch.uint8), "hinge")


def test_tasks_go_through_json() -> None:
    for made in (Segmentation(("a", "b"), 3, "dice", (1.0, 2.0), mirrored=True), Restoration(3, "mse", turned=True)):
        assert from_json({"name": made.name, **made.to_json()}) == made


def test_where_it_counts_an_image_is_looked_at_both_ways() -> None:
    """A net that gives each pixel its column's number: with the mirrored one the mean is the same everywhere."""

    class Columns(torch.nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.arange(5.0).expand(len(x), 1, 3, 5) + x

    x = torch.rand(2, 1, 3, 5)
    torch.testing.assert_close(Restoration(1, mirrored=True).predict(Columns(), x), x + 2)
    torch.testing.assert_close(Restoration(1).predict(Columns(), x), x + torch.arange(5.0))

    class Places(torch.nn.Module):
        """Another number for each pixel, 0 to 14: turned and mirrored ones have the mean 7 everywhere."""

        def forward(self, x: Tensor) -> Tensor:
            return torch.arange(15.0).view(1, 1, 3, 5) + x

    torch.testing.assert_close(Restoration(1, mirrored=True, turned=True).predict(Places(), x), x + 7)
    upside = x + torch.arange(15.0).view(1, 1, 3, 5).add(torch.arange(15.0).view(1, 1, 3, 5).flip(2)) / 2
    torch.testing.assert_close(Restoration(1, turned=True).predict(Places(), x), upside)


def test_psnr_by_hand() -> None:
    truth = torch.full((2, 3, 4, 4), 100.0)
    said = truth + torch.tensor([5.0, 0.0]).view(2, 1, 1, 1)
    assert psnr(said, truth).tolist() == pytest.approx([10 * np.log10(255**2 / 25), 100.0])


@pytest.mark.parametrize("shape", [(30, 41), (11, 11), (5, 8)])
def test_ssim_against_scipys_gaussian(shape: tuple[int, int]) -> None:
    """Wang et al. 2004 with the window as SciPy makes it (radius 5 = int(3.5 * 1.5 + 0.5)), its borders cut off."""
    random = np.random.default_rng(0)
    one = ndimage.gaussian_filter(random.uniform(0, 255, shape), 1.0)
    two = np.clip(one + random.normal(0, 12, shape), 0, 255)
    x, y = (torch.from_numpy(each)[None, None].expand(1, 2, *shape) for each in (one, two))
    found = float(ssim(x, y))
    if min(shape) < 11:
        assert 0 < found < 1
        assert float(ssim(x, x)) == pytest.approx(1.0)
        return

    def smooth(values: np.ndarray) -> np.ndarray:
        return np.asarray(ndimage.gaussian_filter(values, 1.5, truncate=3.5))[5:-5, 5:-5]

    means = smooth(one), smooth(two)
    variances = smooth(one**2) - means[0] ** 2, smooth(two**2) - means[1] ** 2
    both = smooth(one * two) - means[0] * means[1]
    c1, c2 = 2.55**2, 7.65**2
    values = (2 * means[0] * means[1] + c1) * (2 * both + c2)
    values = values / ((means[0] ** 2 + means[1] ** 2 + c1) * (variances[0] + variances[1] + c2))
    assert found == pytest.approx(values.mean(), abs=1e-6)


def test_restoration_scores_the_output_as_bytes_and_the_input_beside_it() -> None:
    random = np.random.default_rng(0)
    clean = torch.from_numpy(random.integers(0, 256, (4, 3, 16, 16)).astype(np.uint8))
    x = (clean.float() + 20).clamp(max=255) / 255
    out = clean.float() / 255 + 0.001  # a quarter of a step: rounds to the clean bytes
    kept, y = Restoration(3).keep(x, out, clean)
    found = Restoration(3).metrics(kept, y)
    assert found["psnr"].value == 100.0
    given = ((clean.float() + 20).clamp(max=255) - clean.float()).square().mean((1, 2, 3)).numpy()
    base = Restoration(3).baseline(y, y, kept)
    assert base["psnr"] == pytest.approx((10 * np.log10(255**2 / given)).mean(), abs=1e-4)
    assert found["psnr_gain"].value == pytest.approx(100 - base["psnr"], abs=1e-4)


def test_the_feature_loss_is_l1_and_the_distance_of_the_maps() -> None:
    class Doubled(torch.nn.Module):
        def features(self, x: Tensor) -> list[Tensor]:
            return [2 * x, x.mean((2, 3), keepdim=True)]

    out, y = torch.full((2, 3, 4, 4), 0.5), torch.full((2, 3, 4, 4), 51, dtype=torch.uint8)  # 51 / 255 = 0.2
    made = Restoration(3, "feature", feature_net=Doubled())
    assert float(made.loss(out, y)) == pytest.approx(0.3 + 0.1 * (0.6 + 0.3) / 2)
    assert float(Restoration(3, "mse").loss(out, y)) == pytest.approx(0.09)
    with pytest.raises(UsageError, match="--feature-net"):
        Restoration(3, "feature").loss(out, y)
    loaded = Restoration(3, "feature")  # without a net
    for task, loss in ((made, 0.3 + 0.1 * (0.6 + 0.3) / 2), (loaded, 0.3)):
        kept, _ = task.keep(out, out, y, whole=False)
        assert task.row_losses(kept, y).tolist() == pytest.approx([loss, loss])


@pytest.mark.parametrize(("loss", "one", "two"), [("l1", 0.3, 0.1), ("mse", 0.09, 0.01)])
def test_a_restored_images_loss_is_the_one_that_training_descends(loss: str, one: float, two: float) -> None:
    """The history's columns of training and validation are then of the same thing."""
    out, y = torch.full((2, 3, 12, 12), 0.5), torch.full((2, 3, 12, 12), 51, dtype=torch.uint8)  # 51 / 255 = 0.2
    out[1] = 0.3
    made = Restoration(3, loss)
    for whole in (False, True):
        kept, _ = made.keep(out, out, y, whole=whole)
        assert made.row_losses(kept, y).tolist() == pytest.approx([one, two], abs=1e-6)
    assert float(made.loss(out, y)) == pytest.approx((one + two) / 2)
