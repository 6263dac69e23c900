"""What the person at the machine is told when the service cannot start, or is not there."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dev.emulator import free_port
from dev.places import REPOSITORY, Places


def command(module: str, root: Path, *arguments: str, port: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FAMILJEHEM_LOCAL": str(root), "PORT": port}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_told_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        answer = command("dev", tmp_path, port=port)
    assert answer.returncode == 1
    assert f"Port {port} är upptagen" in answer.stdout
    assert "PORT=" in answer.stdout.split("upptagen")[1]
    assert "Traceback" not in answer.stdout + answer.stderr


def test_a_folder_that_is_in_use_is_told(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.make()
    with places.lock():
        answer = command("dev", tmp_path, port=str(free_port()))
    assert answer.returncode == 1
    assert "redan igång" in answer.stdout


def test_a_port_that_is_no_number_is_told(tmp_path: Path) -> None:
    answer = command("dev", tmp_path, port="åtta")
    assert (answer.returncode, answer.stdout.strip()) == (2, "PORT=åtta är inget portnummer.")


@pytest.mark.parametrize(
    ("module", "arguments", "status"),
    [
        ("dev.demo", (), 1),
        ("dev.token", ("anna.prov@jonkoping.example",), 1),
        ("dev.leaks", ("--mark", "Kanariefågel"), 2),
    ],
)
def test_tools_say_how_to_start_the_service(
    tmp_path: Path, module: str, arguments: tuple[str, ...], status: int
) -> None:
    answer = command(module, tmp_path, *arguments, port=str(free_port()))
    assert answer.returncode == status
    assert "make run" in answer.stderr
    assert answer.stdout == ""


def test_the_local_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    places = Places(tmp_path / "local")
    places.make()
    assert {folder.stat().st_mode & 0o777 for folder in (places.root, places.state, places.logs)} == {0o700}
