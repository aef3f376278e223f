"""The network side: links that carry datagrams, and a wrapper that carries them badly."""
