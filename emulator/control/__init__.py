"""The control channel: what another process of the same user may ask of running modems."""
