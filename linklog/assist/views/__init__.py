"""Suggestions for the page in which one writes, and what they cost."""
