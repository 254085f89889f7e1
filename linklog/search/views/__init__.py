"""The search page, its JSON, and its OpenSearch description."""
