"""What the gateway adds, measured as ratios in one run. Never asserted in a test."""
