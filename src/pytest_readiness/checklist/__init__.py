"""
Checklists in Markdown: read, matched with probes, made into a spec, held against evidence, written back.

The road: bytes -> ``Text`` -> ``Document`` (``reading``) -> a ``Proposal`` for each item (``proposing``) -> spec
(``drafting``). And back: ``Document`` + gates (``pairing``) + ``Report`` -> ``Audit`` (``judging``) -> the same
document with true boxes (``rewriting``).
"""
