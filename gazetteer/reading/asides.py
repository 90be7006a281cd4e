"""Clauses that name no works: what they say instead of the works around them."""

import re

from gazetteer.reading.measures import Measures, Quantity

SHORTEST = 3
"""Characters of the shortest clause that can name a work."""
_LENGTH = re.compile(
    "(?:新建|改建|改造|建设)?(?:该?(?:线路|路线|道路|公路|大桥|主线|项目|工程)?(?:全长|总长度?|长度|长))(?:约|为|达|共)*"
)
_WIDTH = re.compile(r"、?(?:路面|路幅|路基|红线|道路)?宽度?(?:约|为|达)*\d[\d.-]*米")
"""The width of a road behind its length."""
_LIST_HEADING = re.compile(
    r"(?:其中)?(?:计划|拟|今年|年内)?"
    r"(?P<verb>续建|新?开工(?:建设)?|新建|竣工(?:投用)?|完工|建成(?:投用|投产)?|谋划|储备|策划|启动)(?:实施)?"
    r"(?:类|的)?(?:重点|重大|建设)?(?:项目|工程)(?:共?\d{1,3}[个项])?"
)
"""What stands before a colon and a list of works that are as far as it says."""
_FIELD = re.compile("(?P<field>[^，、]{2,8})(?:方面|领域)")
"""The field of work that is named ahead (交通方面)."""
_LABELS = ("单位", "部门", "领导", "责任人", "负责人", "联系人", "牵头人", "主管")
_MONEY = r"(?:额|额度)?(?:约|达|为|到|近|超过?|逾)?\d[\d.]*(?:余|多)?[百千]?[万亿]?(?:美|欧)?元?(?:以上|左右)?"
_MEASURED = re.compile(rf"(?:(?:路线)?(?:全长|总长)(?:约|为|达)?\d[^，的]*|(?:计划|概算|预计|估算)总?投资{_MONEY})$")
"""How long a thing is or what it costs, of which the next clauses tell (云山大桥|全长3380米)."""
_PLACES = re.compile(
    r"(?P<at>在(?:全[县市区])?)\d{1,4}个(?:行政村|自然村|建制村|乡镇|镇|乡|村|社区|街道|县|学校|小区)(?=.{4})"
)
"""A number of places where something is built in each (在16个乡镇)."""
_ASIDE = re.compile(
    "以[^，]{2,40}为(?:重点|抓手|载体|目标|核心|主线|契机|导向|龙头|突破口|引领|支撑|依托|基础)"
    "|[^，]{1,20}(?:被命名为|被评为|被认定为|被授予|获评|荣获|跻身|位列|上榜|入围|(?<![造设建])成为)"
    r"|(?:总|规划)?(?:建筑|占地|用地)(?:总)?面积(?:约|为|达|共)*\d[^，的]*$"
    rf"|(?:目前|现|已|累计|计划|概算|预计|总|完成|年度)*投资{_MONEY}$"
    "|在[^，]{2,30}[上中](?:持续|继续|加快|奋力|全面|率先|取得|实现)*(?:攻坚突破|攻坚|突破|发力|用力|见效|争先|新突破)$"
    "|为[^，]{2,20}提供"
    r"|(?:设计)?(?:标准)?(?:为)?双向[\d四六八两]{1,2}车道$"
    "|[^，]{2,30}(?:地位|优势|作用|效应|能力|水平|实力|竞争力|影响力|知名度|美誉度|吸引力|承载力)"
    "(?:更加|进一步|不断|持续|明显|显著|大幅|大大|得到|有效|稳步|逐步)+(?:巩固|增强|提升|提高|凸显|加强|显现|扩大|改善|发挥)$"
    "|发挥[^，]{2,50}(?:作用|优势|效应|效益)$"
    "|[^，]{2,40}(?:成效|成果|效果)(?:更加|进一步|十分|日益|不断|较为)*(?:明显|显著|丰硕|凸显)$"
    "|[^，]{1,20}获批[^，]{2,30}(?:基地|试点|示范|称号|资质|单位)$"
    "|(?:进一步|持续)*(?:加强|深化|密切)[与和同][^，]{2,40}(?:合作|联系|对接|沟通|协作|交流)$"
    "|[^，]{2,40}(?:医联体|医共体|共同体|联盟|(?:合作|帮扶|结对)关系)$"
    "|(?:深入|持续|全面|扎实|常态化|集中|大力|组织|继续|积极)*开展[^，]{2,50}(?:专项|集中|联合|清理|大)(?:整治|治理|清理|排查|执法|检查|行动)$"
    "|(?:把|将)(?:我|全)[县市区镇省州旗](?:逐步)?(?:打造|建设|培育)[成为]"
    "|[与和同][^，]{2,60}(?:对接|合作|签约|结对|签订[^，]{0,12}协议|达成[^，]{0,8}(?:协议|意向|共识))$"
    "|[^，]{2,20}通过[^，]{0,8}(?:景区|示范[县区市]|试点)[^，]{0,6}(?:验收|评审|评定|认定)$"
    "|(?:支持|推动|指导|帮助)[^，]{2,30}(?:创建|争创|创成|申报|建成)“"
    "|是(?!否)|(?:贯通)?连接(?![线道段])[^，]{2,16}[和与]"
)
"""Clauses that only say what is kept in view (以打通断头路为重点), what money is spent, how well things stand
(能力不断提升), what is called or done together with others (与A医院达成协议), or what a work lies between
(连接A路和B路)."""
_VIEW = re.compile(
    r"(?:紧紧|紧密|牢牢|始终|坚持)?(?:围绕|紧扣|锚定|瞄准|着眼|立足)(?!.*(?:新建|改建|扩建|修建|实施))[^，\d]{2,60}"
)
"""Clauses that say what the next ones are for (围绕打造工业新城，)."""
_ECONOMY = re.compile(
    r".*(?:交易额?|销售|营业|营收|产值|收入|税收|利润|客流|游客|(?<!完成)(?<![开竣完]工)率|贷款余?额)"
    r"[^，]*?\d[\d.、%和]*(?:亿元|万元|%|个百分点|万人次?)(?:以上|左右|、.*%)?"
    r"|.*(?:亩产|单产|总产)[^，]*?\d[\d.]*[万亿]?(?:公斤|吨|斤)(?:以上|左右)?"
)
"""Clauses that end in a figure of the economy (交易中心完成交易金额1.5亿元)."""
_TOWARDS = re.compile("向(?!阳)[^，]{1,30}(?:延伸|倾斜|拓展|转移|下沉|集聚|迈进)$")
"""Where things are extended to, which are no works themselves (路网|向园区和景点延伸)."""
_LYING = re.compile(
    "(?:位于|坐落于?|选址(?:于|在))[^，的]{2,30}$|(?:(?<=项目)|(?<=园区)|(?<=基地)|(?<=中心)|(?<=公司))落户(?:于|在)?[^，的]{2,8}$"
)
"""Where a thing lies, of which the next clauses tell (云山小区项目|位于云山路南侧)."""
_DEFINITION = re.compile(
    r"(?:\d{1,3}[.、]|（\d{1,3}）|\[\d{1,3}\]|[①-⑳])?[^，。；：]{2,24}(?:：是?指|：即|：“[^”]{1,8}”[即指]|，?是指|，指)(?![挥示导标定])"
)
"""A paragraph that says what a word means (三线一单：指...)."""


def is_definition(text: str) -> bool:
    """Whether a paragraph is one of the notes behind a report, which say what its words mean."""
    return _DEFINITION.match(text) is not None


def labels(text: str, start: int, end: int) -> bool:
    """责任单位：县住建局、凤城镇: what follows are offices and people."""
    return text.startswith("：", end) and text.endswith(_LABELS, start, end)


def is_aside(text: str, start: int, end: int) -> bool:
    """Whether a clause says something else than what becomes of works."""
    if _VIEW.fullmatch(text, start, end):
        return text.startswith("，", end)
    return bool(_ASIDE.match(text, start, end) or _ECONOMY.fullmatch(text, start, end))


def list_heading(text: str, start: int, end: int) -> tuple[int, int] | None:
    """新开工项目6个：A、B: where the verb stands that heads a list and says how far its members are."""
    match = _LIST_HEADING.fullmatch(text, start, end) if text.startswith("：", end) else None
    return match.span("verb") if match else None


def field(text: str, start: int, end: int) -> str | None:
    """交通方面，: the field of work of what follows."""
    match = _FIELD.fullmatch(text, start, end)
    return match["field"] if match else None


def length(masked: str, start: int, end: int, measures: Measures) -> Quantity | None:
    """铺设A管网，|全长4.3公里|: the length of the one work of the clause before."""
    if not (opening := _LENGTH.match(masked, start, end)):
        return None
    quantity = measures.at(masked, opening.end(), end)
    if quantity is None or quantity.counts or quantity.foreign:
        return None
    return quantity if quantity.end == end or _WIDTH.fullmatch(masked, quantity.end, end) else None


def places(text: str, start: int, end: int, measures: Measures) -> Quantity | None:
    """在16个乡镇|建设垃圾转运站: the number of places that get one each, up to where the rest of the clause begins."""
    match = _PLACES.match(text, start, end)
    number = measures.at(text, match.end("at"), end) if match else None
    return number._replace(end=match.end()) if match and number else None


def without_whereabouts(text: str, start: int, end: int) -> int:
    """Where a clause ends without where things are extended to or lie, how long they are or what they cost."""
    for elsewhere in (_TOWARDS, _LYING, _MEASURED):
        if (where := elsewhere.search(text, start, end)) and where.start() - start > SHORTEST:
            end = where.start()
    return end
