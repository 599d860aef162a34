"""Forwarding: validated entries leave for the study team.

A validation writes one outbox message per destination in its own transaction, with the payload frozen; the worker
delivers it at least once and, by its derived id, exactly once in effect. Nothing unvalidated ever leaves. Messages
about one entry leave in their order; a message that can't be delivered holds back only its own entry.
"""
