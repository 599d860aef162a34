"""Destinations: where messages go. One file per kind; `rules` reads which there are, `answers` what they say."""
