"""The AT channel: V.250 lines, parameters, the command table, final results."""
