"""What the HTTP front doors share: credentials in, errors and answers out."""
