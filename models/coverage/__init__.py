"""Attested time: which days somebody vouched for, as pure arithmetic of days."""
