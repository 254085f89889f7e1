"""Search: the query language, the index that follows every write, facets counted in memory, ranking, related posts."""
