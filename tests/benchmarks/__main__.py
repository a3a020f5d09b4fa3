"""`make bench [ONLY=name]`: runs each benchmark module, which prints JSON lines."""

import pkgutil
import subprocess
import sys

import tests.benchmarks

# Which module measures which name of the measuring interface, where the two differ.
MODULES = {
    "agent": ("footprint",),
    "installers": ("installers", "enrolment"),
    "media": ("media", "media_opens"),
}


def main() -> int:
    """Run the benchmarks named on the command line, or all; return the worst exit code."""
    listed = pkgutil.iter_modules(tests.benchmarks.__path__)
    found = sorted(module.name for module in listed if not module.name.startswith("_"))
    asked = [module for name in sys.argv[1:] for module in MODULES.get(name, (name,))]
    # Of those that measure one name not all need be there.
    wanted = [module for module in asked if module in found or module in sys.argv[1:]] or found
    unknown = [name for name in wanted if name not in found]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(found)}", file=sys.stderr)
        return 2
    commands = ([sys.executable, "-m", f"tests.benchmarks.{name}"] for name in wanted)
    return max(subprocess.run(command, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main())
