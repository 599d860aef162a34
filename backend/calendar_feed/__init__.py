"""The calendar feed: one person's visits under a secret address that they can revoke.

Whoever has the address reads them, so it says neither who nor what, and shows only what its owner may see at that
moment. A feed is no reminder: calendars fetch it when they like.
"""
