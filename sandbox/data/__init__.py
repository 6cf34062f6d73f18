"""The sandbox's contractor: table definitions, generated business data, a month of business, and benchmark changes."""
