"""Step landing: the chosen source as raw tables without personal data; tables of an unchanged input are linked."""

from typing import Any

from pipelines.erasures import erased_digests
from pipelines.raw_files.links import earlier_raw, link_tree, sizes
from pipelines.recruiting.erasure import NAMING, drop_erased, holds_erased
from pipelines.recruiting.sources import source_named
from pipelines.recruiting.tables.contacts import drop_contacts, lacks_contacts
from pipelines.recruiting.tables.raw import file_of
from pipelines.use_case import Context

STEP = "landing"
TRUTH = "truth"  # what the generator planted, beside the raw tables


def landing(context: Context) -> dict[str, Any]:
    """Write the step ``landing``: the raw tables vacancies, candidates, applications, without erased candidates.

    Args:
        context: the run, its settings, params and options; ``options.refresh`` reads again what has not changed.

    Returns:
        source, fingerprint, files (bytes by name), what the source adds or ``reused_from``.

    Raises:
        InputError: no such source, or its files are not as they should be.
        SourceError: the data is unavailable; TransientError if a retry may help.
    """
    source = source_named(context.source)
    fingerprint = source.fingerprint(context)
    drop_contacts(context.settings)
    digests = erased_digests(context.settings)
    earlier = None if context.options.refresh else earlier_raw(context.run.root, fingerprint, step=STEP)
    if earlier and any(holds_erased(file_of(earlier.folder(STEP), name), digests) for name in NAMING):
        earlier = None
    if lacks_contacts(context.settings):
        earlier = None
    with context.run.write(STEP) as (folder, facts):
        if earlier:
            link_tree(earlier.folder(STEP), folder, earlier.facts(STEP)["files"])
            facts["reused_from"] = earlier.run_id
        else:
            facts |= source.fetch(context, folder)
            drop_erased(folder, digests)
        facts |= {"source": context.source, "fingerprint": fingerprint, "files": sizes(folder)}
    return dict(facts)


def check(context: Context) -> None:
    """Look for the files without reading them.

    Args:
        context: a run that need not exist, its settings and params.

    Raises:
        PautaError: the first run would fail.
    """
    source_named(context.source).fingerprint(context)
