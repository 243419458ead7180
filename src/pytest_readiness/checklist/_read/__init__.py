"""The parts of the reader: shapes of lines, marks, tables, fences, sections, and what is said of an item."""
