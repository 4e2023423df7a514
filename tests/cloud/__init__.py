"""AWS in a test: a Pulumi provider over moto, so that the real engine runs against a simulated cloud."""

from tests.cloud.cloud import Cloud

__all__ = ["Cloud"]
