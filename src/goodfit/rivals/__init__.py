"""Rivals, one file each: well-known models that are fitted on the same rows in seconds, and scored on the same rows."""
