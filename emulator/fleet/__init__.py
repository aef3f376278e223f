"""`mipl fleet`: many modems and their hosts from one file, and books of what they report."""
