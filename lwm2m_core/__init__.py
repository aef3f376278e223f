"""CoAP endpoint, LwM2M 1.0 client engine and codecs: bytes and `now` in, outputs out, no I/O."""
