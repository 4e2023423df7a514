"""CloudWatch dashboards: a body of widgets on a grid."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.kinds import matches
from tests.cloud.rules.table import Page, known

API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference"
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
TYPES = ("metric", "text", "log", "alarm", "explorer", "custom", "trace")
VIEWS = ("timeSeries", "singleValue", "gauge", "bar", "pie", "table")
COLUMNS, ROWS, MOST_WIDGETS = 24, 1000, 500
# Widget types whose properties name a region, and what else each must have.
REGIONAL = ("metric", "log")
NEEDED = {"text": ("markdown",), "alarm": ("alarms",), "log": ("query",)}

dashboard = Page(f"{API}/API_PutDashboard.html", DASHBOARD)
dashboard.row("dashboardName", matches(r"[A-Za-z0-9_-]{1,255}", "letters, digits, - and _"))

structure = Page(f"{API}/CloudWatch-Dashboard-Body-Structure.html", DASHBOARD)


@structure.across
def body_is_a_grid_of_widgets(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not known(new.get("dashboardBody")):
        return
    for problem in _problems(new["dashboardBody"]):
        yield "dashboardBody", f"dashboardBody {problem}"


def _problems(text: str) -> Iterator[str]:
    try:
        body = json.loads(text)
    except ValueError as error:
        yield f"is not JSON: {error}"
        return
    widgets = body.get("widgets") if isinstance(body, Mapping) else None
    if not isinstance(widgets, list):
        yield "has no list of widgets"
        return
    if len(widgets) > MOST_WIDGETS:
        yield f"has {len(widgets)} widgets; {MOST_WIDGETS} are allowed"
    for index, widget in enumerate(widgets):
        for problem in _widget(widget):
            yield f"has widgets[{index}] {problem}"


def _widget(widget: Any) -> Iterator[str]:
    if not isinstance(widget, Mapping):
        yield "that is no object"
        return
    kind, properties = widget.get("type"), widget.get("properties")
    if kind not in TYPES:
        yield f"of type {kind}; it must be one of {', '.join(TYPES)}"
    yield from _place(widget)
    if not isinstance(properties, Mapping):
        yield "without properties"
        return
    for key in (*(("region",) if kind in REGIONAL else ()), *NEEDED.get(str(kind), ())):
        if not properties.get(key):
            yield f"whose properties have no {key}"
    if kind == "metric":
        yield from _metrics(properties)


def _place(widget: Mapping[str, Any]) -> Iterator[str]:
    bounds = {"x": (0, COLUMNS - 1), "y": (0, 10**9), "width": (1, COLUMNS), "height": (1, ROWS)}
    for key, (least, most) in bounds.items():
        value = widget.get(key, least)
        if not isinstance(value, int) or not least <= value <= most:
            yield f"whose {key} is {value}; it must be {least} to {most}"
            return
    if widget.get("x", 0) + widget.get("width", 6) > COLUMNS:
        yield f"that ends beyond column {COLUMNS}"
    if ("x" in widget) != ("y" in widget):
        yield "with only one of x and y"


def _metrics(properties: Mapping[str, Any]) -> Iterator[str]:
    metrics = properties.get("metrics")
    if not metrics and not properties.get("annotations"):
        yield "whose properties have no metrics"
    if properties.get("view", VIEWS[0]) not in VIEWS:
        yield f"whose view is {properties['view']}; it must be one of {', '.join(VIEWS)}"
    if isinstance(properties.get("period"), int) and properties["period"] < 1:
        yield f"whose period is {properties['period']}"
    for each in metrics or []:
        if not isinstance(each, list) or not each:
            yield "with a metric that is no list"
            continue
        names = [part for part in each if not isinstance(part, Mapping)]
        options = [part for part in each if isinstance(part, Mapping)]
        if not all(isinstance(part, str) for part in names) or len(options) > 1:
            yield "with a metric that is not names and one object of options"
        elif names and len(names) % 2:
            yield f"with a metric of {len(names)} names: a dimension without its value"
        elif not names and not any("expression" in part for part in options):
            yield "with a metric that names neither metric nor expression"
