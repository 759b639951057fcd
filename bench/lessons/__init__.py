"""The lessons of docs/lessons: how their pages are run, and the experiments that their tables and plots come from."""
