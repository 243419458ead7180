"""The spec that a checklist becomes: groups and gates as values, then as YAML, new or merged into what is there."""
