"""Documents: found, read by their format, asked with JMESPath, held against a schema."""
