"""The local page: what the store holds, in a browser. The command line's twin."""
