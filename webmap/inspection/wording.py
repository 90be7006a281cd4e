"""The words that the inspectors' page says from its scripts, in the reader's language, and those of the findings."""

from flask_babel import LazyString, gettext, lazy_gettext

from geodata.models import Decision, Finding
from geodata.selection import NOT_INSPECTED

FINDINGS: dict[Finding, LazyString] = {
    Finding.HERE: lazy_gettext("在这里"),
    Finding.MOVED: lazy_gettext("在别处"),
    Finding.NOT_FOUND: lazy_gettext("没找到"),
    Finding.UNREACHABLE: lazy_gettext("到不了"),
}
FINDING_CHOICES: dict[str, LazyString] = {
    **{finding.value: label for finding, label in FINDINGS.items()},
    NOT_INSPECTED: lazy_gettext("尚未巡查"),
}
"""By what works are chosen: what was said of them last, if anything was."""
DECISIONS: dict[Decision, LazyString] = {
    Decision.WAITING: lazy_gettext("待审"),
    Decision.ACCEPTED: lazy_gettext("已采纳"),
    Decision.RETURNED: lazy_gettext("退回"),
}


def page_strings() -> dict[str, object]:
    """By name; {n} and the like are filled in by the page."""
    return {
        "findings": {word.value: str(label) for word, label in FINDINGS.items()},
        "decisions": {word.value: str(label) for word, label in DECISIONS.items()},
        "directions": [
            gettext("北"),
            gettext("东北"),
            gettext("东"),
            gettext("东南"),
            gettext("南"),
            gettext("西南"),
            gettext("西"),
            gettext("西北"),
        ],
        "metres": gettext("{n} 米"),
        "kilometres": gettext("{n} 公里"),
        "within": gettext("就在附近"),
        "no_place": gettext("没有位置"),
        "no_area": gettext("平板上还没有工程。联网时点“离线区域”，选好范围下载。"),
        "no_match": gettext("没有符合的工程"),
        "not_located": gettext("正在定位…"),
        "located": gettext("定位误差约 {n} 米"),
        "position_refused": gettext("没有定位权限：请在浏览器设置里允许本页定位，或在地图上手动指位置。"),
        "position_missing": gettext("暂时定不了位：请到开阔处，或在地图上手动指位置。"),
        "place_by_position": gettext("位置取自平板定位，点地图可改"),
        "place_by_hand": gettext("位置由您在地图上指定"),
        "place_as_shown": gettext("确认图上的位置正确"),
        "place_missing": gettext("请在地图上点出它的位置"),
        "place_dragged": gettext("拖✥移动整体，拖圆点改形状，点地图移到那里"),
        "drag_it": gettext("请把它拖到实际位置：拖✥移动整体，拖圆点改形状，或点“重画”"),
        "line_short": gettext("线至少要两个点，请接着点"),
        "area_short": gettext("面至少要三个点，请接着点"),
        "area_crossed": gettext("边界线交叉了，请拖开圆点"),
        "shapes": {"point": gettext("点"), "line": gettext("线"), "area": gettext("面")},
        "line_of": gettext("已画 {n} 个点"),
        "saved": gettext("已存在平板上"),
        "choose_finding": gettext("先选现场情况"),
        "storage_full": gettext("平板存储满了，这条没存上：请删掉些别的文件，或先联网上传，再点保存。"),
        "storage_failed": gettext("这个浏览器不让本页存数据（无痕模式？）：请换普通窗口再填。"),
        "saved_elsewhere": gettext("这条已经存过了，没有再存一遍。"),
        "other_window": gettext("本页已在另一个窗口打开，请只在一个窗口里填：要用这个窗口就点这里。"),
        "no_photo": gettext("没有收到照片：相机打不开就在系统设置里允许浏览器用它，或先用平板相机拍好，再点“选照片”。"),
        "photo_failed": gettext("这张照片读不了，请重拍。"),
        "photos_full": gettext("一条最多 {n} 张照片"),
        "waiting": gettext("待上传"),
        "sent": gettext("已到达"),
        "photos_left": gettext("照片还差 {n} 张"),
        "refused": gettext("服务器没有收下：{reason}"),
        "of_other": gettext("是{name}记录的：请{name}登录后上传"),
        "conflict": gettext("位置已被别人改过，由规划员比对"),
        "question": gettext("规划员问：{question}"),
        "all_sent": gettext("全部已到达"),
        "left": gettext("还有 {n} 条未到达"),
        "offline": gettext("没有网络，记录都存在平板上，联网后自动上传。"),
        "server_busy": gettext("服务器暂时没有应答，稍后自动再传。"),
        "sign_in": gettext("请先登录再上传，记录都还在平板上。"),
        "grace_over": gettext("离线使用期已过：请校准平板时钟，再联网登录一次，未上传的记录都还在。"),
        "clock_wrong": gettext(
            "平板时钟不对（{time}）：请在系统设置里打开自动设置时间；记录照常保存，时间由服务器校正。"
        ),
        "clock_doubtful": gettext("平板时钟不准，时间存疑"),
        "not_inspector": gettext("这个账号没有巡查权限，请管理员开通。"),
        "insecure": gettext("本页要用 https 地址打开才能离线使用：请向管理员要 https 地址。"),
        "updated": gettext("挂图已更新，点这里换成新版；未上传的记录不受影响。"),
        "downloading": gettext("正在下载：工程 {works}，底图 {done}/{tiles}，{size}"),
        "downloaded": gettext("已存到平板：工程 {works} 项，底图 {tiles} 块，共 {size}；{date}"),
        "download_failed": gettext("下载中断，原有的离线区域不变：请在信号好的地方再试。"),
        "area_too_large": gettext("平板存不下，原有的离线区域不变：请选小一点的范围，或删掉些别的文件。"),
        "town_all": gettext("全部乡镇"),
        "earlier": gettext("以前的巡查"),
        "none_waiting": gettext("还没有巡查记录。"),
        "photo_of": gettext("照片 {n}"),
        "remove_photo": gettext("删除这张照片"),
    }
