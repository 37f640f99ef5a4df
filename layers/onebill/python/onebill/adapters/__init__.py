"""The only code that talks to the outside. Vendors, and their errors, stop here."""
