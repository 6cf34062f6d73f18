"""Tables for analysts, computed from the staged tables."""
