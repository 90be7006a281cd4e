"""The forms in which reports name works, one case a form."""

import pytest

from gazetteer.reading import read_works
from gazetteer.reading.explain import explain
from gazetteer.vocabulary import Kind, Nature, Period, Sector, Status
from gazetteer.work import Work

DONE = "一、2021年工作回顾\n\n"
PLAN = "二、2022年工作安排\n\n"


def works(text: str, heading: str = PLAN) -> list[Work]:
    return list(read_works(heading + text).works)


def names(text: str, heading: str = PLAN) -> list[str]:
    return [work.name for work in works(text, heading)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("扩建城西、象山、石桥等3个污水处理厂。", ["城西污水处理厂", "象山污水处理厂", "石桥污水处理厂"]),
        ("完工公共卫生中心、东岩和西塘卫生院等一批项目。", ["公共卫生中心", "东岩卫生院", "西塘卫生院"]),
        ("赤溪、马坪卫生院综合楼竣工。", ["赤溪卫生院综合楼", "马坪卫生院综合楼"]),
        ("第三和第四幼儿园秋季学期投入使用。", ["第三幼儿园", "第四幼儿园"]),
        ("种子公司、商贸城北侧两个停车场抓紧建设。", ["种子公司停车场", "商贸城北侧停车场"]),
        ("启动学前路与文昌路、中山路与解放路2处交叉口改造。", ["学前路与文昌路交叉口", "中山路与解放路交叉口"]),
        ("实施河东路、河西路周边绿化。", ["河东路周边绿化", "河西路周边绿化"]),
        ("“三馆”（图书馆、文化馆、博物馆）年内建成。", ["图书馆", "文化馆", "博物馆"]),
        ("推进清溪大道及连接线建设。", ["清溪大道", "清溪大道连接线"]),
        ("谋划建筑垃圾转运和调配场。", ["建筑垃圾转运和调配场"]),
        ("长乐公路改造、望江大桥重建全面竣工。", ["长乐公路", "望江大桥"]),
        ("望江大桥合龙、长乐公路年内开工。", ["望江大桥", "长乐公路"]),
        ("加快永和大桥、和平路建设。", ["永和大桥", "和平路"]),
        ("启动建设路延伸、开发区小学迁建。", ["建设路", "开发区小学"]),
        ("重点推进以下项目：云龙水库、望江大桥。", ["云龙水库", "望江大桥"]),
        ("投资2.3亿元新建云龙水库、望江大桥。", ["云龙水库", "望江大桥"]),
        ("年内投资1.5亿元实施集中供热、供水及雨水管网工程。", ["集中供热管网", "供水管网", "雨水管网"]),
        ("加快北坪、南岗110千伏变电站建设。", ["北坪110千伏变电站", "南岗110千伏变电站"]),
        ("推进迎宾大街南延和九龙河整修工程。", ["迎宾大街", "九龙河"]),
        ("完成石桥中学、实验中学改扩建。", ["石桥中学", "实验中学"]),
        ("重点抓好甜心草莓酱、南郊热电厂、云龙金桥等11个项目。", ["甜心草莓酱", "南郊热电厂", "云龙金桥"]),
        ("完成白泉至石门、石门至夏庄、夏庄至南界等3个项目建设。", ["白泉至石门", "石门至夏庄", "夏庄至南界"]),
        ("争取市政府加快实施望江大街延长段、南三环建设。", ["望江大街延长段", "南三环"]),
        ("实施国道112线、省道241线拓宽改造和龙西路建设等工程。", ["国道112线", "省道241线", "龙西路"]),
        ("实施枫云线道路大修养护和南环路建设。", ["枫云线道路", "南环路"]),
        ("实施和平路、滨河公园、望江大桥建设。", ["和平路", "滨河公园", "望江大桥"]),
        ("谋划开通和平路与望江大街连接路。", ["和平路与望江大街连接路"]),
        ("启动长乐公路与107国道交叉口改造。", ["长乐公路与107国道交叉口"]),
        ("实施和平路东延与枫云线连通工程。", ["和平路"]),
        ("完成文昌路、学府路硬化绿化亮化。", ["文昌路", "学府路"]),
        ("施划城区机动车及非机动车停车位1万个。", ["城区机动车及非机动车停车位"]),
        ("完成工业园提升项目一期工程，加快二、三期工程建设。", ["工业园", "工业园二期", "工业园三期"]),
        (
            "城建工程3项：（1）和平路整治工程（2）刘家路东延工程（3）望江公园一期工程。",
            ["和平路", "刘家路", "望江公园一期"],
        ),
        ("马滘、新隆、黄麻涌三大工业园启动改造。", ["马滘工业园", "新隆工业园", "黄麻涌工业园"]),
        ("松坪1号、2号桥建成。", ["松坪1号桥", "松坪2号桥"]),
        ("轨道交通3、4、5号线全线通车。", ["轨道交通3号线", "轨道交通4号线", "轨道交通5号线"]),
        ("改造学府路、文庙街等主要街路路灯。", ["学府路路灯", "文庙街路灯"]),
        ("建成南山泵站、北渡取水口等供水设施。", ["南山泵站", "北渡取水口"]),
        (
            "推动河西新城到东港、南岭、北站3条地铁动工。",
            ["河西新城到东港地铁", "河西新城到南岭地铁", "河西新城到北站地铁"],
        ),
        ("开工建设云龙军校中学、小学。", ["云龙军校中学", "云龙军校小学"]),
        ("竣工2所小学（石鼓小学、白鹤和山配套小学）。", ["小学", "石鼓小学", "白鹤和山配套小学"]),
        ("对实验二中、城东二中等学校实施改造。", ["实验二中", "城东二中"]),
        ("推进石桥、云溪2个集镇污水处理设施建设。", ["石桥集镇污水处理设施", "云溪集镇污水处理设施"]),
        ("凌云数码城项目，建成8万平方米厂房。", ["厂房", "凌云数码城"]),
        ("云河煤业年产60万吨尿素、5万吨碳纤维等项目投产。", ["云河煤业年产60万吨尿素", "5万吨碳纤维"]),
        ("城西老街等古村落和古街加快修缮。", ["城西老街"]),
        ("责任单位：县住建局、云溪镇。", []),
        ("加快白藤路和龙翔大道建设。", ["白藤路", "龙翔大道"]),
        ("迎宾大道与G220交叉口完成渠化。", ["迎宾大道与G220交叉口"]),
        ("城西220千伏、港头110千伏输变电工程送电。", ["城西220千伏输变电工程", "港头110千伏输变电工程"]),
        ("改扩建丹景街道、石盘街道社区卫生服务中心。", ["丹景街道社区卫生服务中心", "石盘街道社区卫生服务中心"]),
        ("加快云白、白石等高速公路建设。", ["云白高速公路", "白石高速公路"]),
        ("云溪、石桥、白河3县高速开工。", ["云溪高速", "石桥高速", "白河高速"]),
        ("加快推进东山产业园、白河水库等12个百亿元、70个30亿元以上项目建设。", ["东山产业园", "白河水库"]),
        ("推动新南环、北环高速等重大交通公路项目。", ["新南环", "北环高速"]),
        ("建好白江、云河国家文化公园石桥段。", ["白江国家文化公园石桥段", "云河国家文化公园石桥段"]),
        ("云白高速石桥出口开通。", ["云白高速石桥出口"]),
        ("城南20万平方米标准化厂房封顶。", ["城南标准化厂房"]),
        ("云溪县将对云山路、白河街进行改造。", ["云山路", "白河街"]),
        ("完成云溪、白河2个镇卫生院的新建或改扩建。", ["云溪卫生院", "白河卫生院"]),
        ("支持云溪镇建设游客中心、白河驿站。", ["游客中心", "白河驿站"]),
        ("建成云山、白河等14座大中型水电站。", ["云山水电站", "白河水电站"]),
        ("开工云溪至白马等公路项目。", ["云溪至白马公路"]),
        ("开展引白济云前期工作。", ["引白济云"]),
        (
            "其中续建项目2个：云溪路（东环—永茂东路段）改造工程、区人防指挥中心新建工程。",
            ["云溪路", "区人防指挥中心"],
        ),
        ("修复4条道路人行道板和19处重点路口。", ["道路人行道板", "路口"]),
        ("建设云白线、白石线等轨道交通线。", ["云白线", "白石线"]),
        ("建成白河桥、南门公园。", ["白河桥", "南门公园"]),
        ("建成培育路小学、丰富路。", ["培育路小学", "丰富路"]),
        ("实施云溪大桥等“连城”工程。", ["云溪大桥"]),
        ("新开工高速公路和国省干线1500公里。", ["高速公路和国省干线"]),
        ("新建人民医院住院楼及附属设施2万平方米。", ["人民医院住院楼"]),
        ("每个街道建设3至5个口袋公园。", ["口袋公园"]),
        ("云山路、清河路两处过街天桥建成。", ["云山路过街天桥", "清河路过街天桥"]),
        ("城南热源厂2台锅炉安装投运。", ["城南热源厂"]),
        ("工业大道南、市民大道三期开工建设。", ["工业大道南", "市民大道三期"]),
        ("第二热源厂、城西污水处理厂等城镇建设项目顺利实施。", ["第二热源厂", "城西污水处理厂"]),
        ("文昌塔、李家大院等12处文保单位修缮完毕。", ["文昌塔", "李家大院"]),
        ("新建社区“邻里食堂”9家。", ["社区邻里食堂"]),
        ("人才公寓（云上苑）交付。", ["人才公寓"]),
        ("建成城市书房（8个）、口袋公园（12个）。", ["城市书房", "口袋公园"]),
        ("【交通】望江大桥开工。", ["望江大桥"]),
        ("川云高速炉河至道坞段控制性工程折木隧道贯通。", ["折木隧道"]),
        ("肇溪侗寨创5A级景区扎实推进。", ["肇溪侗寨"]),
        ("北门坡、客运西站两个农贸市场提质改造。", ["北门坡农贸市场", "客运西站农贸市场"]),
        ("谋划生成云山公园。", ["云山公园"]),
        ("服务保障云江高铁施工。", ["云江高铁"]),
        ("云山小学、清河医院内装修全面完成。", ["云山小学", "清河医院"]),
        ("新建村村通硬化路30公里。", ["村村通硬化路"]),
        ("柳树铺、青石2座35千伏变电站增容扩改顺利实施。", ["柳树铺35千伏变电站", "青石35千伏变电站"]),
    ],
)
def test_lists_give_every_member_its_head(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "name", "ends"),
    [
        ("建成城北东路(花园大道-8号桥)。", "城北东路", ("花园大道", "8号桥")),
        ("打通清远路延伸（四环路到六环路）。", "清远路", ("四环路", "六环路")),
        ("推进东永一线（黄城里—花园段）改造。", "东永一线", ("黄城里", "花园")),
        ("104国道虹桥至乐成段改建继续提速。", "104国道", ("虹桥", "乐成")),
        ("S225莲塘至古市段改造完工。", "S225", ("莲塘", "古市")),
        ("南环路自洛滨桥起至工业园区止全线通车。", "南环路", ("洛滨桥", "工业园区")),
        ("老客站到新火车站的车站大道建成通车。", "车站大道", ("老客站", "新火车站")),
        ("东水门—储奇门段岸线提升全部完工。", "东水门—储奇门段岸线", ("东水门", "储奇门")),
        ("开工白沙至红岭公路。", "白沙至红岭公路", ("白沙", "红岭")),
        ("推进南珠高速（平洲至南埔段8.6公里）改扩建。", "南珠高速", ("平洲", "南埔")),
        ("朱衢环岛公路樟木埠到凉峙段拓宽改造开工。", "朱衢环岛公路", ("樟木埠", "凉峙")),
        ("县城—格孜镇公路（K3+200—K17）灾毁修复同步实施。", "县城—格孜镇公路", ("K3+200", "K17")),
        ("实施X923线大寨至白岩12.4公里油路改造。", "X923线", ("大寨", "白岩")),
        ("建成滨河路（东起人民桥，西至水文站）。", "滨河路", ("人民桥", "水文站")),
        ("打通学苑街（文化路～环城北路）。", "学苑街", ("文化路", "环城北路")),
        ("新建北环路（起于石桥镇，止于高铁站）。", "北环路", ("石桥镇", "高铁站")),
        ("加快胜利街（长江路口至黄河路口）综合管廊建设。", "胜利街综合管廊", ("长江路口", "黄河路口")),
        ("加快红岩至枫树湾断头路建设。", "红岩至枫树湾断头路", ("红岩", "枫树湾")),
        ("完成县城至察隅边防公路路面工程。", "县城至察隅边防公路", ("县城", "察隅")),
        ("铺设石桥水库至城区供水管道。", "石桥水库至城区供水管道", ("石桥水库", "城区")),
        ("环城南路（五一桥至芝阳立交）管网部分完成80%。", "环城南路管网", ("五一桥", "芝阳立交")),
    ],
)
def test_both_ends_of_a_stretch_are_read(text: str, name: str, ends: tuple[str, str]) -> None:
    (work,) = works(text)
    assert work.name == name
    assert work.extent is not None
    assert (work.extent.start, work.extent.end) == ends


@pytest.mark.parametrize(
    ("text", "name", "quantity", "unit"),
    [
        ("改造老旧小区3个。", "老旧小区", 3, "个"),
        ("完成3个老旧小区改造。", "老旧小区", 3, "个"),
        ("建成高标准农田1万亩。", "高标准农田", 10_000, "亩"),
        ("硬化村内巷道37.5万平方米。", "村内巷道", 375_000, "平方米"),
        ("安置房开工8423套。", "安置房", 8423, "套"),
        ("造林1.4万亩。", "造林", 14_000, "亩"),
        ("加装电梯20部。", "加装电梯", 20, "部"),
        ("新增停车位1,500个以上。", "停车位", 1500, "个"),
        ("完成城区12条背街小巷“白改黑”。", "背街小巷", 12, "条"),
        ("城市书房增至8座。", "城市书房", 8, "座"),
        ("完成老城区5.6公里供水管网改造。", "供水管网", 5.6, "公里"),
        ("建成口袋公园（12个）。", "口袋公园", 12, "个"),
        ("建设10千伏及以下配电网工程46项。", "10千伏及以下配电网", 46, "项"),
        ("在16个乡镇建设垃圾转运站。", "垃圾转运站", 16, "个"),
        ("改造校舍3所4290平方米。", "校舍", 3, "所"),
        ("改造农村厕所2.76万座。", "农村厕所", 27600, "座"),
        ("完成15个小区575户的老旧小区改造。", "老旧小区", 575, "户"),
        ("完成84个行政村农村生活污水治理。", "农村生活污水治理", 84, "个"),
        ("改造提升11条（段）市政路。", "市政路", 11, "条"),
    ],
)
def test_counted_works_keep_their_number(text: str, name: str, quantity: float, unit: str) -> None:
    (work,) = works(text)
    assert (work.name, work.quantity, work.unit, work.named) == (name, quantity, unit, False)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("争创云龙古镇。", Status.PROPOSED),
        ("谋划启动云龙大桥。", Status.PRELIMINARY),
        ("完成云龙大桥规划设计。", Status.PRELIMINARY),
        ("云龙大桥抓紧开展前期。", Status.PRELIMINARY),
        ("云龙大桥年内开工。", Status.START),
        ("启动云龙大桥建设。", Status.START),
        ("新建云龙大桥。", Status.ONGOING),
        ("云龙大桥加快推进。", Status.ONGOING),
        ("云龙水库大坝完工。", Status.ONGOING),
        ("云龙大桥完成投资的60%。", Status.ONGOING),
        ("确保云龙大桥12月底前建成通车。", Status.COMPLETE),
        ("云龙大桥竣工。", Status.COMPLETE),
        ("云龙大桥列入省“十四五”综合交通规划。", Status.PRELIMINARY),
        ("云龙大桥通过省发改委节能审查。", Status.PRELIMINARY),
        ("云龙大桥选址获民航局批复。", Status.PRELIMINARY),
        ("云龙大桥通过环保验收。", Status.COMPLETE),
        ("云龙大桥完成全部桩基施工。", Status.ONGOING),
        ("云龙大桥秋季学期前完工。", Status.COMPLETE),
        ("全面启动云龙大桥建设。", Status.START),
        ("新开工项目6个：云龙大桥。", Status.START),
        ("竣工项目3个：云龙大桥，完成投资5亿元。", Status.COMPLETE),
        ("谋划项目3个：云龙大桥。", Status.PRELIMINARY),
    ],
)
def test_the_status_is_what_the_sentence_says(text: str, status: Status) -> None:
    (work,) = works(text)
    assert work.status is status


def test_what_money_is_spent_on_is_finished_where_it_is() -> None:
    """完成投资2亿元 is not the end, 完成投资2亿元的A改造 is."""
    assert works("望江大桥完成投资2亿元。")[0].status is Status.ONGOING
    assert works("完成投资2亿元的望江大桥改造。")[0].status is Status.COMPLETE


def test_a_bare_verb_is_finished_where_the_report_looks_back() -> None:
    assert works("新建云龙大桥。", DONE)[0].status is Status.COMPLETE
    assert works("新建云龙大桥。", DONE)[0].period is Period.DONE
    assert works("新建云龙大桥。")[0].period is Period.PLANNED


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("推进县医院迁建。", Nature.RELOCATE),
        ("推进云龙水库除险加固。", Nature.RENOVATE),
        ("实施老垃圾填埋场生态修复。", Nature.RESTORE),
        ("建成白象大道延伸。", Nature.EXTEND),
        ("扩建城西污水处理厂。", Nature.EXPAND),
        ("建成云龙公路二期。", Nature.EXPAND),
        ("建成云龙公路一期。", Nature.NEW),
        ("完成棚户区500户。", Nature.RENOVATE),
        ("启动东门桥重建。", Nature.RENOVATE),
        ("佛岭路南延线提速建设。", Nature.EXTEND),
        ("推进云湖退圩还湖工程。", Nature.RENOVATE),
    ],
)
def test_the_nature_is_what_is_done(text: str, nature: Nature) -> None:
    (work,) = works(text)
    assert work.nature is nature


@pytest.mark.parametrize(
    "text",
    [
        "新增国家高新技术企业50家、省科技型中小企业150家以上。",
        "深化信用体系建设，实施农业双强行动。",
        "举办世界五金发展大会，出台工业用地政策。",
        "建成一体化智能化公共数据平台。",
        "推进老旧小区改造。",
        "创建国家卫生县城，荣获全国文明城市称号。",
        "完成投资15亿元，引进资金38亿元。",
        "拆除违法建筑12万平方米。",
        "培训高技能人才2000名。",
        "新增公办学位1260个。",
        "建设桥隧枢纽、重大通道。",
        "推进老路老桥改造。",
        "推进村级工业园改造。",
        "巩固提升5.8万人饮水安全。",
        "实现自然村全部通硬化路。",
        "将停车数据接入全市“一张网”。",
        "职业院校与龙头企业共建产业学院。",
        "坚持道路、管线、绿化等一体规划。",
        "为超市和果蔬批发市场配备快检设备。",
        "打造一支懂农业、爱农村、爱农民的干部队伍。",
        "加快健康松阳建设。",
        "建设产业引领型、生态宜居型示范村。",
        "农村产权交易中心完成交易额1.5亿元。",
        "完成城区总规及3个区域控规编制。",
        "以打通断头路为重点。",
        "推动松阳、云岭“两镇同城”发展。",
        "抓好“一圈两场三道”建设。",
        "实现全区污水、垃圾处理全覆盖。",
        "加快创建生态文明示范区。",
        "完善学校、医院、商场等公共服务设施。",
        "秸秆禁烧、河湖长制、垃圾填埋等重点任务高效完成。",
        "系统性推进流域治理。",
        "平安云河、法治云河建设加快推进。",
        "深入推进“四小”工程。",
        "生物育种、高端仪器、先进材料等领域关键核心技术攻关取得突破。",
        "外事、侨务、档案、史志等工作取得新成效。",
        "培育省级智慧农场20个。",
        "多渠道增加城乡居民收入。",
        "全力打造绿色发展先行区、田园城市核心区、生态富民样板区。",
        "开设36个社区托管点。",
        "种植桂花、紫薇等苗木8000株。",
        "高速公路实现从单一通道向路网转变。",
        "强化一批标志性、百亿级重大项目。",
        "3个县被命名为国家生态文明建设示范区。",
        "推动特色产业国际化。",
        "通过土地入市、资产盘活利用等渠道，增加集体收入。",
        "市区三座火车站成功更名。",
        "管网提升方面，任务过半。",
        "围绕打造实力强劲的制造新城，聚力推进产业发展。",
        "将我县打造成区位优势明显的陆港新城。",
        "与望江医院、云龙中学等单位开展对接合作。",
        "深入开展马路市场、农村道路专项整治。",
        "不断拓宽融资渠道，积极打造商贸重镇。",
        "新增省级重点实验室3家、院士工作站2家。",
        "污水处理能力和水平不断提升。",
        "发挥望江广场、云龙商厦等商圈带动作用。",
        "在建设宜居宜业和美乡村上攻坚突破。",
    ],
)
def test_programmes_titles_money_and_people_are_no_works(text: str) -> None:
    assert names(text) == []


def test_what_a_paragraph_says_its_words_mean_names_no_works() -> None:
    notes = "\n".join(("7.三线：指望江大桥、和平路、云龙水库。", "“双湖”是指打造云龙湖、望江湖两个景区。"))
    assert names(f"新建望江大桥。\n{notes}") == ["望江大桥"]


def test_a_line_that_the_column_did_not_break_does_not_run_into_the_next() -> None:
    paragraph = "云龙水库、望江大桥等重点工程建成投用，群众多年的愿望得到实现，发展的后劲更加充足。"
    assert names(f"五年来，我们转型升级，强县步伐坚实\n{paragraph}", DONE) == ["云龙水库", "望江大桥"]


def test_a_heading_that_names_only_a_year_looks_where_its_words_look() -> None:
    back = "2012年，在县委的正确领导下，圆满完成了各项任务，工业增加值同比增长12%，顺利通过验收。新建农村公路120公里。"
    forward = "2013年，我们将着力推动转型，努力抓好民生，确保完成目标，加快各项事业。新建水系公园3个。"
    found = works(f"一、关于2012年政府工作\n\n{back}\n\n二、关于2013年政府工作\n\n{forward}", "")
    assert [(work.name, work.status) for work in found] == [
        ("农村公路", Status.COMPLETE),
        ("水系公园", Status.ONGOING),
    ]


def test_a_long_report_without_headings_looks_back_first_and_then_forward() -> None:
    filler = "一年来，各项任务圆满完成，主要指标同比增长，工作成效明显，多项工作位居全市前列，荣获表彰。\n" * 60
    ahead = "今年，我们将着力推动转型，努力抓好民生，确保完成目标，加快各项事业，全力打造新局面。\n" * 60
    found = works(f"{filler}新建农村公路120公里。\n{ahead}新建水系公园3个。", "")
    assert [(work.name, work.status) for work in found] == [
        ("农村公路", Status.COMPLETE),
        ("水系公园", Status.ONGOING),
    ]


def test_the_mark_of_a_note_is_no_part_of_a_name() -> None:
    report = PLAN + "打造一江两岸[8]景观带，建设云龙湖〔23〕湿地公园。"
    found = read_works(report).works
    assert [work.name for work in found] == ["一江两岸景观带", "云龙湖湿地公园"]
    assert ["".join(report[s.start : s.end] for s in work.spans) for work in found] == [w.name for w in found]


def test_a_heading_need_not_stand_between_empty_lines() -> None:
    report = "\n".join(
        ("现在，我向大会报告工作，请予审议。", "过去一年工作回顾", "新建农村公路120公里，建设水系公园3个，群众满意。")
    )
    assert {work.status for work in works(report, "")} == {Status.COMPLETE}


def test_a_carried_verb_reaches_the_next_counted_works() -> None:
    found = works("社区养老服务站新增7个、老年助餐点15个。")
    assert [(work.name, work.quantity) for work in found] == [("社区养老服务站", 7), ("老年助餐点", 15)]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("扩建城西、象山等2个污水处理厂。", ("城西污水处理厂", "城西")),
        ("建成滨江公园二期。", ("滨江公园二期", "滨江公园")),
        ("新建县中医院门诊综合楼。", ("县中医院门诊综合楼", "县中医院")),
        ("推进枫云线黄泥岭隧道建设。", ("枫云线黄泥岭隧道", "黄泥岭隧道", "枫云线")),
        ("建成城北东路(花园大道-8号桥)。", ("城北东路", "花园大道", "8号桥")),
        ("白沙通用机场开工。", ("白沙通用机场",)),
    ],
)
def test_the_places_are_what_a_geocoder_would_look_up(text: str, places: tuple[str, ...]) -> None:
    assert works(text)[0].places == places


def test_a_count_that_does_not_match_its_list_is_kept_and_flagged() -> None:
    found = works("扩建城西、象山、石桥、白岩等3个污水处理厂。")
    assert len(found) == 4
    assert all(work.flags == ("count-mismatch",) for work in found)


def test_a_work_named_twice_is_one_work_as_the_part_that_looks_forward_says() -> None:
    text = DONE + "云龙大桥开工建设。\n\n" + PLAN + "建成云龙大桥。\n"
    (work,) = read_works(text).works
    assert work.status is Status.COMPLETE
    assert work.period is Period.PLANNED
    assert [text[span.start : span.end] for span in work.mentions] == ["云龙大桥"]


def test_the_number_that_a_paragraph_gives_belongs_to_what_its_heading_names() -> None:
    (work,) = read_works(PLAN + "1.加强社区体育公园建设\n\n新、改建30个社区体育公园。\n").works
    assert (work.name, work.quantity, len(work.mentions)) == ("社区体育公园", 30, 1)


def test_the_field_named_ahead_says_of_what_sort_a_name_alone_is() -> None:
    (work,) = works("公路方面，新开工云溪至石桥等2个项目。")
    assert (work.kind, work.sector) == (Kind.ROAD, Sector.TRANSPORT)


def test_a_sentence_broken_by_a_column_is_joined_and_its_words_found_in_the_text() -> None:
    text = PLAN + "加快推进云龙大桥、城西污水\n\n处理厂建设。"
    work = read_works(text).works[1]
    assert work.name == "城西污水处理厂"
    assert [text[span.start : span.end] for span in work.spans] == ["城西污水", "处理厂"]


def test_the_area_is_the_path_of_headings() -> None:
    text = PLAN + "（三）推进城市更新\n\n高水平健全路网。建成城北东路。\n\n1.完善设施。新建公厕3座。\n"
    areas = {work.name: work.area for work in read_works(text).works}
    assert areas["城北东路"] == ("2022年工作安排", "推进城市更新", "高水平健全路网")
    assert areas["公厕"] == ("2022年工作安排", "推进城市更新", "完善设施")


def test_an_explanation_names_the_rule_and_the_reason_of_each_rejection() -> None:
    lines = "\n".join(explain(read_works(PLAN + "扩建城西、象山污水处理厂，深化信用体系建设。")))
    assert "verb before: 扩建" in lines
    assert "head shared with the next member" in lines
    assert "深化 is a verb of another kind" in lines


def test_a_new_road_is_a_road_and_a_new_way_of_development_is_none() -> None:
    reading = read_works("二、2023年工作安排\n建成环城新路、城东新路，走出高质量发展新路。\n")
    assert [work.name for work in reading.works] == ["环城新路", "城东新路"]
