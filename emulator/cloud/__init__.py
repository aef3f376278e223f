"""The local stand-in for the platforms that the modules log in to."""
