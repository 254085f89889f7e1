"""Atom, RSS, JSON Feed and the sitemap of any list of posts. No queries of their own."""
