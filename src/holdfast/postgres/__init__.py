"""."""

from pathlib import Path

DEFAULT_DATA = Path("holdfast-data/postgres")
"""The embedded server's folder under the current directory, where nothing else is said."""
