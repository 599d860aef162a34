"""From a notice that is due to a channel: still wanted, allowed today, handed over, and what became of it."""
