"""Estimates with intervals, and tests."""
