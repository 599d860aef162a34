"""Adjudication: trained readers say what a reported fracture was, and sign it. The family's words stay as they are;
what counts as a fracture follows from the readers' newest judgements and a named case definition."""
