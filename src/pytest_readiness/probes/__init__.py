"""The built-in probes: one file each, its name is the probe's name in a spec."""
