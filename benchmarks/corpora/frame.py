"""What stands around the matter of a page that is no result page: a head, a menu, a foot; and text
to fill it with."""

TEXT = (
    "The lake lies in a basin that the glacier left behind, and its level follows the rain of the "
    "year before.",
    "Three rivers feed it from the north; the largest of them carries most of the sand that has "
    "filled the upper bay since the road was built.",
    "People have fished here for as long as anyone can remember, though the nets that hang in the "
    "boathouses today are made of other stuff.",
    "In winter the ice bears a cart from January on, and in some years until the end of March, as "
    "the church books say.",
    "What the commission found when it took its samples was published only two years later, after "
    "the second reading of the bill.",
    "Nobody disputes the figures, but what they mean for the villages on the eastern shore has "
    "been argued about ever since.",
)
CHINESE = (
    "本站所述湖泊位于盆地中央，水位随上一年降雨量而变化，冬季封冻。",
    "流入湖中的河流共有三条，其中最大的一条带来了大部分泥沙，使上游湖湾逐渐淤浅。",
    "当地居民世代以捕鱼为生，如今船屋中悬挂的渔网已改用新的材料。",
)
_MENU = "".join(
    f'<li><a href="/{word.lower()}">{word}</a></li>'
    for word in "Home News Sport Business Culture Travel Science Health Opinion Video".split()
)
SIDE = "".join(
    f'<li><a href="/most/{n}">{text}</a></li>'
    for n, text in enumerate(
        (
            "Bridge closed for repairs until spring",
            "Council votes on new ferry timetable",
            "School choir wins at the festival again",
            "Harvest late this year, growers say",
            "Old mill to become a museum",
        )
    )
)


def framed(
    body: str, *, title: str = "Lake Courier", side: str = "", foot: str = "© 2024 Lake Courier"
) -> str:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title><style>a{{color:red}}</style></head>"
        f'<body><header><a class="logo" href="/">Lake Courier</a><ul class="menu">{_MENU}</ul>'
        '<form action="/search"><input type="search" name="q" placeholder="Search"></form>'
        f'<a href="/login">Sign in</a></header><main>{body}</main>{side}'
        f'<div class="foot"><a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a> {foot}'
        "</div></body></html>"
    )


def bare(body: str, title: str = "") -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def paragraphs(count: int, link: bool = False) -> str:
    texts = []
    for n in range(count):
        text = f"{TEXT[n % 6]} {TEXT[(n + 2) % 6]}"
        if link and n % 2:
            text = text.replace("the ", f'the <a href="/topic/{n}">well-known</a> ', 1)
        texts.append(f"<p>{text}</p>")
    return "".join(texts)
