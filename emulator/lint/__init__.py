"""The host lint: says where a host breaks the rules of the manual."""
