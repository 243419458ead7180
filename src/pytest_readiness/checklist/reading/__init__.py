"""Markdown -> ``Document``: repaired, and every line accounted for."""
