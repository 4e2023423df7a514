import subprocess
import sys

import pytest

# Each in an interpreter of its own: what one has imported another would find there.
PREPARE = "import sys, stack, pulumi_aws as aws\n"


def run(program: str) -> str:
    done = subprocess.run(  # noqa: S603 a program written here
        [sys.executable, "-W", "ignore", "-c", PREPARE + program],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_class_comes_without_the_files_of_others() -> None:
    assert run("aws.ec2.LaunchTemplate; print('pulumi_aws.ec2.vpc' in sys.modules)") == "False"


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("LaunchTemplate", "pulumi_aws.ec2.launch_template"),
        ("LaunchTemplateMetadataOptionsArgs", "pulumi_aws.ec2._inputs"),
        ("Tenancy", "pulumi_aws.ec2._enums"),
    ],
)
def test_a_class_is_the_one_that_the_whole_package_has(name: str, home: str) -> None:
    given = f"print(aws.ec2.{name}.__module__, aws.ec2.{name} is sys.modules['{home}'].{name})"
    assert run(given) == f"{home} True"


def test_a_module_of_the_package_can_be_had() -> None:
    assert run("from pulumi_aws.ec2 import outputs; print(outputs.__name__)") == (
        "pulumi_aws.ec2.outputs"
    )


def test_what_has_no_file_of_its_name_comes_from_the_whole_package() -> None:
    # The arguments of a resource stand beside it.
    assert run("print(aws.ec2.LaunchTemplateArgs.__name__, hasattr(aws.ec2, 'Vpc'))") == (
        "LaunchTemplateArgs True"
    )


def test_a_star_stands_for_all_of_a_package() -> None:
    assert run("from pulumi_aws.sns import *; print(Topic.__name__)") == "Topic"


def test_a_name_that_nobody_has_is_an_error_as_ever() -> None:
    assert run("try: aws.ec2.LunchTemplate\nexcept AttributeError as error: print(error)").endswith(
        "has no attribute 'LunchTemplate'"
    )


def test_threads_find_the_whole_package_together() -> None:
    assert (
        run(
            "from concurrent.futures import ThreadPoolExecutor as Pool\n"
            "found = list(Pool(8).map(lambda _: aws.sns.TopicArgs.__name__, range(8)))\n"
            "print(len(found), *set(found))"
        )
        == "8 TopicArgs"
    )
