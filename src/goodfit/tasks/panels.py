"""Panels of an example whose output is an image: input, truth, prediction and error, to stand side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

WRONG_COLOUR, VOID_COLOUR = (214, 69, 65), (150, 150, 150)
ERROR_FACTOR = 4  # differences of a restored image are shown so many times as large


def mask_panels(
    given: np.ndarray, truth: np.ndarray, drawn: np.ndarray, colours: Sequence[Sequence[int]], void: int | None
) -> dict[str, np.ndarray]:
    """Panels of an image (H, W, C), its mask (H, W) and the predicted one; what is wrong in red over the image."""
    given = np.broadcast_to(given, (*given.shape[:2], 3))
    wrong = given // 2 + 64
    wrong = np.where((drawn != truth)[..., None], np.array(WRONG_COLOUR, dtype=np.uint8), wrong.astype(np.uint8))
    if void is not None:
        wrong = np.where((truth == void)[..., None], np.array(VOID_COLOUR, dtype=np.uint8), wrong)
    return {
        "input": given,
        "truth": coloured(truth, colours),
        "prediction": coloured(drawn, colours),
        "wrong": wrong,
    }


def coloured(mask: np.ndarray, colours: Sequence[Sequence[int]]) -> np.ndarray:
    """(H, W, 3) of classes (H, W); void pixels are grey."""
    table = np.full((256, 3), VOID_COLOUR, dtype=np.uint8)
    table[: len(colours)] = np.array(colours, dtype=np.uint8)
    return np.asarray(table[mask])


def mask_legend(classes: Sequence[object], colours: Sequence[Sequence[int]], void: int | None) -> list[tuple[str, str]]:
    """Each class and its colour as #rrggbb; after them what is void and what is wrong."""
    lines = [(str(name), _hex(colour)) for name, colour in zip(classes, colours, strict=False)]
    return [*lines, *([("void", _hex(VOID_COLOUR))] if void is not None else []), ("wrong", _hex(WRONG_COLOUR))]


def _hex(colour: Sequence[int]) -> str:
    red, green, blue = colour
    return f"#{red:02x}{green:02x}{blue:02x}"


def restored_panels(given: np.ndarray, truth: np.ndarray, drawn: np.ndarray) -> dict[str, np.ndarray]:
    """Panels of a degraded image (H, W, C), the clean one and the restored one; the difference left, enlarged."""
    error = np.abs(drawn.astype(np.int16) - truth.astype(np.int16)) * ERROR_FACTOR
    panels = {"degraded": given, "clean": truth, "restored": drawn}
    panels[f"difference left, {ERROR_FACTOR} times"] = np.clip(error, 0, 255).astype(np.uint8)
    return {name: np.broadcast_to(panel, (*panel.shape[:2], 3)) for name, panel in panels.items()}
