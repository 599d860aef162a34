"""Entry → payload: pure, one file per shape."""
