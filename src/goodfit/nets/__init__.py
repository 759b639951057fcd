"""Floor 1: architectures, one file each; a file that defines ARCHITECTURES is found by itself."""

from goodfit.nets.architecture import Architecture, Recipe, architecture, build, measure, names, usual_options

__all__ = ["Architecture", "Recipe", "architecture", "build", "measure", "names", "usual_options"]
