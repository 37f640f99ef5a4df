"""The front doors: one folder is one Lambda, with one reason to be called."""
