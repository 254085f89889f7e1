"""A URL becomes what we know of that page: title, authors, canonical address, quote, what was written about it before."""
