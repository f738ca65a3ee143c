"""What ``glean verify`` looks at: the rows of a store beside each other and beside what is derived.

`CHECKS` of `storage.checks.every` lists them; one function and one row each.
"""
