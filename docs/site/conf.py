"""Sphinx's settings for the site of the docs; `make docs` builds it of what stage.py lays out."""

from typing import Any

from goodfit import __version__

project = "goodfit"
version = release = __version__
author = "the goodfit authors"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4  # links such as images.md#photos
suppress_warnings = ["myst.header"]  # a page may begin at any level

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # attributes in their class's text, and not a second time
python_display_short_literal_types = True
python_maximum_signature_line_length = 80

html_theme = "furo"  # readable on a phone, dark mode, no outside request
html_title = "goodfit"
html_show_sphinx = False
html_copy_source = False


def setup(app: Any) -> None:
    """Called by Sphinx: an asterisk in a docstring, as in `'{group}/*'`, begins no emphasis."""

    def escape(_app: Any, _what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
        lines[:] = [line.replace("*", r"\*") for line in lines]

    app.connect("autodoc-process-docstring", escape)
