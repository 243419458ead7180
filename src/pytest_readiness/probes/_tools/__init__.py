"""What probes share that read or run a tool: findings, report formats, programs that are installed, source files."""
