"""Sequence diagrams of recordings: MCU, module, platform, as text and as SVG."""
