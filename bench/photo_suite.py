"""Photo sets of many kinds by the command as a newcomer gives it, beside two usual ways by hand on the same photos.

    pip install 'goodfit[photos]' scikit-learn
    python bench/photo_suite.py FOLDER RESULTS [--sets trash hands] [--pretrained none] [--rivals]

FOLDER holds a folder for each set, and in it train/ and test/ with class folders, or with a labels.csv of images and
numbers. Everything is in RESULTS: the run and what it printed, and a line of results.jsonl for each set. With --rivals
the same photos by hand instead: features of the same EfficientNet-Lite0 (224 px of the middle) with scikit-learn's
LogisticRegressionCV or RidgeCV, and edges in 8 x 8 cells with a linear SVM and with a forest.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

SIDE, SMALL = 224, 64  # px of the net; of the edges
BATCH = 32
LABELS = "labels.csv"


def fit(folder: Path, results: Path, options: list[str]) -> dict[str, Any]:
    """Metrics of the test photos, seconds and the verdict of goodfit's defaults, from a cold cache."""
    train, test = ((folder / part / LABELS).is_file() for part in ("train", "test"))
    data, held_out = (
        folder / part / LABELS if csv else folder / part for part, csv in (("train", train), ("test", test))
    )
    place = results / folder.name
    command = [
        sys.executable, "-m", "goodfit", "fit", str(data), "--test", str(held_out), "--out", f"{place}.run",
        "--cache", f"{place}.cache", *options,
    ]  # fmt: skip
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    seconds = time.perf_counter() - began
    place.with_suffix(".txt").write_text(done.stdout)
    if done.returncode != 0:
        return {"failed": done.stdout[-300:]}
    record = json.loads(Path(f"{place}.run", "run.json").read_text(encoding="utf-8"))
    metrics = {name: round(value["value"], 4) for name, value in record["metrics"]["test"].items()}
    return metrics | {"seconds": round(seconds), "verdict": record["verdict"], "epochs": len(record["history"])}


def photos(folder: Path) -> tuple[list[Path], np.ndarray]:
    """The files and their labels: names of folders, or numbers of the labels.csv."""
    if (folder / LABELS).is_file():
        lines = [line.rsplit(",", 1) for line in (folder / LABELS).read_text().split()[1:]]
        return [folder / name for name, _ in lines], np.array([float(value) for _, value in lines])
    files = sorted(path for path in folder.glob("*/*") if path.is_file())
    return files, np.array([path.parent.name for path in files])


def middles(files: list[Path], side: int) -> np.ndarray:
    """(N, side, side, 3) uint8: the middle of each photo."""
    from PIL import Image, ImageOps

    return np.stack([np.asarray(ImageOps.fit(Image.open(path).convert("RGB"), (side, side))) for path in files])


def frozen(files: list[Path]) -> np.ndarray:
    """(N, 1280) features of the pretrained net as it is."""
    import torch

    from goodfit.nets import build, imagenet
    from goodfit.train.memory_format import set_memory_format

    net = build(imagenet.LITE0.arch, (3, SIDE, SIDE), 1000)
    net.load_state_dict(imagenet.imagenet_weights(imagenet.LITE0))
    net.classifier = torch.nn.Identity()
    set_memory_format(net.eval(), channels_last=True)
    pieces = []
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for at in range(0, len(files), BATCH):
            x = torch.from_numpy(middles(files[at : at + BATCH], SIDE)).permute(0, 3, 1, 2).float()
            pieces.append(net((x - 127) / 128).float().numpy())
    return np.concatenate(pieces)


def edges(files: list[Path]) -> np.ndarray:
    """(N, 2304) histograms of oriented gradients of the middle at 64 px, grey, 8 x 8 cells."""
    import torch

    from goodfit.nets import hog

    grey = middles(files, SMALL).mean(3, dtype=np.float32)[:, None] / 255
    return hog.edges(hog.gradients(torch.from_numpy(grey)), 8, 9, turn=1).numpy()


def by_hand(folder: Path) -> dict[str, Any]:
    """The usual recipes: each its metrics of the test photos, and seconds of the processor."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LogisticRegressionCV, RidgeCV
    from sklearn.metrics import balanced_accuracy_score, log_loss, root_mean_squared_error
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC, SVR

    (train, y), (test, truth) = photos(folder / "train"), photos(folder / "test")
    classes = y.dtype.kind == "U"
    if classes:
        head = LogisticRegressionCV(Cs=np.logspace(-4, 1, 6), cv=5, scoring="neg_log_loss", max_iter=300)
        heads = {"forest": RandomForestClassifier(300, random_state=0), "svm": SVC(kernel="linear", C=0.1)}
    else:
        head = RidgeCV(np.logspace(0, 6, 13))
        heads = {"forest": RandomForestRegressor(300, random_state=0), "svm": SVR(kernel="linear", C=0.1 * y.std())}
    ways = [
        ("frozen", frozen, make_pipeline(StandardScaler(), head)),
        *((name, edges, each) for name, each in heads.items()),
    ]
    scores = {}
    for name, features, model in ways:
        began = time.process_time()
        model.fit(features(train), y)
        x = features(test)
        said = model.predict(x)
        if classes:
            values = {"accuracy": (said == truth).mean(), "balanced_accuracy": balanced_accuracy_score(truth, said)}
            if name != "svm":
                known = np.isin(truth, model.classes_)
                values["log_loss"] = log_loss(truth[known], model.predict_proba(x)[known], labels=list(model.classes_))
        else:
            values = {"rmse": root_mean_squared_error(truth, said), "mae": np.abs(truth - said).mean()}
        scores[name] = {key: round(float(value), 4) for key, value in values.items()}
        scores[name]["seconds"] = round(time.process_time() - began)
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--sets", nargs="+", help="those of these names [all]")
    parser.add_argument("--rivals", action="store_true", help="the same photos by hand")
    given, options = parser.parse_known_args()
    given.results.mkdir(parents=True, exist_ok=True)
    names = given.sets or sorted(path.name for path in given.folder.iterdir() if path.is_dir())
    with (given.results / "results.jsonl").open("a", encoding="utf-8") as file:
        for name in names:
            folder = given.folder / name
            line = {"set": name} | (by_hand(folder) if given.rivals else fit(folder, given.results, options))
            print(json.dumps(line), file=file, flush=True)
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
