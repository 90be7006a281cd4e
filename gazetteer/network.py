"""What guatu fetches over HTTP when the operator asks for it: politely, with limits, and errors that say what to do."""

import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import requests
from urllib3.util import Retry

from gazetteer.errors import GuatuError

USER_AGENT = f"guatu/{version('guatu')} (gazetteer of public works)"
"""Overpass and Nominatim ask every program to name itself."""

CONNECT_S = 10.0
"""Seconds to wait for a connection: without a network it fails at once, behind a silent firewall after this."""
READ_S = 200.0
"""Seconds to wait for the next bytes: Overpass computes for up to 180 s before it sends any."""
WHOLE_S = 3600.0
"""Seconds for a whole download: a province at 100 kB/s."""
RETRIES = 3
"""Times that a busy server is asked again."""
BUSY = (429, 503, 504)
"""Answers of a server that is busy: it may say in Retry-After how long to wait."""
MAX_WAIT_S = 120
"""Seconds that are waited at most, whatever Retry-After says."""
CHUNK = 1 << 16

Progress = Callable[[int], None]


def open_session() -> requests.Session:
    """A session that names guatu, follows few redirects, and asks a busy server again when it says so."""
    session = requests.Session()
    session.headers["User-Agent"] = USER_AGENT
    session.max_redirects = 5
    retry = Retry(
        total=RETRIES,
        connect=0,
        read=0,
        status_forcelist=BUSY,
        allowed_methods={"GET", "POST"},
        backoff_factor=1,
        backoff_max=MAX_WAIT_S,
        retry_after_max=MAX_WAIT_S,
        raise_on_status=False,
    )
    for scheme in ("http://", "https://"):
        session.mount(scheme, requests.adapters.HTTPAdapter(max_retries=retry))
    return session


def download(
    url: str,
    target: Path,
    *,
    limit: int,
    data: dict[str, str] | None = None,
    progress: Progress = lambda _: None,
    read_s: float = READ_S,
    whole_s: float = WHOLE_S,
) -> None:
    """Writes what is at `url` to `target`; with form `data` by POST. `progress` gets the bytes since the last call.

    Raises GuatuError where there is no network, the server refuses, is busy or slow, or the answer is cut off or larger
    than `limit` bytes (unpacked). Then `target` may hold a part.
    """
    host = _host(url)
    deadline = time.monotonic() + whole_s
    size = 0
    try:
        with (
            open_session() as session,
            session.request(
                "POST" if data else "GET", url, data=data, stream=True, timeout=(CONNECT_S, read_s)
            ) as answer,
            target.open("wb") as file,
        ):
            _refuse_status(answer, host)
            for chunk in answer.iter_content(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise GuatuError(
                        f"{host} 的数据超过 {limit >> 20} MB,请换小一些的范围 sent more than that: take less"
                    )
                if time.monotonic() > deadline:
                    raise GuatuError(f"{host} 太慢,请稍后再试 is too slow: try again later")
                file.write(chunk)
                progress(len(chunk))
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
        raise GuatuError(f"{host} 的数据没传完,请再试一次 cut its answer off: try again") from error
    except requests.exceptions.Timeout as error:
        raise GuatuError(f"{host} 没有按时回答,请稍后再试 did not answer in time: try again later") from error
    except requests.exceptions.ConnectionError as error:
        if "timed out" in str(error).lower():  # while the answer came; requests calls that a lost connection
            raise GuatuError(f"{host} 没有按时回答,请稍后再试 did not answer in time: try again later") from error
        raise GuatuError(f"连不上 {host},有网络吗? Cannot reach it: is there a network?") from error
    except requests.exceptions.RequestException as error:
        raise GuatuError(f"从 {host} 取不到数据 Cannot fetch: {' '.join(str(error).split())[:200]}") from error


def _host(url: str) -> str:
    """The host of an address, for messages: never its path, which may hold a key. Raises GuatuError where there is
    none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        host = None
    if not host:
        raise GuatuError(f"“{url[:100]}”不是网址 is no address: it begins with http:// or https://")
    return host


def _refuse_status(answer: requests.Response, host: str) -> None:
    if answer.status_code in BUSY:
        raise GuatuError(f"{host} 正忙({answer.status_code}),请过几分钟再试 is busy: try again in some minutes")
    if answer.status_code != requests.codes.ok:
        raise GuatuError(
            f"{host} 回答 {answer.status_code},地址对吗? answered {answer.status_code}: is the address right?"
        )
