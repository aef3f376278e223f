"""DTLS 1.2 with pre-shared keys: sessions without I/O, links and listeners around them."""
