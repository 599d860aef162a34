"""Who may do what to whom: the actor, the role × action table, scope, tokens and secrets."""
