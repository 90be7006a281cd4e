"""Which works of two years are the same, as a table of cases."""

import pytest

from gazetteer.vocabulary import Kind, Nature, Period, Status
from geodata.models import Relation
from geodata.same_work import LEAST, Candidate, likeness

SAME, THING, NOTHING = Relation.SAME, Relation.THING, None


def work(name: str, **fields) -> Candidate:
    values = {
        "id": 1,
        "kind": Kind.ROAD,
        "nature": Nature.NEW,
        "status": Status.ONGOING,
        "period": Period.PLANNED,
        "named": True,
        "unit": None,
        "ends": (),
        "county": "永康市",
        **fields,
    }
    return Candidate(name=name, **values)


NAMES = [
    ("城北东路", "城北东路", SAME),
    ("永康卫校迁建", "永康卫校", SAME),
    ("永康市图书馆", "市图书馆改造工程", SAME),
    ("市职教中心", "职业教育中心新校区", SAME),
    ("古渡镇卫生院", "古渡卫生院", SAME),
    ("398国道", "G398", SAME),
    ("滨河北路污水主管", "滨河北路污水干管", SAME),
    ("滨江公园二期", "滨江公园二期工程", SAME),
    ("南湖公园一期", "南湖公园二期", THING),
    ("南湖公园一期", "南湖公园", SAME),
    ("城北东路", "城北西路", NOTHING),
    ("人民公园", "人民广场", NOTHING),
    ("工业三路", "工业四路", NOTHING),
    ("石桥污水处理厂", "枫林污水处理厂", NOTHING),
    ("第一中学", "第二中学", NOTHING),
    ("县中医院", "县中医院门诊综合楼", NOTHING),
    ("上溪桥", "下溪桥", NOTHING),
]


@pytest.mark.parametrize(("one", "other", "relation"), NAMES)
def test_names_that_are_written_differently(one: str, other: str, relation: Relation | None):
    found = likeness(work(one), work(other))
    assert (found and found.relation) is relation
    if found:
        assert LEAST <= found.confidence <= 1
        assert found.reason


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        (("甲路", "乙桥"), ("甲路", "乙桥"), SAME),
        (("甲路", "乙桥"), ("乙桥", "甲路"), SAME),
        (("浦西村", "下洋村"), ("浦西", "下洋"), SAME),
        (("甲路", "乙桥"), ("甲路", "丙村"), SAME),
        (("甲路", "乙桥"), ("丙村", "丁村"), THING),
        (("甲路", "乙桥"), (), SAME),
    ],
)
def test_two_stretches_of_one_road_are_two_works_unless_they_share_an_end(one, other, relation):
    found = likeness(work("330国道", ends=one), work("330国道", ends=other))
    assert found.relation is relation


def test_the_plainer_case_is_surer():
    plain = likeness(work("330国道", ends=("甲", "乙")), work("330国道", ends=("甲", "乙")))
    one_end = likeness(work("330国道", ends=("甲", "乙")), work("330国道", ends=("甲", "丙")))
    other_kind = likeness(work("330国道", ends=("甲", "乙")), work("330国道", ends=("甲", "丙"), kind=Kind.BRIDGE))
    assert plain.confidence > one_end.confidence > other_kind.confidence


def test_what_is_finished_does_not_go_on():
    done = work("枫林污水处理厂", kind=Kind.PLANT, status=Status.COMPLETE, period=Period.DONE)
    assert likeness(done, work("枫林污水处理厂", kind=Kind.PLANT, nature=Nature.UPGRADE)).relation is THING


def test_the_phase_may_stand_behind_the_name():
    first = work("滨江公园", kind=Kind.PARK, behind="一期开放。")
    assert likeness(first, work("滨江公园", kind=Kind.PARK, behind="二期建设。")).relation is THING
    assert likeness(first, work("滨江公园", kind=Kind.PARK, behind="（一期）建成")).relation is SAME


def test_a_number_promised_is_linked_to_the_number_done_and_not_to_the_next_promise():
    promised = work("病险山塘", named=False, unit="座")
    assert likeness(promised, work("病险山塘", named=False, unit="座", period=Period.DONE)).relation is SAME
    assert likeness(promised, work("病险山塘", named=False, unit="座")) is None
    assert likeness(promised, work("病险山塘", named=False, unit="公里", period=Period.DONE)) is None
    assert likeness(promised, work("病险山塘", unit="座", period=Period.DONE)) is None
