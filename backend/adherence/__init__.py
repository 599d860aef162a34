"""Adherence: what was asked of families, what was sent and what they answered; and what staff do about silence."""
