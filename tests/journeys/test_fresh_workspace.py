"""Whoever opens a workspace may read it at once."""

import httpx


def test_a_fresh_workspace_is_read_without_saying_from_which_position(server: httpx.Client) -> None:
    """What its first question is about is not applied yet when it comes: it waits for that, and is no 404."""
    for number in range(20):
        opened = server.post("/v1/workspaces", json={"name": f"Bakery {number}", "timezone": "UTC"}).json()
        settings = server.get(f"/v1/workspaces/{opened['id']}/settings")
        assert settings.status_code == 200, settings.text
        assert settings.json()["position"] == opened["position"]
