"""The importable objects as data, and the way each walks: land, check, publish."""
