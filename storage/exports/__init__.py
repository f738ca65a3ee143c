"""Records of the store as files that other tools read: a module a format."""
