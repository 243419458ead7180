"""
Checklists in Markdown: read, matched with probes, made into a spec, held against evidence, written back.

The road: bytes -> ``Text`` (repaired) -> ``Document`` (every line accounted for) -> ``Proposal`` for each
item -> spec; and back: ``Document`` + ``Report`` -> ``Audit`` -> the same document with true boxes.
"""
