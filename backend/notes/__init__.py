"""Private notes: what one person writes about a child for themselves alone. Nobody else ever sees them, staff and the
other parent included; they are no source data, are never reviewed and never leave.
"""
