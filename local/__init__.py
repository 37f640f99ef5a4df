"""What a laptop needs instead of the cloud: emulators, twins and a launcher."""
