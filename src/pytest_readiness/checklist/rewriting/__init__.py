"""The document given back with its boxes true: marks, shares, notes and a summary, in the document's own looks."""
