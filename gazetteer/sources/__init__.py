"""Where places come from: one file a source, and `catalogue`, which finds the one that a name or a file means."""
