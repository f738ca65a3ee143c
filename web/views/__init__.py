"""What each address of the local page answers: a module a view."""
