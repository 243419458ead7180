"""How contracts on imports are checked: by import-linter, in an interpreter of its own."""
