"""Curves of a finished run, whoever trained it: files of histories are read, and rules judge their course."""
