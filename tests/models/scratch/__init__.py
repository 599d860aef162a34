"""A hospital and its wards: tables of their own, to try migrations on a full database."""
