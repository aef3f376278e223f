"""Serial logs of real modules, and recordings: read, played to a modem, compared, made tests."""
