"""How fast the product is, measured against floors in the same run: `python -m tests.bench [--quick]`."""
