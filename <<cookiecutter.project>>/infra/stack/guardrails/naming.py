"""Names are as long as AWS takes them."""

from .candidate import Candidate, Problems

# The input with the name, and how long it may be: each type's page in the AWS API reference.
LIMITS = {
    "aws:autoscaling/group:Group": ("name", 255),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("name", 255),
    "aws:dynamodb/table:Table": ("name", 255),
    "aws:ec2/launchTemplate:LaunchTemplate": ("name", 128),
    "aws:ec2/securityGroup:SecurityGroup": ("name", 255),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("replication_group_id", 40),
    "aws:iam/instanceProfile:InstanceProfile": ("name", 128),
    "aws:iam/policy:Policy": ("name", 128),
    "aws:iam/role:Role": ("name", 64),
    "aws:lambda/function:Function": ("name", 64),
    "aws:lb/loadBalancer:LoadBalancer": ("name", 32),
    "aws:lb/targetGroup:TargetGroup": ("name", 32),
    "aws:rds/cluster:Cluster": ("cluster_identifier", 63),
    "aws:rds/instance:Instance": ("identifier", 63),
    "aws:s3/bucket:Bucket": ("bucket", 63),
    "aws:sns/topic:Topic": ("name", 256),
    "aws:sqs/queue:Queue": ("name", 80),
    "aws:wafv2/webAcl:WebAcl": ("name", 128),
}
SUFFIX = 8  # characters that Pulumi adds to a resource's own name where none is given


def names_fit(candidate: Candidate) -> Problems:
    """Names are as short as AWS wants them."""
    key, limit = LIMITS.get(candidate.type, ("", 0))
    name = candidate.at(key) if key else None
    if key and name is None and not candidate.at(f"{key}_prefix"):
        name = candidate.name + "-" + "x" * (SUFFIX - 1)
    if isinstance(name, str) and len(name) > limit:
        yield f"{key} {name} has {len(name)} characters; AWS takes {limit}"
