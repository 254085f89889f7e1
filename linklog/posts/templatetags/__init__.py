"""Template tags of posts: presentation only, no queries."""
