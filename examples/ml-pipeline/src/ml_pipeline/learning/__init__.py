"""Continuous learning: from candles to promoted models."""
