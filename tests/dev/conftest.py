"""A small cloud made of the fixture template, once for all tests of this folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from dev import cloud, wiring
from dev.emulator import Emulator, free_port
from dev.places import Places
from dev.runner import Runner
from dev.template import REGION, Physical, Template, load

FIXTURE = Path(__file__).parent / "fixtures" / "template.yaml"


@dataclass
class Stand:
    places: Places
    emulator: Emulator
    template: Template
    cloud: cloud.Cloud
    wiring: wiring.Wiring
    runner: Runner

    @property
    def physical(self) -> dict[str, Physical]:
        return self.cloud.physical

    def client(self, service: str) -> Any:
        """A client with the rights of root."""
        return cloud.Clients(self.emulator.url)(service)

    def acting_as(self, service: str, role: str, **session: Any) -> Any:
        """A client with the rights of a role."""
        found = self.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::000000000000:role/{role}", RoleSessionName=session.pop("name", "prov"), **session
        )["Credentials"]
        return boto3.client(
            service,
            endpoint_url=self.emulator.url,
            region_name=REGION,
            aws_access_key_id=found["AccessKeyId"],
            aws_secret_access_key=found["SecretAccessKey"],
            aws_session_token=found["SessionToken"],
            config=Config(retries={"total_max_attempts": 1}),
        )


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    places = Places(tmp_path_factory.mktemp("local"))
    places.make()
    template = load(FIXTURE)
    emulator = Emulator(places, free_port())
    emulator.start()
    try:
        made = cloud.make(template, emulator, places)
        played = wiring.read(template, made.physical)
        runner = Runner(played, emulator.url, places)
        try:
            yield Stand(places, emulator, template, made, played, runner)
        finally:
            runner.stop()
    finally:
        emulator.stop()
