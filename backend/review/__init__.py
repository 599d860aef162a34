"""Review: the staff of a site look at each entry, ask the family back where something is unclear, and accept it as
study data or refuse it. Every decision names the version it saw; whoever comes second is told what changed. What is
validated leaves for the study team in the same transaction."""
