"""On foot: streets -> network -> reach."""
