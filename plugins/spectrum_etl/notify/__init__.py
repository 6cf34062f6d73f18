"""Tells people what became of syncs and exports: by log, e-mail, Slack or Teams, as the settings say."""
