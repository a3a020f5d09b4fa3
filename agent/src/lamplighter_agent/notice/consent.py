"""Who agreed to which notice on this device: one small file, without words.

An account agrees to the words as they were (their version) and to the policy that they told of (its digest).
When either changes the account is asked again. What can't be read counts as not agreed.
"""

import contextlib
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lamplighter_keywords.policy.device_policy import DevicePolicy, policy_document

from lamplighter_agent.files import replace_whole

_NAME: Final = "agreed.json"
_DIGEST_LETTERS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed to: the version of the words and the digest of the policy, in hexadecimal."""

    version: str
    policy: str


def terms_of(version: str, policy: DevicePolicy) -> Terms:
    digest = hashlib.sha256(policy_document(policy)).hexdigest()
    return Terms(version=version, policy=digest[:_DIGEST_LETTERS])


class Consents:
    """The file in the service's own folder, where nobody else may write."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _NAME
        self._agreed: dict[str, Terms] | None = None

    def holds(self, user: str, terms: Terms) -> bool:
        """Say whether this account agreed to just that."""
        return self._read().get(user) == terms

    def agree(self, user: str, terms: Terms) -> None:
        """Keep it. A full disk costs another question at the next start, no more."""
        agreed = self._read()
        agreed[user] = terms
        content = {name: {"version": one.version, "policy": one.policy} for name, one in agreed.items()}
        with contextlib.suppress(OSError):
            replace_whole(self._file, json.dumps(content, sort_keys=True).encode(), durable=False)

    def _read(self) -> dict[str, Terms]:
        if self._agreed is None:
            self._agreed = _parsed(self._file)
        return self._agreed


def _parsed(path: Path) -> dict[str, Terms]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(name): Terms(version=str(one["version"]), policy=str(one["policy"]))
            for name, one in found.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
