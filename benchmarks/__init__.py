"""Speed and quality, side by side with peers: ratios measured in one run."""
