"""From a matplotlib figure to SVG that can stand beside others on one HTML page, or to a PNG to look at.

Only the object API (`Figure`) is used, never pyplot: pyplot keeps every figure alive in a global list.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from goodfit.lazy_pattern import lazy_pattern
from goodfit.store.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE: dict[Any, Any] = {
    "font.size": 11,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib; wider than what browsers put in its place
    "axes.titlesize": 12,
    "legend.fontsize": 11,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "axes.labelsize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#8a94a0",
    "axes.labelcolor": "#3a4550",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "grid.color": "#e7eaee",
    "grid.linewidth": 0.8,
    "xtick.color": "#3a4550",
    "ytick.color": "#3a4550",
    "text.color": "#17202a",
    "legend.frameon": False,
    "figure.facecolor": "none",  # the page's own card shows through, light or dark
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.unicode_minus": False,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "none",  # text stays text: it can be searched, and is a quarter of the size of outlines
    "image.composite_image": False,
}

# What XML 1.0 does not allow, lone surrogates among them: file names that are not UTF-8 come with those.
_FORBIDDEN = lazy_pattern("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_REFERENCE = lazy_pattern(r"url\(#([^)]+)\)")


@contextmanager
def drawing() -> Iterator[None]:
    """The report's style while figures are made and rendered; the caller's own settings come back afterwards."""
    import matplotlib as mpl

    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # Names in scripts that DejaVu lacks: the browser has a font for them, the layout is off by little.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support .* natively")
        yield


def clean(text: object) -> str:
    """Text that XML and UTF-8 can hold: what they cannot becomes the replacement sign."""
    return _FORBIDDEN.sub("\ufffd", str(text))


def short(name: object, most: int = 24) -> str:
    """A name on one line that fits a tick label: a long one loses its middle, since both ends tell names apart."""
    text = " ".join(clean(name).split())
    if len(text) <= most:
        return text
    head = (most - 1) // 2
    return f"{text[:head]}…{text[len(text) - (most - 1 - head) :]}"


def to_svg(figure: Figure, prefix: str, alt: str) -> str:
    """An `<svg>` element to put into HTML as it is.

    Args:
        figure: what to render.
        prefix: goes before every id, so that two figures of one page never share one. (matplotlib's rcParam svg.id
            names the outermost element alone.)
        alt: what a screen reader says in its place.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    buffer = io.BytesIO()
    with drawing(), mpl.rc_context({"svg.hashsalt": prefix}):
        # As figure.savefig, which draws twice: the first time for the layout, which the one drawing computes as well.
        canvas: Any = FigureCanvasSVG(figure)  # print_svg has no types
        canvas.print_svg(buffer, metadata={"Date": None, "Creator": None})
    root = ElementTree.fromstring(buffer.getvalue())
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)  # HTML knows svg elements without a namespace prefix
        for name, value in list(element.attrib.items()):
            if name.startswith(_XLINK):
                del element.attrib[name]
                name = name.removeprefix(_XLINK)
            if name == "id":
                value = f"{prefix}-{value}"
            elif name == "href" and value.startswith("#"):
                value = f"#{prefix}-{value[1:]}"
            else:
                value = _REFERENCE.sub(rf"url(#{prefix}-\1)", value)
            element.set(name, value)
    for parent in list(root.iter()):
        for child in list(parent):
            # metadata is web addresses; the style is a rule for *, which would reach the whole page
            if child.tag.endswith("metadata") or child.tag == "style":
                parent.remove(child)
    for name in ("width", "height"):
        root.attrib.pop(name, None)  # the viewBox is left: the page decides on the width, from --own up: 11 px of type
    root.attrib |= {
        "xmlns": "http://www.w3.org/2000/svg",
        "role": "img",
        "aria-label": clean(alt),
        "style": f"--own: {math.ceil(1.01 * float(root.attrib['viewBox'].split()[2]))}px",
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
    return ElementTree.tostring(root, encoding="unicode")


def save_png(figure: Figure, path: str | Path, dpi: int = 120) -> Path:
    """Write a figure as a PNG, whole or not at all.

    Raises:
        DiskError: no room, no permission, read-only.
    """
    path = Path(path)
    with drawing(), replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=dpi, facecolor="white")
    return path
