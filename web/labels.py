"""The page's own words, in English and in Chinese."""

from collections.abc import Mapping

LANGUAGES = ("en", "zh")

WORDS: Mapping[str, tuple[str, str]] = {
    "search": ("Search", "检索"),
    "advanced": ("Advanced search", "高级检索"),
    "clusters": ("Clusters", "聚类"),
    "review": ("Review", "审核"),
    "runs": ("Runs", "运行"),
    "sources": ("Sources", "来源"),
    "quarantine": ("Quarantine", "隔离区"),
    "skip": ("Skip to the content", "跳到正文"),
    "views": ("Views", "页面"),
    "words": ("Words", "检索词"),
    "words_hint": (
        "Of a title, an abstract, an author or a venue; or paste an abstract",
        "题名、摘要、作者或刊名中的词，也可粘贴一段摘要",
    ),
    "title": ("Title", "题名"),
    "authors": ("Authors", "作者"),
    "venue": ("Venue", "刊名"),
    "abstract": ("Abstract", "摘要"),
    "language": ("Language", "语种"),
    "year": ("Year", "年份"),
    "from_year": ("From year", "起始年份"),
    "to_year": ("To year", "截止年份"),
    "source": ("Source", "来源"),
    "results": ("Results", "检索结果"),
    "similar": ("Similar literature", "相似文献"),
    "near_duplicates": ("Near-duplicates", "近似重复"),
    "related": ("Related literature", "相关文献"),
    "records": ("Records", "记录"),
    "readings": ("Readings", "读取结果"),
    "cluster": ("Cluster", "聚类"),
    "evidence": ("Evidence", "证据"),
    "decisions": ("Decisions", "人工判定"),
    "members": ("Members", "成员"),
    "canonical": ("canonical record", "代表记录"),
    "the_canonical": ("Canonical record", "代表记录"),
    "side_by_side": ("Side by side", "并排对照"),
    "of_this_work": ("more records of this work", "条同一文献的记录"),
    "n_records": ("records", "条记录"),
    "n_unique": ("unique", "条不重复"),
    "n_clusters": ("clusters", "个聚类"),
    "n_pages": ("pages", "个页面"),
    "n_quarantine": ("in quarantine", "个在隔离区"),
    "n_pairs": ("pairs wait, the most uncertain first", "对待审核，最不确定者在前"),
    "address": ("Address", "地址"),
    "key": ("Key", "标识"),
    "keywords": ("Keywords", "关键词"),
    "next": ("Next", "下一页"),
    "previous": ("Previous", "上一页"),
    "first": ("First", "首页"),
    "no_title": ("No title", "无题名"),
    "one_work": ("One work", "同一文献"),
    "different_works": ("Different works", "不同文献"),
    "skip_pair": ("Skip", "跳过"),
    "undo": ("Undo", "撤销"),
    "similarity": ("Similarity", "相似度"),
    "for": ("for", "支持"),
    "against": ("against", "反对"),
    "reason": ("Reason", "原因"),
    "started": ("Started (UTC)", "开始 (UTC)"),
    "pages": ("Pages", "页面"),
    "new": ("New", "新增"),
    "duplicates": ("Duplicates", "重复"),
    "failed": ("Failed", "失败"),
    "seconds": ("Seconds", "秒"),
    "run": ("Run", "运行"),
    "all": ("All", "全部"),
    "show": ("Show", "显示"),
    "limit": ("At most", "最多"),
    "harvests": ("Harvests", "采集"),
    "firings": ("Scheduled runs", "定时运行"),
    "schedule": ("Schedule", "计划"),
    "state": ("State", "状态"),
    "fire_time": ("Fire time (UTC)", "触发时间 (UTC)"),
    "since": ("Since (UTC)", "起始时间 (UTC)"),
    "due": ("Due", "待取"),
    "done": ("Done", "完成"),
    "gone": ("Gone", "已消失"),
    "beyond": ("Beyond depth", "超出深度"),
    "last_success": ("Harvested to its end (UTC)", "上次完成 (UTC)"),
    "next_run": ("Next (UTC)", "下次 (UTC)"),
    "figures": ("Figures", "数字"),
    "waiting": ("Waits in quarantine", "隔离中的页面"),
    "given_up": ("Given up", "已放弃"),
    "fetched": ("Fetched (UTC)", "获取时间 (UTC)"),
    "problems": ("Problems", "问题"),
    "text": ("Words of the page", "页面文字"),
    "markup": ("Source of the page, as text", "页面源码（文本）"),
    "download": ("Download the bytes as archived", "下载存档原文"),
    "as_json": ("This page as JSON", "本页 JSON"),
    "size": ("Records", "记录数"),
    "hosts": ("Hosts left alone", "暂停访问的主机"),
    "status": ("Status", "状态码"),
}


def label(name: str, language: str) -> str:
    """The word for something. Raises KeyError."""
    english, chinese = WORDS[name]
    return chinese if language == "zh" else english


def preferred(said: str | None, accepted: str | None) -> str:
    """The language of the labels: the one that was chosen, else the first of a browser's
    (``Accept-Language``) that there is.

    >>> preferred(None, "fr-FR, zh-CN;q=0.8, en;q=0.5"), preferred("en", "zh")
    ('zh', 'en')
    """
    wished = [said or "", *(part.partition(";")[0].strip() for part in (accepted or "").split(","))]
    short = (each[:2].lower() for each in wished)
    return next((each for each in short if each in LANGUAGES), LANGUAGES[0])
