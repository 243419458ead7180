"""Superseded by backend.ai.retraining; kept to look things up."""
