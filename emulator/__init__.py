"""A virtual China Mobile IoT module: AT front end, module firmware, local cloud, command line."""
