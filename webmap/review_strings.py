"""The words of the review page, in the reader's language, for its scripts."""

from flask_babel import LazyString, gettext, lazy_gettext

from geodata.models import Action

ACTIONS: dict[Action, LazyString] = {
    Action.ACCEPT: lazy_gettext("已确认"),
    Action.CORRECT: lazy_gettext("已更正"),
    Action.SPLIT: lazy_gettext("拆分而来"),
    Action.MERGE: lazy_gettext("合并而来"),
    Action.DROP: lazy_gettext("已删除"),
    Action.ADD: lazy_gettext("新增"),
}


def strings() -> dict[str, str]:
    """Each string by the name that the scripts call it; {names} are filled in there."""
    return {
        "accept": gettext("确认"),
        "correct": gettext("更正"),
        "split": gettext("拆分"),
        "merge": gettext("合并"),
        "drop": gettext("删除"),
        "add": gettext("添加为工程"),
        "name": gettext("名称"),
        "kind": gettext("类别"),
        "status": gettext("进展"),
        "nature": gettext("建设性质"),
        "sector": gettext("工作领域"),
        "period": gettext("报告所述"),
        "area": gettext("报告章节"),
        "places": gettext("地点（定位时在名称之外查找）"),
        "named": gettext("有专名，或全县只有这一个"),
        "extent_from": gettext("起点"),
        "extent_to": gettext("终点"),
        "quantity": gettext("数量"),
        "unit": gettext("单位"),
        "done": gettext("完成"),
        "cancel": gettext("取消"),
        "split_names": gettext("拆成哪几项？每行写一个名称"),
        "choose": gettext("选中，以便合并"),
        "choose_two": gettext("先勾选两项以上的工程，再合并"),
        "select_words": gettext("先在左边原文里选中工程名称"),
        "tally": gettext("共 {n} 项，已校核 {reviewed} 项"),
        "doubt": gettext("存疑：{flags}"),
        "nothing": gettext("没有符合条件的工程"),
        "present": gettext("{names} 也在校核这份报告"),
        "changed": gettext("{names} 改了这份草稿，列表已更新"),
        "taken": gettext("{by} 刚刚改了同一项工程，您的这一步没有生效，请看过再改"),
        "undone": gettext("已撤销：{action}"),
        "dropped": gettext("已删除“{name}”，按 Z 撤销"),
        "failed": gettext("这一步没有保存，请检查网络后再试一次"),
        "gone": gettext("这次校核已经被保存或放弃，请回到报告页"),
        "saving": gettext("正在保存并定位……"),
        "locating": gettext("已保存，正在定位，还剩 {n} 项……"),
        "not_located": gettext("已保存；余下 {n} 项的定位中断了，可在服务器上运行 guatu locate 补上。"),
        "summary": gettext("保存后，{n} 项工程列入地图；其中 {reviewed} 项已校核，{left} 项未校核，按读出的结果列入。"),
    }
