"""Photos of another shape than the net's are seen whole; the folds say whether they are squashed for that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from photo_package import install_photo_package, without_photo_package
from PIL import Image, ImageOps

import goodfit as gf
from goodfit.data.images.sizes import long_shape, mean_cut_off, share_cut_off
from goodfit.errors import UsageError
from goodfit.fitting.frozen_head import is_clearly_better

SIDE = 48  # of the package: 224 in the one that people install
SEEN = 61  # 9/7 of it, as few photos are seen that are so large
OPTIONS: dict[str, Any] = {"precision": "float32", "rivals": "none"}


def saved(folder: Path, label: str, photos: list[np.ndarray]) -> None:
    (folder / label).mkdir(parents=True)
    for number, pixels in enumerate(photos):
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(folder / label / f"{number:02d}.png")


def tinted(folder: Path, *, tint: float = 0.35, width: int = 140, each: int = 30, outside: bool = True) -> Path:
    """Photos of 70 px height: noise, and a tint by the class in the outer quarters, or else in the middle half."""
    random = np.random.default_rng(0)
    columns = (np.abs(np.arange(width) - (width - 1) / 2) > width / 4) == outside
    for label, colour in {"blue": (60, 90, 200), "red": (200, 70, 60)}.items():
        photos = [random.normal(127, 60, (70, width, 3)) for _ in range(each)]
        for pixels in photos:
            pixels[:, columns] += tint * (np.array(colour) - 127)
        saved(folder, label, photos)
    return folder


@pytest.fixture(autouse=True)
def _weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_photo_package(tmp_path / "site", monkeypatch, side=SIDE)


@pytest.fixture(scope="module")
def edges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The middle says nothing of the class."""
    return tinted(tmp_path_factory.mktemp("edges") / "photos")


@pytest.fixture(scope="module")
def stripes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 photos of 280 x 70 px, half of them with stripes of 4 px, which go where a photo is seen at a fifth."""
    folder = tmp_path_factory.mktemp("stripes") / "photos"
    random = np.random.default_rng(0)
    for label, height in {"plain": 0, "striped": 40}.items():
        waves = [np.sign(np.sin(np.arange(70) * np.pi / 2 + random.uniform(0, 6))) for _ in range(30)]
        saved(folder, label, [random.normal(127, 60, (70, 280, 3)) + height * wave[:, None, None] for wave in waves])
    return folder


def said(run: gf.Run, name: str) -> str | None:
    return next((f"{each.value} ({each.why})" for each in run.record.choices if each.name == name), None)


def as_pillow_has_it(path: Path, resize: str) -> np.ndarray:
    """The photo as the net is to see it, without goodfit."""
    image = Image.open(path)
    if resize == "pad":
        return np.asarray(ImageOps.pad(image, (SEEN, SEEN), Image.Resampling.BILINEAR))
    return np.asarray(image.resize((SEEN, SEEN), Image.Resampling.BILINEAR, reducing_gap=2.0))


@pytest.mark.parametrize(
    ("photos", "resize"), [("edges", "pad"), pytest.param("stripes", "squash", marks=pytest.mark.slow)]
)
def test_photos_are_seen_whole_in_the_way_of_the_folds_by_all_that_predicts(
    photos: str, resize: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    data: Path = request.getfixturevalue(photos)
    run = gf.fit(data, out=tmp_path / "run", **OPTIONS)
    assert str(said(run, "resize")).startswith(f"{resize} (the loss on rows left out: 0.")
    assert run.record.source["picture"]["resize"] == resize
    assert run.metrics["valid"]["accuracy"].value == 1.0
    loaded = gf.load(tmp_path / "run")
    files = sorted(data.glob("*/*.png"))
    pixels = torch.from_numpy(np.stack([as_pillow_has_it(path, resize) for path in files])).permute(0, 3, 1, 2)
    with torch.inference_mode():
        logits = loaded.net((pixels.float() - 127) / 128)
    predicted = loaded.predict(data)
    assert predicted["prediction"] == [run.record.task["classes"][at] for at in logits.argmax(1).tolist()]
    embedded = torch.from_numpy(loaded.embed(data).vectors.astype(np.float32))
    head = loaded.net.get_submodule("classifier")
    np.testing.assert_allclose(head(embedded).detach(), logits, rtol=0.02, atol=0.1)
    of_red = next(name for name in predicted.columns if name.startswith("p_"))
    one = loaded.predict(np.asarray(Image.open(files[40])))
    assert one[of_red][0] == pytest.approx(predicted[of_red][40], abs=1e-5)
    middle = gf.fit(data, out=tmp_path / "middle", resize="crop", **OPTIONS)
    assert said(middle, "resize") is None
    assert photos != "edges" or middle.metrics["valid"]["accuracy"].value < 0.7


def test_nothing_is_compared_where_it_is_given_or_hardly_matters(edges: Path, tmp_path: Path) -> None:
    square = gf.fit(tinted(tmp_path / "square", width=71, each=12), out=tmp_path / "run", **OPTIONS)
    assert said(square, "resize") is None
    assert square.record.source["picture"]["resize"] == "crop"
    given = gf.fit(edges, out=tmp_path / "given", resize="squash", **OPTIONS)
    assert said(given, "resize") is None
    assert given.record.source["picture"]["resize"] == "squash"


@pytest.mark.slow
def test_many_photos_are_compared_by_some_of_them(
    stripes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    by_all = gf.fit(stripes, out=tmp_path / "all", cache=cache, **OPTIONS)
    monkeypatch.setattr("goodfit.fitting.resizing.IMAGES_SEEN_TWICE", 50)
    monkeypatch.setattr("goodfit.fitting.resizing.ROWS_COMPARED", 30)
    by_some = gf.fit(stripes, out=tmp_path / "some", cache=cache, **OPTIONS)
    assert str(said(by_some, "resize")).startswith("squash")
    assert said(by_some, "resize") != said(by_all, "resize")
    assert by_some.metrics == by_all.metrics


@pytest.mark.slow
def test_a_stopped_run_sees_its_photos_as_before(
    stripes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = OPTIONS | {"epochs": 3}
    whole = gf.fit(stripes, out=tmp_path / "whole", **options)

    def stop(epoch: gf.Epoch) -> None:
        if epoch.number == 2:
            raise RuntimeError("stopped by the test")

    with pytest.raises(RuntimeError, match="stopped by the test"):
        gf.fit(stripes, out=tmp_path / "stopped", on_epoch=stop, **options)
    without_photo_package(monkeypatch)
    with pytest.raises(UsageError, match="--resize is crop now and was squash when the run was started"):
        gf.fit(stripes, out=tmp_path / "stopped", resume=True, resize="crop", **options)
    with pytest.raises(UsageError, match="--size is 64 now and was 61x61 when the run was started"):
        gf.fit(stripes, out=tmp_path / "stopped", resume=True, size=64, **options)
    resumed = gf.fit(stripes, out=tmp_path / "stopped", resume=True, **options)
    assert resumed.record.source == whole.record.source
    assert resumed.record.source["picture"]["resize"] == "squash"
    assert said(resumed, "resize") == said(whole, "resize")
    for name, tensor in whole.net.state_dict().items():
        assert torch.equal(resumed.net.state_dict()[name], tensor), name
    longer = gf.fit(stripes, out=tmp_path / "whole", more=1)
    assert longer.record.source == whole.record.source


@pytest.mark.slow
def test_a_run_begun_by_a_goodfit_that_saw_photos_smaller_goes_on_as_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = tinted(tmp_path / "photos", width=71, each=8)
    options = OPTIONS | {"epochs": 2, "folds": 1}

    def stop(epoch: gf.Epoch) -> None:
        if epoch.number == 2:
            raise RuntimeError("stopped by the test")

    with monkeypatch.context() as older:
        older.setattr("goodfit.data.images.labelled_source.PHOTOS_SEEN_LARGER", 0)
        whole = gf.fit(photos, out=tmp_path / "whole", **options)
        with pytest.raises(RuntimeError, match="stopped by the test"):
            gf.fit(photos, out=tmp_path / "stopped", on_epoch=stop, **options)
    resumed = gf.fit(photos, out=tmp_path / "stopped", resume=True, **options)
    assert resumed.record.net.in_shape == whole.record.net.in_shape == (3, SIDE, SIDE)
    assert [line["valid_loss"] for line in resumed.history] == [line["valid_loss"] for line in whole.history]


def test_edges_and_colours_alone_are_of_the_middle_or_of_all_of_it(
    edges: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_photo_package(monkeypatch)
    run = gf.fit(edges, out=tmp_path / "run", size=96)
    assert run.record.net.arch == "hog"
    assert str(said(run, "resize")).startswith("squash (the loss on rows left out: 0.")
    assert run.record.source["picture"]["resize"] == "squash"
    assert run.metrics["valid"]["accuracy"].value == 1.0


def test_a_net_from_scratch_sees_the_middle(edges: Path, tmp_path: Path) -> None:
    run = gf.fit(edges, out=tmp_path / "run", arch="resnet10", width=4, epochs=1, rivals="none")
    assert said(run, "resize") is None
    assert run.record.source["picture"]["resize"] == "crop"


def test_the_share_of_images_whose_middle_is_not_all_of_them() -> None:
    shapes = np.array([(100, 100), (104, 100), (100, 110), (400, 300)])
    assert share_cut_off(shapes, 1.0) == 0.5
    assert share_cut_off(shapes, 4 / 3) == 0.75


def test_clearly_better_is_by_more_than_a_standard_error_of_the_difference() -> None:
    gains = torch.tensor([0.3, 0.1, -0.1, 0.1])  # mean 0.1, standard error 0.0816
    losses = torch.tensor([0.5, 0.6, 0.7, 0.8])
    assert is_clearly_better(losses, losses + gains)
    assert not is_clearly_better(losses, losses + gains - 0.02)
    assert not is_clearly_better(losses, losses)


@pytest.mark.slow
def test_photos_that_are_streamed_have_the_same_features_and_are_seen_in_the_same_way(
    stripes: Path, tmp_path: Path
) -> None:
    for name in ("streamed", "cached"):
        stream = name == "streamed" or None
        run = gf.fit(stripes, out=tmp_path / name, cache=tmp_path / f"{name} cache", stream=stream, **OPTIONS)
        assert (said(run, "resize") or "").startswith("squash")
        assert (said(run, "stream") is not None) == (name == "streamed")
    one, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("streamed", "cached"))
    assert one == other
    assert not list((tmp_path / "streamed cache").glob("*.pixels"))


def test_long_images_keep_their_shape_and_photos_of_cameras_are_seen_as_squares() -> None:
    lines, tall, photos = (np.array([shape] * 3) for shape in ((96, 32), (32, 96), (640, 480)))
    assert long_shape(lines, 32, 64) == (96, 32)
    assert long_shape(tall, 32, 64) == (32, 96)
    assert long_shape(photos, 128, 64) == (128, 128)
    assert long_shape(np.array([(900, 100)] * 3), 64, 64) == (256, 64)  # four times as long, and no more
    width, height = long_shape(np.array([(640, 200)] * 3), 128, 64)  # as many pixels as 128 x 128, in 16:5
    assert (width, height) == (230, 72)
    assert mean_cut_off(photos, 1.0) == 0.25  # 160 of 640 columns


@pytest.mark.parametrize(
    ("shape", "size", "cut"), [((18, 54), "54x18 px, grey", None), ((20, 30), "20 px, grey", "33%")]
)
def test_what_a_net_does_not_see_of_an_image_is_said(
    tmp_path: Path, shape: tuple[int, int], size: str, cut: str | None
) -> None:
    random = np.random.default_rng(0)
    for label in ("a", "b"):
        saved(tmp_path / "images", label, list(random.integers(0, 256, (110, *shape))))
    options = {"cache": tmp_path, "epochs": 1, "pretrained": "none", "quiet": True, **OPTIONS}
    run = gf.fit(tmp_path / "images", out=tmp_path / "run", **options)
    choices = {choice.name: (choice.value, choice.why) for choice in run.record.choices}
    assert choices["size"][0] == size
    if cut is None:
        assert "resize" not in choices
    else:
        assert choices["resize"] == ("crop", f"{cut} of an image is cut off; --resize squash or pad shows all")


def test_what_is_cut_off_of_new_images_of_another_shape_is_said(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for label in ("a", "b"):
        saved(tmp_path / "images", label, list(random.integers(0, 256, (110, 20, 30))))
        saved(tmp_path / "long", label, list(random.integers(0, 256, (3, 20, 80))))
    options = {"cache": tmp_path, "epochs": 1, "pretrained": "none", "quiet": True, **OPTIONS}
    run = gf.fit(tmp_path / "images", out=tmp_path / "run", **options)
    cut = gf.fit(tmp_path / "images", out=tmp_path / "cut", resize="crop", **options)  # as --resize asks for
    for each in (run, cut):
        assert each.predict(tmp_path / "images", cache=tmp_path).notes == ()  # as much as of the images of the fit
    shape = "they have another shape than those that the run was fitted on: it sees their middle, in 20x20 px"
    said = ("cut off", "75% of an image", shape)  # 60 of 80 columns
    assert said in run.predict(tmp_path / "long", cache=tmp_path).notes
    assert said in run.predict(Image.open(tmp_path / "long" / "a" / "00.png")).notes
