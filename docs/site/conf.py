"""Sphinx's settings for the site of the docs; `make docs` builds it of what stage.py lays out."""

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
python_display_short_literal_types = True
python_maximum_signature_line_length = 80

html_theme = "furo"  # readable on a phone, dark mode, no outside request
html_title = "goodfit"
html_show_sphinx = False
html_copy_source = False
