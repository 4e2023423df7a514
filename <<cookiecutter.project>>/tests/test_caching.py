import pytest

from .conftest import Client


def test_an_answer_has_a_tag_of_its_content(client: Client) -> None:
    first, second = client.get("/kept"), client.get("/kept")
    assert first.json() == ["a", "b"]
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"old", {tag}', "*"])
def test_what_the_client_knows_is_not_sent_again(client: Client, form: str) -> None:
    tag = client.get("/kept").headers["etag"]
    answer = client.get("/kept", headers={"If-None-Match": form.format(tag=tag)})
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == tag


def test_what_has_changed_is_sent(client: Client) -> None:
    assert client.get("/kept", headers={"If-None-Match": '"old"'}).status_code == 200
