"""The defaults, as a table of cases: what is chosen for which rows, net and task. No fit, no data."""

from __future__ import annotations

from typing import Any

import pytest

from goodfit.errors import UsageError
from goodfit.fitting.defaults import Facts, usual_batch_size, usual_choices, usual_epochs
from goodfit.fitting.effort import Effort
from goodfit.fitting.net import usual_architecture
from goodfit.fitting.options import FitOptions
from goodfit.nets import Recipe, architecture
from goodfit.tasks import known_tasks
from goodfit.tasks.classification import Classification
from goodfit.tasks.regression import Regression
from goodfit.tasks.restoration import Restoration
from goodfit.tasks.segmentation import Segmentation

CLASSES = Classification(("cat", "dog"))
NUMBER = Regression((0.0,), (1.0,))
MASKS = Segmentation(("road", "sky"))
CLEAN = Restoration(3)
RATINGS = architecture("factors").recipes["ratings"]
RECIPE = Recipe(
    learning_rate=0.01, weight_decay=0.1, batch_size=256, rows_to_see=40_000, optimiser="muon", why="measured"
)


def facts(train_rows: int = 1_000, **more: Any) -> Facts:
    return Facts(**{"train_rows": train_rows, "channels": None, "accelerator": False, "task": CLASSES, **more})


@pytest.mark.parametrize(
    ("rows", "epochs"),
    [
        (100, 57),  # 265 / 100^(1/3) = 57.09
        (1_000, 26),  # 26.5, and round() takes the even neighbour
        (8_000, 13),  # 13.25
        (54_000, 7),  # 7.01
        (1_000_000, 6),  # 2.65, but never fewer than six
        (20, 60),  # 97.6, but never more than sixty
    ],
)
def test_epochs_fall_with_the_cube_root_of_the_rows(rows: int, epochs: int) -> None:
    assert usual_epochs(facts(rows)) == epochs


@pytest.mark.parametrize(("rows", "size"), [(80_000, 2048), (1_024_000, 2048), (1_024_001, 4096), (16_000_000, 32_768)])
def test_the_batch_of_ratings_doubles_until_an_epoch_has_500_steps(rows: int, size: int) -> None:
    assert usual_batch_size(facts(rows, recipe=RATINGS)) == size


def test_a_recipe_says_how_many_rows_are_to_be_seen() -> None:
    assert usual_epochs(facts(1_000, recipe=RECIPE)) == 40
    assert usual_epochs(facts(100, recipe=RECIPE)) == 60
    assert usual_epochs(facts(40_000, recipe=RECIPE)) == 6


def test_fine_tuning_takes_six_epochs() -> None:
    assert usual_epochs(facts(100, pretrained=True)) == 6


@pytest.mark.parametrize(
    ("rows", "accelerator", "size"),
    [
        (1_000, False, 64),
        (400, False, 32),
        (30, False, 8),
        (60_000, False, 64),
        (60_000, True, 256),
        (49_999, True, 64),
    ],
)
def test_an_epoch_has_eight_steps_or_batches_of_eight(rows: int, accelerator: bool, size: int) -> None:
    assert usual_batch_size(facts(rows, accelerator=accelerator)) == size


@pytest.mark.parametrize(
    ("in_shape", "output", "accelerator", "arch"),
    [
        ((3, 32, 32), "row", False, "convnet"),
        ((3, 96, 96), "row", False, "convnet"),
        ((1, 28, 28), "row", True, "resnet18"),
        ((7,), "row", False, "mlp"),
        ((3, 180, 240), "image", False, "unet-resnet10"),
        ((3, 180, 240), "image", True, "unet-resnet18"),
    ],
)
def test_the_architecture_follows_the_shape(
    in_shape: tuple[int, ...], output: str, accelerator: bool, arch: str
) -> None:
    assert usual_architecture(in_shape, output, accelerator=accelerator)[0] == arch


@pytest.mark.parametrize(
    ("case", "augment"),
    [
        ({"channels": 3}, "standard"),
        ({"channels": 3, "train_rows": 54_000}, "mirror"),
        ({"channels": 1}, "light"),
        ({"channels": 1, "train_rows": 54_000}, "none"),
        ({"channels": 3, "task": MASKS}, "scenes"),
        ({"channels": 3, "task": CLEAN}, "pieces"),
        ({"channels": None}, "none"),
        ({"channels": 3, "effort": Effort(64, 30)}, "mirror"),  # of plain nets with Muon
        ({"channels": 1, "effort": Effort(48, 5)}, "light"),
        ({"channels": 1, "effort": Effort(48, 4)}, "none"),
    ],
)
def test_augmentation_follows_colour_epochs_and_task(case: dict[str, Any], augment: str) -> None:
    usual = usual_choices(FitOptions(), facts(**case))
    assert usual.augment == augment
    assert any(choice.name == "augmentation" for choice in usual.choices) == (case["channels"] is not None)


def test_a_head_on_frozen_features_sees_nothing_mirrored() -> None:
    usual = usual_choices(FitOptions(), facts(channels=3, pretrained=True, frozen_start=True))
    assert usual.augment == "none"
    tuned = usual_choices(FitOptions(epochs=6), facts(channels=3, pretrained=True, frozen_start=True))
    assert tuned.augment == "mirror"


def test_epochs_are_those_that_can_be_afforded_and_the_line_says_the_time() -> None:
    usual = usual_choices(
        FitOptions(), facts(54_000, channels=1, effort=Effort(48, 5, None, "about 900 images a second"))
    )
    assert usual.epochs == 5
    assert next(each.why for each in usual.choices if each.name == "epochs") == "about 900 images a second"


@pytest.mark.parametrize(
    ("case", "smoothing"),
    [
        ({"channels": 3}, 0.1),
        ({"channels": 3, "own_net": True}, 0.0),
        ({"channels": None}, 0.0),
        ({"channels": None, "task": NUMBER}, None),  # has no meaning there: nothing is said of it
    ],
)
def test_label_smoothing_is_for_classes_of_images(case: dict[str, Any], smoothing: float | None) -> None:
    usual = usual_choices(FitOptions(), facts(**case))
    assert usual.label_smoothing == (smoothing or 0.0)
    assert any(choice.name == "label smoothing" for choice in usual.choices) == (smoothing is not None)


def test_the_rate_comes_from_the_recipe_the_optimiser_or_the_finder() -> None:
    def rate(options: FitOptions, **more: Any) -> float | None:
        return usual_choices(options, facts(**more)).learning_rate

    assert rate(FitOptions()) == 3e-3
    assert rate(FitOptions(optimiser="sgd")) == 0.1
    assert rate(FitOptions(), recipe=RECIPE) == 0.01
    assert rate(FitOptions(optimiser="adamw"), recipe=RECIPE) == 3e-3
    assert rate(FitOptions(), recipe=RECIPE, pretrained=True) == 3e-4
    assert rate(FitOptions(), own_net=True) is None
    assert rate(FitOptions(lr=0.5), own_net=True) == 0.5
    assert rate(FitOptions(lr="find")) is None


def test_classes_of_a_table_with_a_validation_part_keep_an_average_of_the_weights() -> None:
    recipes = architecture("tabm").recipes
    assert usual_choices(FitOptions(), facts(task=NUMBER, recipe=recipes["numbers"])).ema_decay is None
    recipe = recipes["classes"]
    usual = usual_choices(FitOptions(), facts(30_000, recipe=recipe))
    assert (usual.schedule, usual.ema_decay) == ("one-cycle", 0.99)
    assert next(each.value for each in usual.choices if each.name == "weight average") == "0.99"
    assert usual_choices(FitOptions(ema=0.0), facts(30_000, recipe=recipe)).ema_decay == 0.0


def test_a_sharded_net_has_an_average_only_where_one_is_asked_for() -> None:
    recipe = architecture("tabm").recipes["classes"]
    sharded = usual_choices(FitOptions(shard=True), facts(30_000, recipe=recipe))
    assert sharded.ema_decay is None
    assert "weight average" not in [each.name for each in sharded.choices]
    assert usual_choices(FitOptions(shard=True, ema=0.9), facts(30_000, recipe=recipe)).ema_decay == 0.9


def test_a_weight_decay_names_its_own_reason() -> None:
    """A recipe's decay was told with the optimiser's reason."""

    def decay(**more: Any) -> tuple[str, str]:
        choices = usual_choices(FitOptions(), facts(**more)).choices
        return next((choice.value, choice.why) for choice in choices if choice.name == "weight decay")

    assert decay() == ("0.05", "usual for adamw; norms and biases have none")
    assert decay(recipe=RECIPE) == ("0.1", "measured; norms and biases have none")


def test_what_is_given_is_taken_and_said_so() -> None:
    usual = usual_choices(FitOptions(epochs=3, batch_size=5, augment="none", schedule="cosine"), facts(channels=3))
    assert (usual.epochs, usual.batch_size, usual.augment, usual.schedule) == (3, 5, "none", "cosine")
    given = {choice.name for choice in usual.choices if choice.why == "given"}
    assert given == {"epochs", "batch size", "augmentation", "schedule"}


def test_an_optimiser_that_there_is_not_is_refused_before_anything_is_said_of_it() -> None:
    with pytest.raises(UsageError, match="'adamax' is not known"):
        usual_choices(FitOptions(optimiser="adamax"), facts())


@pytest.mark.parametrize("arch", ["tabm", "factors", "ranker", "unet-resnet10"])
def test_recipes_are_of_families_that_tasks_have(arch: str) -> None:
    families = {task.family for task in known_tasks().values()}
    assert set(architecture(arch).recipes) <= families


@pytest.mark.parametrize(
    ("options", "what"), [({"augment": "strong"}, "--augment"), ({"label_smoothing": 0.1}, "--label")]
)
def test_an_option_that_would_do_nothing_is_refused(options: dict[str, Any], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        usual_choices(FitOptions(**options), facts(task=NUMBER))
