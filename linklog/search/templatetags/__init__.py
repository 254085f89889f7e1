"""Template tags of search: presentation only, no queries."""
