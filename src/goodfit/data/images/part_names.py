"""Names of folders: which say a part of the data (train, images_val, SEG_TEST), which only that it is data."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from goodfit.lazy_pattern import lazy_pattern


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


PART_WORDS = {
    "train": (
        "train", "training", "trainings", "trn", "trainval", "entrenamiento", "entrainement", "entraînement",
        "apprentissage", "treino", "treinamento", "addestramento", "eğitim", "trening", "обучение",
        "εκπαίδευση", "تدريب", "训练", "訓練", "学習", "학습", "훈련",
    ),
    "valid": (
        "valid", "val", "validation", "validate", "dev", "devel", "development", "validierung", "validierungs",
        "validacion", "validación", "validação", "validacao", "validazione", "doğrulama", "walidacja",
        "валидация", "επικύρωση", "تحقق", "验证", "驗證", "検証", "검증",
    ),
    "test": (
        "test", "testing", "tst", "holdout", "eval", "evaluation", "evaluación", "évaluation", "avaliação", "prueba",
        "pruebas", "teste", "valutazione",
        "testowy", "тест", "اختبار", "测试", "測試", "テスト", "評価", "테스트", "평가",
    ),
}  # fmt: skip
PART_NAMES = {word: part for part, words in PART_WORDS.items() for word in words}
# Words beside which a part's name still is one: seg_train, test_set, images_val, TrainData.
FILLING_WORDS = _set(
    "set sets data dataset datasets image images img imgs picture pictures photo photos pic pics seg split splits part "
    "folder dir file files sample samples subset class classes classification cls labeled labelled full raw rgb "
    "resized cropped small original daten datensatz bilder datos imagenes imágenes données dados imagens"
)
# Folders beside the parts that are neither a part nor a class.
UNLABELLED_WORDS = _set("unlabeled unlabelled unsup unsupervised unannotated nolabel nolabels ungelabelt")
BESIDE_WORDS = UNLABELLED_WORDS | _set(
    "pred predict prediction predictions extra extras sample samples new tmp temp other misc unused backup old"
)
IMAGE_WORDS = _set("image images img imgs photo photos picture pictures input inputs rgb jpegimages leftimg")
MASK_WORDS = _set(
    "mask masks label labels annotation annotations annot annots gt gts groundtruth truth seg segmentation "
    "segmentations segmentationclass target targets trimap trimaps labelids gtfine"
)
WORSE_WORDS = _set("noisy degraded blur blurred blurry low lr hazy rainy input inputs damaged lowres")
BETTER_WORDS = _set("clean sharp high hr gt clear target targets original originals highres")
# In scripts without spaces: 训练集, 学習用データ, 학습용.
FILLING_PIECES = _set(
    "集 数据 数据集 數據 數據集 資料 資料集 图片 图像 圖片 样本 "
    "用 用データ データ データセット セット 画像 用画像 용 데이터 세트 용데이터"
)
_JOINED = lazy_pattern(
    rf"(.+?)(sets?|data|daten|datensatz|dataset|images|imgs|bilder|folder|split|{'|'.join(FILLING_PIECES)})"
)
_CAMEL = lazy_pattern(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD = lazy_pattern(r"[\W\d_]+")


def words(name: str) -> list[str]:
    """The words of a name, in small letters: images_val2017 -> images, val; hold-out -> holdout."""
    found = [word.casefold() for word in _NO_WORD.split(_CAMEL.sub(" ", unicodedata.normalize("NFC", name))) if word]
    found = [piece for word in found for piece in _pieces(word)]
    joined = " ".join(found).replace("hold out", "holdout").replace("ground truth", "groundtruth")
    return joined.split()


def _pieces(word: str) -> list[str]:
    """trainset -> train, set; Testdaten -> test, daten."""
    match = _JOINED.fullmatch(word)
    return [match[1], match[2]] if match and match[1] in PART_NAMES else [word]


def is_unlabelled(name: str) -> bool:
    """Whether a folder among classes holds what nobody has given one: unsup, unlabeled_images, no-label."""
    named = words(name)
    says_so = bool(UNLABELLED_WORDS.intersection(named)) and (UNLABELLED_WORDS | FILLING_WORDS).issuperset(named)
    return says_so or "".join(named) in UNLABELLED_WORDS  # no-label


def part_of(name: str) -> str | None:
    """The part that a folder's own name says; None: none, or no name of a part alone."""
    split = _split(name)
    return split[0] if split is not None and (FILLING_WORDS | FILLING_PIECES).issuperset(split[1]) else None


def parts_of(names: Sequence[str]) -> dict[str, str]:
    """The parts of folders that lie side by side: pets_train and pets_test are two, train_station alone is none."""
    parts: dict[str, str] = {}
    families: dict[tuple[str, ...], dict[str, str]] = {}
    for name in names:
        own, split = part_of(name), _split(name)
        if own is not None:
            parts[name] = own
        elif split is not None:
            families.setdefault(tuple(split[1]), {})[name] = split[0]
    for family in families.values():
        if len(set(family.values())) > 1:
            parts |= family
    return parts


def _split(name: str) -> tuple[str, list[str]] | None:
    """The one part that is in a name, and its other words."""
    all_words = words(name)
    named = [word for word in all_words if word in PART_NAMES]
    if len({PART_NAMES[word] for word in named}) != 1:
        return None
    return PART_NAMES[named[0]], [word for word in all_words if word not in PART_NAMES]
