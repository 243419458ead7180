"""How migrations are looked at: in an interpreter of their own, since they and ``env.py`` are the project's code."""
