"""
Which probe could judge an item: a small matcher over words, facts and context, with its rules as data.

The road: text -> words and features (``words``, ``features``) -> a score for every rule (``score``) -> a ``Match``.
What a rule knows stands in ``rules/*.yaml``; what a command means stands in ``commands.yaml``.
"""
