"""How fast time may pass (`--time-scale`)."""

SCALE_LEAST, SCALE_MOST = 0.001, 10000.0  # beyond, a program has no use for it (chosen)
