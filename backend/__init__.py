"""Letting people act: one room per activity of the study, standing on `models` and `notifications`."""
