"""Real servers for tests: one file each, whose session-scoped fixtures every test may ask for."""
