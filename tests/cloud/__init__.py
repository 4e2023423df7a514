"""AWS in a test: a Pulumi provider over moto, for the real engine on a simulated cloud."""

from tests.cloud.cloud import Cloud

__all__ = ["Cloud"]
