"""Geocoders on the network, through geopy: asked only where the operator has set one up, slowly, and each thing once.

What they find is turned to WGS 84: AMap speaks GCJ-02 and Baidu BD-09, whatever their papers call it. Tianditu speaks
CGCS2000, which is WGS 84 within a metre; Nominatim and Photon are OpenStreetMap.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import numpy as np
import requests
from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderQuotaExceeded,
    GeocoderUnavailable,
    GeopyError,
)
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import BaiduV3, Nominatim, Photon
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from gazetteer.errors import GuatuError
from gazetteer.network import USER_AGENT
from gazetteer.offsets import Floats, bd09_to_wgs84, gcj02_to_wgs84

TIMEOUT_S = 10
"""Seconds for one answer."""
DELAY_S = 1.0
"""Seconds between two questions: what Nominatim's usage policy asks for; the others allow more."""
MAX_ANSWER = 1 << 20
"""Bytes of an answer. Ten candidates take some thousand."""
LIMIT = 10
"""Candidates that are asked for: what all services give at once."""
KEPT_S = 30 * 24 * 3600
"""Seconds that an answer is kept: a month, since maps change and terms of use forbid collections for ever."""
MAX_QUERY = 100
"""Characters of a question; no service takes many more."""

Box = tuple[float, float, float, float]


class Found(NamedTuple):
    """One answer of a service: what it calls the thing, None where it does not say, and where it is, EPSG:4326."""

    name: str | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the operator has set it up: a name of SERVICES, the key it was given, an address of its own."""

    name: str
    key: str | None = None
    url: str | None = None


class Online:
    """One service, asked at most once a second; its answers are kept in a folder for a month."""

    def __init__(self, service: Service, folder: Path) -> None:
        """Raises GuatuError where there is no such service, or it needs a key and has none."""
        offered = SERVICES.get(service.name)
        if offered is None:
            raise GuatuError(
                f"GUATU_GEOCODER 不认识“{service.name[:40]}” is no online geocoder. There are: {', '.join(SERVICES)}"
            )
        if offered.needs_key and not service.key:
            raise GuatuError(f"{service.name} 需要密钥,请设 GUATU_GEOCODER_KEY needs a key: set GUATU_GEOCODER_KEY")
        self.name = service.name
        self._folder = folder / service.name
        self._ask = RateLimiter(
            partial(offered.ask, offered.open(service)),
            min_delay_seconds=DELAY_S,
            max_retries=0,
            swallow_exceptions=False,
        )
        self._to_wgs84 = offered.to_wgs84

    def find(self, name: str, county: str, adcode: str | None, box: Box) -> list[Found]:
        """What the service knows by this name in the county, with its name, code and box (west, south, east, north).

        Raises GuatuError where it cannot be reached, refuses, or answers what nobody understands.
        """
        question = (name[:MAX_QUERY], county, adcode, *(round(side, 3) for side in box))
        digest = hashlib.sha256(json.dumps(question).encode()).hexdigest()
        kept = self._folder / f"{digest}.json"
        try:
            if time.time() - kept.stat().st_mtime < KEPT_S:
                return [Found(*found) for found in json.loads(kept.read_text(encoding="utf-8"))]
        except (OSError, ValueError, TypeError):
            pass  # never asked, or not to be read: ask
        try:
            answers = self._ask(question[0], county, adcode, box)
            found = [Found(answer.name, *self._moved(answer)) for answer in answers]
        except GeopyError as error:
            raise GuatuError(f"在线地名服务 {self.name}: {_in_words(error)}") from error
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise GuatuError(f"在线地名服务 {self.name} 的回答看不懂 its answer is not as it should be") from error
        self._keep(kept, found)
        return found

    def _moved(self, found: Found) -> list[float]:
        moved = self._to_wgs84(np.array([[found.lon, found.lat]]))[0].tolist()
        if not (-180 <= moved[0] <= 180 and -90 <= moved[1] <= 90):
            raise ValueError(moved)
        return list(moved)

    def _keep(self, path: Path, found: list[Found]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{time.monotonic_ns()}.part")
        part.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        part.replace(path)


def _in_words(error: GeopyError) -> str:
    if isinstance(error, GeocoderAuthenticationFailure):
        return "密钥无效,请查 GUATU_GEOCODER_KEY refuses the key: check GUATU_GEOCODER_KEY"
    if isinstance(error, GeocoderQuotaExceeded):
        return "查询太多,请以后再试 has had enough questions: try again later"
    if isinstance(error, GeocoderUnavailable):
        return "没有回答,有网络吗? gave no answer, is there a network?"
    return f"拒绝或答错了这次查询 refused the question or broke its answer ({type(error).__name__})"


class _Adapter(BaseSyncAdapter):  # type: ignore[misc]  # geopy is not typed
    """geopy's door to the network, with a limit to what comes in."""

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self.session = requests.Session()

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        try:
            with self.session.get(url, timeout=timeout, headers=headers, stream=True) as answer:
                body = b""
                for chunk in answer.iter_content(MAX_ANSWER):
                    body += chunk
                    if len(body) > MAX_ANSWER:
                        raise GeocoderQueryError("too long")
        except requests.RequestException:
            raise GeocoderUnavailable("unreachable") from None  # its text would repeat the address and so the key
        text = body.decode("utf-8", "replace")
        if answer.status_code != requests.codes.ok:
            raise AdapterHTTPError(
                f"HTTP {answer.status_code}", status_code=answer.status_code, headers=answer.headers, text=text
            )
        return str(text)

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        try:
            return json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except (ValueError, RecursionError) as error:
            raise GeocoderParseError("no JSON") from error


class _Keyed(Geocoder):  # type: ignore[misc]  # geopy is not typed
    """A service that geopy does not have, in the shape of those it has."""

    def __init__(self, key: str, api: str, **options: Any) -> None:
        super().__init__(**options)
        self.api_key, self.api = key, api

    def _get(self, parameters: dict[str, object], parse: Callable[[Any], list[Location]]) -> list[Location]:
        found: list[Location] = self._call_geocoder(f"{self.api}?{urlencode(parameters)}", parse)
        return found


class AMap(_Keyed):
    """高德, search for points of interest (lbs.amap.com/api/webservice/guide/api/search): GCJ-02."""

    BAD_KEY = ("INVALID_USER_KEY", "USERKEY_PLAT_NOMATCH", "INVALID_USER_SCODE", "SERVICE_NOT_AVAILABLE")

    def geocode(self, query: str, city: str) -> list[Location]:
        """Raises geopy's errors where the service refuses."""
        parameters = {"key": self.api_key, "keywords": query, "city": city, "citylimit": "true", "offset": LIMIT}
        return self._get(parameters, self._parse)

    def _parse(self, answer: Any) -> list[Location]:
        if answer["status"] != "1":
            said = str(answer.get("info"))
            raise (GeocoderAuthenticationFailure if said in self.BAD_KEY else GeocoderQueryError)(said)
        places = []
        for poi in answer["pois"]:
            lon, lat = map(float, poi["location"].split(","))
            places.append(Location(poi["name"], (lat, lon), poi))
        return places


class Tianditu(_Keyed):
    """天地图, search within a division (lbs.tianditu.gov.cn/server/search2.html): CGCS2000."""

    def geocode(self, query: str, division: str) -> list[Location]:
        """`division` is the adcode behind the country's 156. Raises geopy's errors where the service refuses."""
        asked = {"keyWord": query, "specify": division, "queryType": "12", "start": "0", "count": str(LIMIT)}
        return self._get({"postStr": json.dumps(asked), "type": "query", "tk": self.api_key}, self._parse)

    @staticmethod
    def _parse(answer: Any) -> list[Location]:
        if "status" not in answer:  # {"code": 301002, "msg": "非法Key"}
            raise GeocoderAuthenticationFailure(str(answer.get("msg")))
        if answer["status"]["infocode"] != 1000:
            raise GeocoderQueryError(str(answer["status"].get("cndesc")))
        places = []
        for poi in answer.get("pois") or ():
            lon, lat = map(float, poi["lonlat"].split(","))
            places.append(Location(poi["name"], (lat, lon), poi))
        return places


def _options() -> dict[str, Any]:
    return {"timeout": TIMEOUT_S, "user_agent": USER_AGENT, "adapter_factory": _Adapter}


def _open_osm(kind: Callable[..., Any], service: Service) -> Any:
    if service.url is None:
        return kind(**_options())
    parts = urlsplit(service.url)
    return kind(domain=parts.netloc + parts.path, scheme=parts.scheme or "https", **_options())


def _open_baidu(service: Service) -> Any:
    baidu = BaiduV3(service.key, **_options())
    baidu.api = service.url or baidu.api.replace("http://", "https://")
    return baidu


def _corners(box: Box) -> list[tuple[float, float]]:
    west, south, east, north = box
    return [(south, west), (north, east)]


def _ask_nominatim(nominatim: Any, name: str, _county: str, _adcode: str | None, box: Box) -> list[Found]:
    found = nominatim.geocode(name, exactly_one=False, limit=LIMIT, viewbox=_corners(box), bounded=True, language="zh")
    return [Found(p.raw.get("name") or p.address.partition(",")[0], p.longitude, p.latitude) for p in found or ()]


def _ask_photon(photon: Any, name: str, _county: str, _adcode: str | None, box: Box) -> list[Found]:
    found = photon.geocode(name, exactly_one=False, limit=LIMIT, bbox=_corners(box))
    return [Found(p.raw["properties"].get("name"), p.longitude, p.latitude) for p in found or ()]


def _ask_amap(amap: Any, name: str, county: str, adcode: str | None, _box: Box) -> list[Found]:
    return [Found(p.address, p.longitude, p.latitude) for p in amap.geocode(name, adcode or county)]


def _ask_tianditu(tianditu: Any, name: str, county: str, adcode: str | None, _box: Box) -> list[Found]:
    division = f"156{adcode}" if adcode else county
    return [Found(p.address, p.longitude, p.latitude) for p in tianditu.geocode(name, division)]


BAIDU_SURE = 100
"""Baidu's `comprehension`: how well it understood the question, 0 to 100. It does not say what it found."""
BAIDU_AREAS = frozenset({"国家", "省", "城市", "区县", "乡镇"})
"""Its `level` where it has found no more than the area that a name lies in."""


def _ask_baidu(baidu: Any, name: str, county: str, _adcode: str | None, _box: Box) -> list[Found]:
    found = baidu.geocode(county + name)
    if found is None or found.raw["comprehension"] < BAIDU_SURE or found.raw["level"] in BAIDU_AREAS:
        return []
    return [Found(None, found.longitude, found.latitude)]


def _unmoved(lonlat: Floats) -> Floats:
    return lonlat


@dataclass(frozen=True, slots=True)
class _Offered:
    """How a service is opened, asked, and its coordinates turned to WGS 84."""

    open: Callable[[Service], Any]
    ask: Callable[[Any, str, str, str | None, Box], list[Found]]
    to_wgs84: Callable[[Floats], Floats] = _unmoved
    needs_key: bool = False


def _open_keyed(kind: type[_Keyed], address: str, service: Service) -> Any:
    return kind(service.key or "", service.url or address, **_options())


AMAP = "https://restapi.amap.com/v3/place/text"
TIANDITU = "https://api.tianditu.gov.cn/v2/search"

SERVICES = {
    "nominatim": _Offered(partial(_open_osm, Nominatim), _ask_nominatim),
    "photon": _Offered(partial(_open_osm, Photon), _ask_photon),
    "amap": _Offered(partial(_open_keyed, AMap, AMAP), _ask_amap, gcj02_to_wgs84, needs_key=True),
    "baidu": _Offered(_open_baidu, _ask_baidu, bd09_to_wgs84, needs_key=True),
    "tianditu": _Offered(partial(_open_keyed, Tianditu, TIANDITU), _ask_tianditu, needs_key=True),
}
"""The services by the name that GUATU_GEOCODER gives them."""
