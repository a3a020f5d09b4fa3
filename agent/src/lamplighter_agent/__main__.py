"""The command `lamplighter-agent`.

The verbs of our own processes are taken before anything else is imported: the helper must never load what it
does not need (lists, spool, network), and none of them the command line's own machinery.
"""

import sys

from lamplighter_agent.lean import do_without, few_arenas


def main() -> int:
    """Run the verb of the command line; return its exit code."""
    arguments = sys.argv[1:]
    long_running = arguments[:1] if "--help" not in arguments else []
    if long_running in (["service"], ["session"]):
        do_without()
        few_arenas()
    if long_running == ["session"]:
        from lamplighter_agent.session_command import main as session  # noqa: PLC0415 - see the module's text

        return session(arguments[1:])
    if long_running == ["service"]:
        from lamplighter_agent.service_command import main as service  # noqa: PLC0415

        return service(arguments[1:])
    if long_running == ["dialog"]:
        from lamplighter_agent.dialog_command import main as dialog  # noqa: PLC0415

        return dialog(arguments[1:])
    if arguments[:1] in (["ask"], ["page"]):
        from lamplighter_agent.shown_command import main as shown  # noqa: PLC0415 - light, as the others

        return shown(arguments)
    from lamplighter_agent.quiet import without_grpc_s_lines  # noqa: PLC0415

    # What it says of a handshake stands beside our own words for it.
    without_grpc_s_lines()
    from lamplighter_agent.commands import main as others  # noqa: PLC0415

    return others()


if __name__ == "__main__":
    sys.exit(main())
