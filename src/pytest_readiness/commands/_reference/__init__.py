"""The reference of a probe, derived from its class: as entries, then as text for a terminal or as Markdown."""
