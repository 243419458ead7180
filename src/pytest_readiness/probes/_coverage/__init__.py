"""What the coverage probe and the collector of the run share: measuring, analysing, choosing files."""
