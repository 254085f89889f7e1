"""Template tags of captured pages: presentation only, no queries."""
