"""CoAP endpoint, LwM2M 1.0 client engine and codecs without I/O: bytes, `now` in, outputs out."""
