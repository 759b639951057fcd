"""Floor 1: architectures, one file each; a file that defines ARCHITECTURES is found by itself."""

from goodfit.nets.architecture import Architecture, architecture, build, names

__all__ = ["Architecture", "architecture", "build", "names"]
