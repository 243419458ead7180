"""How the probes that look into databases reach them: URLs, statements, connections, one pool for each database."""
