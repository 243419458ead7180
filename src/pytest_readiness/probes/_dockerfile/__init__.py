"""Dockerfiles: parsed as BuildKit does, and known by their stages."""
