"""Rules that span resources: a bucket is judged with what is declared for it, at the end."""

from collections.abc import Callable, Iterator, Sequence

from .candidate import Candidate, rows, table
from .encryption import BUCKET_ENCRYPTION
from .exposure import BLOCK

BUCKET = "aws:s3/bucket:Bucket"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
BLOCK_IT = (
    "no s3.BucketPublicAccessBlock names it; add one with bucket=<this bucket>.id and all four "
    "blocks true"
)
Found = Iterator[tuple[Candidate, str]]
WholeRule = Callable[[Sequence[Candidate]], Found]


def buckets_closed(stack: Sequence[Candidate]) -> Found:
    """Every bucket has its own block of public access."""
    for bucket in _of(stack, BUCKET):
        if not any(_names(each.at("bucket"), bucket) for each in _of(stack, BLOCK)):
            yield bucket, BLOCK_IT


def log_buckets_writable(stack: Sequence[Candidate]) -> Found:
    """A bucket for access logs is encrypted with S3's keys: the delivery service has no others."""
    # "Enable access logs for your Application Load Balancer": the only option is SSE-S3.
    for bucket in _of(stack, BUCKET):
        logged = [each for each in _of(stack, BALANCER)
                  if _names(each.at("access_logs.bucket"), bucket)]  # fmt: skip
        for encryption in _of(stack, BUCKET_ENCRYPTION):
            if logged and _names(encryption.at("bucket"), bucket) and _by_kms(encryption):
                problem = (
                    f"sse_algorithm must be AES256: {logged[0].name} writes access logs into "
                    f"{bucket.name}, and the delivery service cannot use a KMS key"
                )
                yield encryption, problem


def _of(stack: Sequence[Candidate], type_: str) -> list[Candidate]:
    return [each for each in stack if each.type == type_]


def _names(reference: object, bucket: Candidate) -> bool:
    """Tell whether an input means a bucket: by its name, or by an output of it as it is."""
    if isinstance(reference, str):
        return reference == bucket.at("bucket")
    return any(reference is bucket.outputs.get(key) for key in ("id", "bucket"))


def _by_kms(encryption: Candidate) -> bool:
    defaults = [table(rule.get("apply_server_side_encryption_by_default"))
                for rule in rows(encryption.at("rules"))]  # fmt: skip
    return any(each.get("sse_algorithm") != "AES256" for each in defaults)
