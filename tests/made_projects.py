"""Projects made by hypothesis: every field, texts that look like headings, marks, amounts and markup."""

from __future__ import annotations

from hypothesis import strategies as st

from xlbudget.money import Rounding
from xlbudget.project import (
    SETTLEMENT_COLUMNS,
    Funding,
    Item,
    Line,
    Organisation,
    Pair,
    Person,
    Project,
    Results,
    Settlement,
    Step,
)

TRAPS = (
    "", " ", "계", "합 계", "1 기본 현황", "2. 예산 설명", "□ 사업목적", "사업내용", "# 제목", "(x-) 13,500", "(x5)", "=",
    "○ 하나 ○ 둘", "◎ 모음", "○○구 지원", "- 하나", "-5% 조정", "--", "- 1 -", "가 | 나", "|가|나|", "가\t나", "가\n나",
    "<br>", "&lt;", "&#9;", "&amp;#9;", "<!---->", "R&D", "(단위 : 원)", "2021.01~2021.12", "2021-1-5", "~", "2021.3~",
    "☑ 신규 ☐ 계속", "[x] 계속", "국비", "시비", "구비", "기타", "예산 외", "(구비)", "시비(교부세)", "홍길동 2133-0000",
    "2133-0000", "총무 과", "균형 담당 관", "담당 관", "101-01 보수", "[101] 보수", "보수(101-01)", "사무 관리비", "사무관리비",
    "2027년 1분기", "100원*3회", "1,000원 = 1천원", "〔1〕- 수당", "〔식〕", "2021년도", "2019", "(계속)", "사무관리비(계속)",
    "구 분", "연도", "사업추진절차", "추진기간", "과목구분", "예산내역", "부서명", "주무관", "최종예산", "집행액", "회 계 : 일반",
    "2021년도 예산 사업설명서", "사업명 : 가", "해당 없음", "비고", "※ 주의", "ㅇ 하나", "o 하나", "\u3000가", "가\u00a0", "가\u2028나",
)  # fmt: skip

_CHARACTERS = st.characters(exclude_categories=("Cs",))
texts = st.one_of(
    st.sampled_from(TRAPS),
    st.text(st.sampled_from("가나다 ○◎-=()[]~|&<>#;:x\t\n.,0123년원*☑□〔〕※'"), max_size=12),
    st.text(_CHARACTERS, max_size=8),
)
amounts = st.one_of(st.none(), st.integers(-(10**15), 10**15), st.sampled_from((0, 1, -1, 13_500)))
years = st.integers(1901, 2099)
pairs = st.builds(Pair, total=amounts, subsidy=amounts)
persons = st.builds(Person, name=texts, phone=texts)
expressions = st.one_of(
    st.none(),
    st.sampled_from(("", "150,000원*20명*3회", "1,000원", "식 아님", "3회", "50/100원", " 5원 ", "5원=")),
    texts,
)
any_lines = st.builds(
    Line,
    depth=st.integers(0, 9),
    marker=st.one_of(
        st.sampled_from(("○", "-", "·", "◎", "", "①", "※", " ")), st.text(_CHARACTERS, max_size=3)
    ),
    label=texts,
    expression=expressions,
    stated=amounts,
    subsidy=amounts,
    note=texts,
)
lines = any_lines.filter(lambda line: Line(**line.model_dump()) == line)
"""Lines whose label and expression are split as their text is."""
items = st.builds(
    Item,
    object_name=texts,
    object_code=st.one_of(st.just(""), st.just("201-01"), texts),
    previous=pairs,
    current_subsidy=amounts,
    derivations=st.lists(lines, max_size=4).map(tuple),
)
settlements = st.builds(Settlement, year=years, **dict.fromkeys(SETTLEMENT_COLUMNS, pairs))
several = st.lists(texts, max_size=3).map(tuple)
projects = st.builds(
    Project,
    name=texts,
    fiscal_year=years,
    round=st.one_of(st.just("본예산"), st.just("제1회 추경"), texts),
    rounding=st.sampled_from(Rounding),
    account=texts,
    period=texts,
    summary=several,
    funding=st.lists(
        st.builds(
            Funding,
            source=texts,
            amount=amounts.filter(lambda value: value is not None),
            in_budget=st.booleans(),
        ),
        max_size=4,
    ).map(tuple),
    subsidy_rate=texts,
    organisation=st.builds(
        Organisation, bureau=texts, division=texts, head=persons, team_leader=persons, officer=persons
    ),
    items=st.lists(items, max_size=4).map(tuple),
    purpose=several,
    grounds=several,
    content=several,
    history=several,
    schedule=st.lists(
        st.builds(Step, step=texts, start=texts, end=texts, amount=amounts, detail=texts), max_size=3
    ).map(tuple),
    results=st.lists(st.builds(Results, year=years, text=several), max_size=3).map(tuple),
    effects=several,
    settlements=st.lists(settlements, max_size=3).map(tuple),
)
