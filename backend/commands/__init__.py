"""What an operator types: one file per command, each a thin skin over the rooms. Registered in `backend.__main__`."""
