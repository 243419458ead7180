"""What the probes about imports and sources share: finding modules, reading imports, graphs, fresh interpreters."""
