"""FOTA: the module's own firmware, delivered and installed by the platform (manual 3.3 note)."""
