"""One run of the local cloud, from the first line of progress to the clean stop."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dev.places import DEFAULT_PORT, LOOPBACK, REPOSITORY, AlreadyRunningError, Places, read, write

_TEMPLATE = REPOSITORY / "template.yaml"


class NotStartedError(Exception):
    """The service cannot start; the message says why and what to do, in Swedish."""


def run(environment: Mapping[str, str]) -> int:
    """Start, serve until SIGINT or SIGTERM, stop cleanly; give the exit status."""
    os.umask(0o077)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    # A signal during the start is a KeyboardInterrupt too, so that it unwinds and saves like any other.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        port = int(environment.get("PORT") or DEFAULT_PORT)
    except ValueError:
        print(f"PORT={environment['PORT']} är inget portnummer.")
        return 2
    try:
        return _run(port, environment)
    except (NotStartedError, AlreadyRunningError) as error:
        print(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        print("\nAvbruten.")
        return 130


def _run(port: int, environment: Mapping[str, str]) -> int:
    began = time.monotonic()
    places = Places.here()
    lock = places.lock()
    try:
        return _serve(port, environment, places, began)
    finally:
        places.service.unlink(missing_ok=True)
        lock.close()


def _serve(port: int, environment: Mapping[str, str], places: Places, began: float) -> int:
    from dev.server import listener  # imports that take time come after the first line of progress

    progress = _Progress(began)
    try:
        taken = listener(port)
    except OSError:
        raise NotStartedError(
            f"Port {port} är upptagen av ett annat program. Stoppa det, eller välj en annan port: PORT={port + 10} make run\n"
            f"(Vem som har porten: ss -ltnp 'sport = :{port}')"
        ) from None
    with contextlib.ExitStack() as stack:
        stack.callback(taken.close)
        from dev.emulator import Emulator, EmulatorError, free_port, is_free

        emulator_port = port + 1 if is_free(port + 1) else free_port()
        access_control = environment.get("FAMILJEHEM_ACCESS_CONTROL", "on") != "off"
        progress(f"startar emulatorn på {LOOPBACK}:{emulator_port}")
        emulator = Emulator(places, emulator_port, access_control=access_control)
        stack.callback(emulator.stop)
        emulator.begin()  # it takes its time, and so do the imports and the template meanwhile
        progress("läser mallen")
        from dev import cloud, seed, wiring
        from dev.desk import Desk
        from dev.gateway import Gateway
        from dev.pumps import Pumps
        from dev.runner import Runner
        from dev.server import Site, server
        from dev.site import Pages
        from dev.template import TemplateError, load

        url = f"http://{LOOPBACK}:{port}"
        provider = None
        if environment.get("FAMILJEHEM_IDENTIFICATION", "off") == "on":
            from dev.identities import LocalProvider, ProviderError
            from familjehem.runtime.wiring.identification import RETURNS

            progress("startar e-legitimering med påhittade personer")
            provider_port = port + 2 if is_free(port + 2) else free_port()
            provider = LocalProvider(provider_port, [f"{url}{path}" for path in RETURNS.values()])
            stack.callback(provider.stop)
            try:
                provider.start()
            except ProviderError as error:
                raise NotStartedError(str(error)) from None
        try:
            template = load(_TEMPLATE, parameters(url, environment, provider), cache=places.root)
            emulator.wait()
        except TemplateError as error:
            raise NotStartedError(f"Mallen går inte att läsa: {error}") from None
        except EmulatorError as error:
            raise NotStartedError(str(error)) from None
        progress("skapar tabeller, nycklar, hinkar, köer, roller och inloggning ur mallen")
        try:
            made = cloud.make(template, emulator, places, print)
        except cloud.CloudError as error:
            raise NotStartedError(f"Det lokala molnet kunde inte skapas: {error}") from None
        played = wiring.read(template, made.physical)
        if provider is not None:
            cloud.Clients(emulator.url)("secretsmanager").put_secret_value(
                SecretId=made.physical["Data/ProviderSecret"].ref,
                SecretString=json.dumps({"clientSecret": provider.client_secret}),
            )
        write(places.service, _described(port, emulator, template, made))
        if environment.get("FAMILJEHEM_SEED", "on") != "off":
            progress("lägger in kommuner och handläggare")
            seed.sow(template, made.physical, emulator.url, places, print)
        if made.made or made.changed:
            emulator.save()
        progress(f"startar {len(played.functions)} funktioner")
        runner = Runner(played, emulator.url, places, access_control=access_control)
        stack.callback(runner.stop)
        runner.warm({route.function for route in played.routes})
        pumps = Pumps(played, runner, cloud.Clients(emulator.url))
        stack.callback(pumps.stop)
        pumps.start()
        threading.Thread(target=runner.warm, daemon=True).start()  # those that nobody waits for at a screen
        gateway = Gateway(played, runner, emulator.url, places.logs / "api-access.log")
        clients = cloud.Clients(emulator.url)
        desk = Desk(places, template, made.physical, played, runner, pumps, clients, url, emulator.url)
        site = Site(gateway, desk, Pages(REPOSITORY / "website" / "dist", template, made.physical, emulator.url))
        write(places.service, {**read(places.service), "ready": True})
        progress(f"klar efter {time.monotonic() - began:.1f} s\n")
        print(
            f"  Webbplatsen   {url}/\n  Skrivbordet   {url}/desk\n  API           {url}/api/recipients\n  Stoppa        Ctrl-C\n",
            flush=True,
        )
        asyncio.run(_until_stopped(server(site, port), taken, emulator))
        print("\nStoppar och sparar …", flush=True)
        stopping = time.monotonic()
    print(f"Stoppad efter {time.monotonic() - stopping:.1f} s. Allt är sparat i {places.root}.", flush=True)
    return 0


def parameters(url: str, environment: Mapping[str, str], provider: Any = None) -> dict[str, str]:
    """Give the parameters with which the template is read here; `provider` is a `LocalProvider`, if there is one."""
    given = {
        "Stage": "dev",
        "SiteUrl": url,
        "ProofOfWork": environment.get("FAMILJEHEM_PROOF_OF_WORK", "stage"),
    }
    if provider is not None:
        from dev.identities import CLIENT_ID, NAME

        given |= {
            "IdentificationIssuer": provider.issuer,
            "IdentificationClientId": CLIENT_ID,
            "IdentificationProvider": NAME,
        }
    return given


async def _until_stopped(http: Any, taken: Any, emulator: Any) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        http.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    watching = asyncio.create_task(_watch(http, emulator))
    await http.serve(sockets=[taken])
    watching.cancel()


async def _watch(http: Any, emulator: Any) -> None:
    while True:
        await asyncio.sleep(1)
        if emulator.pid is None:
            print("\nEmulatorn har stannat; tjänsten stoppas. Se .local/logs/emulator.log.", flush=True)
            http.should_exit = True
            return


def _described(port: int, emulator: Any, template: Any, made: Any) -> dict[str, Any]:
    client = template.of_type("AWS::Cognito::UserPoolClient")[0]
    pool = template.of_type("AWS::Cognito::UserPool")[0]
    redirect = template.resolve(client, made.physical)["CallbackURLs"][0]
    return {
        "url": f"http://{LOOPBACK}:{port}",
        "port": port,
        "emulator": emulator.url,
        "emulatorPid": emulator.pid,
        "pid": os.getpid(),
        "client": made.physical[client.path].ref,
        "pool": made.physical[pool.path].ref,
        "redirect": redirect,
        "accessControl": emulator.access_control,
        "startedAt": datetime.now(UTC).isoformat(timespec="seconds"),
        "ready": False,
    }


class _Progress:
    def __init__(self, began: float) -> None:
        self._began = began

    def __call__(self, text: str) -> None:
        print(f"[{time.monotonic() - self._began:5.1f} s] {text}", flush=True)
