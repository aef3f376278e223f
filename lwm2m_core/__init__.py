"""CoAP endpoint, LwM2M 1.0 client engine and codecs, without I/O: bytes and `now` in, outputs out."""
