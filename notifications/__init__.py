"""Telling people: when, in which words, by which channel. Imports models only."""
