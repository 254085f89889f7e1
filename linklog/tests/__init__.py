"""Tests of publishing and of the settings."""
