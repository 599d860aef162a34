"""What comes in and what goes out: strict bodies, problems, idempotency keys, ETags, attempt limits."""
