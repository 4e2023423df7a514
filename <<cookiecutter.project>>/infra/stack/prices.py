"""The price file: what AWS asks for each thing, on one day in one region."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from .fields import InstanceType, text
from .refusal import Refused, problems_of
from .tiers import COLUMNS

FILE = Path(__file__).parents[1] / "prices.toml"
WHERE = f"infra/{FILE.name}"

Dollars = Annotated[float, Field(gt=0)]
Page = Annotated[str, text(r"https://aws\.amazon\.com/\S+", "the address of an AWS pricing page")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Part):
    """A price, where AWS says it, and where it was last seen."""

    usd: Dollars
    source: Page
    seen: str = ""


class Instances(_Part):
    """On-Demand prices by instance type."""

    source: Page
    seen: str = ""
    per_hour: dict[InstanceType, Dollars]


class Spot(_Part):
    """What Spot is taken to cost, as a share of On-Demand."""

    share: Annotated[float, Field(gt=0, le=1)]
    source: Page
    seen: str = ""


class PriceList(_Part):
    """Every price but that of instances; the file says the unit of each."""

    disk_gib_month: Price
    address_hour: Price
    nat_hour: Price
    balancer_hour: Price
    balancer_unit_hour: Price
    firewall_month: Price
    firewall_rule_month: Price
    firewall_million_requests: Price
    alarm_metric_month: Price
    metric_month: Price
    dashboard_month: Price
    log_gb: Price
    log_gb_month: Price
    out_gb: Price


class Request(_Part):
    """What a request is taken to weigh."""

    out_kb: Annotated[float, Field(ge=0)]
    log_kb: Annotated[float, Field(ge=0)]
    compressed: Annotated[float, Field(gt=0, le=1)]


class Platform(_Part):
    """What a tier's platform is taken to have."""

    zones: Annotated[int, Field(ge=2)]  # of the balancer
    nat_gateways: Annotated[int, Field(ge=0)]
    public_instances: bool


def _of_every_tier(value: dict[str, Platform]) -> dict[str, Platform]:
    if set(value) != set(COLUMNS):
        raise ValueError(f"must have the tiers {', '.join(COLUMNS)}")
    return value


class Prices(_Part):
    """The whole file."""

    date: date
    region: str
    currency: str
    instances: Instances
    spot: Spot
    prices: PriceList
    request: Request
    platform: Annotated[dict[str, Platform], AfterValidator(_of_every_tier)]

    @property
    def unseen(self) -> list[str]:
        """Name the prices that no list or bill of AWS was seen for."""
        named = {"instances": self.instances, "spot": self.spot, **dict(self.prices)}
        return [name for name, price in named.items() if not price.seen]


def read_prices(file: Path = FILE) -> Prices:
    """Read the price file; every problem is in the error."""
    try:
        return Prices.model_validate(tomllib.loads(file.read_text()))
    except tomllib.TOMLDecodeError as error:
        raise Refused([f"{WHERE}: it is not TOML: {error}."]) from error
    except ValidationError as error:
        known = (*Prices.model_fields, *PriceList.model_fields, *Price.model_fields)
        raise Refused(problems_of(error, WHERE, known)) from error
