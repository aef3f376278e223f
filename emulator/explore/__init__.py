"""The explorer of collisions: unsolicited lines at every place around a host's commands."""
