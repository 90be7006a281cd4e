"""`--online`: the geocoder on the network that the operator has set up."""

from typing import TYPE_CHECKING

from gazetteer.errors import GuatuError
from gazetteer.geocode import Gazetteer
from geodata.settings import Settings

if TYPE_CHECKING:
    from gazetteer.online import SecondOpinion


def second_opinion(settings: Settings, gazetteer: Gazetteer) -> "SecondOpinion":
    """Raises GuatuError where none is set up, or not rightly."""
    from gazetteer.online import SecondOpinion
    from gazetteer.sources.online import Online, Service

    if not settings.geocoder:
        raise GuatuError(
            "没有设置在线地名服务:请设 GUATU_GEOCODER No online geocoder: set GUATU_GEOCODER (e.g. tianditu)"
        )
    service = Service(settings.geocoder, settings.geocoder_key, settings.geocoder_url)
    return SecondOpinion(gazetteer, Online(service, settings.home / "online"))
