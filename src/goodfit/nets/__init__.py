"""Architectures, one file each: a file that defines ARCHITECTURES is detected."""

from goodfit.nets.architecture import Architecture, Recipe, architecture, build, measure, names, usual_options

__all__ = ["Architecture", "Recipe", "architecture", "build", "measure", "names", "usual_options"]
