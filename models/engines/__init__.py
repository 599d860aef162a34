"""Tortoise's two database engines, mended where cancellation or waiting would hurt them.

The module names matter: Tortoise picks the dialect of a migration by them.
"""
