"""Faults: what a module, its line and its network do wrong on purpose (docs/faults.md)."""
