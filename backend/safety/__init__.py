"""Entries that a person must look at soon: a rule raises a flag, the duty roster says who is told, and people decide.

The system never decides whether something is serious; it proves that somebody looked, who, and when.
"""
