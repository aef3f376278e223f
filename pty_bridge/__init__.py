"""The serial side: ports that a host program opens, and an in-memory one for tests."""
