"""Modems, platforms and host programs for synchronous code: a loop of their own in a thread."""
