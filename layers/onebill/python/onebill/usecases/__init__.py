"""One file is one thing a person, a program or a schedule can do."""
