"""Attested time: which days somebody vouched for, how late they said so, and where nobody did."""
