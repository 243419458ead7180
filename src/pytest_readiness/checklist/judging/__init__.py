"""Claims beside evidence: what each item of a checklist comes to, and what each stated share really is."""
