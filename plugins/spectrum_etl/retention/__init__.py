"""Removes from the warehouse what is neither current nor young enough to be kept (`retention` in the settings)."""
