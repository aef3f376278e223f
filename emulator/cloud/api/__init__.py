"""The platforms' HTTP calls: declared once, checked and described by the same declarations."""
