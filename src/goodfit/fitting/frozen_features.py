"""The features of a net as it is, of images that are not augmented: computed once, then from the cache."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from torch import Tensor

from goodfit.data.cache_folder import list_files
from goodfit.data.feed import Feed
from goodfit.errors import RunError
from goodfit.fitting.journal import Journal
from goodfit.nets import architecture
from goodfit.record import NetRecord
from goodfit.store.tensors import bytes_of, load_state, save_state
from goodfit.train.features import features_of
from goodfit.train.loop import Training

VERSION = 1  # of what nets make of images: a change of one starts anew
FEATURES_NAME = "features"


def frozen_features(
    feed: Feed, rows: Tensor, training: Training, record: NetRecord, cache: Path, journal: Journal
) -> Tensor:
    """(len(rows), D) float16 of these rows of the feed, from the cache where it has them."""
    head = architecture(str(record.arch)).head
    path = cache / f"{_key(feed, rows, training, record, head)}.features"
    if path.is_file():
        try:
            return load_state(path)[0][FEATURES_NAME]
        except RunError:  # damaged, by its checksum: made anew
            path.unlink()
    with journal.progress("features of the images") as progress:
        features = features_of(training.net, head, feed, rows, training.precision, progress)
    list_files(cache, path.name)
    save_state(path, {FEATURES_NAME: features}, {})
    return features


def _key(feed: Feed, rows: Tensor, training: Training, record: NetRecord, head: str) -> str:
    """Of all that features depend on: the images, how they are read and normalised, the net, the precision."""
    source, normalise = feed.source, feed.normalise
    facts = [
        VERSION,
        record.arch,
        record.options,
        source.schema(),
        normalise.to_json() if normalise is not None else None,
        training.precision.dtype,
    ]
    digest = hashlib.sha256(json.dumps(facts).encode())
    names = source.digests() or source.keys
    digest.update("\n".join(names[row] for row in rows.tolist()).encode(errors="surrogateescape"))
    for name, tensor in training.net.state_dict().items():
        if not name.startswith(f"{head}."):
            digest.update(f"{name} {tuple(tensor.shape)}".encode())
            digest.update(bytes_of(tensor.detach().cpu()).numpy().data)
    return digest.hexdigest()[:24]
