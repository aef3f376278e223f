"""The objects that the module answers for by itself, without the MCU (decision 33)."""
