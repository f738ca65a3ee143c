"""A draft of a profile as the file that somebody goes on with."""

from spiders.pages.selected.drafting import Draft

_HEAD = """\
# A first profile, written from one page. Look at it beside other pages of the site: of the search's
# last page, of one without results, of one with a captcha. docs/profiles.md has every key.

name = "{name}"
hosts = [{hosts}]
{harvest}
[politeness]
delay = 5.0                              # check: what does the site's robots.txt ask for?

[[layout]]
record = {record}
# without = [".advert"]                  # check: what of these are adverts?
"""


def as_toml(draft: Draft, name: str, host: str | None) -> str:
    """The text of the file."""
    hosts = _quoted(host) if host else ""
    harvest = (
        "# harvest = false                      # check: does its robots.txt forbid the pages?\n"
    )
    lines = [_HEAD.format(name=name, hosts=hosts, harvest=harvest, record=_quoted(draft.record))]
    if draft.total:
        pattern = f", pattern = {_quoted(draft.total_pattern)}"
        lines.append(f"total = {{ select = {_quoted(draft.total)}{pattern} }}  # check\n")
        lines.append('total_counts = "search"                  # check: or of the page?\n')
    if draft.next:
        lines.append(f'next = {{ select = {_quoted(draft.next)}, attribute = "href" }}  # check\n')
    if draft.query:
        lines.append(f'query = {{ select = {_quoted(draft.query)}, attribute = "value" }}\n')
    if draft.footer:
        lines.append(f"footer = {_quoted(draft.footer)}\n")
    lines.append(f"\n[layout.guard]\nrequired = [{_quoted(draft.guard)}]")
    lines.append("  # check: stands on every result page, and on no other\n")
    lines.append("# empty = [] captcha = [] login = []     # check: how are these pages known?\n")
    lines.append("\n[layout.fields]\n")
    for field, selector in draft.fields.items():
        lines.append(f"{field} = [{_quoted(selector)}]  # check\n")
        if field == "title":
            lines.append(f'url = [{{ select = {_quoted(selector)}, attribute = "href" }}]\n')
    return "".join(lines)


def _quoted(text: str) -> str:
    """A string of TOML.

    >>> print(_quoted("a[b='c']"), _quoted('a "b"'))
    "a[b='c']" 'a "b"'
    """
    if "\\" not in text and '"' not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
