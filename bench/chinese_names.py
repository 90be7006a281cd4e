"""Made-up Chinese names of roads, villages and facilities, and the characters they and slips are made of."""

import random

CHARACTERS = (
    "安宝北碧滨博昌长城澄春翠丹德鼎东方芳丰枫福富高古谷光桂国海汉翰浩和恒红虹洪鸿湖花华怀环辉惠吉佳嘉建江金锦晋京景静九开康科乐丽莲良"
    "林灵龙隆鹿绿罗满茂梅美民明南宁平浦齐祁泉仁荣瑞三山上尚胜石世双水顺松泰唐桃天田通万望文武西溪霞仙香祥新兴秀旭学雅阳耀宜义英永友余"
    "玉园源远月云泽展章昭振正政志中忠竹紫"
)
FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"  # noqa: E501
ENDINGS = ("坑", "塘", "溪", "坞", "岙", "店", "宅", "田", "家", "山", "头", "湾", "桥", "坪", "岭")
COMMON = (
    "人民路",
    "解放路",
    "建设路",
    "中山路",
    "新华路",
    "和平路",
    "胜利街",
    "文化路",
    "工农路",
    "站前路",
    "南门街",
    "中心路",
)
FACILITIES = (
    ("amenity", "school", "{}小学"), ("amenity", "school", "{}中学"), ("amenity", "kindergarten", "{}幼儿园"), ("leisure", "park", "{}公园"),  # noqa: E501
    ("man_made", "wastewater_plant", "{}污水处理厂"), ("man_made", "water_works", "{}水厂"), ("amenity", "hospital", "{}医院"),  # noqa: E501
    ("power", "substation", "{}变电站"), ("amenity", "marketplace", "{}农贸市场"), ("building", "yes", "{}大厦"), ("landuse", "industrial", "{}工业园区"),  # noqa: E501
    ("amenity", "social_facility", "{}敬老院"), ("historic", "memorial", "{}纪念馆"), ("leisure", "sports_centre", "{}体育馆"),  # noqa: E501
)  # fmt: skip
FLIPS = ("东西南北中", "一二三四五六", "上下", "前后", "新老")
COMMON_CHARACTERS = bytes(
    byte for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF) for byte in (row, cell)
).decode("gb2312", "ignore")
"""The 3,755 characters in most use (GB/T 2312, level 1): what a slip of the pen writes. One of the few that names are
made of would make another name, which no one could tell from a slip."""


class Names:
    """Makes names, each once."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.used: set[str] = set()
        self.families: list[str] = []

    def stem(self) -> str:
        return "".join(self.rng.sample(CHARACTERS, 2))

    def fresh(self, make) -> str:
        for _ in range(200):
            name = make()
            if name not in self.used:
                self.used.add(name)
                return name
        raise RuntimeError("names ran out")

    def road(self) -> str:
        def make() -> str:
            draw = self.rng.random()
            if draw < 0.16:
                if not self.families or self.rng.random() < 0.3:
                    self.families.append(self.rng.choice(["环城", "城" + self.rng.choice("东西南北"), self.stem()]))
                return self.rng.choice(self.families[-6:]) + self.rng.choice("东西南北中") + "路"
            if draw < 0.24:
                if not self.families or self.rng.random() < 0.3:
                    self.families.append(self.stem())
                return self.rng.choice(self.families[-6:]) + self.rng.choice("一二三四五六") + self.rng.choice("路路街")
            if draw < 0.27:
                return self.rng.choice("二三四五六七八九") + self.rng.choice(["环路", "马路", "号路"])
            return self.stem() + self.rng.choice(["路"] * 9 + ["街"] * 3 + ["大道"] * 3 + ["巷"] * 2)

        return self.fresh(make)

    def village(self) -> str:
        def make() -> str:
            front = self.rng.choice(["", "", "", *"上下前后里外大小东西"])
            return front + self.rng.choice(FAMILIES) + self.rng.choice(ENDINGS) + "村"

        return self.fresh(make)
