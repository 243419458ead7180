"""Models that are trained, tried in the shadow of the active ones, promoted, and watched."""

__version__ = "1.0.0"
