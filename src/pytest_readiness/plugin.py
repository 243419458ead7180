"""
pytest's entry point: options, ini settings, marker, and hooks that only delegate.

Imports nothing but pytest; everything else is loaded only when gates are asked for.
"""

from __future__ import annotations

import pytest
