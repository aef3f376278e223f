"""What differs between two dialogues of a host with a module: of models, or of recordings."""
