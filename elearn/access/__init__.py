"""Who may do what: identities, permissions and one table of rules."""
