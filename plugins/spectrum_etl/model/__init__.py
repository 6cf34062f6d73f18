"""What every layer speaks of: table specs, runs and scopes, check results, counts, drift, characters."""
