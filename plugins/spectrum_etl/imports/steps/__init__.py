"""The way of a plan: look, plan, accept, apply, compare."""
