"""The words of the closed lists, in the reader's language."""

from flask_babel import LazyString, lazy_gettext

from gazetteer.vocabulary import Kind, Nature, Period, Precision, Sector, Status
from geodata.models import ReportKind, Role

SECTORS: dict[Sector, LazyString] = {
    Sector.TRANSPORT: lazy_gettext("交通"),
    Sector.URBAN: lazy_gettext("城建"),
    Sector.HOUSING: lazy_gettext("住房"),
    Sector.RURAL: lazy_gettext("农业农村"),
    Sector.WATER: lazy_gettext("水利"),
    Sector.ENVIRONMENT: lazy_gettext("生态环境"),
    Sector.ENERGY: lazy_gettext("能源"),
    Sector.INDUSTRY: lazy_gettext("产业"),
    Sector.EDUCATION: lazy_gettext("教育"),
    Sector.HEALTH: lazy_gettext("卫生健康"),
    Sector.CULTURE: lazy_gettext("文化旅游"),
    Sector.SPORT: lazy_gettext("体育"),
    Sector.CIVIL: lazy_gettext("民政"),
    Sector.SAFETY: lazy_gettext("公共安全"),
}
STATUSES: dict[Status, LazyString] = {
    Status.PROPOSED: lazy_gettext("争取"),
    Status.PRELIMINARY: lazy_gettext("前期"),
    Status.START: lazy_gettext("开工"),
    Status.ONGOING: lazy_gettext("在建"),
    Status.COMPLETE: lazy_gettext("建成"),
}
PRECISIONS: dict[Precision, LazyString] = {
    Precision.EXACT: lazy_gettext("确切位置"),
    Precision.STRETCH: lazy_gettext("路段"),
    Precision.PARTIAL: lazy_gettext("一端可考"),
    Precision.NEAR: lazy_gettext("附近"),
    Precision.TOWN: lazy_gettext("乡镇范围"),
    Precision.COUNTY: lazy_gettext("县域范围"),
    Precision.NONE: lazy_gettext("未定位"),
}
REPORT_KINDS: dict[ReportKind, LazyString] = {
    ReportKind.REPORT: lazy_gettext("政府工作报告"),
    ReportKind.PROJECT_LIST: lazy_gettext("项目清单"),
}
ROLES: dict[Role, LazyString] = {
    Role.VIEWER: lazy_gettext("查看"),
    Role.INSPECTOR: lazy_gettext("巡查员"),
    Role.PLANNER: lazy_gettext("规划员"),
    Role.ADMINISTRATOR: lazy_gettext("管理员"),
}
NATURES: dict[Nature, LazyString] = {
    Nature.NEW: lazy_gettext("新建"),
    Nature.EXPAND: lazy_gettext("扩建"),
    Nature.RENOVATE: lazy_gettext("改造"),
    Nature.RELOCATE: lazy_gettext("迁建"),
    Nature.EXTEND: lazy_gettext("延伸"),
    Nature.RESTORE: lazy_gettext("修复"),
    Nature.UPGRADE: lazy_gettext("提升"),
}
PERIODS: dict[Period, LazyString] = {
    Period.DONE: lazy_gettext("工作回顾"),
    Period.PLANNED: lazy_gettext("工作安排"),
}
KINDS: dict[Kind, LazyString] = {
    Kind.ROAD: lazy_gettext("道路"),
    Kind.BRIDGE: lazy_gettext("桥梁"),
    Kind.TUNNEL: lazy_gettext("隧道"),
    Kind.INTERCHANGE: lazy_gettext("互通立交"),
    Kind.EXPRESSWAY: lazy_gettext("高速公路"),
    Kind.RAILWAY: lazy_gettext("铁路"),
    Kind.WATERWAY: lazy_gettext("河道"),
    Kind.PIPELINE: lazy_gettext("管线"),
    Kind.PLANT: lazy_gettext("厂站"),
    Kind.POWER: lazy_gettext("电力"),
    Kind.WASTE: lazy_gettext("垃圾处理"),
    Kind.PARK: lazy_gettext("公园"),
    Kind.GREEN: lazy_gettext("绿地"),
    Kind.FARMLAND: lazy_gettext("农田"),
    Kind.RESERVOIR: lazy_gettext("水库"),
    Kind.SCHOOL: lazy_gettext("学校"),
    Kind.HOSPITAL: lazy_gettext("医院"),
    Kind.BUILDING: lazy_gettext("建筑"),
    Kind.HOUSING: lazy_gettext("住宅"),
    Kind.BLOCK: lazy_gettext("区块"),
    Kind.ZONE: lazy_gettext("园区"),
    Kind.VILLAGE: lazy_gettext("村庄"),
    Kind.TOWN: lazy_gettext("城镇"),
    Kind.SCENIC: lazy_gettext("景区"),
    Kind.FUNERAL: lazy_gettext("殡葬"),
    Kind.PARKING: lazy_gettext("停车场"),
    Kind.FACILITY: lazy_gettext("设施"),
    Kind.EQUIPMENT: lazy_gettext("设备"),
    Kind.MINE: lazy_gettext("矿山"),
    Kind.OTHER: lazy_gettext("其他"),
}
