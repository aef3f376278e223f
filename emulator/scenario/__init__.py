"""Scenarios: a day in the life of a module, written down in YAML."""
