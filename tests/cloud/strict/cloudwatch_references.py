"""CloudWatch: what an alarm acts on is in the alarm's region."""

from typing import Any

from moto.cloudwatch.models import CloudWatchBackend

from tests.cloud.strict.patch import RefusedError, before

API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference"


@before(CloudWatchBackend, "put_metric_alarm", doc=f"{API}/API_PutMetricAlarm.html")
def actions_are_of_the_region(
    backend: CloudWatchBackend, alarm_actions: Any, ok_actions: Any, insufficient_data_actions: Any
) -> None:
    for arn in [*(alarm_actions or []), *(ok_actions or []), *(insufficient_data_actions or [])]:
        parts = str(arn).split(":")
        if len(parts) > 3 and parts[3] not in ("", backend.region_name):
            raise RefusedError(
                "ValidationError",
                f"Invalid region {parts[3]} specified in {arn}. Only {backend.region_name} is "
                "supported.",
            )
