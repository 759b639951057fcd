"""near-duplicates: images of the validation or test part look like images of the training part.

What it checks
    A perceptual hash of every image (which of 8 by 8 neighbouring places is brighter) differs in at most 3 of 64 bits
    from that of a training image, and the pixels of both, at 32 by 32, differ by at most 6 of 255 on average. Exact
    copies are reported as train-rows-in-validation.

Why it hurts
    The same scene saved again, a frame later or in another size, has been learnt: the score is too good.

Example
    train/cat/7.png and test/cat/7_small.jpg

Instead
    Keep images of one scene in one part, with --group, or a folder for each scene.

When it is a false alarm
    Images that look alike by nature, such as scans of one form.

Cost
    A small grey copy of every image, when data is checked by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from goodfit.checks.engine.perceptual_hash import twins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule
from goodfit.formatting import agreeing


class NearDuplicates(DataRule):
    code, level = "GF414", Level.WARNING

    def check(self, data: DataFacts) -> Iterator[Finding]:
        if data.read is None:
            return
        train = np.flatnonzero(data.parts == "train")
        exact = {data.digests[row] for row in train.tolist()} if data.digests is not None else set()
        for part in ("valid", "test"):
            rows = np.flatnonzero(data.parts == part)
            if data.digests is not None:
                rows = np.array([row for row in rows.tolist() if data.digests[row] not in exact], dtype=np.int64)
            pairs = list(twins(data.read, rows, train)) if len(rows) and len(train) else []
            if pairs:
                first = pairs[0]
                yield self.finding(
                    f"{len(pairs)} of {len(rows)} {part} images {agreeing(len(pairs), 'looks', 'look')} like "
                    "training images, such as "
                    f"{data.keys[first.one]} = {data.keys[first.other]}",
                    "Keep images of one scene in the same part, with --group or a folder for each scene",
                    file=data.keys[first.one],
                    count=len(pairs),
                )
