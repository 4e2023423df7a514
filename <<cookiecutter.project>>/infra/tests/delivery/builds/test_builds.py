"""Which build of the bucket is meant."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_bucket import START
from places import Cloud, commit, place, publish, repository

from delivery.builds import builds
from delivery.builds.builds import find, refuse_dirty
from delivery.place import Place
from stack.refusal import Refused


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def here(cloud: Cloud, tmp_path: Path) -> Place:
    repository(tmp_path, "first", "second")
    return replace(place(cloud), project=tmp_path)


def refused(here: Place, wanted: str | None = None) -> str:
    with pytest.raises(Refused) as caught:
        find(here, wanted)
    return str(caught.value)


@pytest.mark.parametrize("digits", [6, 12, 64])
def test_a_digest_is_asked_of_s3_and_nothing_else_is_read(
    cloud: Cloud, here: Place, digits: int
) -> None:
    publish(cloud, "other")
    sha256 = publish(cloud)

    found = find(here, sha256[:digits])

    assert (found.sha256, found.manifest.version) == (sha256, "1.0.0+a")
    assert [key for what, key in cloud.bucket.asked if what == "text"] == [
        f"builds/orders/{sha256}.json"
    ]


def test_digits_of_several_digests_are_refused(cloud: Cloud, here: Place) -> None:
    for end in "12":
        cloud.bucket.put(f"builds/orders/{'a' * 63}{end}.json", b"{}")

    assert refused(here, "aaaaaa").startswith("Several builds begin with aaaaaa: ")


def test_without_a_word_it_is_the_build_of_the_commit_that_is_checked_out(
    cloud: Cloud, here: Place
) -> None:
    publish(cloud, "before", commit=commit(here.project, "third"))
    newest = commit(here.project, "fourth")
    assert refused(here).startswith(
        f"Of all 1 builds in s3://artifacts/builds/orders/ none is of commit {newest[:12]}, "
    )

    sha256 = publish(cloud, commit=newest)
    assert find(here).sha256 == sha256


@pytest.mark.parametrize("word", ["1.0.0+a", "HEAD", "main", "HEAD~0"])
def test_a_build_is_found_by_version_and_by_revision(cloud: Cloud, here: Place, word: str) -> None:
    publish(cloud, "other")
    sha256 = publish(cloud, commit=commit(here.project, "third"))

    assert find(here, word).sha256 == sha256


def test_a_short_commit_is_a_revision_where_no_digest_begins_so(cloud: Cloud, here: Place) -> None:
    newest = commit(here.project, "third")
    sha256 = publish(cloud, commit=newest)

    assert find(here, newest[:9]).sha256 == sha256


def test_of_several_builds_of_a_commit_the_newest_that_fits_counts(
    cloud: Cloud, here: Place
) -> None:
    newest = commit(here.project, "third")
    late = [START + timedelta(hours=n) for n in range(5)]
    publish(cloud, "old", late[0], commit=newest)
    fits = publish(cloud, "fits", late[1], commit=newest)
    publish(cloud, "dirty", late[2], commit=newest, dirty=True)
    publish(cloud, "other", late[3], commit=newest, architecture="x86_64")
    cloud.bucket.put(f"builds/orders/{'0' * 64}.json", b"nobody can read this", late[4])

    assert find(here).sha256 == fits


def test_a_build_that_does_not_fit_is_better_than_none(cloud: Cloud, here: Place) -> None:
    dirty = publish(cloud, "dirty", commit=commit(here.project, "third"), dirty=True)

    assert find(here).sha256 == dirty


def test_no_more_manifests_are_read_than_make_sense(
    cloud: Cloud, here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builds, "LOOKED_AT", 2)
    oldest = publish(cloud, "oldest", commit=commit(here.project, "third"))
    for n in range(1, 4):
        publish(cloud, str(n), START + timedelta(hours=n))

    assert refused(here).startswith("Of the newest 2 builds in ")
    assert len([what for what, _ in cloud.bucket.asked if what == "text"]) == 2
    assert find(here, oldest[:12]).sha256 == oldest


def test_a_word_that_means_nothing_is_refused(cloud: Cloud, here: Place) -> None:
    assert refused(here, "2.0.0").startswith("s3://artifacts/builds/orders/ has no build yet.")
    publish(cloud)

    assert "is of 2.0.0. Publish it: " in refused(here, "2.0.0")
    assert "is of --all. Publish it: " in refused(here, "--all")
    assert "f.json is not there. Publish it: " in refused(here, "f" * 64)


def test_a_build_without_its_archive_is_refused(cloud: Cloud, here: Place) -> None:
    sha256 = publish(cloud)
    del cloud.bucket.keys[f"builds/orders/{sha256}.tar.zst"]

    assert f"s3://artifacts/builds/orders/{sha256}.tar.zst is not there; " in refused(here, sha256)


@pytest.mark.parametrize("checked", [True, False])
def test_an_archive_that_is_not_what_its_name_says_is_refused(
    cloud: Cloud, here: Place, *, checked: bool
) -> None:
    sha256 = publish(cloud)
    [archive] = cloud.bucket.keys[f"builds/orders/{sha256}.tar.zst"]
    archive.checked = checked
    archive.body = b"another" if checked else archive.body

    said = "has the SHA-256" if checked else "was uploaded without a SHA-256"
    assert f"{sha256}.tar.zst is there and {said}" in refused(here, sha256)


def test_a_build_of_another_service_is_refused(cloud: Cloud, here: Place) -> None:
    sha256 = publish(cloud, service="other")

    assert "is of 'other', not of 'orders'" in refused(here, sha256)


def test_protected_tiers_take_no_build_of_what_is_in_no_commit(cloud: Cloud) -> None:
    sha256 = publish(cloud, dirty=True)
    for tier in ("dev", "test"):
        refuse_dirty(place(cloud, tier), find(place(cloud, tier), sha256))
    for tier in ("stage", "prod"):
        with pytest.raises(Refused, match=f"changes that are in no commit; {tier} is protected"):
            refuse_dirty(place(cloud, tier), find(place(cloud, tier), sha256))
