"""Pages of other kinds: articles, menus, forms, tables, questions, texts without markup."""

from collections.abc import Callable

from benchmarks.corpora.frame import CHINESE, SIDE, TEXT, bare, framed, paragraphs


def _article() -> str:
    side = f"<aside><h3>Most read</h3><ol>{SIDE}</ol></aside>"
    head = '<h1>The lake that would not freeze</h1><p class="by">By Ada Abbott, 3 May 2021</p>'
    return framed(f"<article>{head}{paragraphs(14)}</article>", side=side)


def _article_with_links() -> str:
    share = "".join(f'<a href="/share/{s}">{s}</a>' for s in ("Mail", "Print", "Copy link"))
    return framed(f"<article><h1>Ice on the lake</h1>{share}{paragraphs(12, link=True)}</article>")


def _article_in_sections() -> str:
    parts = "".join(
        f'<h2 id="s{n}">{name}</h2>{paragraphs(3, link=True)}'
        for n, name in enumerate(("Origin", "Water", "Fish", "Ice", "People"))
    )
    toc = "".join(f'<li><a href="#s{n}">Section {n}</a></li>' for n in range(5))
    return framed(f"<h1>The lake</h1><ul class=toc>{toc}</ul>{parts}", title="The lake")


def _encyclopedia() -> str:
    facts = "".join(
        f"<tr><th>{name}</th><td>{value}</td></tr>"
        for name, value in (
            ("Area", "31 km²"),
            ("Depth", "84 m"),
            ("Inflow", '<a href="/r1">North River</a>'),
            ("Outflow", '<a href="/r2">South River</a>'),
            ("Islands", "3"),
        )
    )
    notes = "".join(
        f'<li id="n{n}"><a href="#r{n}">^</a> Abbott, A. (20{n:02d}). <a href="https://x.example/'
        f'{n}">"On the lake, part {n}"</a>. Lake Review. {n}: 1-9.</li>'
        for n in range(10, 16)
    )
    return framed(
        f"<h1>Lake</h1><table class=facts>{facts}</table>{paragraphs(16, link=True)}"
        f"<h2>References</h2><ol class=notes>{notes}</ol>",
        title="Lake - Open Encyclopedia",
    )


def _paper() -> str:
    return framed(
        "<h1>Sediments of northern lakes</h1><p><a href=/a1>Ada Abbott</a>, <a href=/a2>Omar Osei"
        f"</a></p><h2>Abstract</h2><p>{' '.join(TEXT)}</p><h2>Keywords</h2><p>lake, sediment"
        "</p><dl><dt>DOI</dt><dd>10.1234/lakes.5</dd><dt>Volume</dt><dd>12</dd><dt>Pages</dt>"
        "<dd>1-9</dd></dl>",
        title="Sediments of northern lakes | Lake Review",
    )


def _commented() -> str:
    comments = "".join(
        f"<li class=c><b>Reader{n}</b> <span>{n} h ago</span><p>{TEXT[n % 6][:60]}</p></li>"
        for n in range(5)
    )
    return framed(f"<h1>Ice again</h1>{paragraphs(14)}<h3>Comments</h3><ul>{comments}</ul>")


def _recipe() -> str:
    needs = "".join(f"<li>{n * 50} g of <b>thing {n}</b></li>" for n in range(1, 9))
    steps = "".join(f"<li>{text}</li>" for text in TEXT)
    return framed(f"<h1>Fish soup</h1><ul>{needs}</ul><ol>{steps}</ol>", title="Fish soup")


def _home_of_links() -> str:
    parts = "".join(
        f"<div class=part><h3>{name}</h3><ul>"
        + "".join(f'<li><a href="/{name}/{n}">{name} {n}</a></li>' for n in range(9))
        + "</ul></div>"
        for name in ("Catalogue", "Journals", "Services", "Branches", "Help", "About")
    )
    return framed(f"<h1>Welcome to the library</h1>{parts}", title="Lake Library")


def _home_of_services() -> str:
    tiles = "".join(
        f'<div class=tile><a href="/{name.lower()}"><img src="/{n}.png"><span>{name}</span></a>'
        "</div>"
        for n, name in enumerate(("Borrow", "Renew", "Reserve", "Ask", "Print", "Visit", "Learn"))
    )
    return framed(f"<h1>What would you like to do?</h1><div class=tiles>{tiles}</div>")


def _search_home() -> str:
    return bare(
        "<div><img src=/logo.png></div><form><input type=text name=q><button>Search</button>"
        "<a href=/advanced>Advanced</a></form><div><a href=/about>About</a> <a href=/terms>Terms"
        "</a> <a href=/privacy>Privacy</a></div>",
        "Search",
    )


def _advanced_search() -> str:
    rows = "".join(
        f"<tr><td><label>{name}</label></td><td><select><option>contains<option>is</select></td>"
        f'<td><input name="{name}"></td><td><a href="/help#{name}">?</a></td></tr>'
        for name in ("Title", "Author", "Subject", "Publisher", "ISBN", "Year", "Place")
    )
    return framed(f"<h1>Advanced search</h1><form><table>{rows}</table></form>")


def _index_of_names() -> str:
    letters = "".join(f'<a href="/az/{letter}">{letter}</a> ' for letter in "ABCDEFGHIJKLMNOPQRS")
    names = "".join(f'<li><a href="/t/{n}">Term {n}</a></li>' for n in range(80))
    return framed(f"<h1>Index</h1><p>{letters}</p><ul>{names}</ul>", title="Index A to Z")


def _map_of_site() -> str:
    parts = "".join(
        f'<li><a href="/p{part}">Part {part}</a><ul>'
        + "".join(f'<li><a href="/p{part}/{n}">Page {part}.{n}</a></li>' for n in range(7))
        + "</ul></li>"
        for part in range(12)
    )
    return framed(f"<h1>Site map</h1><ul>{parts}</ul>", title="Site map")


def _cloud_of_tags() -> str:
    tags = " ".join(
        f'<a style="font-size:{9 + n % 9}px" href="/tag/{n}">subject{n}</a>' for n in range(90)
    )
    return framed(f"<h1>All subjects</h1><div class=cloud>{tags}</div>")


def _terms() -> str:
    parts = "".join(
        f"<h3>{n}. {name}</h3><p>{TEXT[n % 6]} {TEXT[(n + 1) % 6]}</p>"
        for n, name in enumerate(("Scope", "Use", "Liability", "Data", "Changes", "Law"), start=1)
    )
    return framed(f"<h1>Terms of use</h1>{parts}", title="Terms of use")


def _numbered_terms() -> str:
    parts = "".join(f"<li>{TEXT[n % 6]} {TEXT[(n + 1) % 6]}</li>" for n in range(12))
    return framed(f"<h1>Privacy</h1><ol>{parts}</ol>", title="Privacy notice")


def _questions() -> str:
    asked = "".join(
        f"<div class=q><h3>How do I {verb} a book?</h3><div class=a><p>{TEXT[n % 6]}</p></div>"
        "</div>"
        for n, verb in enumerate(("borrow", "renew", "return", "reserve", "buy", "find", "cite"))
    )
    return framed(f"<h1>Questions</h1>{asked}", title="Questions and answers")


def _questions_in_details() -> str:
    asked = "".join(
        f"<details><summary>How do I {verb} a book?</summary><p>{TEXT[n % 6]}</p></details>"
        for n, verb in enumerate(("borrow", "renew", "return", "reserve", "buy", "find", "cite"))
    )
    return framed(f"<h1>Help</h1>{asked}", title="Help")


def _product() -> str:
    facts = "".join(
        f"<tr><td>Feature {n}</td><td>{n * 12} mm of the usual make</td></tr>" for n in range(14)
    )
    return framed(
        f"<h1>Folding boat</h1><img src=/b.jpg><p>1,204 €</p><button>Buy</button>{paragraphs(4)}"
        f"<table>{facts}</table>",
        title="Folding boat | Lake Shop",
    )


def _reviewed_product() -> str:
    said = "".join(
        f"<div class=review><b>Buyer {n}</b><span>{n % 5 + 1} of 5</span><p>{TEXT[n % 6]}</p></div>"
        for n in range(6)
    )
    return framed(f"<h1>Folding boat</h1>{paragraphs(6)}<h2>Reviews</h2>{said}")


def _figures() -> str:
    rows = "".join(
        f"<tr><td>{1990 + n}</td><td>{n * 31 % 17}.4</td><td>{n * 7 % 13}.1</td><td>{n * 1204}"
        "</td></tr>"
        for n in range(30)
    )
    head = "<tr><th>Year</th><th>Level</th><th>Rain</th><th>Visitors</th></tr>"
    return framed(f"<h1>Levels of the lake</h1><table>{head}{rows}</table>", title="Figures")


def _timetable() -> str:
    rows = "".join(
        f"<tr><th>{name}</th>" + "".join(f"<td>{h}:{h * 7 % 60:02d}</td>" for h in range(6, 19))
        for name in ("North pier", "Mill", "Island", "East bay", "Town")
    )
    return framed(f"<h1>Ferries</h1><table>{rows}</table>", title="Timetable")


def _calendar() -> str:
    weeks = "".join(
        "<tr>"
        + "".join(f'<td><a href="/day/{w * 7 + d}">{w * 7 + d}</a></td>' for d in range(1, 8))
        + "</tr>"
        for w in range(4)
    )
    return framed(f"<h1>May 2021</h1><table>{weeks}</table>", title="Calendar")


def _contact() -> str:
    return framed(
        "<h1>Contact</h1><address>Lake Library<br>1 Shore Road<br>Lakeside</address><p>Phone 0123"
        " 456<br>Fax 0123 457</p><form><textarea></textarea><button>Send</button></form>",
        title="Contact",
    )


def _pictures() -> str:
    cells = "".join(f'<a href="/photo/{n}"><img src="/t{n}.jpg"></a>' for n in range(40))
    return framed(f"<h1>Pictures of the lake</h1><div>{cells}</div>", title="Pictures")


def _folder() -> str:
    rows = "".join(
        f'<a href="part{n}.zip">part{n}.zip</a>   2021-05-0{n} 10:00  12M\n' for n in range(1, 9)
    )
    return bare(
        f'<h1>Index of /data</h1><pre><a href="../">../</a>\n{rows}</pre>', "Index of /data"
    )


def _chinese_article() -> str:
    texts = "".join(f"<p>{text}</p>" for text in CHINESE * 5)
    side = "".join(f"<li><a href=/n{n}>{text[:14]}</a></li>" for n, text in enumerate(CHINESE * 2))
    return bare(
        f"<div class=nav><a href=/>首页</a><a href=/n>新闻</a><a href=/k>科技</a></div><h1>湖泊的"
        f"冬天</h1><div>2021年5月3日 来源：湖泊日报</div>{texts}<div class=hot><ul>{side}</ul>"
        "</div><div>版权所有 湖泊日报</div>",
        "湖泊的冬天_湖泊日报",
    )


def _code() -> str:
    lines = "".join(
        f"<tr><td>{n}</td><td><code>level[{n}] = read({n}) + offset</code></td></tr>"
        for n in range(1, 60)
    )
    return framed(f"<h1>levels.py</h1><table class=blob>{lines}</table>", title="levels.py")


def _poem() -> str:
    return "\n".join(
        f"{line}\n" if n % 4 == 3 else line
        for n, line in enumerate([text.split(",")[0].split(";")[0] for text in TEXT * 3])
    )


def _letter() -> str:
    return "Dear reader,\n\n" + "\n\n".join(TEXT * 2) + "\n\nYours,\nAda Abbott\n"


def _robots() -> str:
    return "User-agent: *\n" + "".join(f"Disallow: /{n}/\n" for n in range(40))


def _table_of_values() -> str:
    return "year,level,rain\n" + "".join(f"{1990 + n},{n}.4,{n * 3}\n" for n in range(40))


def _listing_of_objects() -> str:
    return '{"took": 3, "hits": [' + ", ".join(f'{{"id": {n}}}' for n in range(50)) + "]}"


def _log() -> str:
    return "".join(
        f'192.0.2.{n} - - [03/May/2021:10:00:{n:02d}] "GET /page/{n} HTTP/1.1" 200 {n * 31}\n'
        for n in range(50)
    )


OTHERS: dict[str, Callable[[], str]] = {
    "article": _article,
    "article with links": _article_with_links,
    "article in sections": _article_in_sections,
    "encyclopedia": _encyclopedia,
    "paper": _paper,
    "commented": _commented,
    "recipe": _recipe,
    "home of links": _home_of_links,
    "home of services": _home_of_services,
    "search home": _search_home,
    "advanced search": _advanced_search,
    "index of names": _index_of_names,
    "map of site": _map_of_site,
    "cloud of tags": _cloud_of_tags,
    "terms": _terms,
    "numbered terms": _numbered_terms,
    "questions": _questions,
    "questions in details": _questions_in_details,
    "product": _product,
    "reviewed product": _reviewed_product,
    "figures": _figures,
    "timetable": _timetable,
    "calendar": _calendar,
    "contact": _contact,
    "pictures": _pictures,
    "folder": _folder,
    "chinese article": _chinese_article,
    "code": _code,
    "poem": _poem,
    "letter": _letter,
    "robots": _robots,
    "table of values": _table_of_values,
    "listing of objects": _listing_of_objects,
    "log": _log,
}
