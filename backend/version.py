"""Which version this is: said in the figures, the same as in pyproject.toml."""

VERSION = "0.1.0"
