"""The diary: what families write from their phones, and everything ever written. An entry arrives by sync (many at
once, after the tunnel) or as a single resource; either way revision 1 is source data for ever, a correction is a
new revision with a reason, a retraction is a state, and what can't be stored is kept in quarantine."""
