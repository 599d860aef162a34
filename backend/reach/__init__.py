"""How a person is reached: their phones and browsers, their number, and what providers say of what was sent there."""
