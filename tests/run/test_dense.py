"""Masks and restoration from the folder to the predicted images, through the commands and the Python door."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from command import goodfit
from PIL import Image, ImageDraw
from safetensors.torch import load_file, save_file
from sklearn.metrics import jaccard_score

import goodfit as gf
from goodfit.nets import build
from goodfit.predict.image_predictions import ImagePredictions
from goodfit.record import Rows

SIZE = (50, 38)  # width, height: no multiples of anything
SMALL = ("--arch", "unet-resnet10", "--width", 8, "--precision", "float32")


def scene(random: np.random.Generator, size: tuple[int, int] = SIZE) -> tuple[np.ndarray, np.ndarray]:
    """A noisy image of a bright disc and a red box on grey, and its mask: 0 ground, 1 disc, 2 box, 9 void edge."""
    image, mask = Image.new("RGB", size, (90, 90, 90)), Image.new("L", size, 0)
    for number, colour in ((1, (220, 220, 210)), (2, (190, 60, 50))):
        left, top = (int(random.integers(0, side - 16)) for side in size)
        side = int(random.integers(10, 16))
        for drawn, fill in ((image, colour), (mask, number)):
            draw = ImageDraw.Draw(drawn)
            (draw.ellipse if number == 1 else draw.rectangle)((left, top, left + side, top + side), fill=fill)
    values = np.asarray(image) + random.normal(0, 20, (size[1], size[0], 3))
    classes = np.asarray(mask).copy()
    classes[:2] = 9
    return values.clip(0, 255).astype(np.uint8), classes


def opened(path: str | Path) -> Image.Image:
    with Image.open(path) as image:
        return image.copy()


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("street")
    random = np.random.default_rng(0)
    for part, count in (("train", 60), ("val", 12), ("test", 12), ("new", 3)):
        for number in range(count):
            image, mask = scene(random, SIZE if part != "new" or number else (90, 71))
            for name, values in (("images", image), ("masks", mask)):
                path = folder / part / name / f"{number:02d}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(values).save(path)
    return folder


@pytest.fixture(scope="module")
def fitted(street: Path) -> Path:
    folder = street / "run"
    codes = street / "codes.csv"
    codes.write_text("ground,0,0,0\ndisc,250,250,0\nbox,250,0,0\n", encoding="utf-8")
    source = gf.masks(street, "masks", void=9, codes=codes)
    with gf.fit(source, out=folder, arch="unet-resnet10", width=8, epochs=7, precision="float32"):
        return folder


def test_the_run_finds_the_shapes(fitted: Path) -> None:
    record = json.loads((fitted / "run.json").read_text(encoding="utf-8"))
    assert record["task"]["name"] == "segmentation"
    assert record["metrics"]["test"]["iou"]["value"] > 0.6
    assert record["rows"] == {"train": 60, "valid": 12, "test": 12, "unreadable": 0, "folds": 1}
    assert record["baseline"]["test"]["iou"] < 0.4


def test_predictions_are_masks_of_each_images_own_size(street: Path, fitted: Path, tmp_path: Path) -> None:
    assert goodfit("predict", fitted, street / "new" / "images", "-o", tmp_path / "said.csv", "--overlay") == 0
    with (tmp_path / "said.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["prediction"] for row in rows] == ["said/00.png", "said/01.png", "said/02.png"]
    for row in rows:
        mask = opened(tmp_path / row["prediction"])
        given = opened(row["key"])
        assert (mask.size, mask.mode) == (given.size, "P")
        assert (mask.getpalette() or [])[:9] == [0, 0, 0, 250, 250, 0, 250, 0, 0]
        said = np.asarray(mask)
        assert float(row["share_disc"]) == pytest.approx((said == 1).mean(), abs=1e-5)
        truth = np.asarray(opened(row["key"].replace("images", "masks")))
        counted = truth != 9
        assert jaccard_score(truth[counted], said[counted], average="macro") > 0.5
        assert opened(tmp_path / "said-overlay" / Path(row["key"]).name).size == given.size


def test_predictions_that_are_images_need_a_place(
    street: Path, fitted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert goodfit("predict", fitted, street / "new" / "images") == 2
    assert "-o predictions.csv" in capsys.readouterr().err


def test_evaluate_counts_the_look(street: Path, fitted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = street / "new"
    assert goodfit("evaluate", fitted, place / "images", "--masks", place / "masks", "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["rows"]["test"] == 3
    assert 0 < result["metrics"]["test"]["iou"]["value"] <= 1
    assert goodfit("evaluate", fitted, place / "images") == 2


def test_the_page_shows_examples_and_every_class(fitted: Path) -> None:
    page = (fitted / "report.html").read_text(encoding="utf-8")
    assert page.count('<figure class="example">') == 12
    assert page.count('alt="wrong"') == 12
    for label in ("ground", "disc", "box"):
        assert f"<td>{label}</td>" in page


def test_a_net_that_gives_one_row_is_refused(street: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert goodfit("fit", street, "--masks", "masks", "--void", 9, "--arch", "resnet18", "--out", tmp_path / "r") == 2
    assert "unet-resnet18" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["cross-entropy", "focal"])
def test_other_losses_train_as_well(street: Path, tmp_path: Path, loss: str) -> None:
    fit = ("fit", street, "--masks", "masks", "--void", 9, "--loss", loss, "--epochs", 5, "--out", tmp_path / "r")
    assert goodfit(*fit, *SMALL, "--quiet") == 0
    assert gf.load(tmp_path / "r").metrics["test"]["iou"].value > 0.45


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Smooth clean images, and the same with noise of standard deviation 25."""
    folder = tmp_path_factory.mktemp("noisy")
    random = np.random.default_rng(1)
    for number in range(70):
        across, down = np.meshgrid(np.linspace(0, 1, 52), np.linspace(0, 1, 44))
        waves = [120 + 90 * np.sin(random.uniform(2, 9) * across + random.uniform(2, 9) * down) for _ in range(3)]
        clean = np.stack(waves, axis=2)
        bad = clean + random.normal(0, 25, clean.shape)
        for name, values in (("clean", clean), ("bad", bad)):
            path = folder / name / f"{number:02d}.png"
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(values.round().clip(0, 255).astype(np.uint8)).save(path)
    return folder


@pytest.mark.slow
def test_restoration_takes_noise_away(noisy: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    fit = ("fit", noisy / "bad", "--clean", noisy / "clean", "--epochs", 8, "--out", run, "--quiet")
    assert goodfit(*fit, *SMALL) == 0
    loaded = gf.load(run)
    record = loaded.record
    assert record.baseline["test"]["psnr"] == pytest.approx(10 * np.log10(255**2 / 25**2), abs=0.3)
    assert loaded.metrics["test"]["psnr_gain"].low > 3
    assert (run / "report.html").read_text(encoding="utf-8").count('class="slider"') == 10  # all test images
    found = loaded.predict(noisy / "bad")
    assert isinstance(found, ImagePredictions)
    one = next(iter(found))
    assert one.image is not None
    assert one.given is not None
    clean = np.asarray(opened(noisy / "clean" / "00.png")).astype(float)
    errors = [np.square(each.astype(float) - clean).mean() for each in (one.given, one.image)]
    assert errors[1] < errors[0] / 2
    found.write(tmp_path / "said.csv")
    np.testing.assert_array_equal(np.asarray(opened(tmp_path / "said" / "00.png")), one.image)


def test_a_broken_image_is_said_and_the_others_are_predicted(street: Path, fitted: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.png").write_bytes((street / "new" / "images" / "01.png").read_bytes())
    (folder / "b.png").write_bytes(b"no image")
    found = gf.load(fitted).predict(folder)
    assert found.write(tmp_path / "said.csv") == tmp_path / "said.csv"
    assert found["prediction"] == ["said/a.png", None]
    assert found.errors == [None, "not an image"]


def test_stopped_and_resumed_is_never_stopped(street: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the second epoch of a run of masks; then --resume, to the same weights bit for bit."""
    fit = ("fit", street, "--masks", "masks", "--void", 9, "--epochs", 2, *SMALL, "--quiet", "--out")
    assert goodfit(*fit, tmp_path / "whole") == 0
    from goodfit.train import loop

    original, calls = loop.forward_backward, []

    def stops(*args: object) -> object:
        calls.append(1)
        if len(calls) == 20:  # of 15 in an epoch
            import signal

            signal.raise_signal(signal.SIGINT)
        return original(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "forward_backward", stops)
    assert goodfit(*fit, tmp_path / "parts") == 130
    monkeypatch.setattr(loop, "forward_backward", original)
    assert goodfit(*fit, tmp_path / "parts", "--resume") == 0
    whole, parts = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "parts"))
    assert whole == parts


def test_the_nets_command_shows_channels_double_where_the_side_is_halved(capsys: pytest.CaptureFixture[str]) -> None:
    assert goodfit("nets", "unet-resnet18", "--size", "240x180") == 0
    lines = capsys.readouterr().out.splitlines()
    shapes = {line.split()[0]: line.split()[2] for line in lines if line.startswith("encoder.layer")}
    assert [shapes[f"encoder.layer{number}.1"] for number in range(1, 5)] == [
        "64×45×60", "128×23×30", "256×12×15", "512×6×8",
    ]  # fmt: skip
    assert goodfit("nets") == 0
    assert "tiramisu103" in capsys.readouterr().out
    assert goodfit("nets", "resnet81") == 2


def test_degrade_makes_pairs_and_names_the_next_command(
    noisy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (noisy / "clean" / "broken.png").write_bytes(b"none")
    try:
        assert goodfit("degrade", noisy / "clean", "-o", tmp_path / "bad", "--kind", "blur", "-q") == 0
    finally:
        (noisy / "clean" / "broken.png").unlink()
    said = capsys.readouterr()
    assert f"70 images -> {tmp_path / 'bad'}" in said.out
    assert "goodfit fit" in said.out
    assert "broken.png: not an image" in said.err
    assert len(list((tmp_path / "bad").iterdir())) == 70


def test_a_split_with_a_validation_part_alone_trains_on_the_rest(street: Path, tmp_path: Path) -> None:
    train, val = street / "train", street / "val"
    source = gf.masks(
        train / "images", train / "masks", valid=val / "images", valid_masks=val / "masks", void=9
    )  # fmt: skip
    run = gf.fit(source, out=tmp_path / "r", arch="unet-resnet10", width=8, epochs=1, precision="float32")
    assert run.record.rows == Rows(train=60, valid=12, test=0, unreadable=0)


@pytest.mark.parametrize("kind", ["masks", "clean"])
def test_an_encoder_takes_the_weights_of_a_classifier(street: Path, noisy: Path, tmp_path: Path, kind: str) -> None:
    """Published names: conv1, layer1, ..., fc; with a rate of next to nothing they are still there after an epoch."""
    in_shape = (3, SIZE[1], SIZE[0])
    stem = "auto" if kind == "masks" else "photo"  # restoration asks for the stem of published weights
    published = build("resnet10", in_shape, 5, width=8, stem=stem).state_dict()
    save_file(published, tmp_path / "published.safetensors")
    data = (street, "--masks", "masks", "--void", 9) if kind == "masks" else (noisy / "bad", "--clean", noisy / "clean")
    given = ("--pretrained", tmp_path / "published.safetensors", "--lr", 1e-9, "--epochs", 1, "--quiet")
    assert goodfit("fit", *data, *SMALL, *given, "--out", tmp_path / "r") == 0
    fitted = load_file(tmp_path / "r" / "model.safetensors")
    taken = {name: fitted[f"encoder.{name}"] for name in published if name.endswith("conv1.weight")}
    assert len(taken) == 5
    for name, weight in taken.items():
        torch.testing.assert_close(weight, published[name], rtol=0, atol=1e-6)
    choices = json.loads((tmp_path / "r" / "run.json").read_text(encoding="utf-8"))["choices"]
    assert "left out fc.bias, fc.weight" in next(each["why"] for each in choices if each["name"] == "pretrained")


@pytest.mark.slow
def test_a_feature_loss_takes_a_run_of_ours(noisy: Path, street: Path, fitted: Path, tmp_path: Path) -> None:
    fit = ("fit", noisy / "bad", "--clean", noisy / "clean", "--epochs", 2, "--quiet", "--loss", "feature", "--out")
    assert goodfit(*fit, tmp_path / "r", "--feature-net", fitted, *SMALL) == 0
    record = json.loads((tmp_path / "r" / "run.json").read_text(encoding="utf-8"))
    assert record["task"]["loss_name"] == "feature"
    assert goodfit(*fit, tmp_path / "q", *SMALL) == 2


def test_masks_are_compared_by_the_iou_of_each_image(street: Path, tmp_path: Path) -> None:
    """Each image's by scikit-learn, on the masks that the run draws; the interval is that of the paired images."""
    runs = []
    for name, epochs in (("one", 1), ("two", 12)):
        fit = ("fit", street, "--masks", "masks", "--void", 9, "--epochs", epochs, "--out", tmp_path / name)
        goodfit(*fit, "--quiet", *SMALL)
        runs.append(tmp_path / name)
    result = gf.compare(*runs)
    pairs = {pair.metric.name: pair for pair in result.pairs}
    assert list(pairs) == ["image_iou", "loss"]
    assert result.answer.startswith("On 12 test images the mean image IoU of one is ")
    assert " points): " in result.answer
    values = []
    for run in runs:
        each = []
        loaded = gf.load(run)
        for at, predicted in enumerate(loaded.predict(street / "test" / "images").images()):
            truth = np.asarray(opened(street / "test" / "masks" / f"{at:02d}.png"))
            assert predicted.image is not None
            counts = truth != 9
            true, given = truth[counts], predicted.image[counts]
            labels = sorted({*true.tolist(), *given.tolist()})
            each.append(jaccard_score(true, given, labels=labels, average="macro"))
        values.append(np.array(each))
    pair = pairs["image_iou"]
    assert pair.values == pytest.approx(
        [each.mean() for each in values], abs=0.03
    )  # at its own size, and at that of training
    apart = values[0] - values[1]
    half = 2.2 * apart.std(ddof=1) / np.sqrt(12)  # Student's with 11 degrees of freedom: 2.201
    assert pair.difference.low == pytest.approx(apart.mean() - half, abs=0.04)
    assert pair.difference.high == pytest.approx(apart.mean() + half, abs=0.04)
    same = gf.compare(runs[0], runs[0])
    assert [(each.difference.low, each.difference.high) for each in same.pairs] == [(0, 0), (0, 0)]
