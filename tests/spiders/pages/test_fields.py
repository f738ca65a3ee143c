"""The parts of a record, each by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import Citations, Section
from spiders.pages.abstract import sections_of, without_heading
from spiders.pages.citation import CITATION, CITED, Appearance, appearance_of, citations_of
from spiders.pages.language import language_of
from spiders.pages.names import look_like_people, people


@pytest.mark.parametrize(
    ("printed", "persons"),
    [
        ("朱某彪  袁某", ["朱某彪", "袁某"]),
        ("朱某彪\u00a0\u00a0袁某\u00a0\u00a0", ["朱某彪", "袁某"]),
        ("朱某彪 袁某", ["朱某彪", "袁某"]),
        ("朱某彪，袁某；王某、李某", ["朱某彪", "袁某", "王某", "李某"]),
        ("李 明  王小二", ["李 明", "王小二"]),
        ("阿卜杜拉·买买提  王某", ["阿卜杜拉·买买提", "王某"]),
        ("McAdams  J. E.  Williams  M. C.", ["McAdams J. E.", "Williams M. C."]),
        (
            "McAdams\u00a0J.\u00a0E.\u00a0Williams\u00a0M.\u00a0C.",
            ["McAdams J. E.", "Williams M. C."],
        ),
        ("McAdams J. E. Williams M. C.", ["McAdams J. E.", "Williams M. C."]),
        ("McAdams  J.  E. Williams  M. C.", ["McAdams J. E.", "Williams M. C."]),
        ("van der Berg  J.  de Souza  M. A.", ["van der Berg J.", "de Souza M. A."]),
        ("O'Brien  P.  Park  S.-H.  Žižek  Á.", ["O'Brien P.", "Park S.-H.", "Žižek Á."]),
        ("McAdams  JE  Williams  MC", ["McAdams JE", "Williams MC"]),
        ("J. E. McAdams  M. C. Williams", ["J. E. McAdams", "M. C. Williams"]),
        ("John A. Smith  Mary B. Jones", ["John A. Smith", "Mary B. Jones"]),
        ("ZHU Mou-biao  YUAN Mou", ["ZHU Mou-biao", "YUAN Mou"]),
        ("Zhu  Moubiao  Yuan  Mou", ["Zhu Moubiao", "Yuan Mou"]),
        ("Smith, J., Doe, K.", ["Smith, J.", "Doe, K."]),
        ("Smith, J.; Doe, K.", ["Smith, J.", "Doe, K."]),
        ("WHO  McAdams  J.", ["WHO", "McAdams J."]),
        ("王某  Smith  J.", ["王某", "Smith J."]),
        ("Smith  J.  Jr.", ["Smith J. Jr."]),
        ("Plato", ["Plato"]),
        ("  ", []),
        (",", []),
    ],
)
def test_authors_are_one_string_a_person(printed: str, persons: list[str]) -> None:
    assert list(people(printed)) == persons


@pytest.mark.parametrize(
    "line", ["朱某彪  袁某", "朱某", "买买提·艾力", "Zhang  W.", "van Dijk  J. P.", "Li W. Wu X."]
)
def test_a_line_of_names_is_known(line: str) -> None:
    assert look_like_people(line)


@pytest.mark.parametrize(
    "line",
    [
        "本文研究了波速。",
        "本文研究政府数据治理问题并提出若干建议",
        "目的",
        "We study mud in lakes",
        "Rheology",
        "《湖泊科学》",
        "1. First",
        "",
        "Background: mud",
    ],
)
def test_a_line_of_other_words_is_no_names(line: str) -> None:
    assert not look_like_people(line)


@given(st.text(max_size=80))
def test_any_text_can_be_asked_for_names(text: str) -> None:
    assert all(name.strip() for name in people(text))
    look_like_people(text)


CITATIONS = {
    "《地球物理学报》2017,60(10):3832-3843": ("地球物理学报", 2017, "60", "10", "3832-3843"),
    "《Rheologica Acta》1986,25(2):102-109": ("Rheologica Acta", 1986, "25", "2", "102-109"),
    "《地球物理学报》2017(3):1-5": ("地球物理学报", 2017, None, "3", "1-5"),
    "《地球物理学报》2017,(3):1-5": ("地球物理学报", 2017, None, "3", "1-5"),
    "《地球物理学报》2017,60:1-5": ("地球物理学报", 2017, "60", None, "1-5"),
    "《地球物理学报》2017,60(10)": ("地球物理学报", 2017, "60", "10", None),
    "《地球物理学报》2017": ("地球物理学报", 2017, None, None, None),
    "《地球物理学报》": ("地球物理学报", None, None, None, None),
    "《地球物理学报》２０１７，６０（１０）：３８３２－３８４３": (
        *("地球物理学报", 2017, "60", "10"),
        "3832-3843",
    ),
    "《 地球 物理 》 2017 , 60 ( 10 ) : 3832 - 3843": ("地球 物理", 2017, "60", "10", "3832-3843"),
    "《学报(社会科学版)》2020,12A(Z1):S1-S7": ("学报(社会科学版)", 2020, "12A", "Z1", "S1-S7"),
    "《甲》2001,3(增刊1):5-9,17": ("甲", 2001, "3", "增刊1", "5-9,17"),
    "《甲》2001,3(3-4):e12": ("甲", 2001, "3", "3-4", "e12"),
    "《甲》2001,XII(2):ii-iv": ("甲", 2001, "XII", "2", "ii-iv"),
    "《甲》2001,3(2):12–19": ("甲", 2001, "3", "2", "12–19"),
    "《甲》2001,3(2):102-109Abstract": ("甲", 2001, "3", "2", "102-109"),
    "《甲》2001,3(2):102-109本文": ("甲", 2001, "3", "2", "102-109"),
}


@pytest.mark.parametrize("printed", CITATIONS)
def test_a_citation_says_where_and_when(printed: str) -> None:
    match = CITATION.search(printed)
    assert match is not None
    assert appearance_of(match) == Appearance(*CITATIONS[printed])


@pytest.mark.parametrize("text", ["《", "《》", "《a\nb》", "2017,60(10):1-2", "《" * 50])
def test_what_names_no_venue_is_no_citation(text: str) -> None:
    assert CITATION.search(text) is None


@pytest.mark.parametrize(
    ("printed", "cited"),
    [
        ("总被引:26,自引:0,他引:26", Citations(total=26, own=0, others=26)),
        ("总被引：5，自引：2，他引：3", Citations(total=5, own=2, others=3)),
        ("总被引: 5 , 自引: 2 , 他引: 3", Citations(total=5, own=2, others=3)),
        ("总被引:7", Citations(total=7, own=0, others=7)),
    ],
)
def test_how_often_a_record_was_cited(printed: str, cited: Citations) -> None:
    match = CITED.search(printed)
    assert match is not None
    assert citations_of(match) == cited


@pytest.mark.parametrize("text", ["总被引频次为26", "总被引26次", "被引:3"])
def test_a_sentence_about_citations_is_no_count(text: str) -> None:
    assert CITED.search(text) is None


@pytest.mark.parametrize(
    ("printed", "abstract"),
    [
        ("Abstract\nWe study.", "We study."),
        ("ABSTRACT: We study.", "We study."),
        ("Abstract—We study.", "We study."),
        ("Abstract. We study.", "We study."),
        ("Abstract The paper.", "The paper."),
        ("[Abstract] We study.", "We study."),
        ("摘要\n本文研究。", "本文研究。"),
        ("摘    要:本文研究。", "本文研究。"),
        ("【摘要】本文研究。", "本文研究。"),
        ("摘要 本文研究。", "本文研究。"),
        ("Abstract", ""),
        ("Abstract art is old.", "Abstract art is old."),
        ("Abstraction: a view.", "Abstraction: a view."),
        ("摘要是论文的一部分。", "摘要是论文的一部分。"),
        ("【目的】甲。", "【目的】甲。"),
    ],
)
def test_only_a_heading_is_taken_off_an_abstract(printed: str, abstract: str) -> None:
    assert without_heading(printed) == abstract


@pytest.mark.parametrize(
    ("abstract", "sections"),
    [
        ("【目的】甲。【方法】乙。", [("目的", "甲。"), ("方法", "乙。")]),
        ("[目的/意义] 甲。[结果/结论] 乙[3]。", [("目的/意义", "甲。"), ("结果/结论", "乙[3]。")]),
        ("［目的］甲。\n［方法］乙。", [("目的", "甲。"), ("方法", "乙。")]),
        ("【目的】:甲。", [("目的", "甲。")]),
        ("[Objective] A. [Methods] B.", [("Objective", "A."), ("Methods", "B.")]),
        ("【目的】甲【乙】丙。", [("目的", "甲【乙】丙。")]),
        ("甲。【方法】乙。", []),
        ("[1] 甲。", []),
        ("[Ca] levels rise.", []),
        ("[J/OL] 甲。", []),
        ("【】甲", []),
        ("", []),
    ],
)
def test_labelled_sections(abstract: str, sections: list[tuple[str, str]]) -> None:
    assert sections_of(abstract) == tuple(Section(label=name, text=text) for name, text in sections)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("本文研究湖泊沉积。", "zh"),
        ("运用SWOT方法分析Web of Science数据库中的论文", "zh"),
        ("We study the mud of lakes.", "en"),
        ("Government‑to‑citizen “services” in the open", "en"),
        ("Ｔｈｅ ｍｕｄ ｏｆ ｔｈｅ ｌａｋｅ", "en"),
        ("Modelling uncertainty", "en"),
        ("湖の堆積物について研究した。", "ja"),
        ("호수 퇴적물을 연구하였다.", "ko"),
        ("Исследование озёр и рек", "ru"),
        ("Die Sedimente der Seen und ihre Bedeutung für das Klima", "de"),
        ("Étude des sédiments dans les lacs et leur évolution", "fr"),
        ("Estudio de los sedimentos en el lago y sus efectos", "es"),
        ("SWOT 4.0", None),
        ("", None),
    ],
)
def test_the_language_of_a_text(text: str, language: str | None) -> None:
    assert language_of(text) == language


@given(st.text(max_size=200))
def test_any_text_can_be_asked_for_its_language(text: str) -> None:
    assert language_of(text) is None or len(language_of(text) or "") == 2
