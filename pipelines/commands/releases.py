"""``python -m pipelines releases …``: inspect, promote, roll back and prune releases."""

import argparse
import json
import sys
from pathlib import Path

from pipelines.decisions import by_command, record, user_name
from pipelines.registry import find
from script_shared.decisions.decision import Decision, Kind
from script_shared.decisions.kinds import configuration_decision, maintenance_decision
from script_shared.errors import InputError, ReleaseError
from script_shared.events import ErasedUsers, EventLog
from script_shared.events.address import log_exists
from script_shared.params import Params
from script_shared.releases import Manifest, Pointer, Releases, open_releases
from script_shared.settings import Settings


def main(argv: list[str], settings: Settings) -> int:
    """Run one command; 0, or 1 when ``verify`` finds damage.

    Raises:
        PautaError: the command cannot be done; the caller prints it.
    """
    args = _parser().parse_args(argv)
    args.settings, args.case = settings, find(settings, args.use_case)
    code: int = COMMANDS[args.command](_releases(args), args)
    if args.command in FOLLOWED and not args.uri and settings.mlflow_address:
        _follow_in_mlflow(settings, args.use_case)
    return code


def _releases(args: argparse.Namespace) -> Releases:
    if args.uri:
        return Releases(args.uri, args.settings.cache_dir / args.use_case)
    return open_releases(args.settings, args.use_case)


def _follow_in_mlflow(settings: Settings, use_case: str) -> None:
    """The releases have changed; the registered model follows now, or later when MLflow is not there."""
    from pipelines.tracking.step import catch_up

    facts = catch_up(settings, use_case)
    print("Recorded in MLflow." if facts["recorded"] else f"MLflow gets it later: {facts['problem']}", file=sys.stderr)


def _list(releases: Releases, args: argparse.Namespace) -> int:
    pointer, manifests = releases.current(), releases.list()
    if args.json:
        shown = [manifest.model_dump(mode="json", exclude={"files"}) for manifest in manifests]
        print(json.dumps({"current": pointer and pointer.version, "releases": shown}, indent=2))
        return 0
    for manifest in manifests:
        print(_line(manifest, pointer))
    for version in sorted(set(releases.versions()) - {manifest.version for manifest in manifests}):
        print(f"! {version:<32} damaged manifest")
    if not manifests:
        print(f"no releases in {releases.uri}")
    return 0


def _line(manifest: Manifest, pointer: Pointer | None) -> str:
    mark = "*" if pointer and pointer.version == manifest.version else " "
    pinned = "pinned" if pointer and any(pin.version == manifest.version for pin in pointer.pins) else ""
    size = f"{manifest.total_bytes / 1e6:,.1f} MB"
    verdict = {True: "accepted", False: "refused"}.get(manifest.facts.get("gate", {}).get("accepted"), "")
    made = f"{manifest.created_at:%Y-%m-%d %H:%M:%S}"
    return f"{mark} {manifest.version:<32} {made}  {size:>12}  {verdict:<8}  {pinned}".rstrip()


def _show(releases: Releases, args: argparse.Namespace) -> int:
    pointer = releases.current()
    version = args.version or (pointer.version if pointer else None)
    if version is None:
        raise InputError("no release is in service.", fix="Pick one from `python -m pipelines releases list`.")
    shown = releases.manifest(version).model_dump(mode="json")
    if pointer and pointer.version == version:
        shown["pointer"] = pointer.model_dump(mode="json", exclude={"retiring", "revision"})
    print(json.dumps(shown, indent=2))
    return 0


def _publish(releases: Releases, args: argparse.Namespace) -> int:
    manifest = releases.publish(args.folder, args.version, {"published_by": args.by})
    _record(args, "publish", after=manifest.version)
    print(f"published {manifest.version}: {len(manifest.files)} files, {manifest.total_bytes / 1e6:,.1f} MB")
    return 0


def _promote(releases: Releases, args: argparse.Namespace) -> int:
    before = None if args.replace_damaged else releases.current()
    pointer = releases.promote(
        args.version, args.reason, by=args.by, expect=args.expect, replace_damaged=args.replace_damaged
    )
    if before is None or before.sequence != pointer.sequence:  # else it was in service already
        _record(args, "promote", before.version if before else "", pointer.version, args.reason)
    return _in_service(pointer)


def _rollback(releases: Releases, args: argparse.Namespace) -> int:
    before = releases.current()
    pointer = releases.rollback(args.reason, by=args.by)
    _record(args, "rollback", before.version if before else "", pointer.version, args.reason)
    return _in_service(pointer)


def _pin(releases: Releases, args: argparse.Namespace) -> int:
    releases.pin(args.version, args.reason, by=args.by)
    return _record_pin(args, {"pinned": ("", args.version)}, f"pinned {args.version}: {args.reason}")


def _unpin(releases: Releases, args: argparse.Namespace) -> int:
    releases.unpin(args.version)
    return _record_pin(args, {"pinned": (args.version, "")}, f"no longer pinned {args.version}: {args.reason}")


def _record_pin(args: argparse.Namespace, changes: dict[str, tuple[str, str]], why: str) -> int:
    record(args.settings, configuration_decision(by_command(), changes, use_case=args.use_case, why=why))
    print(why)
    return 0


def _record(args: argparse.Namespace, what: Kind, before: str = "", after: str = "", why: str = "") -> None:
    """Write the change into the record of decisions."""
    evidence = {"by": args.by, **({"uri": args.uri} if args.uri else {})}
    record(args.settings, Decision(by_command(), what, args.use_case, before, after, why, evidence))


def _in_service(pointer: Pointer) -> int:
    print(f"in service: {pointer.version} (move {pointer.sequence}, {pointer.kind} by {pointer.by}: {pointer.reason})")
    return 0


def _verify(releases: Releases, args: argparse.Namespace) -> int:
    damaged = 0
    for version in args.versions or releases.versions():
        try:
            manifest = releases.verify(version)
            print(f"good     {version}: {len(manifest.files)} files, {manifest.total_bytes / 1e6:,.1f} MB")
        except ReleaseError as error:
            damaged += 1
            print(f"damaged  {version}: {error}")
    return 1 if damaged else 0


def _prune(releases: Releases, args: argparse.Namespace) -> int:
    keep = args.keep if args.keep is not None else _releases_to_keep(args.case.params_in(args.settings))
    deleted = releases.prune(keep)
    if deleted:
        counts, evidence = {"releases": len(deleted)}, {"releases": deleted, "keep": keep}
        record(args.settings, maintenance_decision(by_command(), args.use_case, counts, evidence=evidence))
    for version in deleted:
        print(f"deleted {version}")
    return 0


def _releases_to_keep(params: Params) -> int:
    section = getattr(params, "releases", None)
    if section is None:
        raise InputError("the params do not set how many releases to keep.", fix="Give --keep.")
    return int(section.keep)


def _list_erased(releases: Releases, args: argparse.Namespace) -> int:
    """Erased users by release; nothing is served of them, and they go with the release."""
    releases_holding = args.case.function("erasure")
    log = EventLog(args.settings.events_address) if log_exists(args.settings.events_address) else None
    erased = ErasedUsers(frozenset(log.erased_digests())) if log else ErasedUsers()
    holding = releases_holding(releases, erased)
    for version, count in holding.items():
        print(f"{version}: {count:,} of {len(erased.digests):,} erased users")
    if not holding:
        print(f"no release holds any of {len(erased.digests):,} erased users")
    return 0


def _fetch(releases: Releases, args: argparse.Namespace) -> int:
    print(releases.fetch(args.version))
    return 0


COMMANDS = {
    "list": _list,
    "show": _show,
    "publish": _publish,
    "promote": _promote,
    "rollback": _rollback,
    "pin": _pin,
    "unpin": _unpin,
    "verify": _verify,
    "prune": _prune,
    "erased": _list_erased,
    "fetch": _fetch,
}
FOLLOWED = ("publish", "promote", "rollback", "prune")  # what the registered model follows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines releases", description="Inspect and promote releases.")
    parser.add_argument("--use-case", default="news", help="use case (default: news)")
    parser.add_argument("--uri", help="root of the releases (default: PAUTA_MODELS_URI/<use case>)")
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="all releases, newest first; * marks the one in service")
    listing.add_argument("--json", action="store_true", help="as JSON, with their facts")
    show = commands.add_parser("show", help="manifest and facts of one release, as JSON")
    show.add_argument("version", nargs="?", help="default: the one in service")
    publish = commands.add_parser("publish", help="add a folder as a release; it is not in service before promote")
    publish.add_argument("folder", type=Path)
    publish.add_argument("version")
    _add_promote(commands.add_parser("promote", help="put a release into service, after checking every checksum"))
    rollback = commands.add_parser("rollback", help="put the previous release back into service")
    verify = commands.add_parser("verify", help="compare every file with its checksum; exit code 1 on damage")
    verify.add_argument("versions", nargs="*", metavar="version", help="default: all")
    prune = commands.add_parser(
        "prune", help="delete old releases, but never the one in service or the next one of a rollback"
    )
    prune.add_argument("--keep", type=int, help="releases kept besides the one in service (default: the params file's)")
    commands.add_parser("erased", help="list the releases that still hold erased users")
    fetch = commands.add_parser("fetch", help="print a local folder with the checked files of a release")
    fetch.add_argument("version")
    rollback.add_argument("--reason", default="rolled back by hand", help="reason, stored in the pointer's history")
    pin = commands.add_parser("pin", help="protect a release: no program rolls it back, and prune keeps it")
    unpin = commands.add_parser("unpin", help="take a pin back")
    for command in (pin, unpin):
        command.add_argument("version")
        command.add_argument("--reason", required=True, help="reason, stored with the pin and in the record")
    for command in (publish, rollback, pin, unpin):
        command.add_argument("--by", default=user_name(), help="who makes the change (default: the login name)")
    return parser


def _add_promote(promote: argparse.ArgumentParser) -> None:
    promote.add_argument("version")
    promote.add_argument("--reason", default="promoted by hand", help="reason, stored in the pointer's history")
    promote.add_argument("--by", default=user_name(), help="who makes the change (default: the login name)")
    promote.add_argument("--expect", metavar="VERSION", help="promote only if this release is in service ('' for none)")
    promote.add_argument(
        "--replace-damaged", action="store_true", help="start a new pointer if the current one cannot be read"
    )
