"""All tables, gathered for migrations.

Importing this module registers every domain's tables in ``metadata``.
"""

from lamplighter_collector.audit import models as _audit
from lamplighter_collector.bundles import models as _bundles
from lamplighter_collector.db import revisions as _revisions
from lamplighter_collector.db.base import metadata
from lamplighter_collector.db.changes import changes as _changes
from lamplighter_collector.devices import acknowledgements as _acknowledgements
from lamplighter_collector.devices import models as _devices
from lamplighter_collector.enrolment import models as _enrolment
from lamplighter_collector.ingest import models as _ingest
from lamplighter_collector.keys import models as _keys
from lamplighter_collector.media import models as _media
from lamplighter_collector.people import models as _people
from lamplighter_collector.review import models as _review

__all__ = ["metadata"]

_REGISTERED = (
    _acknowledgements.acknowledgements,
    _audit.audit,
    _bundles.bundles,
    _changes,
    _devices.devices,
    _enrolment.enrolment_tokens,
    _ingest.detections,
    _keys.key_marks,
    _media.media_permissions,
    _people.accounts,
    _review.incidents,
    _revisions.revisions,
)
